"""Which division and grid a position belongs to: one at a time or twenty thousand at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from patrol.core.errors import PatrolError
from patrol.core.geo import points_inside
from patrol.infra import spatial
from patrol.infra.db import one_or_404
from patrol.territory import Division, Grid
from patrol.venues.domain import problems as p


@dataclass(frozen=True)
class Place:
    """Where a venue belongs: its grid if there is one, and the smallest division with a polygon round it."""

    division_id: int
    scope_path: str
    division_code: str
    grid_id: int | None


@dataclass(frozen=True)
class Placer:
    """The polygons of one division and everything below it, ready to be asked.

    ``outline`` is ``None`` where no polygon of the division is known: then nothing can lie outside.
    """

    home: Place
    name: str
    outline: BaseGeometry | None
    grids: tuple[tuple[BaseGeometry, Place], ...]
    divisions: tuple[tuple[BaseGeometry, Place], ...]

    def inside(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for each position (degrees, shape (n,)) whether it lies in the division; all if unknown."""
        if self.outline is None:
            return np.ones(len(lon), dtype=bool)
        return points_inside(self.outline, lon, lat)

    def places(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[Place]:
        """Return the place of each position (degrees, shape (n,)), a list of n.

        A grid wins over a division, a smaller division over a larger; what lies in none of them belongs to
        the division itself. Where polygons overlap the first by code wins, so that the answer never wavers.
        """
        found: list[Place | None] = [None] * len(lon)
        points = shapely.points(lon, lat)
        for shapes in (self.grids, self.divisions):
            if not shapes:
                continue
            tree = shapely.STRtree([shape for shape, _ in shapes])
            hits = tree.query(points, predicate="intersects")
            order = np.lexsort((hits[1], hits[0]))
            for which, shape in hits[:, order].T.tolist():
                if found[which] is None:
                    found[which] = shapes[shape][1]
        return [place or self.home for place in found]


def load_placer(session: Session, division_uid: str) -> Placer:
    """Read the polygons of a division and what lies in it; 404 outside the person's scope."""
    top = one_or_404(
        session, select(Division).where(Division.uid == division_uid).options(undefer(Division.geom))
    )
    below = session.scalars(
        select(Division)
        .where(Division.scope_path.startswith(top.scope_path, autoescape=True))
        .options(undefer(Division.geom))
        .order_by(Division.code)
    ).all()
    places = {each.id: Place(each.id, each.scope_path, each.code, None) for each in below}
    shapes = [(spatial.to_shapely(each.geom), each) for each in below if each.geom is not None]
    smallest_first = sorted(
        ((shape, places[each.id]) for shape, each in shapes if shape is not None),
        key=lambda pair: -len(pair[1].scope_path),
    )
    outline = _outline(top.id, smallest_first)
    return Placer(
        places[top.id], top.name, outline, _grids(session, top.scope_path, places), tuple(smallest_first)
    )


def _outline(top_id: int, shapes: list[tuple[BaseGeometry, Place]]) -> BaseGeometry | None:
    """The division's own polygon, else the union of its parts' polygons, else nothing."""
    own = [shape for shape, place in shapes if place.division_id == top_id]
    if own:
        return own[0]
    return shapely.union_all([shape for shape, _ in shapes]) if shapes else None


def _grids(session: Session, path: str, places: dict[int, Place]) -> tuple[tuple[BaseGeometry, Place], ...]:
    rows = session.execute(
        select(Grid.id, Grid.division_id, Grid.scope_path, Grid.geom)
        .where(Grid.retired_at.is_(None), Grid.scope_path.startswith(path, autoescape=True))
        .order_by(Grid.code, Grid.id)
    )
    return tuple((_shape(geom), _in_grid(places, row)) for *row, geom in rows)


def _in_grid(places: dict[int, Place], row: list[Any]) -> Place:
    grid_id, division_id, scope_path = row
    code = (
        places[division_id].division_code
        if division_id in places
        else scope_path.rstrip("/").rpartition("/")[2]
    )
    return Place(division_id, scope_path, code, grid_id)


def _shape(geom: Any) -> BaseGeometry:
    shape = spatial.to_shapely(geom)
    if shape is None:
        raise ValueError("a grid has a polygon")
    return shape


def home_division_uid(session: Session, scope_path: str) -> str:
    """Return the uid of the division at a scope path, or of the topmost one in sight for an empty path."""
    statement = select(Division.uid).order_by(Division.scope_path).limit(1)
    if scope_path:
        statement = statement.where(Division.scope_path == scope_path)
    found = session.scalars(statement).first()
    return found or ""


def place_within(session: Session, scope_path: str, lon: float, lat: float) -> Place:
    """Return where a position (WGS-84 degrees) belongs.

    Raises :class:`PatrolError` for one outside the division at ``scope_path``.
    """
    placer = load_placer(session, home_division_uid(session, scope_path))
    x, y = np.array([lon]), np.array([lat])
    if not placer.inside(x, y)[0]:
        raise PatrolError(p.POSITION_OUTSIDE, where="lon", division=placer.name)
    return placer.places(x, y)[0]


def division_choices(session: Session) -> list[tuple[str, str]]:
    """Return (uid, name) of every division in sight, each below its parent."""
    rows = session.execute(select(Division.uid, Division.name, Division.code).order_by(Division.scope_path))
    return [(uid, f"{name} ({code})") for uid, name, code in rows]
