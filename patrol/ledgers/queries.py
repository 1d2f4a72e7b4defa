"""Every SELECT that all ledgers share."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from patrol.accounts import Person
from patrol.infra.audit import AuditEntry
from patrol.infra.db import one_or_404
from patrol.ledgers.ledger import LEDGERS, Ledger
from patrol.ledgers.models import Attachment
from patrol.territory import Division, divisions_in_scope
from patrol.venues import Venue

#: so many keys at most in one question
MOST_KEYS = 2000
_NAME_AND_CODE = re.compile(r"(.+?)\s*[(（]([^()（）]+)[)）]")


@dataclass(frozen=True)
class Search:
    """What a list is filtered by; empty means all."""

    q: str = ""
    division: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    withdrawn: bool = False
    choices: dict[str, str] = field(default_factory=dict)


def records_found(session: Session, ledger: Ledger, search: Search) -> Select[Any]:
    """Return the records of a list, newest first."""
    model, day = ledger.model, ledger.day_column
    statement = select(model).order_by(day.desc(), model.id.desc())
    statement = statement.where(
        model.withdrawn_at.is_not(None) if search.withdrawn else model.withdrawn_at.is_(None)
    )
    if search.q:
        like = f"%{search.q}%"
        statement = statement.where(or_(getattr(model, ledger.title).like(like), model.number.like(like)))
    if search.division:
        path = path_of_code(session, search.division)
        statement = statement.where(model.scope_path.startswith(path, autoescape=True))
    if search.since:
        statement = statement.where(day >= search.since)
    if search.until:
        statement = statement.where(day <= search.until)
    for name, code in search.choices.items():
        statement = statement.where(getattr(model, name) == code)
    return statement


def records_listed(session: Session, ledger: Ledger, search: Search) -> Select[Any]:
    """Return the records of a list as :func:`records_found`, with the venues they name."""
    statement = records_found(session, ledger, search)
    return statement.options(selectinload(ledger.model.at_venues)) if ledger.has_venues else statement


def path_of_code(session: Session, code: str) -> str:
    """Return the path of a division within scope; an unknown code gives a path that nothing lies in."""
    return session.scalar(select(Division.scope_path).where(Division.code == code)) or "-"


def points_found(session: Session, ledger: Ledger, search: Search, most: int = 2000) -> Sequence[Any]:
    """Return uid, title, lon and lat of the records of a list that have a place or get one from their first venue."""
    model = ledger.model
    found = records_found(session, ledger, search)
    placed, lon, lat = model.geom.is_not(None), func.ST_X(model.geom), func.ST_Y(model.geom)
    statement = select(model.uid, getattr(model, ledger.title))
    if ledger.has_venues:
        found, statement = _with_first_venue(ledger, found), _with_first_venue(ledger, statement)
        placed = or_(placed, Venue.id.is_not(None))
        lon = func.coalesce(lon, func.ST_X(Venue.geom))
        lat = func.coalesce(lat, func.ST_Y(Venue.geom))
    ids = found.where(placed).limit(most).with_only_columns(model.id)
    return session.execute(statement.add_columns(lon, lat).where(model.id.in_(ids.scalar_subquery()))).all()


def _with_first_venue(ledger: Ledger, statement: Select[Any]) -> Select[Any]:
    to_venues = ledger.model.at_venues
    link = to_venues.property.mapper.class_
    return statement.outerjoin(to_venues.and_(link.position == 0)).outerjoin(Venue, Venue.id == link.venue_id)


def record_by_uid(session: Session, ledger: Ledger, uid: str) -> Any:
    """Return one record within scope, or raise the 404."""
    return one_or_404(session, select(ledger.model).where(ledger.model.uid == uid))


def record_by_number(session: Session, ledger: Ledger, number: str) -> Any | None:
    """Return the record with a number within scope that was not withdrawn."""
    model = ledger.model
    return session.scalars(
        select(model).where(model.number == number, model.withdrawn_at.is_(None)).limit(1)
    ).first()


def record_meant(session: Session, ledger: Ledger, number: str) -> Any | None:
    """Return the record that another one may name by this number: within scope, or of an area above that binds it."""
    found = record_by_number(session, ledger, number)
    return found or next((row for row in ledger.above(session) if row.number == number), None)


def place_of(session: Session, ledger: Ledger, row: Any) -> tuple[float, float] | None:
    """Return lon and lat of a record that has a place."""
    model = ledger.model
    found = session.execute(
        select(func.ST_X(model.geom), func.ST_Y(model.geom)).where(
            model.id == row.id, model.geom.is_not(None)
        )
    ).first()
    return (float(found[0]), float(found[1])) if found else None


def places_of(session: Session, ledger: Ledger, row: Any) -> list[tuple[float, float, str, str]]:
    """Return lon, lat, name and address of the page of all that a record's map shows: its place, then its venues."""
    own = place_of(session, ledger, row)
    found = [(*own, str(getattr(row, ledger.title)), "")] if own else []
    venues: Any = venues_of(session, row.venue_ids).values() if ledger.has_venues else ()
    return found + [(venue.lon, venue.lat, venue.name, f"/venues/{venue.uid}") for venue in venues]


def division_choices(session: Session) -> list[tuple[str, str]]:
    """Return code and name of every division in scope, upper ones first, indented by level."""
    divisions = divisions_in_scope(session)
    least = min((d.scope_path.count("/") for d in divisions), default=0)
    return [(d.code, "　" * (d.scope_path.count("/") - least) + d.name) for d in divisions]


def division_named(session: Session, text: str) -> Division | None:
    """Return the division within scope with this code or name; the upper one of two with the same name."""
    statement = (
        select(Division)
        .where(or_(Division.code == text, Division.name == text))
        .order_by(func.length(Division.scope_path))
    )
    return session.scalars(statement.limit(1)).first()


def division_of(session: Session, division_id: int) -> Division | None:
    """Return a division within scope by key."""
    return session.scalars(select(Division).where(Division.id == division_id)).first()


def venue_named(session: Session, text: str) -> Venue | None:
    """Return the venue within scope with this code, or the only one with this name, or written “name (code)”."""
    written = _NAME_AND_CODE.fullmatch(text)
    both = (Venue.name == written[1]) & (Venue.code == written[2]) if written else false()
    for fits in (Venue.code == text, Venue.name == text, both):
        found = session.scalars(select(Venue).where(fits).limit(2)).all()
        if found:
            return found[0] if len(found) == 1 else None
    return None


def venue_of(session: Session, venue_id: int) -> Venue | None:
    """Return a venue within scope by key."""
    return session.scalars(select(Venue).where(Venue.id == venue_id)).first()


def venues_of(session: Session, keys: Sequence[int]) -> dict[int, Venue]:
    """Return the venues within scope with these keys, by key and in that order; what is out of scope is left out."""
    found: dict[int, Venue] = {}
    for start in range(0, len(keys), MOST_KEYS):
        part = select(Venue).where(Venue.id.in_(keys[start : start + MOST_KEYS]))
        found.update((venue.id, venue) for venue in session.scalars(part))
    return {key: found[key] for key in keys if key in found}


def locked(session: Session, ledger: Ledger, row: Any) -> tuple[int, dt.datetime | None]:
    """Let nobody else change a record until this transaction ends; return its version and withdrawal as of now."""
    model = ledger.model
    now = session.execute(
        select(model.version, model.withdrawn_at).where(model.id == row.id).with_for_update()
    ).one()
    return now[0], now[1]


def record_of_key(session: Session, code: str, key: int) -> Any | None:
    """Return the record of ledger ``code`` with this key, within scope or of an area above that binds it."""
    model = LEDGERS[code].model
    found = session.scalars(select(model).where(model.id == key)).first()
    return found or next((row for row in LEDGERS[code].above(session) if row.id == key), None)


def numbers_of(session: Session, code: str, keys: Sequence[int]) -> dict[int, str]:
    """Return the numbers of records of ledger ``code`` by key, within scope or of an area above that binds it."""
    model = LEDGERS[code].model
    found = {row.id: row.number for row in LEDGERS[code].above(session)}
    for start in range(0, len(keys), MOST_KEYS):
        part = select(model.id, model.number).where(model.id.in_(keys[start : start + MOST_KEYS]))
        found.update((key, number) for key, number in session.execute(part))
    return found


def recent_numbers(session: Session, code: str, most: int = 60) -> list[tuple[str, str]]:
    """Return number and title of the newest records of a ledger, for a form's suggestions."""
    ledger = LEDGERS[code]
    rows = session.scalars(records_found(session, ledger, Search()).limit(most))
    return [(row.number, getattr(row, ledger.title)) for row in (*ledger.above(session), *rows)]


def one_writer(session: Session, ledger: Ledger) -> None:
    """Let nobody else give out numbers of a ledger until this transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(zlib.crc32(ledger.code.encode()))))


def next_count(session: Session, ledger: Ledger, start: str) -> int:
    """Return the next free count of the numbers that begin with ``start`` (``PREFIX-DIVISION-YEAR-``)."""
    number = ledger.model.number
    last = session.scalar(select(func.max(number)).where(number.startswith(start, autoescape=True)))
    tail = (last or "").removeprefix(start)
    return int(tail) + 1 if tail.isdigit() else 1


def attachments_of(session: Session, ledger: Ledger, row: Any) -> list[Attachment]:
    """Return the documents of a record, oldest first."""
    statement = (
        select(Attachment)
        .where(Attachment.ledger == ledger.code, Attachment.record_uid == row.uid)
        .order_by(Attachment.id)
    )
    return list(session.scalars(statement))


def attachment_by_uid(session: Session, uid: str) -> Attachment:
    """Return one document within scope, or raise the 404."""
    return one_or_404(session, select(Attachment).where(Attachment.uid == uid))


def history_of(session: Session, row: Any) -> list[tuple[AuditEntry, str]]:
    """Return what was done to a record, oldest first, with the name of who did it where the reader may know it."""
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == row.uid).order_by(AuditEntry.number)
    ).all()
    uids = {entry.person_uid for entry in entries if entry.person_uid}
    names: dict[str, str] = {
        uid: name
        for uid, name in session.execute(select(Person.uid, Person.name).where(Person.uid.in_(uids)))
    }
    return [(entry, names.get(entry.person_uid, "")) for entry in entries]
