"""Why a venue is visited today, in words; what that is worth is the planner's objective (``planning.prize_of``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: a place with so many times the mean risk of the branch counts as one of high risk, as does one of this risk
HIGH_TIMES, HIGH_RISK = 2.5, 0.3
#: within this part of the interval a place needs no visit: it was just seen
FRESH = 0.5


@dataclass(frozen=True)
class Reason:
    """Why a venue is in the plan, said in both languages because the phone shows it without a network."""

    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """Return the reason as it is stored."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


#: said of a venue that the weeks to come want seen today
LEVEL = Reason("level", "均衡安排，避免今后集中到期", "today, so that the days to come stay level")


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

    def since_days(self, day: dt.date) -> int | None:
        """Days from the last visit to ``day``; ``None`` = never visited."""
        return None if self.last_visit is None else max(0, (day - self.last_visit).days)


def is_fresh(facts: VisitFacts, day: dt.date) -> bool:
    """Say whether a place was just seen and no clue waits for it: then it is left alone.

    >>> is_fresh(VisitFacts(dt.date(2026, 3, 1), 30, 0.2), dt.date(2026, 3, 10))
    True
    """
    since = facts.since_days(day)
    return facts.wanted_by is None and since is not None and since < FRESH * max(1, facts.interval_days)


def reasons_today(facts: VisitFacts, day: dt.date, *, mean_risk: float) -> tuple[Reason, ...]:
    """Return the reasons for a visit on ``day``, the strongest first; none for a place that was just seen.

    Parameters: ``facts`` with ``interval_days`` ≥ 1 and ``risk`` 0 … 1; ``mean_risk`` of the branch's places.

    >>> late = VisitFacts(dt.date(2026, 3, 1), 30, 0.2)
    >>> [reason.en for reason in reasons_today(late, dt.date(2026, 4, 30), mean_risk=0.2)]
    ['overdue by 30 days']
    """
    if is_fresh(facts, day):
        return ()
    why = [*_clue(facts), *_interval(facts, day)]
    times = facts.risk / mean_risk if mean_risk > 0 else 0.0
    if facts.risk >= HIGH_RISK or times >= HIGH_TIMES:
        why.append(Reason("risk", f"高风险（{facts.risk:.0%}）", f"high risk ({facts.risk:.0%})"))
    if facts.last_outcome in {"suspicious", "violation"}:
        why.append(Reason("suspicion", "上次到访有可疑情况", "the last visit was suspicious"))
    if facts.last_outcome in {"no_answer", "refused"}:
        why.append(Reason("closed_door", "上次未能进入", "nobody opened last time"))
    return tuple(why)


def _interval(facts: VisitFacts, day: dt.date) -> list[Reason]:
    since = facts.since_days(day)
    if since is None:
        return [Reason("never", "从未到访", "never visited")]
    late = since - facts.interval_days
    if late > 0:
        return [Reason("overdue", f"超期{late}天", f"overdue by {late} day{'s' * (late != 1)}")]
    if since >= FRESH * facts.interval_days:
        return [Reason("due", f"{-late}天后到期", f"due in {-late} day{'s' * (late != -1)}")]
    return []


def _clue(facts: VisitFacts) -> list[Reason]:
    """Say that a clue waits for this visit."""
    if facts.wanted_by is None:
        return []
    day = facts.wanted_by.isoformat()
    if facts.wanted_urgent:
        return [Reason("clue", f"紧急线索{facts.wanted_why}", f"urgent clue {facts.wanted_why}")]
    return [Reason("clue", f"线索{facts.wanted_why}，{day}前核实", f"clue {facts.wanted_why}, by {day}")]
