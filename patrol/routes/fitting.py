"""Whether a street file belongs to this installation: its streets beside the venues and divisions on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError
from patrol.infra import spatial
from patrol.routes.travel import Mode, StreetNetwork, snap
from patrol.routes.travel.problems import ELSEWHERE, NO_COMMON_GROUND
from patrol.territory import Division
from patrol.venues import Venue

#: a venue within so many metres of a street counts as lying in the file's area
NEAR_M = 2000.0
#: so much of a city's venues has to lie there, or the file is another city's
LEAST = 0.5


@dataclass(frozen=True)
class Fit:
    """How a street file lies to the register.

    ``city``: the city whose venues it fits best, with ``venues`` open ones of which ``near`` lie in the file's area;
    ``far``: name and address of those that no street comes near: their ways will be estimates. No venue at all: 0.
    """

    city: str
    venues: int
    near: int
    far: tuple[tuple[str, str], ...]


def fit_of(session: Session, network: StreetNetwork) -> Fit:
    """Compare streets with the open venues of each city on record, where there are none with its divisions.

    Raises :class:`PatrolError` where they are another city's: fewer than half of the venues of every city lie near
    them, or no venue is on record and no division lies there. Nothing to compare with is no fault.
    """
    venue: Any = Venue  # its position is added to the class afterwards, which types do not see
    columns = (venue.scope_path, venue.name, venue.address, venue.lon, venue.lat)
    cities: dict[str, list[Any]] = {}
    for row in session.execute(select(*columns).where(Venue.state == "open").order_by(Venue.id)):
        cities.setdefault(_city(row.scope_path), []).append(row)
    if not cities:
        _require_ground(session, network)
        return Fit("", 0, 0, ())
    path, rows, near = max(
        ((path, rows, _near(network, rows)) for path, rows in cities.items()),
        key=lambda each: float(each[2].mean()),
    )
    share = float(near.mean())
    if share < LEAST:
        raise _elsewhere(network, share)
    known = snap(network, Mode.WALK, *_points(rows)).reachable
    far = tuple((row.name, row.address) for row, ok in zip(rows, known.tolist(), strict=True) if not ok)
    name = session.scalar(select(Division.name).where(Division.scope_path == path)) or path
    return Fit(name, len(rows), int(near.sum()), far)


def _city(scope_path: str) -> str:
    """Return the path of the city that a path lies in: province and city, the first two parts."""
    return "".join(f"{part}/" for part in scope_path.split("/")[:2] if part)


def _near(network: StreetNetwork, rows: Sequence[Any]) -> Any:
    return snap(network, Mode.WALK, *_points(rows), max_access_m=NEAR_M).reachable


def _points(rows: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array([row.lon for row in rows]), np.array([row.lat for row in rows])


def _elsewhere(network: StreetNetwork, share: float) -> PatrolError:
    west, south, east, north = network.bounds
    return PatrolError(
        ELSEWHERE, name=network.name, share=share, lon=(west + east) / 2, lat=(south + north) / 2
    )


def _require_ground(session: Session, network: StreetNetwork) -> None:
    """Without a venue the divisions say where the bureau works, if any has a boundary."""
    drawn = session.scalars(select(Division.geom).where(Division.geom.is_not(None))).all()
    shapes = [spatial.to_shapely(geom) for geom in drawn]
    if shapes and not shapely.box(*network.bounds).intersects(shapely.union_all(shapely.envelope(shapes))):
        west, south, east, north = network.bounds
        raise PatrolError(NO_COMMON_GROUND, name=network.name, lon=(west + east) / 2, lat=(south + north) / 2)
