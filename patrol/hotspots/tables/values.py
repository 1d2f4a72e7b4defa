"""One field of a table of strangers: numbers and days, however they are written; and what is written back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\b")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})[-/. ]?(?P<month>[A-Za-z]{3,9})[-/., ]*(?P<year>\d{4}|\d{2})\b"),
    re.compile(r"(?P<month>[A-Za-z]{3,9})[. ]+(?P<day>\d{1,2}),? +(?P<year>\d{4})\b"),
)
#: seconds or milliseconds since 1970, as web services write instants
_SECONDS = re.compile(r"\d{10}(?:\d{3})?(?:\.0)?")


def number(value: Any) -> float:
    """Read a number; ``nan`` for anything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def day_of(value: Any, *, month_first: bool = True) -> int:
    """Read a date or instant as an ordinal day number; raises ``ValueError`` for anything else.

    Dates whose year comes last are read by ``month_first``; with dots the day always comes first.

    >>> {day_of(text) for text in ("2024-05-31", "20240531", "5/31/2024", "31.05.2024", "31-May-24", "May 31, 2024")}
    {739037}
    """
    if isinstance(value, dt.date):
        return value.toordinal()
    text = str(value).strip()
    if _SECONDS.fullmatch(text):
        return dt.date(1970, 1, 1).toordinal() + int(text[:10]) // 86_400
    last = _YEAR_LAST.match(text)
    if last:
        first, sign, second, year = last.groups()
        month, day = (second, first) if sign == "." or not month_first else (first, second)
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


def day_comes_first(value: Any) -> bool:
    """Whether a date with its year last can only have its day first: 31/5/2024.

    >>> day_comes_first("31/5/2024"), day_comes_first("5/31/2024")
    (True, False)
    """
    found = _YEAR_LAST.match(str(value).strip())
    return found is not None and int(found[1]) > 12


def plain(value: Any) -> Any:
    """Turn a numpy value into one that JSON and CSV know; ``nan`` and infinities into ``None``."""
    made = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(made, float) and not np.isfinite(made) else made
