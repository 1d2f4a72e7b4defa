"""How a clue begins: taken by an operator, handed over by another department, or out of a sighting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.clues.domain import NO_DIVISION, Channel, ClueState, code_hash, due_days, new_follow_code
from patrol.clues.models import Clue, ClueNumber, ClueReporter, Sighting
from patrol.clues.queries import calendar_of, clue_of_sighting, first_wanted, grid_around, place_of, terms_of
from patrol.clues.schemas import ClueIn
from patrol.clues.services.talking import reporter_place
from patrol.core.clock import Clock, china_date
from patrol.core.errors import PatrolError, problem
from patrol.core.ids import Rng
from patrol.infra.audit import record
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal, one_or_404, unscoped
from patrol.infra.spatial import to_geom
from patrol.territory import Division
from patrol.venues import Venue, want_visit

KNOWN_NUMBER = problem(
    "clues.known_number",
    en="This number of the source is already in the register as clue {number}.",
    zh="该来源编号已登记，对应线索{number}。",
    status=409,
)
_CHANNELS = {Channel.LIAISON.value: "liaison", Channel.RESIDENT.value: "resident"}


def open_clue(
    session: Session, actor: Principal, new: ClueIn, *, keys: Keyring, clock: Clock, rng: Rng
) -> tuple[Clue, str]:
    """Register a clue and return it with the code by which the reporter may follow it, which is nowhere kept.

    Raises :class:`PatrolError` for a division or venue out of scope, or a number of the source already taken.
    """
    division = session.scalars(select(Division).where(Division.uid == new.division_uid)).one_or_none()
    if division is None:
        raise PatrolError(NO_DIVISION, where="division_uid")
    key = f"{new.channel.value}:{new.source_number}" if new.source_number else None
    refuse_known(session, key)
    code, now = new_follow_code(rng), clock.now()
    clue = Clue(
        channel=new.channel.value, kind=new.kind.value, text=new.text.strip(), address=new.address.strip(),
        seen_on=new.seen_on.strip(), source_number=new.source_number.strip(), source_key=key,
        source_name=new.source_name.strip(), urgent=new.urgent, received_at=now,
        follow_sha256=code_hash(code), **_where(session, new, division),
        **terms_for(session, now, urgent=new.urgent),
    )  # fmt: skip
    keep(session, actor, clue, clock=clock)
    _keep_reporter(session, clue, new, keys)
    return clue, code


def open_from_sighting(
    session: Session, actor: Principal, sighting: Sighting, *, urgent: bool, clock: Clock
) -> Clue:
    """Make a sighting a clue, or return the one it already is. Its clock runs from when the sighting came in."""
    known = clue_of_sighting(session, sighting.id)
    if known is not None:
        return known
    point = place_of(session, sighting)
    clue = Clue(
        channel=_CHANNELS[sighting.channel], kind=sighting.kind, text=sighting.text, address=sighting.address,
        seen_on=sighting.seen_on[:40], geom=None if point is None else to_geom(shapely.Point(point)),
        venue_id=sighting.venue_id, grid_id=sighting.grid_id, division_id=sighting.division_id,
        scope_path=sighting.scope_path, sighting_id=sighting.id, urgent=urgent or sighting.kind == "confined",
        received_at=sighting.received_at,
        **terms_for(session, sighting.received_at, urgent=urgent or sighting.kind == "confined"),
    )  # fmt: skip
    keep(session, actor, clue, clock=clock)
    return clue


def keep(session: Session, actor: Principal, clue: Clue, *, clock: Clock) -> None:
    """Give a clue its running number and store it with its trace; nothing of it says who reported."""
    clue.number = next_number(session, china_date(clue.received_at).year)
    clue.state = ClueState.RECEIVED.value
    session.add(clue)
    session.flush()
    record(
        session,
        actor,
        "clues.open",
        clue.uid,
        {"number": clue.number, "channel": clue.channel},
        at=clock.now(),
    )


def tell_venue(session: Session, venue_id: int | None) -> None:
    """Let the planner know whether, and by when, a venue has to be looked at for a clue."""
    if venue_id is None:
        return
    first = first_wanted(session, venue_id)
    if first is None:
        want_visit(session, venue_id, by=None, urgent=False, why="")
    else:
        want_visit(session, venue_id, by=first.close_due, urgent=first.urgent, why=first.number)


def next_number(session: Session, year: int) -> str:
    """Return the next running number of a year; taken inside the transaction, so that none is skipped.

    On PostgreSQL the row is locked until the transaction ends; on SQLite every writer waits anyway.
    """
    row = session.get(ClueNumber, year, with_for_update=True)
    if row is None:
        row = ClueNumber(year=year, last=0)
        session.add(row)
    row.last += 1
    session.flush()
    return f"{year}-{row.last:05d}"


def terms_for(
    session: Session, received_at: dt.datetime, *, urgent: bool, extended_days: int = 0
) -> dict[str, Any]:
    """Return the columns of a clue's clock."""
    due = due_days(
        received_at, urgent=urgent, extended_days=extended_days, terms=terms_of(session),
        calendar=calendar_of(session),
    )  # fmt: skip
    return {"accept_due": due.accept, "close_due": due.close, "due_provisional": due.provisional}


def refuse_known(session: Session, key: str | None) -> None:
    """Raise where a number of the source is already registered, here or in another division."""
    if key is None:
        return
    with unscoped(session, "a number of the platform is taken wherever it was registered"):
        number = session.scalar(select(Clue.number).where(Clue.source_key == key))
    if number is not None:
        raise PatrolError(KNOWN_NUMBER, where="source_number", number=number)


def _where(session: Session, new: ClueIn, division: Division) -> dict[str, Any]:
    """Return venue, grid, division, scope and position: of the venue, of the pin, or the division alone."""
    if new.venue_uid:
        venue = one_or_404(session, select(Venue).where(Venue.uid == new.venue_uid))
        lon, lat = session.execute(
            select(func.ST_X(Venue.geom), func.ST_Y(Venue.geom)).where(Venue.id == venue.id)
        ).one()
        return {
            "venue_id": venue.id, "grid_id": venue.grid_id, "division_id": venue.division_id,
            "scope_path": venue.scope_path, "geom": to_geom(shapely.Point(lon, lat)),
        }  # fmt: skip
    place: dict[str, Any] = {"division_id": division.id, "scope_path": division.scope_path}
    if new.lon is None or new.lat is None:
        return place
    point = shapely.Point(new.lon, new.lat)
    grid = grid_around(session, point)
    if grid is not None:
        place = {"grid_id": grid.id, "division_id": grid.division_id, "scope_path": grid.scope_path}
    return {**place, "geom": to_geom(point)}


def _keep_reporter(session: Session, clue: Clue, new: ClueIn, keys: Keyring) -> None:
    if not new.reporter_name and not new.reporter_contact:
        return
    session.add(
        ClueReporter(
            clue_id=clue.id,
            name_sealed=keys.seal(new.reporter_name, reporter_place("name", clue.id)),
            contact_sealed=keys.seal(new.reporter_contact, reporter_place("contact", clue.id)),
            way=new.reporter_way if new.reporter_contact else "",
        )
    )
