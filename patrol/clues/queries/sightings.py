"""Every SELECT about sightings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from patrol.clues.models import Clue, Sighting, SightingPhoto, SightingReporter
from patrol.infra.db import one_or_404, unscoped
from patrol.infra.spatial import in_shape
from patrol.territory import Division, Grid

#: the levels a resident may choose from
REPORT_LEVELS = ("district", "township")


@dataclass(frozen=True)
class Search:
    """What an inbox is filtered by; empty means all."""

    state: str = ""
    channel: str = ""
    kind: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def sightings_found(search: Search) -> Select[Sighting]:
    """Return the sightings of an inbox, newest first; "open" means every state but closed."""
    statement = select(Sighting).order_by(Sighting.received_at.desc(), Sighting.id.desc())
    if search.state == "open":
        statement = statement.where(Sighting.state != "closed")
    elif search.state:
        statement = statement.where(Sighting.state == search.state)
    if search.channel:
        statement = statement.where(Sighting.channel == search.channel)
    if search.kind:
        statement = statement.where(Sighting.kind == search.kind)
    if search.since:
        statement = statement.where(Sighting.received_at >= search.since)
    if search.until:
        statement = statement.where(Sighting.received_at < search.until)
    return statement.options(joinedload(Sighting.venue), selectinload(Sighting.photos))


def sighting_points(search: Search, most: int) -> Select[Any]:
    """Return uid, kind, state, lon and lat of the sightings of an inbox that have a place."""
    found = (
        sightings_found(search).where(Sighting.geom.is_not(None)).limit(most).with_only_columns(Sighting.id)
    )
    return (
        select(
            Sighting.uid, Sighting.kind, Sighting.state, func.ST_X(Sighting.geom), func.ST_Y(Sighting.geom)
        )
        .where(Sighting.id.in_(found.scalar_subquery()))
        .order_by(Sighting.received_at.desc())
    )


def sighting_by_uid(session: Session, uid: str) -> Sighting:
    """Return one sighting within scope with what its page shows, or raise the 404."""
    return one_or_404(
        session,
        select(Sighting)
        .where(Sighting.uid == uid)
        .options(joinedload(Sighting.venue), selectinload(Sighting.photos), selectinload(Sighting.steps)),
    )


def place_of(session: Session, reported: Sighting | Clue) -> tuple[float, float] | None:
    """Return lon and lat of a sighting or clue that has a place."""
    table = type(reported)
    row = session.execute(
        select(func.ST_X(table.geom), func.ST_Y(table.geom)).where(
            table.id == reported.id, table.geom.is_not(None)
        )
    ).one_or_none()
    return (float(row[0]), float(row[1])) if row else None


def has_reporter(session: Session, sighting: Sighting) -> bool:
    """Say whether somebody is on record as the reporter, without saying who."""
    return (
        session.scalar(
            select(SightingReporter.sighting_id).where(SightingReporter.sighting_id == sighting.id)
        )
        is not None
    )


def sighting_by_code(session: Session, sha256: str) -> Sighting | None:
    """Return the report that a code's hash belongs to, wherever it lies."""
    with unscoped(session, "the code itself is the permission"):
        return session.scalars(
            select(Sighting).where(Sighting.follow_sha256 == sha256).options(selectinload(Sighting.steps))
        ).one_or_none()


def divisions_to_choose(session: Session) -> list[tuple[Division, Sequence[Division]]]:
    """Return every district with its streets, for the resident's form."""
    with unscoped(session, "names of divisions are public"):
        rows = session.scalars(
            select(Division).where(Division.level.in_(REPORT_LEVELS)).order_by(Division.scope_path)
        ).all()
    below: dict[int | None, list[Division]] = {}
    for row in rows:
        if row.level == "township":
            below.setdefault(row.parent_id, []).append(row)
    return [(row, below.get(row.id, [])) for row in rows if row.level == "district"]


def sighting_exists(session: Session, uid: str) -> bool:
    """Say whether a sighting's number is taken, anywhere."""
    with unscoped(session, "whether a number made by a phone is taken does not depend on the division"):
        return session.scalar(select(Sighting.id).where(Sighting.uid == uid)) is not None


def grid_around(session: Session, point: shapely.Point) -> Grid | None:
    """Return the living grid within scope that a point lies in."""
    statement = select(Grid).where(in_shape(session, Grid, point), Grid.retired_at.is_(None)).limit(1)
    return session.scalars(statement).one_or_none()


def division_around(session: Session, point: shapely.Point) -> Division | None:
    """Return the smallest division within scope that a point lies in."""
    statement = (
        select(Division)
        .where(in_shape(session, Division, point))
        .order_by(func.length(Division.scope_path).desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def photo_by_uid(session: Session, uid: str) -> SightingPhoto:
    """Return a photo whose sighting lies within scope, or raise the 404."""
    return one_or_404(
        session,
        select(SightingPhoto)
        .join(Sighting, Sighting.id == SightingPhoto.sighting_id)
        .where(SightingPhoto.uid == uid),
    )


def photos_with_bytes(session: Session, sha256: str) -> list[SightingPhoto]:
    """Return the photos within scope that a blob belongs to."""
    return list(
        session.scalars(
            select(SightingPhoto)
            .join(Sighting, Sighting.id == SightingPhoto.sighting_id)
            .where(or_(SightingPhoto.sha256_original == sha256, SightingPhoto.sha256_display == sha256))
        )
    )
