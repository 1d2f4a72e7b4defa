"""Redrawing the ground: proposals of grids and divisions, and everything that lies on them follows.

A room of its own above venues, routes and records, because a new grid takes over people (accounts), streets
(routes) and whatever lies inside it (venues and what was recorded at them), of which territory knows nothing.
"""

from patrol.ground.models import GroundDraft

__all__ = ["GroundDraft"]
