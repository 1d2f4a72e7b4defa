"""One field of a table of strangers: numbers and days, however they are written; and what is written back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\b")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})[-/. ]?(?P<month>[A-Za-z]{3,9})[-/., ]*(?P<year>\d{4}|\d{2})\b"),
    re.compile(r"(?P<month>[A-Za-z]{3,9})[. ]+(?P<day>\d{1,2}),? +(?P<year>\d{4})\b"),
)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+", re.IGNORECASE)
#: seconds or milliseconds since 1970, as web services write instants
_SECONDS = re.compile(r"\d{10}(?:\d{3})?(?:\.0)?")


def number(value: Any) -> float:
    """Read a number; ``nan`` for anything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


@dataclass(frozen=True)
class DateOrder:
    """How a column writes dates that do not begin with four digits; ``doubtful`` is one that no row decides."""

    month_first: bool = True
    year_first: bool = False
    doubtful: str = ""


def order_of(values: Iterable[Any]) -> DateOrder:
    """Find how a column writes its dates: from days above 12 and, with years of two digits, from what varies less.

    >>> order_of(["31/5/2024", "1/6/2024"]), order_of(["23-05-19", "24-01-30"]).year_first
    (DateOrder(month_first=False, year_first=False, doubtful=''), True)
    >>> order_of(["1/2/2024", "5/31/2024"]).doubtful, order_of(["1/2/2024"]).doubtful
    ('', '1/2/2024')
    """
    found = [held for value in values if (held := _YEAR_LAST.match(str(value).strip()))]
    if not found:
        return DateOrder()
    first, middle, last = (np.array([int(held[at]) for held in found]) for at in (1, 3, 4))
    short = all(len(held[4]) == 2 for held in found)
    can_begin = short and middle.max() <= 12 and last.min() >= 1 and last.max() <= 31
    if can_begin and (first.min() < 1 or first.max() > 31 or np.ptp(first) < np.ptp(last)):
        return DateOrder(year_first=True)
    dotted = all(held[2] == "." for held in found)
    open_ = not dotted and first.max() <= 12 and middle.max() <= 12 and (first != middle).any()
    return DateOrder(bool(first.max() <= 12), doubtful=min(held.string for held in found) if open_ else "")


def day_of(value: Any, order: DateOrder | None = None) -> int:
    """Read a date or instant as an ordinal day number; raises ``ValueError`` for anything else.

    Dates whose year comes last are read in the ``order`` of their column; with dots the day always comes first.

    >>> {day_of(text) for text in ("2024-05-31", "20240531", "5/31/2024", "31.05.2024", "31-May-24", "May 31, 2024")}
    {739037}
    """
    if isinstance(value, dt.date):
        return value.toordinal()
    text = _WEEKDAY.sub("", str(value).strip(), count=1)
    order = order or DateOrder()
    if _SECONDS.fullmatch(text):
        return dt.date(1970, 1, 1).toordinal() + int(text[:10]) // 86_400
    last = _YEAR_LAST.match(text)
    if last:
        first, sign, second, year = last.groups()
        month, day = (second, first) if sign == "." or not order.month_first else (first, second)
        if order.year_first:
            year, month, day = first, second, year
        return dt.date(_year(year), int(month), int(day)).toordinal()
    for form in _NAMED:
        named = form.match(text)
        if named and named["month"][:3].lower() in _MONTHS:
            month_number = _MONTHS.index(named["month"][:3].lower()) + 1
            return dt.date(_year(named["year"]), month_number, int(named["day"])).toordinal()
    found = _YEAR_FIRST.match(text)
    if found is None:
        raise ValueError("not a date")
    return dt.date(*(int(part) for part in found.groups())).toordinal()


def _year(text: str) -> int:
    short = int(text)
    return short if len(text) == 4 else short + (2000 if short < 70 else 1900)


def plain(value: Any) -> Any:
    """Turn a numpy value into one that JSON and CSV know; ``nan`` and infinities into ``None``."""
    made = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(made, float) and not np.isfinite(made) else made
