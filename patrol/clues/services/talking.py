"""Questions to a reporter who is never known, their answers, and who they are where the work needs it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from patrol.clues.domain import NO_PURPOSE, TOO_LONG
from patrol.clues.models import Clue, ClueMessage, ClueReporter
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal, unscoped
from patrol.infra.sealed import sealed_field

MOST = 1000
NOTHING_WRITTEN = problem("clues.nothing_written", en="Please write something first.", zh="请先填写内容。")


def reporter_place(what: str, clue_id: int) -> str:
    """Return what a reporter's sealed ``name`` or ``contact`` is bound to."""
    return f"clue_reporter|{what}|{clue_id}"


sealed_field(ClueReporter, "name_sealed", lambda row: reporter_place("name", row.clue_id))
sealed_field(ClueReporter, "contact_sealed", lambda row: reporter_place("contact", row.clue_id))


def ask_reporter(session: Session, actor: Principal, clue: Clue, text: str, *, clock: Clock) -> ClueMessage:
    """Write a question that whoever has the code may read and answer."""
    message = _message(session, clue, text, from_bureau=True, clock=clock)
    message.person_id = actor.person_id
    record(session, actor, "clues.ask", clue.uid, {}, at=clock.now())
    return message


def answer_bureau(session: Session, clue: Clue, text: str, *, clock: Clock) -> ClueMessage:
    """Keep what the reporter answers; the code that opened the page is all that is known of them."""
    with unscoped(session, "the code itself is the permission"):
        message = _message(session, clue, text, from_bureau=False, clock=clock)
        record(session, None, "clues.answer", clue.uid, {}, at=clock.now())
    return message


def reveal_clue_reporter(
    session: Session, actor: Principal, keys: Keyring, clue: Clue, purpose: str, *, clock: Clock
) -> tuple[str, str] | None:
    """Return name and contact, after writing down who looked and for what purpose; ``None`` if nobody is on record."""
    if len(purpose.strip()) < 4:
        raise PatrolError(NO_PURPOSE, where="purpose")
    record(session, actor, "clues.see_reporter", clue.uid, {"purpose": purpose.strip()[:500]}, at=clock.now())
    reporter = session.get(ClueReporter, clue.id)
    if reporter is None:
        return None
    return (
        keys.unseal(reporter.name_sealed, reporter_place("name", clue.id)),
        keys.unseal(reporter.contact_sealed, reporter_place("contact", clue.id)),
    )


def _message(session: Session, clue: Clue, text: str, *, from_bureau: bool, clock: Clock) -> ClueMessage:
    said = text.strip()
    if not said:
        raise PatrolError(NOTHING_WRITTEN, where="text")
    if len(said) > MOST:
        raise PatrolError(TOO_LONG, where="text", most=MOST)
    message = ClueMessage(clue_id=clue.id, from_bureau=from_bureau, text=said, at=clock.now())
    clue.messages.append(message)
    session.flush()
    return message
