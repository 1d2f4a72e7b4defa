"""What managers do with a sighting: accept, assign, check, close, and, with a purpose, learn who reported."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import Person
from patrol.clues.domain import (
    CLOSE_REASONS,
    NEXT,
    NO_PURPOSE,
    NO_REASON,
    OUT_OF_ORDER,
    STATE_LABELS,
    TOO_LONG,
    State,
)
from patrol.clues.models import Sighting, SightingReporter, SightingStep
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.infra.audit import record
from patrol.infra.db import Principal

MOST = 500


@dataclass(frozen=True)
class Move:
    """A step as a manager asks for it: the next state, what the reporter may read, what colleagues may."""

    state: State
    public_note: str = ""
    internal_note: str = ""
    reason: str = ""


def move_sighting(
    session: Session, actor: Principal, sighting: Sighting, move: Move, *, clock: Clock
) -> SightingStep:
    """Bring a sighting to its next state; closing needs one of the known reasons.

    Raises :class:`PatrolError` for a step out of order, a closing without reason, or notes that are too long.
    """
    if move.state not in NEXT[State(sighting.state)]:
        raise PatrolError(OUT_OF_ORDER, state=STATE_LABELS[sighting.state], wanted=STATE_LABELS[move.state])
    if move.state == State.CLOSED and move.reason not in CLOSE_REASONS:
        raise PatrolError(NO_REASON, where="reason")
    now = clock.now()
    sighting.state = move.state.value
    sighting.closed_at = now if move.state == State.CLOSED else None
    step = _step(session, actor, sighting, move.public_note, move.internal_note, clock)
    step.reason = move.reason if move.state == State.CLOSED else ""
    detail = {"state": move.state.value, "reason": move.reason}
    record(session, actor, "clues.move", sighting.uid, detail, at=now)
    return step


def add_note(
    session: Session, actor: Principal, sighting: Sighting, note: str, *, clock: Clock
) -> SightingStep:
    """Write a note for colleagues without changing the state."""
    if not note.strip():
        raise PatrolError(NO_REASON, where="internal_note")
    step = _step(session, actor, sighting, "", note, clock)
    record(session, actor, "clues.note", sighting.uid, {}, at=clock.now())
    return step


def reveal_reporter(
    session: Session, actor: Principal, sighting: Sighting, purpose: str, *, clock: Clock
) -> Person | None:
    """Say who reported, after writing down who asked and for what purpose. Every look is a link of the audit.

    Returns ``None`` where nobody is on record, as for every resident. The caller commits before it shows anything.
    """
    if len(purpose.strip()) < 4:
        raise PatrolError(NO_PURPOSE, where="purpose")
    record(
        session,
        actor,
        "clues.see_reporter",
        sighting.uid,
        {"purpose": purpose.strip()[:MOST]},
        at=clock.now(),
    )
    return session.scalars(
        select(Person)
        .join(SightingReporter, SightingReporter.person_id == Person.id)
        .where(SightingReporter.sighting_id == sighting.id)
    ).one_or_none()


def _step(
    session: Session, actor: Principal, sighting: Sighting, public: str, internal: str, clock: Clock
) -> SightingStep:
    for name, text in (("public_note", public), ("internal_note", internal)):
        if len(text) > MOST:
            raise PatrolError(TOO_LONG, where=name, most=MOST)
    step = SightingStep(
        sighting_id=sighting.id,
        state=sighting.state,
        at=clock.now(),
        person_id=actor.person_id,
        public_note=public.strip(),
        internal_note=internal.strip(),
    )
    session.add(step)
    session.flush()
    return step
