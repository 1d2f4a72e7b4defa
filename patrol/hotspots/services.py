"""Make the facts of places anew from visits, findings and sightings, and compare what is kept with what should be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from patrol.clues import Sighting
from patrol.findings import Finding
from patrol.hotspots.models import SIGHTING_CELLS_PER_DEGREE, PlaceDay, PlaceStamp, SightingDay
from patrol.hotspots.queries import records_twice
from patrol.infra.db import unscoped
from patrol.patrols import Visit

COUNTED = ("visits", "no_answer", "sampled_visits", "findings", "sampled_findings")
CHINA_S = 28_800
REASON = "the facts of places are kept for everybody, whoever runs the command"


@dataclass(frozen=True)
class Difference:
    """A venue and day where what is kept differs from what the records say."""

    venue_id: int
    day: int
    kept: tuple[int, ...]
    recorded: tuple[int, ...]


def _day(session: Session, column: Any) -> Any:
    """China's day of an instant; SQLite's division of whole numbers rounds down."""
    if session.get_bind().dialect.name == "sqlite":
        return (cast(func.strftime("%s", column), Integer) + CHINA_S) // 86_400
    return cast(func.floor((func.extract("epoch", column) + CHINA_S) / 86_400), Integer)


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _recorded(session: Session) -> Select[Any]:
    """Select what visits and findings say of each venue and day: the rule of migration 0009, once more."""
    answered, nothing = Visit.outcome != "no_answer", literal(0)
    visits = select(
        Visit.venue_id.label("venue_id"), _day(session, Visit.arrived_at).label("day"),
        _one(answered).label("visits"), _one(~answered).label("no_answer"),
        _one(and_(answered, Visit.sampled.is_(True))).label("sampled_visits"),
        nothing.label("findings"), nothing.label("sampled_findings"),
    )  # fmt: skip
    of_visit = aliased(Visit)
    first = and_(Finding.supersedes_id.is_(None), Finding.withdrawn_at.is_(None))
    findings = select(
        Finding.venue_id, _day(session, Finding.found_at), nothing, nothing, nothing, _one(first),
        _one(and_(first, of_visit.sampled.is_(True))),
    ).outerjoin(of_visit, of_visit.id == Finding.visit_id)  # fmt: skip
    both: CompoundSelect[Any] = union_all(visits, findings)
    facts = both.subquery("facts")
    sums = (func.sum(facts.c[name]).label(name) for name in COUNTED)
    return select(facts.c.venue_id, facts.c.day, *sums).group_by(facts.c.venue_id, facts.c.day)


CELL = ("scope_path", "day", "cell_x", "cell_y", "grid_id", "kind")
#: keeps the numbers of cells above nought, where both engines round alike
SHIFT = 400_000


def _seen(session: Session) -> Select[Any]:
    """Select the sightings of each cell, day and kind: the rule of migration 0020, once more."""
    sqlite = session.get_bind().dialect.name == "sqlite"

    def cell(side: Any) -> Any:
        shifted = side * SIGHTING_CELLS_PER_DEGREE + SHIFT
        # SQLite's cast cuts off what stands behind the point; PostgreSQL's rounds
        return cast(shifted if sqlite else func.floor(shifted), Integer) - SHIFT

    key = (
        Sighting.scope_path.label("scope_path"), _day(session, Sighting.received_at).label("day"),
        cell(func.ST_X(Sighting.geom)).label("cell_x"), cell(func.ST_Y(Sighting.geom)).label("cell_y"),
        func.coalesce(Sighting.grid_id, 0).label("grid_id"), Sighting.kind.label("kind"),
    )  # fmt: skip
    facts = select(*key).where(Sighting.geom.is_not(None)).subquery("seen")
    columns = [facts.c[name] for name in CELL]
    return select(*columns, func.count().label("sightings")).group_by(*columns)


def rebuild_facts(session: Session) -> int:
    """Make every row anew from the records; return how many there are."""
    with unscoped(session, REASON):
        session.execute(delete(PlaceDay))
        made = _recorded(session)
        session.execute(insert(PlaceDay).from_select(["venue_id", "day", *COUNTED], made))
        session.execute(delete(SightingDay))
        session.execute(insert(SightingDay).from_select([*CELL, "sightings"], _seen(session)))
        stamp = session.get_one(PlaceStamp, 1)
        stamp.stamp += 1
        session.flush()
        return int(session.scalar(select(func.count()).select_from(PlaceDay)) or 0)


@dataclass(frozen=True)
class SightingDifference:
    """A cell, day and kind where the sightings kept differ from those recorded."""

    cell: tuple[Any, ...]
    kept: int
    recorded: int


def sighting_differences(session: Session, most: int = 100) -> list[SightingDifference]:
    """Compare every cell, day and kind with the sightings; an empty list says that all is well."""
    with unscoped(session, REASON):
        recorded = {tuple(row[:6]): int(row[6]) for row in session.execute(_seen(session))}
        columns = [getattr(SightingDay, name) for name in CELL]
        held = {tuple(row[:6]): row[6] for row in session.execute(select(*columns, SightingDay.sightings))}
    wrong = [
        SightingDifference(key, held.get(key, 0), recorded.get(key, 0))
        for key in sorted({*recorded, *held})
        if held.get(key, 0) != recorded.get(key, 0)
    ]
    return wrong[:most]


def twice(session: Session) -> tuple[int, int]:
    """Count visits and findings of all times that stand twice."""
    always = dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    with unscoped(session, REASON):
        return records_twice(session, *always)


def differences(session: Session, most: int = 100) -> list[Difference]:
    """Compare every row with the records; an empty list says that all is well."""
    with unscoped(session, REASON):
        recorded = {
            (row[0], row[1]): tuple(int(v) for v in row[2:]) for row in session.execute(_recorded(session))
        }
        columns = (PlaceDay.venue_id, PlaceDay.day, *(getattr(PlaceDay, name) for name in COUNTED))
        held = {(row[0], row[1]): tuple(row[2:]) for row in session.execute(select(*columns))}
    nothing = (0,) * len(COUNTED)
    wrong = [
        Difference(*key, held.get(key, nothing), recorded.get(key, nothing))
        for key in sorted({*recorded, *held})
        if held.get(key, nothing) != recorded.get(key, nothing)
    ]
    return wrong[:most]
