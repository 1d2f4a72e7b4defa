"""Every question about the register: one venue, the list, the points of a map section."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from patrol.infra import spatial
from patrol.infra.db import one_or_404, utc_now
from patrol.territory import Division, Grid
from patrol.venues.domain import VenueKind, VenueState
from patrol.venues.models import Venue

PAGE_SIZE = 50
#: the risk from which a venue belongs to each band, highest first
RISK_BANDS = {"high": 0.3, "medium": 0.1, "low": 0.0}

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Search:
    """What the list is asked for; every field as it stands in the address of the page."""

    q: str = ""
    kind: str = ""
    grid: str = ""
    state: str = VenueState.OPEN.value
    overdue: str = ""
    risk: str = ""
    sort: str = "name"
    page: int = 1

    def as_query(self, **changes: Any) -> dict[str, Any]:
        """Return the query of this search with ``changes``, without what is at its default."""
        values = {each.name: getattr(self, each.name) for each in fields(self)} | changes
        plain = Search()
        return {name: value for name, value in values.items() if value != getattr(plain, name)}


@dataclass(frozen=True)
class Found:
    """One page of the list."""

    rows: list[Any]
    total: int
    page: int
    pages: int


#: name of an order -> its columns; the key last, so that the order of a page is settled
SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "name": (Venue.name.asc(), Venue.id.asc()),
    "-name": (Venue.name.desc(), Venue.id.desc()),
    "risk": (Venue.risk.asc(), Venue.id.asc()),
    "-risk": (Venue.risk.desc(), Venue.id.desc()),
    "visited": (Venue.last_visited_at.asc().nulls_first(), Venue.id.asc()),
    "-visited": (Venue.last_visited_at.desc().nulls_last(), Venue.id.desc()),
    "code": (Venue.code.asc(), Venue.id.asc()),
    "-code": (Venue.code.desc(), Venue.id.desc()),
}


def venue_by_uid(session: Session, uid: str) -> Venue:
    """Return one venue with its grid, or raise the 404 that also hides what is elsewhere."""
    return one_or_404(session, select(Venue).where(Venue.uid == uid).options(joinedload(Venue.grid)))


def venue_by_token(session: Session, token: str) -> Venue:
    """Return the venue whose printed label carries ``token``."""
    return one_or_404(session, select(Venue).where(Venue.qr_token == token.lower()))


def division_name(session: Session, division_id: int) -> str:
    """Return the name of a division."""
    return session.scalars(select(Division.name).where(Division.id == division_id)).one_or_none() or ""


def grid_choices(session: Session) -> list[tuple[str, str]]:
    """Return (uid, label) of every grid in use, by code."""
    rows = session.execute(
        select(Grid.uid, Grid.code, Grid.name).where(Grid.retired_at.is_(None)).order_by(Grid.code, Grid.id)
    )
    return [(uid, f"{code} {name}".strip()) for uid, code, name in rows]


def grid_by_uid(session: Session, uid: str) -> Grid:
    """Return one grid or raise 404."""
    return one_or_404(session, select(Grid).where(Grid.uid == uid))


def is_overdue(venue: Any, now: dt.datetime) -> bool:
    """Say whether an open venue was not visited within its revisit interval (or never)."""
    if venue.state != VenueState.OPEN:
        return False
    last = venue.last_visited_at
    return last is None or last + dt.timedelta(days=venue.revisit_interval_days) < now


def overdue_clause(session: Session, now: dt.datetime) -> ColumnElement[bool]:
    """Return the predicate of :func:`is_overdue` for a list: the same rule, side by side.

    One branch for each interval in use (a handful), because adding days to a column is spelled differently
    on each engine.
    """
    open_here = Venue.state == VenueState.OPEN
    intervals = session.scalars(select(Venue.revisit_interval_days).where(open_here).distinct()).all()
    late = [
        and_(Venue.revisit_interval_days == days, Venue.last_visited_at < now - dt.timedelta(days=days))
        for days in sorted(intervals)
    ]
    return and_(open_here, or_(Venue.last_visited_at.is_(None), *late, false()))


def _wanted(session: Session, search: Search, now: dt.datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for word in search.q.split()[:6]:
        wanted.append(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (Venue.name, Venue.address, Venue.code)
                )
            )
        )
    if search.kind:
        wanted.append(Venue.kind == search.kind)
    if search.state in set(VenueState):
        wanted.append(Venue.state == search.state)
    if search.grid:
        wanted.append(Venue.grid_id == grid_by_uid(session, search.grid).id)
    if search.overdue:
        wanted.append(overdue_clause(session, now))
    if search.risk in RISK_BANDS:
        wanted.append(_in_band(search.risk))
    return wanted


def _in_band(band: str) -> ColumnElement[bool]:
    names = list(RISK_BANDS)
    above = names.index(band) - 1
    lower = Venue.risk >= RISK_BANDS[band]
    return lower if above < 0 else and_(lower, Venue.risk < RISK_BANDS[names[above]])


def risk_band(risk: float) -> str:
    """Return the band of a risk: high, medium or low.

    >>> risk_band(0.31), risk_band(0.1), risk_band(0.0)
    ('high', 'medium', 'low')
    """
    return next(name for name, least in RISK_BANDS.items() if risk >= least)


_ROW = (
    Venue.id,
    Venue.uid,
    Venue.code,
    Venue.name,
    Venue.kind,
    Venue.address,
    Venue.state,
    Venue.risk,
    Venue.last_visited_at,
    Venue.last_outcome,
    Venue.revisit_interval_days,
    Venue.visit_count,
    Venue.finding_count,
    Venue.invented,
)


def find_venues(session: Session, search: Search, now: dt.datetime) -> Found:
    """Return one page of the list and how many venues there are in all."""
    wanted = _wanted(session, search, now)
    total = session.execute(select(func.count(Venue.id)).where(*wanted)).scalar_one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(search.page, 1), pages)
    keys = (
        select(Venue.id)
        .where(*wanted)
        .order_by(*SORTS.get(search.sort, SORTS["name"]))
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    ids = list(session.scalars(keys))
    statement = (
        select(*_ROW, Grid.code.label("grid_code"), Grid.uid.label("grid_uid"))
        .outerjoin(Grid, Venue.grid_id == Grid.id)
        .where(Venue.id.in_(ids))
    )
    by_id = {row.id: row for row in session.execute(statement)}
    return Found([by_id[key] for key in ids if key in by_id], total, page, pages)


def venues_named(session: Session, words: str, most: int) -> list[Any]:
    """Return code, name, address and state of venues that hold all the words, those on patrol first; none for none."""
    if not words:
        return []
    statement = (
        select(Venue.code, Venue.name, Venue.address, Venue.state)
        .where(*_wanted(session, Search(q=words, state=""), utc_now()))
        .order_by((Venue.state == VenueState.OPEN).desc(), Venue.name, Venue.id)
    )
    return list(session.execute(statement.limit(most)))


def points_in_box(session: Session, search: Search, box: Box, now: dt.datetime) -> list[Any]:
    """Return the position of every venue of a search in a section of the map, the barest columns only."""
    statement: Select[Any] = select(
        Venue.id, func.ST_X(Venue.geom).label("lon"), func.ST_Y(Venue.geom).label("lat")
    ).where(spatial.in_box(session, Venue, *box), *_wanted(session, search, now))
    return list(session.execute(statement))


def point_facts(session: Session, ids: list[int]) -> list[Any]:
    """Return what a map marker shows of each venue."""
    statement = select(
        Venue.uid,
        Venue.name,
        Venue.kind,
        Venue.state,
        Venue.risk,
        Venue.last_visited_at,
        Venue.revisit_interval_days,
        func.ST_X(Venue.geom).label("lon"),
        func.ST_Y(Venue.geom).label("lat"),
    ).where(Venue.id.in_(ids))
    return list(session.execute(statement))


def extent(session: Session, search: Search, now: dt.datetime) -> Box | None:
    """Return the box round every venue of a search, ``None`` when there is none."""
    x, y = func.ST_X(Venue.geom), func.ST_Y(Venue.geom)
    row = session.execute(
        select(func.min(x), func.min(y), func.max(x), func.max(y)).where(*_wanted(session, search, now))
    ).one()
    return None if row[0] is None else (float(row[0]), float(row[1]), float(row[2]), float(row[3]))


def venues_to_label(session: Session, grid_id: int) -> list[Any]:
    """Return what a printed label shows, for each open venue of a grid."""
    statement = (
        select(Venue.uid, Venue.code, Venue.name, Venue.address, Venue.qr_token)
        .where(Venue.grid_id == grid_id, Venue.state == VenueState.OPEN)
        .order_by(Venue.code, Venue.id)
    )
    return list(session.execute(statement))


def kinds_in_use() -> list[str]:
    """Return the codes of every kind, in the order of the form."""
    return [kind.value for kind in VenueKind]


def next_code(session: Session, prefix: str) -> int:
    """Return the next free running number of the codes ``prefix-000001`` …"""
    newest = session.execute(
        select(func.max(Venue.code)).where(Venue.code.like(f"{prefix}-______"))
    ).scalar_one_or_none()
    tail = str(newest or "").rpartition("-")[2]
    return int(tail) + 1 if tail.isdigit() else 1
