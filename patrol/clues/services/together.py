"""Clues that speak of the same thing: linked, or one merged into the other."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from patrol.clues.models import Clue, ClueLink, ClueStep
from patrol.clues.services.opening import tell_venue
from patrol.core.clock import Clock, china_date
from patrol.core.errors import PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal

ITSELF = problem("clues.itself", en="A clue cannot be joined with itself.", zh="不能与自身合并或关联。")
ENDED = problem(
    "clues.ended",
    en="Clue {number} is closed or already part of another; only open clues are merged.",
    zh="线索{number}已结案或已并入其他线索，只有未结线索可以合并。",
    status=409,
)


def link_clues(session: Session, actor: Principal, clue: Clue, other: Clue, *, clock: Clock) -> None:
    """Say that two clues belong together; said twice it stays one link."""
    if clue.id == other.id:
        raise PatrolError(ITSELF)
    known = session.scalars(
        select(ClueLink).where(
            or_(
                (ClueLink.clue_id == clue.id) & (ClueLink.other_id == other.id),
                (ClueLink.clue_id == other.id) & (ClueLink.other_id == clue.id),
            )
        )
    ).first()
    if known is None:
        session.add(ClueLink(clue_id=clue.id, other_id=other.id, at=clock.now()))
        session.flush()
        record(session, actor, "clues.link", clue.uid, {"other": other.number}, at=clock.now())


def merge_clue(session: Session, actor: Principal, clue: Clue, into: Clue, *, clock: Clock) -> None:
    """Close a clue as part of another that is already followed; its reporter still sees that one's progress.

    Raises :class:`PatrolError` unless both are open and apart.
    """
    if clue.id == into.id:
        raise PatrolError(ITSELF)
    for each in (clue, into):
        if each.state == "closed" or each.merged_into_id is not None:
            raise PatrolError(ENDED, number=each.number)
    before = clue.state
    clue.merged_into_id, clue.state, clue.close_reason = into.id, "closed", "duplicate"
    clue.closed_on = china_date(clock.now())
    if into.venue_id is None:
        into.venue_id, into.grid_id = clue.venue_id, into.grid_id or clue.grid_id
    into.urgent = into.urgent or clue.urgent
    session.add(
        ClueStep(
            clue_id=clue.id,
            move="merge",
            before=before,
            after="closed",
            at=clock.now(),
            person_id=actor.person_id,
            reason="",
            public_note="",
            detail={"into": into.number},
        )
    )
    session.flush()
    tell_venue(session, into.venue_id)
    record(session, actor, "clues.merge", clue.uid, {"into": into.number}, at=clock.now())
