"""Word that there is news, to a reporter or to superiors: reckoned with its change, sent once that is on record.

A message cannot be called back. So nothing goes out before the transaction is committed, and what did not go out is
on record as missed: a reporter's word can be sent again from the page of the clue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import Person, permissions_of
from patrol.clues.domain import MoveKind
from patrol.clues.models import Clue, ClueReporter, ClueStep
from patrol.clues.services.talking import reporter_place
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.config import Settings
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal, unscoped
from patrol.infra.messages import Message, Way, send_message

#: says nothing of the matter: whoever else reads it learns only that somebody is followed up
NEWS = "【打传线索反馈】您反映的情况有了新的进展，请凭查询码在举报页面查看。"
#: names the clue and nothing of its matter; the rest stands behind the sign-in
ESCALATED = "【网格巡查】线索{number}已升级督办，请登录系统查看。"
#: whom a reporter's word is for: nobody's name
REPORTER = ""
#: what a step of feedback says of its word in ``detail``: about to go, gone, not taken
WAITS, TOLD, MISSED = "waits", "told", "missed"
NOBODY_WAITS = problem(
    "clues.nobody_waits",
    en="No word to this clue's reporter is waiting to be sent.",
    zh="该线索没有待发给举报人的消息。",
    status=409,
)


@dataclass(frozen=True)
class Word:
    """A message that is due, and whom it is for by name; without a message where no telephone is on record."""

    name: str
    message: Message | None


@dataclass
class Sent:
    """The names of those whom a message went out to, and of those whom none reached."""

    told: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def wants_word(session: Session, clue: Clue) -> bool:
    """Say whether a clue's reporter chose a way to be told that there is news."""
    reporter = session.get(ClueReporter, clue.id)
    return reporter is not None and bool(reporter.way)


def words_due(session: Session, keys: Keyring, actor: Principal, clue: Clue, kind: MoveKind) -> list[Word]:
    """Return the messages that a move asks for, before its commit; :func:`send_words` sends them after it."""
    if kind is MoveKind.FEED_BACK:
        return _for_reporter(session, keys, clue)
    return _for_superiors(session, actor, clue) if kind is MoveKind.ESCALATE else []


def word_again(session: Session, keys: Keyring, clue: Clue) -> list[Word]:
    """Return the word to a reporter that did not go out; raises :class:`PatrolError` if none waits."""
    if _feedback(session, clue) is None:
        raise PatrolError(NOBODY_WAITS)
    return _for_reporter(session, keys, clue)


def has_word_waiting(session: Session, clue: Clue) -> bool:
    """Say whether the word of a clue's last feedback has not gone out."""
    return _feedback(session, clue) is not None


def send_words(settings: Settings, words: Sequence[Word], *, clock: Clock) -> Sent:
    """Hand messages over, each once; whom a gateway refuses is missed. What they tell of has to be committed by now."""
    sent = Sent()
    for word in words:
        try:
            if word.message is not None:
                send_message(settings, word.message, at=clock.now())
            (sent.told if word.message else sent.missed).append(word.name)
        except PatrolError:
            sent.missed.append(word.name)
    return sent


def note_sent(session: Session, actor: Principal, clue: Clue, sent: Sent, *, clock: Clock) -> None:
    """Write down what became of the messages of a clue."""
    counts = {"told": len(sent.told), "missed": len(sent.missed)}
    if REPORTER in sent.told + sent.missed:
        step = _feedback(session, clue)
        if step is not None:
            step.detail = {**step.detail, "word": TOLD if sent.told else MISSED}
        record(session, actor, "clues.tell_reporter", clue.uid, counts, at=clock.now())
    else:
        record(session, actor, "clues.tell_superiors", clue.uid, counts, at=clock.now())
    session.flush()


def _for_reporter(session: Session, keys: Keyring, clue: Clue) -> list[Word]:
    reporter = session.get(ClueReporter, clue.id)
    if reporter is None or not reporter.way:
        return []
    to = keys.unseal(reporter.contact_sealed, reporter_place("contact", clue.id))
    return [Word(REPORTER, Message(Way(reporter.way), to, NEWS))]


def _for_superiors(session: Session, actor: Principal, clue: Clue) -> list[Word]:
    """Return a word to each other manager who answers for the place of a clue."""
    text = ESCALATED.format(number=clue.number)
    with unscoped(session, "who supervises a clue lies above whoever escalates it"):
        above = session.scalars(select(Person).where(Person.active).order_by(Person.id)).all()
        managers = [
            each for each in above
            if clue.scope_path.startswith(each.scope_path) and each.id != actor.person_id
            and "clues.manage" in permissions_of({role.name for role in each.roles})
        ]  # fmt: skip
    return [
        Word(each.name, Message(Way.SMS, each.phone, text) if each.phone.strip() else None)
        for each in managers
    ]


def _feedback(session: Session, clue: Clue) -> ClueStep | None:
    """Return the last feedback of a clue if its word has not gone out."""
    step: ClueStep | None = session.scalars(
        select(ClueStep)
        .where(ClueStep.clue_id == clue.id, ClueStep.move == MoveKind.FEED_BACK.value)
        .order_by(ClueStep.id.desc())
        .limit(1)
    ).first()
    return step if step is not None and step.detail.get("word") in {WAITS, MISSED} else None
