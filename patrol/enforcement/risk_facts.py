"""What the risk of places is learnt from, out of the database: places, visits with outcomes, sightings, dens closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.clues import Sighting
from patrol.core.clock import china_date
from patrol.enforcement.models import Den
from patrol.findings import Finding
from patrol.patrols import FOUND, Outcome, Visit
from patrol.venues import Places, Signs, Venue, Visits

Row = tuple[int, int, float, str, bool]  # place, day, found, officer, answered


def places_in_scope(session: Session) -> tuple[list[int], Places]:
    """Return every venue's id and description, closed ones too: what was found there still teaches."""
    venue: Any = Venue  # its position is added to the class afterwards, which types do not see
    columns = (venue.id, venue.lon, venue.lat, venue.kind, venue.name, venue.capacity)
    rows = session.execute(select(*columns).order_by(venue.id)).all()
    capacity = np.array([np.nan if row.capacity is None else row.capacity for row in rows], dtype=float)
    places = Places(
        tuple(str(row.id) for row in rows),
        np.array([row.lon for row in rows], dtype=float),
        np.array([row.lat for row in rows], dtype=float),
        tuple(row.kind for row in rows),
        name=tuple(row.name for row in rows),
        numbers={"capacity": capacity} if np.isfinite(capacity).any() else {},
    )
    return [row.id for row in rows], places


def visits_in_scope(session: Session, ids: list[int]) -> Visits:
    """Return every visit in order of time, and every finding that no visit explains as a visit that found.

    A visit found something when a finding of it stands (neither withdrawn nor replaced), or when its outcome
    says so and it never had a finding on record. Days are days in China, from 0001-01-01.
    """
    index = {venue: number for number, venue in enumerate(ids)}
    findings = _findings(session)
    standing = {row.visit_id for row in findings if row.stands}
    explained = {row.visit_id for row in findings}
    rows: list[Row] = []
    for visit in session.execute(
        select(Visit.id, Visit.venue_id, Visit.person_id, Visit.outcome, Visit.arrived_at)
    ):
        if visit.venue_id in index:
            found = visit.id in standing or (visit.id not in explained and visit.outcome in FOUND)
            day, officer = china_date(visit.arrived_at).toordinal(), _officer(visit.person_id)
            answered = visit.outcome != Outcome.NO_ANSWER
            rows.append((index[visit.venue_id], day, float(found), officer, answered))
    been = {(row[0], row[1]) for row in rows}
    for row in findings:
        if row.visit_id is None and row.stands and row.venue_id in index:
            place, day = index[row.venue_id], china_date(row.found_at).toordinal()
            if (place, day) not in been:
                been.add((place, day))
                rows.append((place, day, 1.0, _officer(row.person_id), True))
    return _in_order(rows)


def _findings(session: Session) -> list[Any]:
    replaced = select(Finding.supersedes_id).where(
        Finding.supersedes_id.is_not(None), Finding.withdrawn_at.is_(None)
    )
    stands = Finding.withdrawn_at.is_(None) & Finding.id.not_in(replaced)
    columns = (Finding.visit_id, Finding.venue_id, Finding.person_id, Finding.found_at)
    return list(session.execute(select(*columns, stands.label("stands"))))


def _officer(person: int | None) -> str:
    return "" if person is None else str(person)


def _in_order(rows: list[Row]) -> Visits:
    rows.sort(key=lambda row: (row[1], row[0]))
    place, day, found, officer, answered = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Visits(
        np.array(place, dtype=np.int64),
        np.array(day, dtype=np.int64),
        np.array(found, dtype=float),
        tuple(officer),
        np.zeros(len(rows)),
        np.array(answered, dtype=bool),
    )


def signs_in_scope(session: Session) -> tuple[Signs, ...]:
    """Return sightings on the day they came in, and dens on the day they were closed, each where it has a point."""
    sightings = session.execute(
        select(func.ST_X(Sighting.geom), func.ST_Y(Sighting.geom), Sighting.received_at).where(
            Sighting.geom.is_not(None)
        )
    )
    dens = session.execute(
        select(func.ST_X(Den.geom), func.ST_Y(Den.geom), Den.closed_on).where(
            Den.geom.is_not(None), Den.closed_on.is_not(None), Den.withdrawn_at.is_(None)
        )
    )
    seen = [(lon, lat, china_date(at).toordinal()) for lon, lat, at in sightings]
    closed = [(lon, lat, on.toordinal()) for lon, lat, on in dens]
    return tuple(_signs(name, points) for name, points in (("sightings", seen), ("dens", closed)) if points)


def _signs(name: str, points: Iterable[tuple[float, float, int]]) -> Signs:
    lon, lat, day = zip(*points, strict=True)
    return Signs(name, np.array(lon, dtype=float), np.array(lat, dtype=float), np.array(day, dtype=np.int64))
