"""Every SELECT about clues: one object and the list by the same rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from patrol.clues.domain import Likeness, Place, likeness
from patrol.clues.domain.alike import FADE_DAYS, WORTH_SHOWING
from patrol.clues.models import Clue, ClueLink, ClueStep, Sighting
from patrol.infra.db import one_or_404, unscoped

#: how far back likeness looks
_LOOK_BACK = dt.timedelta(days=3 * FADE_DAYS)
_MOST_COMPARED = 3000


@dataclass(frozen=True)
class ClueSearch:
    """What the inbox is filtered by; empty means all. ``state`` "open" means every state but closed."""

    state: str = ""
    channel: str = ""
    kind: str = ""
    words: str = ""
    urgent: bool = False
    late_on: dt.date | None = None
    since: dt.datetime | None = None


def clues_found(search: ClueSearch) -> Select[Clue]:
    """Return the clues of an inbox: urgent first, then those whose term ends soonest."""
    statement = select(Clue).where(Clue.merged_into_id.is_(None))
    if search.state == "open":
        statement = statement.where(Clue.state != "closed")
    elif search.state:
        statement = statement.where(Clue.state == search.state)
    for column, wanted in ((Clue.channel, search.channel), (Clue.kind, search.kind)):
        if wanted:
            statement = statement.where(column == wanted)
    if search.words:
        like = f"%{search.words}%"
        statement = statement.where(
            or_(Clue.number.like(like), Clue.source_number.like(like), Clue.text.like(like), Clue.address.like(like))
        )  # fmt: skip
    if search.urgent:
        statement = statement.where(Clue.urgent.is_(True))
    if search.late_on:
        statement = statement.where(late(search.late_on))
    if search.since:
        statement = statement.where(Clue.received_at >= search.since)
    return statement.order_by(Clue.urgent.desc(), Clue.close_due, Clue.id).options(
        joinedload(Clue.venue), joinedload(Clue.agency), joinedload(Clue.person)
    )


def late(today: dt.date) -> Any:
    """Return the clause "a term has run out": not accepted in time, or not closed in time."""
    return or_(
        Clue.accepted_on.is_(None) & (Clue.state == "received") & (Clue.accept_due < today),
        Clue.closed_on.is_(None) & (Clue.close_due < today),
    )


def clue_points(search: ClueSearch, most: int) -> Select[Any]:
    """Return uid, number, kind, state, urgency and position of the clues of an inbox that have a place."""
    found = clues_found(search).where(Clue.geom.is_not(None)).limit(most).with_only_columns(Clue.id)
    return select(
        Clue.uid, Clue.number, Clue.kind, Clue.state, Clue.urgent, func.ST_X(Clue.geom), func.ST_Y(Clue.geom)
    ).where(Clue.id.in_(found.options().scalar_subquery()))


def clue_by_uid(session: Session, uid: str) -> Clue:
    """Return one clue in scope with what its page shows, or raise the 404."""
    return one_or_404(
        session,
        select(Clue).where(Clue.uid == uid).options(
            joinedload(Clue.venue), joinedload(Clue.agency), joinedload(Clue.person),
            selectinload(Clue.steps).joinedload(ClueStep.person), selectinload(Clue.messages),
        ),
    )  # fmt: skip


def clue_by_code(session: Session, sha256: str) -> Clue | None:
    """Return the clue that a code's hash belongs to, its own or its sighting's, wherever it lies."""
    with unscoped(session, "the code itself is the permission"):
        return session.scalars(
            select(Clue)
            .outerjoin(Sighting, Sighting.id == Clue.sighting_id)
            .where(or_(Clue.follow_sha256 == sha256, Sighting.follow_sha256 == sha256))
            .options(selectinload(Clue.steps), selectinload(Clue.messages))
        ).one_or_none()


def clue_of_sighting(session: Session, sighting_id: int) -> Clue | None:
    """Return the clue that a sighting became."""
    return session.scalars(select(Clue).where(Clue.sighting_id == sighting_id)).one_or_none()


def clues_of_person(session: Session, person_id: int) -> list[Clue]:
    """Return the open clues that a person was sent to, urgent first."""
    return list(
        session.scalars(
            select(Clue)
            .where(Clue.person_id == person_id, Clue.state.in_(("assigned", "verified")))
            .order_by(Clue.urgent.desc(), Clue.close_due)
            .options(joinedload(Clue.venue))
        )
    )


def board(session: Session) -> list[Clue]:
    """Return every open urgent clue in scope for the live board, the oldest first."""
    return list(
        session.scalars(
            select(Clue)
            .where(Clue.urgent.is_(True), Clue.state != "closed", Clue.merged_into_id.is_(None))
            .order_by(Clue.received_at)
            .options(
                joinedload(Clue.venue),
                joinedload(Clue.agency),
                joinedload(Clue.person),
                joinedload(Clue.acknowledged_by),
            )
        )
    )


def first_wanted(session: Session, venue_id: int) -> Clue | None:
    """Return the clue for which a venue has to be looked at first: urgent before due, while it is being followed."""
    return session.scalars(
        select(Clue)
        .where(
            Clue.venue_id == venue_id,
            Clue.state.in_(("accepted", "triaged", "assigned")),
            Clue.merged_into_id.is_(None),
        )
        .order_by(Clue.urgent.desc(), Clue.close_due, Clue.id)
        .limit(1)
    ).first()


def linked(session: Session, clue: Clue) -> list[Clue]:
    """Return the clues linked with, or merged into, this one."""
    ids = select(ClueLink.other_id).where(ClueLink.clue_id == clue.id)
    back = select(ClueLink.clue_id).where(ClueLink.other_id == clue.id)
    return list(
        session.scalars(
            select(Clue)
            .where(or_(Clue.id.in_(ids), Clue.id.in_(back), Clue.merged_into_id == clue.id))
            .order_by(Clue.received_at)
        )
    )


def alike(session: Session, clue: Clue, most: int = 5) -> Sequence[tuple[Clue, Likeness]]:
    """Return clues that may speak of the same thing, the likest first, with how alike they are.

    Compared are the clues in scope received within three times the fading time before or after.
    """
    own = _place(session, clue)
    near = select(Clue.id, func.ST_X(Clue.geom), func.ST_Y(Clue.geom), Clue.venue_id, Clue.address, Clue.text,
                  Clue.received_at).where(
        Clue.id != clue.id, Clue.merged_into_id.is_(None),
        Clue.received_at.between(clue.received_at - _LOOK_BACK, clue.received_at + _LOOK_BACK),
    ).order_by(Clue.received_at.desc()).limit(_MOST_COMPARED)  # fmt: skip
    scored = [(likeness(own, Place(*row[1:])), row[0]) for row in session.execute(near)]
    best = sorted((pair for pair in scored if pair[0].score >= WORTH_SHOWING), key=lambda p: -p[0].score)[
        :most
    ]
    found = {
        row.id: row for row in session.scalars(select(Clue).where(Clue.id.in_([key for _, key in best])))
    }
    return [(found[key], how) for how, key in best]


def _place(session: Session, clue: Clue) -> Place:
    lon, lat = session.execute(
        select(func.ST_X(Clue.geom), func.ST_Y(Clue.geom)).where(Clue.id == clue.id)
    ).one()
    return Place(lon, lat, clue.venue_id, clue.address, clue.text, clue.received_at)
