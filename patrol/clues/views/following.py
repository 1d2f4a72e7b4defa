"""The resident's second page: how far the report is, what the bureau asks, a reward to claim. All by the code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import request

from patrol.clues.domain import STATE_LABELS, WRONG_CODE, code_hash, read_follow_code
from patrol.clues.models import Clue, ClueReward, ClueStep, Sighting, SightingStep
from patrol.clues.queries import clue_by_code, sighting_by_code
from patrol.clues.services import answer_bureau, claim_reward
from patrol.clues.views.public import CLOCK, blueprint, public_page, salted_address
from patrol.clues.views.wording import clue_word, faults_of
from patrol.core.errors import PatrolError
from patrol.infra.db import db, unscoped
from patrol.infra.i18n import current_language
from patrol.infra.limits import limiter
from patrol.infra.policy import allow_anyone


@dataclass(frozen=True)
class Progress:
    """One line of what became of a report."""

    word: str
    at: dt.datetime
    reason: str
    note: str


@blueprint.get("/report/follow")
@allow_anyone("residents follow their report without an account")
def follow() -> Any:
    """Ask for the code."""
    return public_page("clues/public_follow.html", now=None, fault="", code="", faults=[])


@blueprint.post("/report/follow")
@limiter.limit("120 per minute", key_func=lambda: "follow")
@limiter.limit("30 per hour", key_func=salted_address)
@allow_anyone("the code itself is the permission", own_token=True)
def progress() -> Any:
    """Show how far a report is: states and the notes meant for its reporter, nothing of its content."""
    return _shown(request.form.get("code", "")[:80])


@blueprint.post("/report/answer")
@limiter.limit("60 per minute", key_func=lambda: "answer")
@limiter.limit("20 per hour", key_func=salted_address)
@allow_anyone("the code itself is the permission", own_token=True)
def answer() -> Any:
    """Take an answer to the bureau's question; who gives it is not known."""
    text = request.form.get("code", "")[:80]
    clue = _clue_of(text)
    if clue is None:
        return _shown(text)
    return _done(text, lambda: answer_bureau(db.session(), clue, request.form.get("text", ""), clock=CLOCK))


@blueprint.post("/report/claim")
@limiter.limit("60 per minute", key_func=lambda: "claim")
@limiter.limit("20 per hour", key_func=salted_address)
@allow_anyone("the code itself is the permission", own_token=True)
def claim() -> Any:
    """Claim a reward that was granted."""
    text = request.form.get("code", "")[:80]
    clue = _clue_of(text)
    if clue is None:
        return _shown(text)
    return _done(text, lambda: claim_reward(db.session(), clue, clock=CLOCK))


def _done(text: str, what: Any) -> Any:
    try:
        what()
    except PatrolError as error:
        db.session.rollback()
        return _shown(text, error)
    db.session.commit()
    return _shown(text, said=True)


def _clue_of(text: str) -> Clue | None:
    code = read_follow_code(text)
    return clue_by_code(db.session(), code_hash(code)) if code else None


def _shown(text: str, error: PatrolError | None = None, *, said: bool = False) -> Any:
    code = read_follow_code(text)
    sighting = sighting_by_code(db.session(), code_hash(code)) if code else None
    clue = _clue_of(text)
    if sighting is None and clue is None:
        fault = WRONG_CODE.sentence(current_language(), {})
        return public_page("clues/public_follow.html", 404, now=None, fault=fault, code=text, faults=[])
    followed = sighting if sighting is not None else clue
    with unscoped(db.session(), "the code itself is the permission"):
        reward = db.session.get(ClueReward, clue.id) if clue is not None else None
        return public_page(
            "clues/public_follow.html", error.status if error else 200, fault="", code=code, said=said,
            now=_word(followed), steps=_progress(followed), faults=faults_of(error),
            messages=list(clue.messages) if clue is not None else [], reward=reward, can_answer=clue is not None,
        )  # fmt: skip


def _word(followed: Sighting | Clue | None) -> str:
    if isinstance(followed, Clue):
        return clue_word("state", followed.state)
    return STATE_LABELS[followed.state].within(current_language()) if followed is not None else ""


def _progress(followed: Sighting | Clue | None) -> list[Progress]:
    """Leave out steps that only colleagues may know of: those that changed no state and say nothing in public."""
    if isinstance(followed, Clue):
        return [_of_clue(step) for step in followed.steps if step.before != step.after or step.public_note]
    steps = followed.steps if followed is not None else []
    before = [""] + [step.state for step in steps]
    return [
        _of_sighting(step)
        for step, state in zip(steps, before, strict=False)
        if step.state != state or step.public_note
    ]


def _of_sighting(step: SightingStep) -> Progress:
    word = STATE_LABELS[step.state].within(current_language())
    return Progress(word, step.at, clue_word("reason", step.reason) if step.reason else "", step.public_note)


def _of_clue(step: ClueStep) -> Progress:
    reason = step.detail.get("close_reason", "")
    return Progress(
        clue_word("state", step.after),
        step.at,
        clue_word("reason", reason) if reason else "",
        step.public_note,
    )
