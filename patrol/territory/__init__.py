"""Divisions and grids: where everything lies, and who is bounded by what."""

from patrol.territory.domain import (
    GridPlan,
    Points,
    Streets,
    grids_from_streets,
    hexagons,
    merge,
    next_grid_code,
    split_evenly,
)
from patrol.territory.models import Division, Grid
from patrol.territory.queries import (
    division_by_uid,
    divisions_in_scope,
    extent,
    grid_at,
    grid_by_uid,
    grids_in_scope,
)

__all__ = [
    "Division",
    "Grid",
    "GridPlan",
    "Points",
    "Streets",
    "division_by_uid",
    "divisions_in_scope",
    "extent",
    "grid_at",
    "grid_by_uid",
    "grids_from_streets",
    "grids_in_scope",
    "hexagons",
    "merge",
    "next_grid_code",
    "split_evenly",
]
