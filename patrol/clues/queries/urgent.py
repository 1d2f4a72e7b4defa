"""Urgent clues: for whom each one rings, whose phone it has reached, and who is on duty for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from patrol.accounts import names_of_people
from patrol.clues.domain.ringing import Call, Listener, Watch, on_watch_for, rings_for
from patrol.clues.models import Clue, ClueReached
from patrol.clues.queries.settings import terms_of
from patrol.infra.db import Principal
from patrol.routes import teams_on_duty

#: states in which nobody has looked yet
_WAITING = ("received", "accepted", "triaged", "assigned")


def urgent_for(session: Session, principal: Principal, now: dt.datetime) -> list[Clue]:
    """Return the urgent clues that ring for a person at this moment, the oldest first."""
    unread = session.scalars(
        select(Clue)
        .where(
            Clue.urgent.is_(True),
            Clue.state.in_(_WAITING),
            Clue.acknowledged_at.is_(None),
            Clue.merged_into_id.is_(None),
        )
        .order_by(Clue.received_at)
        .options(joinedload(Clue.venue))
    ).all()
    if not unread:
        return []
    minutes, watches = terms_of(session).urgent_ack_minutes, watches_now(session, now)
    who = Listener(principal.person_id, principal.agency_id, principal.may("clues.manage"))
    return [clue for clue in unread if rings_for(call_of(clue, now, minutes), who, watches)]


def watches_now(session: Session, now: dt.datetime) -> list[Watch]:
    """Return everybody of the teams whose published route runs now, within scope."""
    return [
        Watch(member.person_id, member.person.name, team.name, team.agency_id, team.scope_path)
        for team in teams_on_duty(session, now)
        for member in team.members
    ]


def call_of(clue: Clue, now: dt.datetime, ack_minutes: int) -> Call:
    """Return what decides for whom a clue rings."""
    late = clue.acknowledged_at is None and now - clue.received_at > dt.timedelta(minutes=ack_minutes)
    return Call(clue.person_id, clue.agency_id, clue.scope_path, late)


def on_duty_for(clue: Clue, watches: list[Watch]) -> dict[str, list[str]]:
    """Return who is on duty for a clue: members' names by team."""
    found: dict[str, list[str]] = {}
    for watch in on_watch_for(Call(clue.person_id, clue.agency_id, clue.scope_path, False), watches):
        found.setdefault(watch.team, []).append(watch.name)
    return found


def not_reached_before(session: Session, person_id: int, clues: Sequence[Clue]) -> list[int]:
    """Return the keys of those clues that have not been on this person's phone."""
    keys = [clue.id for clue in clues]
    known = session.scalars(
        select(ClueReached.clue_id).where(ClueReached.person_id == person_id, ClueReached.clue_id.in_(keys))
    ).all()
    return [key for key in keys if key not in known]


def reached(session: Session, clues: Sequence[Clue]) -> dict[int, list[tuple[str, dt.datetime]]]:
    """Return for each clue on whose phones it has been, and since when, the first one first."""
    rows = session.scalars(
        select(ClueReached)
        .where(ClueReached.clue_id.in_([clue.id for clue in clues]))
        .order_by(ClueReached.at, ClueReached.person_id)
    ).all()
    names = names_of_people(session, ids={row.person_id for row in rows})
    found: dict[int, list[tuple[str, dt.datetime]]] = {}
    for row in rows:
        found.setdefault(row.clue_id, []).append((names.get(row.person_id, "—"), row.at))
    return found
