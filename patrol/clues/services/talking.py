"""Questions to a reporter who is never known, their answers, and word that there is news."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import Person, permissions_of
from patrol.clues.domain import NO_PURPOSE, NO_WORDS, TOO_LONG
from patrol.clues.models import Clue, ClueMessage, ClueReporter
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.config import Settings
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal, unscoped
from patrol.infra.messages import Message, Way, send_message
from patrol.infra.sealed import sealed_field

MOST = 1000
#: says nothing of the matter: whoever else reads it learns only that somebody is followed up
NEWS = "【打传线索反馈】您反映的情况有了新的进展，请凭查询码在举报页面查看。"

#: names the clue and nothing of its matter; the rest stands behind the sign-in
ESCALATED = "【网格巡查】线索{number}已升级督办，请登录系统查看。"
NO_TELEPHONE = problem(
    "clues.no_telephone", en="No telephone is on record for this person.", zh="该人员没有登记电话。"
)


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


def tell_reporter(session: Session, settings: Settings, keys: Keyring, clue: Clue, *, clock: Clock) -> str:
    """Send word that there is news by the way the reporter chose; returns by what it went, or nothing.

    Raises :class:`PatrolError` when a gateway does not take it.
    """
    reporter = session.get(ClueReporter, clue.id)
    if reporter is None or not reporter.way:
        return ""
    to = keys.unseal(reporter.contact_sealed, reporter_place("contact", clue.id))
    return send_message(settings, Message(Way(reporter.way), to, NEWS), at=clock.now())


def tell_superiors(
    session: Session, settings: Settings, actor: Principal, clue: Clue, *, clock: Clock
) -> tuple[list[str], list[str]]:
    """Send word of an escalated clue to the other managers who answer for its place.

    Returns the names of those it went out to, and of those whom no message reached: without a telephone on record,
    or because a gateway did not take it. The clue is escalated all the same.
    """
    text, told, missed = ESCALATED.format(number=clue.number), [], []
    with unscoped(session, "who supervises a clue lies above whoever escalates it"):
        above = session.scalars(select(Person).where(Person.active).order_by(Person.id)).all()
        managers = [
            each for each in above
            if clue.scope_path.startswith(each.scope_path) and each.id != actor.person_id
            and "clues.manage" in permissions_of({role.name for role in each.roles})
        ]  # fmt: skip
    for each in managers:
        try:
            if not each.phone.strip():
                raise PatrolError(NO_TELEPHONE)
            send_message(settings, Message(Way.SMS, each.phone, text), at=clock.now())
            told.append(each.name)
        except PatrolError:
            missed.append(each.name)
    record(
        session,
        actor,
        "clues.tell_superiors",
        clue.uid,
        {"told": len(told), "missed": len(missed)},
        at=clock.now(),
    )
    return told, missed


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
        raise PatrolError(NO_WORDS, where="text")
    if len(said) > MOST:
        raise PatrolError(TOO_LONG, where="text", most=MOST)
    message = ClueMessage(clue_id=clue.id, from_bureau=from_bureau, text=said, at=clock.now())
    clue.messages.append(message)
    session.flush()
    return message
