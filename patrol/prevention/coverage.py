"""宣传覆盖: which communities were reached by prevention in a period, and which were not.

The units are the lowest divisions on record in an area: communities where the tree goes down to them, townships
elsewhere. An event reaches the unit its record belongs to; one recorded for a larger area reaches the unit its place
lies in. A letter or text recorded for a larger area names no unit: it is told apart and covers none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, undefer

from patrol.infra import spatial
from patrol.prevention.models import OpenLetter, PublicityEvent, TextMessage
from patrol.territory import Division

MATERIALS = ("leaflets", "posters", "booklets", "banners", "boards")
#: what reaches a unit, and the column that dates it
KINDS: dict[str, tuple[Any, str]] = {
    "events": (PublicityEvent, "held_on"),
    "letters": (OpenLetter, "sent_on"),
    "texts": (TextMessage, "written_on"),
}


@dataclass
class Reached:
    """One unit and what reached it: how many events, letters and texts, and how much was handed out."""

    division: Division
    events: int = 0
    letters: int = 0
    texts: int = 0
    materials: int = 0
    copies: int = 0

    @property
    def covered(self) -> bool:
        """Whether anything reached it."""
        return bool(self.events or self.letters or self.texts)


@dataclass
class Coverage:
    """The units of an area in the order of their codes, and how many records name no unit, by kind."""

    units: list[Reached]
    apart: dict[str, int] = field(default_factory=dict)

    @property
    def covered(self) -> list[Reached]:
        """The units that something reached."""
        return [unit for unit in self.units if unit.covered]

    @property
    def uncovered(self) -> list[Reached]:
        """The units that nothing reached."""
        return [unit for unit in self.units if not unit.covered]

    @property
    def share(self) -> float:
        """The share of the units that was reached, 0…1; 0 where there is none."""
        return len(self.covered) / len(self.units) if self.units else 0.0


def lowest(divisions: Iterable[Division]) -> list[Division]:
    """Return the divisions that have none below them, in the order of their paths."""
    ordered = sorted(divisions, key=lambda each: each.scope_path)
    return [
        each
        for each, following in zip(ordered, [*ordered[1:], None], strict=True)
        if following is None or not following.scope_path.startswith(each.scope_path)
    ]


def unit_holding(path: str, units: dict[str, Reached]) -> Reached | None:
    """Return the unit in whose path a record's path lies, ``None`` for one that belongs to a larger area."""
    parts = path.strip("/").split("/")
    for count in range(len(parts), 0, -1):
        found = units.get("/".join(parts[:count]) + "/")
        if found is not None:
            return found
    return None


def _in_path(model: Any, path: str) -> list[ColumnElement[bool]]:
    return [model.scope_path >= path, model.scope_path < path[:-1] + "0"] if path else []


def _within(kind: str, since: dt.date, until: dt.date, path: str) -> list[ColumnElement[bool]]:
    """Return what bounds the records of a kind: the days, the area, not withdrawn, and sent where it is a text."""
    model, day = KINDS[kind]
    found = [getattr(model, day) >= since, getattr(model, day) <= until, model.withdrawn_at.is_(None)]
    return [*found, *_in_path(model, path), *([TextMessage.delivered > 0] if kind == "texts" else [])]


def coverage(
    session: Session, since: dt.date, until: dt.date, path: str = "", *, with_shape: bool = False
) -> Coverage:
    """Find out which lowest divisions in and below ``path`` were reached from ``since`` to ``until``, both counted."""
    statement = select(Division).where(*_in_path(Division, path))
    rows = session.scalars(statement.options(undefer(Division.geom)) if with_shape else statement)
    found = Coverage([Reached(each) for each in lowest(rows)])
    by_path = {unit.division.scope_path: unit for unit in found.units}
    above: set[str] = set()
    for kind in KINDS:
        for scope, count, amount in session.execute(_counted(kind, since, until, path)):
            unit = unit_holding(scope, by_path)
            if unit is None:
                found.apart[kind] = found.apart.get(kind, 0) + int(count)
                above |= {scope} if kind == "events" else set()
            else:
                _add(unit, kind, int(count), int(amount or 0))
    _place_events(session, found, _within("events", since, until, ""), above, set(_above(path)))
    return found


def _counted(kind: str, since: dt.date, until: dt.date, path: str) -> Any:
    model = KINDS[kind][0]
    amount: Any = func.count()
    if kind == "events":
        amount = func.sum(_materials())
    elif kind == "letters":
        amount = func.sum(OpenLetter.copies)
    return (
        select(model.scope_path, func.count(), amount)
        .where(*_within(kind, since, until, path))
        .group_by(model.scope_path)
    )


def _materials() -> ColumnElement[int]:
    """Return what one event handed out and put up, in pieces."""
    total: ColumnElement[int] = PublicityEvent.leaflets + 0
    for name in MATERIALS[1:]:
        total = total + getattr(PublicityEvent, name)
    return total


def _add(unit: Reached, kind: str, count: int, amount: int) -> None:
    setattr(unit, kind, getattr(unit, kind) + count)
    if kind == "events":
        unit.materials += amount
    elif kind == "letters":
        unit.copies += amount


def _place_events(
    session: Session, found: Coverage, bounds: list[ColumnElement[bool]], inside: set[str], larger: set[str]
) -> None:
    """Give the events of larger areas to the units their places lie in.

    ``inside`` are larger areas within the one asked about: what lies in no unit stays told apart there. ``larger`` are
    those around it: of their events only the ones that lie in a unit are of interest.
    """
    if not inside | larger:
        return
    rows = session.execute(
        select(
            func.ST_X(PublicityEvent.geom),
            func.ST_Y(PublicityEvent.geom),
            _materials(),
            PublicityEvent.scope_path,
        ).where(*bounds, PublicityEvent.scope_path.in_(inside | larger), PublicityEvent.geom.is_not(None))
    ).all()
    shapes = _shapes(session, [unit.division.id for unit in found.units]) if rows else {}
    drawn = [unit for unit in found.units if unit.division.id in shapes]
    if not drawn:
        return
    tree = shapely.STRtree([shapes[unit.division.id] for unit in drawn])
    points = shapely.points(np.array([[row[0], row[1]] for row in rows], dtype=float))
    placed: dict[int, int] = {}
    for at, where in tree.query(points, predicate="intersects").T.tolist():
        placed[at] = min(where, placed.get(at, where))  # a point on a border counts once, for the lower code
    for at, where in placed.items():
        _add(drawn[where], "events", 1, int(rows[at][2] or 0))
        if rows[at][3] in inside:
            found.apart["events"] -= 1


def _shapes(session: Session, keys: Sequence[int]) -> dict[int, Any]:
    """Return the polygons of divisions that have one, by key."""
    wanted, found = set(keys), {}
    for key, geom in session.execute(select(Division.id, Division.geom).where(Division.geom.is_not(None))):
        if key in wanted:
            found[key] = spatial.to_shapely(geom)
    return found


def records_reaching(
    session: Session, unit: Division, since: dt.date, until: dt.date
) -> list[tuple[str, dt.date, Any]]:
    """Return (kind, day, record) of everything that reached a unit, newest first."""
    found = [
        (kind, getattr(row, day), row)
        for kind, (model, day) in KINDS.items()
        for row in session.scalars(select(model).where(*_within(kind, since, until, unit.scope_path)))
    ]
    shape = _shapes(session, [unit.id]).get(unit.id)
    if shape is not None:
        larger = PublicityEvent.scope_path.in_(_above(unit.scope_path))
        here = spatial.in_shape(session, PublicityEvent, shape)
        rows = session.scalars(
            select(PublicityEvent).where(*_within("events", since, until, ""), larger, here)
        )
        found += [("events", row.held_on, row) for row in rows]
    return sorted(found, key=lambda each: (each[1], each[2].number), reverse=True)


def _above(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]


def covered_ids(session: Session, since: dt.date, until: dt.date, path: str = "") -> list[tuple[int, str]]:
    """Return key and path of every unit that was reached: what the indicator counts."""
    return [
        (unit.division.id, unit.division.scope_path) for unit in coverage(session, since, until, path).covered
    ]
