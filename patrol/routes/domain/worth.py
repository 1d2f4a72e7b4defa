"""What a visit to a venue is worth today, and why, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: the risk from which a place counts as one of high risk
HIGH_RISK = 0.3
#: a place never visited counts like one twice overdue: nobody knows anything about it
NEVER = 2.0
#: being later than this many intervals adds nothing more, so that one forgotten place does not outweigh a street
LATEST = 3.0
#: within this part of the interval a place needs no visit
FRESH = 0.5
#: what looking into a clue adds, and how much more an urgent one; an ordinary visit that is due is worth 1 to 11
CLUE, URGENT_CLUE = 30.0, 90.0


@dataclass(frozen=True)
class Reason:
    """Why a venue is in the plan, said in both languages because the phone shows it without a network."""

    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """Return the reason as it is stored."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class VisitFacts:
    """What is known of a venue: the day of its last visit, its interval in days, its risk 0 … 1."""

    last_visit: dt.date | None
    interval_days: int
    risk: float
    last_outcome: str = ""
    wanted_by: dt.date | None = None
    wanted_urgent: bool = False
    wanted_why: str = ""


def worth_today(facts: VisitFacts, day: dt.date) -> tuple[float, tuple[Reason, ...]]:
    """Return the prize of a visit on ``day`` and the reasons for it, the strongest first.

    Prize = (1 + 10 × risk) × u², where u is the share of the revisit interval that has passed (at most 3; 2
    for a place never visited). Within the first half of its interval a place is worth nothing: it was just
    seen, unless a clue waits for it, which adds 30 (90 if urgent). Squaring keeps a place that is late ahead of
    several that are only nearly due.

    Parameters: ``facts`` with ``interval_days`` ≥ 1 and ``risk`` 0 … 1. Returns: (prize ≥ 0, reasons).

    >>> late = VisitFacts(dt.date(2026, 3, 1), 30, 0.2)
    >>> prize, why = worth_today(late, dt.date(2026, 4, 30))
    >>> prize, [reason.code for reason in why]
    (12.0, ['overdue'])
    >>> worth_today(late, dt.date(2026, 3, 10))
    (0.0, ())
    """
    why: list[Reason] = []
    if facts.last_visit is None:
        share = NEVER
        why.append(Reason("never", "从未到访", "never visited"))
    else:
        days = (day - facts.last_visit).days
        share = min(LATEST, max(0.0, days / max(1, facts.interval_days)))
        late = days - facts.interval_days
        if late > 0:
            why.append(Reason("overdue", f"超期{late}天", f"overdue by {late} day{'s' * (late != 1)}"))
        elif share >= FRESH:
            why.append(Reason("due", f"{-late}天后到期", f"due in {-late} day{'s' * (late != -1)}"))
    if share < FRESH and facts.wanted_by is None:
        return 0.0, ()
    if facts.risk >= HIGH_RISK:
        why.append(Reason("risk", f"高风险（{facts.risk:.0%}）", f"high risk ({facts.risk:.0%})"))
    if facts.last_outcome in {"suspicious", "violation"}:
        why.append(Reason("suspicion", "上次到访有可疑情况", "the last visit was suspicious"))
    if facts.last_outcome in {"no_answer", "refused"}:
        why.append(Reason("closed_door", "上次未能进入", "nobody opened last time"))
    return _clue(facts, why) + (1.0 + 10.0 * facts.risk) * share**2 * (share >= FRESH), tuple(why)


def _clue(facts: VisitFacts, why: list[Reason]) -> float:
    """Return what a clue that waits for this visit adds, and put it before all other reasons."""
    if facts.wanted_by is None:
        return 0.0
    day = facts.wanted_by.isoformat()
    if facts.wanted_urgent:
        why.insert(0, Reason("clue", f"紧急线索{facts.wanted_why}", f"urgent clue {facts.wanted_why}"))
        return URGENT_CLUE
    why.insert(
        0, Reason("clue", f"线索{facts.wanted_why}，{day}前核实", f"clue {facts.wanted_why}, by {day}")
    )
    return CLUE
