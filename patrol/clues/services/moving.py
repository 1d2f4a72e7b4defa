"""What people do with a clue, move by move; each one is a step on record and a link of the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from patrol.accounts import Agency, Person
from patrol.clues.domain import (
    CLOSE_REASONS,
    MOVES,
    TOO_LONG,
    ClueState,
    Doing,
    MoveKind,
    check_move,
)
from patrol.clues.models import Clue, ClueReached, ClueStep, Sighting, SightingStep
from patrol.clues.queries import clue_by_uid
from patrol.clues.schemas import AcknowledgeIn
from patrol.clues.services.opening import tell_venue, terms_for
from patrol.clues.services.telling import WAITS, wants_word
from patrol.core.clock import Clock, china_date
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal, one_or_404

MOST = 1000
STALE = problem(
    "clues.stale",
    en="Somebody else went on with this clue while the page was open. Look at its present state and try again.",
    zh="页面打开期间该线索已被他人处理，请查看最新状态后再操作。",
    status=409,
)
NOT_YOURS = problem(
    "clues.not_yours",
    en="This clue was given to somebody else; only they, or a manager, record what was found.",
    zh="该线索由他人承办，只有承办人或管理人员可以填报结果。",
    status=403,
)
#: state of the sighting that a clue came from, as its reporter sees it
_OF_SIGHTING = {
    ClueState.ACCEPTED: "accepted", ClueState.TRIAGED: "accepted", ClueState.ASSIGNED: "assigned",
    ClueState.VERIFIED: "checked", ClueState.HANDLED: "checked", ClueState.FED_BACK: "checked",
    ClueState.CHECKED: "checked", ClueState.CLOSED: "closed",
}  # fmt: skip
FIELD_MOVES = frozenset({MoveKind.VERIFY, MoveKind.HANDLE, MoveKind.NOTE})


def doing_of(clue: Clue, actor: Principal, kind: MoveKind, given: dict[str, str]) -> Doing:
    """Read a move as a form gives it; numbers that are none count as 0."""
    days = given.get("days", "")
    return Doing(
        kind=kind, by=actor.person_id, reason=given.get("reason", "").strip(),
        answer=given.get("answer", "").strip(), verdict=given.get("verdict", ""),
        close_reason=given.get("close_reason", ""), agency_uid=given.get("agency", ""),
        person_uid=given.get("person", ""), days=int(days) if days.isascii() and days.isdigit() else 0,
        extended_before=clue.extended_days,
        done_by=frozenset(i for i in (clue.verified_by_id, clue.handled_by_id) if i is not None),
    )  # fmt: skip


def move_clue(
    session: Session, actor: Principal, clue: Clue, doing: Doing, *, version: int, clock: Clock
) -> ClueStep:
    """Do one move of the loop.

    ``version`` is what the asker saw: who was overtaken is told, and nothing is changed. Raises
    :class:`PatrolError` for a move out of order, with something missing, or of one's own work.
    """
    if clue.version != version:
        raise PatrolError(STALE)
    _may(actor, clue, doing)
    _not_too_long(doing)
    before = clue.state
    after = check_move(before, doing)
    detail = _effect(session, actor, clue, doing, clock)
    clue.state = after.value
    step = ClueStep(
        clue_id=clue.id, move=doing.kind.value, before=before, after=after.value, at=clock.now(),
        person_id=actor.person_id, reason=doing.reason, public_note=doing.answer, detail=detail,
    )  # fmt: skip
    session.add(step)
    _follow(session, clue, doing, clock)
    session.flush()
    tell_venue(session, clue.venue_id)
    record(session, actor, "clues.step", clue.uid, {"move": doing.kind.value, **detail}, at=clock.now())
    return step


def acknowledge_clue(
    session: Session, actor: Principal, clue: Clue, *, clock: Clock, pressed_at: dt.datetime | None = None
) -> bool:
    """Say that an urgent clue has reached the team on duty; the first one counts. Returns whether this one was.

    ``pressed_at`` is what a phone without a network says by its own clock: it is on record, the arrival here counts.
    """
    if clue.acknowledged_at is not None:
        return False
    clue.acknowledged_at, clue.acknowledged_by_id = clock.now(), actor.person_id
    session.flush()
    detail = {"pressed_at": pressed_at.isoformat()} if pressed_at else {}
    record(session, actor, "clues.acknowledge", clue.uid, detail, at=clock.now())
    return True


def acknowledge_from_phone(session: Session, actor: Principal, said: AcknowledgeIn, *, clock: Clock) -> None:
    """Take in an acknowledgement that waited on a phone; raises :class:`PatrolError` 404 for a clue out of sight."""
    clue = clue_by_uid(session, said.clue_uid)
    acknowledge_clue(session, actor, clue, clock=clock, pressed_at=said.at)


def note_reached(session: Session, actor: Principal, clue_ids: Sequence[int], *, clock: Clock) -> None:
    """Remember that clues have been on a person's phone; two phones at once are one."""
    for clue_id in clue_ids:
        try:
            with session.begin_nested():
                session.add(ClueReached(clue_id=clue_id, person_id=actor.person_id, at=clock.now()))
        except IntegrityError:
            continue


def _may(actor: Principal, clue: Clue, doing: Doing) -> None:
    """Managers may do every move; others only record what they found where they were sent."""
    if actor.may("clues.manage"):
        return
    if doing.kind not in FIELD_MOVES or clue.person_id != actor.person_id:
        raise PatrolError(NOT_YOURS)


def _not_too_long(doing: Doing) -> None:
    faults = Faults()
    for name, text in (("reason", doing.reason), ("answer", doing.answer)):
        if len(text) > MOST:
            faults.add(TOO_LONG, where=name, most=MOST)
    faults.raise_if_any()


def _effect(session: Session, actor: Principal, clue: Clue, doing: Doing, clock: Clock) -> dict[str, Any]:
    """Change what a move changes besides the state; returns what belongs on record."""
    match doing.kind:
        case MoveKind.TRIAGE:
            agency = one_or_404(session, select(Agency).where(Agency.uid == doing.agency_uid))
            clue.agency_id = agency.id
            return {"agency": agency.name}
        case MoveKind.ASSIGN:
            person = one_or_404(session, select(Person).where(Person.uid == doing.person_uid))
            clue.person_id, clue.acknowledged_at = person.id, None
            return {"person": person.name}
        case MoveKind.RETURN:
            clue.agency_id = clue.person_id = None
            return {}
        case MoveKind.EXTEND | MoveKind.ESCALATE:
            return _other_terms(session, clue, doing)
        case MoveKind.ACCEPT | MoveKind.REFUSE | MoveKind.CLOSE:
            return _begin_or_end(clue, doing, china_date(clock.now()))
        case MoveKind.FEED_BACK:
            return {"word": WAITS} if wants_word(session, clue) else {}
        case _:
            return _work(actor, clue, doing)


def _begin_or_end(clue: Clue, doing: Doing, today: dt.date) -> dict[str, Any]:
    if doing.kind is MoveKind.ACCEPT:
        clue.accepted_on = today
        return {}
    reason = "refused" if doing.kind is MoveKind.REFUSE else doing.close_reason
    clue.closed_on, clue.close_reason = today, reason
    return {"close_reason": reason}


def _work(actor: Principal, clue: Clue, doing: Doing) -> dict[str, Any]:
    if doing.kind is MoveKind.VERIFY:
        clue.verdict, clue.verified_by_id = doing.verdict, actor.person_id
        return {"verdict": doing.verdict}
    if doing.kind is MoveKind.HANDLE:
        clue.handled_by_id = actor.person_id
    elif doing.kind is MoveKind.CHECK:
        clue.checked_by_id = actor.person_id
    elif doing.kind is MoveKind.REWORK:
        clue.rework_count += 1
        clue.verified_by_id = clue.handled_by_id = None
    return {}


def _other_terms(session: Session, clue: Clue, doing: Doing) -> dict[str, Any]:
    if doing.kind is MoveKind.EXTEND:
        clue.extended_days = doing.days
    else:
        clue.escalated = True
    facts = terms_for(session, clue.received_at, urgent=clue.urgent, extended_days=clue.extended_days)
    for name, value in facts.items():
        setattr(clue, name, value)
    return {"close_due": clue.close_due.isoformat()} if doing.kind is MoveKind.EXTEND else {}


def _follow(session: Session, clue: Clue, doing: Doing, clock: Clock) -> None:
    """Bring the sighting that a clue came from along, so that its reporter sees how far it is."""
    state = _OF_SIGHTING.get(ClueState(clue.state))
    if clue.sighting_id is None or state is None:
        return
    sighting = session.scalars(select(Sighting).where(Sighting.id == clue.sighting_id)).one_or_none()
    if sighting is None or (sighting.state == state and not doing.answer):
        return
    sighting.state = state
    sighting.closed_at = clock.now() if state == "closed" else None
    reason = doing.close_reason if doing.close_reason in CLOSE_REASONS else ""
    session.add(
        SightingStep(
            sighting_id=sighting.id,
            state=state,
            at=clock.now(),
            person_id=None,
            reason=reason,
            public_note=doing.answer,
            internal_note=MOVES[doing.kind].label.zh,
        )
    )
