"""Patrol (网格巡查): where the next hour of patrol goes, and what came of it."""

__version__ = "0.1.0"
