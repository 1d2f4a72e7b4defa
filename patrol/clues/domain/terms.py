"""The clocks of a clue, in Chinese working days: when it must be accepted, verified and closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from patrol.core.clock import WorkingDays, china_date
from patrol.core.labels import Label

TERM_LABELS: dict[str, Label] = {
    "accept_days": Label("受理时限（工作日）", "Accept within (working days)"),
    "close_days": Label("办结时限（工作日）", "Close within (working days)"),
    "urgent_accept_days": Label("紧急线索受理时限（工作日）", "Accept urgent ones within (working days)"),
    "urgent_close_days": Label("紧急线索办结时限（工作日）", "Close urgent ones within (working days)"),
    "urgent_ack_minutes": Label("紧急线索签收时限（分钟）", "Acknowledge urgent ones within (minutes)"),
}


@dataclass(frozen=True)
class Terms:
    """How many working days each step may take; a bureau may change them.

    The defaults are ours: the sources name terms between 1 and 15 working days that differ by region.
    """

    accept_days: int = 1
    close_days: int = 15
    urgent_accept_days: int = 0
    urgent_close_days: int = 5
    urgent_ack_minutes: int = 15


DEFAULT_TERMS = Terms()


@dataclass(frozen=True)
class Due:
    """The last day for accepting and for closing; provisional where a year's holidays are not announced yet."""

    accept: dt.date
    close: dt.date
    provisional: bool


def due_days(
    received_at: dt.datetime, *, urgent: bool, extended_days: int, terms: Terms, calendar: WorkingDays
) -> Due:
    """Count both terms from the day in China on which a clue was received; that day itself does not count.

    A term of no days still ends on a working day: what arrives on a day off is due on the next working day.

    >>> due_days(dt.datetime(2026, 9, 30, 1, tzinfo=dt.UTC), urgent=False, extended_days=0, terms=Terms(),
    ...          calendar=WorkingDays()).close
    datetime.date(2026, 10, 27)
    """
    day = china_date(received_at)
    accept_days = terms.urgent_accept_days if urgent else terms.accept_days
    close_days = (terms.urgent_close_days if urgent else terms.close_days) + extended_days
    start = day
    while accept_days == 0 and not calendar.is_working_day(start):
        start += dt.timedelta(days=1)
    accept, close = calendar.add(start, accept_days), calendar.add(day, close_days)
    return Due(accept.day, close.day, accept.provisional or close.provisional)


class Lateness(StrEnum):
    """How a clue stands against its clock."""

    DONE = "done"
    IN_TIME = "in_time"
    SOON = "soon"
    LATE = "late"


def lateness(due: dt.date, today: dt.date, *, done: bool, calendar: WorkingDays) -> Lateness:
    """Say how a deadline stands today: late after its day, soon on it and on the working day before."""
    if done:
        return Lateness.DONE
    if today > due:
        return Lateness.LATE
    return Lateness.SOON if calendar.between(today, due) <= 1 else Lateness.IN_TIME
