"""Findings and visits by grid and period: what the hotspot page counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.findings import Finding
from patrol.infra import spatial
from patrol.patrols import Visit
from patrol.territory import Grid, grids_in_scope
from patrol.venues import Venue


@dataclass(frozen=True)
class GridCount:
    """One grid with its polygon and what was counted in it."""

    grid: Grid
    shape: Any
    findings: int
    visits: int


def count_by_grid(session: Session, begin: dt.datetime, end: dt.datetime, kind: str = "") -> list[GridCount]:
    """Count findings and answered visits of the period ``[begin, end)`` in every grid in scope.

    A door that did not answer was not inspected: it does not count as a visit here. ``kind`` keeps one kind
    of venue.
    """
    found = _per_grid(session, Finding, Finding.found_at, begin, end, kind)
    went = _per_grid(session, Visit, Visit.arrived_at, begin, end, kind, Visit.outcome != "no_answer")
    return [
        GridCount(grid, spatial.to_shapely(grid.geom), found.get(grid.id, 0), went.get(grid.id, 0))
        for grid in grids_in_scope(session, with_shape=True)
    ]


def _per_grid(
    session: Session, model: Any, when: Any, begin: dt.datetime, end: dt.datetime, kind: str, *more: Any
) -> dict[int, int]:
    statement = select(model.grid_id, func.count(model.id)).where(when >= begin, when < end, *more)
    if kind:
        statement = statement.join(Venue, Venue.id == model.venue_id).where(Venue.kind == kind)
    rows = session.execute(statement.group_by(model.grid_id)).all()
    return {grid_id: number for grid_id, number in rows if grid_id is not None}


def finding_points(
    session: Session, begin: dt.datetime, end: dt.datetime, kind: str = ""
) -> list[tuple[float, float]]:
    """Return (lat, lon) of every finding of the period, rounded to about ten metres, for the heat layer."""
    statement = select(func.ST_Y(Finding.geom), func.ST_X(Finding.geom)).where(
        Finding.found_at >= begin, Finding.found_at < end
    )
    if kind:
        statement = statement.join(Venue, Venue.id == Finding.venue_id).where(Venue.kind == kind)
    return [(round(lat, 4), round(lon, 4)) for lat, lon in session.execute(statement)]
