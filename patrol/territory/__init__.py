"""Divisions and grids: where everything lies, and who is bounded by what."""

from patrol.territory.models import Division, Grid

__all__ = ["Division", "Grid"]
