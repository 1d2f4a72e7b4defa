"""The words of clues in the reader's language, for every page of the loop."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from patrol.clues.domain import (
    CLOSE_REASONS,
    CLUE_CHANNELS,
    CLUE_STATES,
    CLUE_VERDICTS,
    KIND_LABELS,
    MOVES,
    TERM_LABELS,
    Lateness,
    MoveKind,
    lateness,
    moves_from,
)
from patrol.clues.models import Clue
from patrol.clues.services import FIELD_MOVES
from patrol.core.clock import WorkingDays
from patrol.core.errors import PatrolError
from patrol.core.labels import Label
from patrol.infra.i18n import current_language

TONES = {
    "received": "warn", "accepted": "info", "triaged": "info", "assigned": "info", "verified": "info",
    "handled": "info", "fed_back": "info", "checked": "ok", "closed": "quiet",
}  # fmt: skip
LATE_TONES = {Lateness.DONE: "quiet", Lateness.IN_TIME: "ok", Lateness.SOON: "warn", Lateness.LATE: "danger"}
_MERGE = {"merge": Label("并入其他线索", "Merged into another")}
_REFUSED = {"refused": Label("不予受理", "Not accepted")}
_TABLES: dict[str, dict[str, Label]] = {
    "state": dict(CLUE_STATES), "channel": dict(CLUE_CHANNELS), "kind": KIND_LABELS, "verdict": CLUE_VERDICTS,
    "reason": {**CLOSE_REASONS, **_REFUSED}, "term": TERM_LABELS,
    "move": {**{kind.value: rule.label for kind, rule in MOVES.items()}, **_MERGE},
}  # fmt: skip


def clue_word(table: str, code: str) -> str:
    """Name a state, channel, kind, verdict, reason, term or move; an unknown code stands for itself."""
    label = _TABLES[table].get(code)
    return label.within(current_language()) if label else code


def choices(table: str) -> list[tuple[str, str]]:
    """Return every code of a table with its name, for a select."""
    return [(code, label.within(current_language())) for code, label in _TABLES[table].items()]


def faults_of(error: PatrolError | None) -> list[dict[str, str]]:
    """Say every fault of an error in the reader's language, beside the field it belongs to."""
    language = current_language()
    return [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]


def moves_for(clue: Clue) -> list[tuple[str, str]]:
    """Return the moves that the reader may do now, in the order of the loop."""
    if clue.merged_into_id is not None:
        return []
    field_only = not g.principal.may("clues.manage")
    return [
        (kind.value, clue_word("move", kind.value))
        for kind in moves_from(clue.state)
        if not field_only or (kind in FIELD_MOVES and clue.person_id == g.principal.person_id)
    ]


def clock_of(clue: Clue, today: dt.date, calendar: WorkingDays) -> dict[str, Any]:
    """Return what a page says of a clue's term: which day, how it stands, in which tone."""
    waiting = clue.state == "received"
    due = clue.accept_due if waiting else clue.close_due
    how = lateness(due, today, done=clue.state == "closed", calendar=calendar)
    days = calendar.between(today, due) if how is not Lateness.DONE else 0
    return {
        "due": due, "tone": LATE_TONES[how], "days": days, "late": how is Lateness.LATE,
        "what": _("accept by") if waiting else _("close by"),
        "words": _late_words(how, days),
    }  # fmt: skip


def _late_words(how: Lateness, days: int) -> str:
    if how is Lateness.DONE:
        return clue_word("state", "closed")
    if how is Lateness.LATE:
        return ngettext("%(num)s working day late", "%(num)s working days late", -days)
    return (
        _("today") if days == 0 else ngettext("%(num)s working day left", "%(num)s working days left", days)
    )


__all__ = ["TONES", "MoveKind", "choices", "clock_of", "clue_word", "faults_of", "moves_for"]
