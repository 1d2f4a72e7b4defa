"""The time as an argument, and Chinese working days.

Deadlines in law are counted in working days, and the State Council moves working days to weekends every
year (调休). Years whose notice is not out yet are computed from weekends and statutory holidays and
marked *provisional*; they never crash and are never silently taken for settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from patrol.core.errors import PatrolError, problem

CHINA = ZoneInfo("Asia/Shanghai")

UNREADABLE_CALENDAR = problem(
    "core.calendar_row",
    en="“{text}” is not a calendar row: write a date (2027-02-15) and “work” or “off”.",
    zh="“{text}”不是有效的日历条目：请填写日期（如2027-02-15）以及“上班”或“放假”。",
)


class Clock(Protocol):
    """Tells the time; an argument of everything that depends on it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is told to advance."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")

    def now(self) -> datetime:
        """Return the moment the clock stands at, in UTC."""
        return self.at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock on by ``by``."""
        self.at += by


def china_date(moment: datetime) -> date:
    """Return the calendar day in China at an aware ``moment``.

    >>> china_date(datetime(2026, 3, 1, 16, 30, tzinfo=UTC))
    datetime.date(2026, 3, 2)
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(CHINA).date()


@dataclass(frozen=True)
class DueDay:
    """A deadline, and whether the calendar it was counted on may still change."""

    day: date
    provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """The Chinese working-day calendar: published years, corrected by a bureau's own table.

    ``table`` maps a day to True (worked) or False (off) and always wins; ``settled_years`` are years for
    which the bureau says that its table is complete.
    """

    table: Mapping[date, bool] = field(default_factory=dict)
    settled_years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on ``day``.

        >>> WorkingDays().is_working_day(date(2026, 2, 14))  # a Saturday worked for the Spring Festival
        True
        """
        if day in self.table:
            return self.table[day]
        off, worked, _ = _published(day.year)
        return day in worked or (day.weekday() < 5 and day not in off)

    def is_provisional(self, year: int) -> bool:
        """Tell whether the shifted days of ``year`` are not known yet."""
        return year not in self.settled_years and not _published(year)[2]

    def add(self, start: date, working_days: int) -> DueDay:
        """Return the day on which a term of ``working_days`` that starts after ``start`` ends.

        Parameters: ``working_days`` ≥ 0; the day of ``start`` itself does not count, as law counts terms.
        Returns: the last day of the term (``start`` itself for 0), provisional if any day counted lies in
        a year whose notice is unknown.
        Raises ``ValueError`` for a negative term.

        >>> WorkingDays().add(date(2026, 9, 30), 7)
        DueDay(day=datetime.date(2026, 10, 15), provisional=False)
        """
        if working_days < 0:
            raise ValueError("a term has at least 0 working days")
        day, left, provisional = start, working_days, False
        while left:
            day += timedelta(days=1)
            provisional = provisional or self.is_provisional(day.year)
            left -= self.is_working_day(day)
        return DueDay(day, provisional)

    def between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and with ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.between(end, start)
        days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)


_WORDS = {"work": True, "上班": True, "班": True, "off": False, "放假": False, "休": False}


def read_calendar(rows: list[tuple[str, str]]) -> dict[date, bool]:
    """Read a bureau's own calendar rows (day, "work"/"上班" or "off"/"放假"); all bad rows at once."""
    table: dict[date, bool] = {}
    bad = []
    for number, (day, word) in enumerate(rows, start=1):
        try:
            table[date.fromisoformat(day.strip())] = _WORDS[word.strip().lower()]
        except (ValueError, KeyError):
            bad.append(
                PatrolError(UNREADABLE_CALENDAR, where=f"row {number}", text=f"{day} {word}").faults[0]
            )
    if bad:
        raise PatrolError.of(bad)
    return table


@lru_cache(maxsize=64)
def _published(year: int) -> tuple[frozenset[date], frozenset[date], bool]:
    """Days off, worked weekend days, and whether the State Council's notice for ``year`` is known.

    ``holidays`` silently estimates years it has no notice for. Every year with a notice shifts at least
    one working day to a weekend, so a year without shifted days is one without a known notice.
    """
    import holidays  # a slow import that most commands never need

    try:
        found = holidays.country_holidays("CN", years=year)
    except (NotImplementedError, ValueError, KeyError):
        return frozenset(), frozenset(), False
    worked = frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year == year)
    off = frozenset(day for day in found if day.year == year)
    return off, worked, any(day.month < 12 for day in worked)
