"""Every SELECT on divisions and grids."""

from __future__ import annotations

import math

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from patrol.infra import spatial
from patrol.infra.db import one_or_404
from patrol.territory.models import Division, Grid


def grids_in_scope(session: Session, *, with_shape: bool = False) -> list[Grid]:
    """Return the grids in use, by code; ``with_shape`` loads their polygons in the same query."""
    statement = select(Grid).where(Grid.retired_at.is_(None)).order_by(Grid.code)
    return list(session.scalars(statement.options(undefer(Grid.geom)) if with_shape else statement))


def grid_by_uid(session: Session, grid_uid: str) -> Grid:
    """Return one grid in scope or raise 404."""
    return one_or_404(session, select(Grid).where(Grid.uid == grid_uid).options(undefer(Grid.geom)))


def grid_at(session: Session, lon: float, lat: float) -> Grid | None:
    """Return the grid in use that holds a position, the one with the lowest code on a shared border."""
    here = spatial.in_shape(session, Grid, shapely.Point(lon, lat))
    return session.scalars(
        select(Grid).where(here, Grid.retired_at.is_(None)).order_by(Grid.code).limit(1)
    ).first()


def divisions_in_scope(session: Session) -> list[Division]:
    """Return the divisions in scope, upper ones first."""
    return list(session.scalars(select(Division).order_by(Division.scope_path)))


def division_by_uid(session: Session, division_uid: str) -> Division:
    """Return one division in scope or raise 404."""
    return one_or_404(
        session, select(Division).where(Division.uid == division_uid).options(undefer(Division.geom))
    )


def extent(session: Session) -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of the grids in scope, rounded outward to 0.01°, ``None`` without grids."""
    shapes = [spatial.to_shapely(grid.geom) for grid in grids_in_scope(session, with_shape=True)]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return (
        math.floor(west * 100) / 100,
        math.floor(south * 100) / 100,
        math.ceil(east * 100) / 100,
        math.ceil(north * 100) / 100,
    )
