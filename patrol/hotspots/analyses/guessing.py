"""What SaTScan's files say by themselves where no .prm file comes with them: model, times, period, coordinates."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import replace
from typing import Any

from patrol.hotspots.statistics.scan import Settings, parse_time, rows_of

#: a time that cannot be taken for a group of a covariate: four digits of a year, perhaps month and day
_TIME = re.compile(r"[12]\d{3}(?:[-/]\d{1,2}){0,2}")
_PRECISIONS = ("year", "month", "day")


def guessed(settings: Settings, cases: str, coordinates: str, said: set[str]) -> Settings:
    """Fill in what nobody ``said`` (names of settings) from the text of case and coordinates files.

    With controls the model is Bernoulli, with a population Poisson, with times alone their permutation. All
    times of cases written alike give precision and period, and a space-time scan.
    """
    times = _times(cases)
    without = "permutation" if times else "poisson"
    given: dict[str, Any] = {
        "model": "bernoulli" if settings.control_file else "poisson" if settings.population_file else without,
        "spherical": _on_the_globe(coordinates),
    }
    if times:
        first, last = min(times)[0], max(times)[0]
        precision = min((each[1] for each in times), key=_PRECISIONS.index)
        given |= {"precision": precision, "unit": precision, "start": first, "end": last}
        given |= _whole(first, last, precision)
        given["analysis"] = "space-time" if first != last else "spatial"
    return replace(settings, **{name: value for name, value in given.items() if name not in said})


def _times(cases: str) -> list[tuple[dt.date, str]]:
    """The times of all cases with their precision; empty where any row has none."""
    found = []
    for _number, fields in rows_of(cases):
        if len(fields) < 3 or not _TIME.fullmatch(fields[2]):
            return []
        try:
            when, precision = parse_time(fields[2])
        except ValueError:
            return []
        if isinstance(when, dt.date):
            found.append((when, precision))
    return found


def _whole(first: dt.date, last: dt.date, precision: str) -> dict[str, dt.date]:
    """The first and last day of whole years or months."""
    if precision == "year":
        return {"start": dt.date(first.year, 1, 1), "end": dt.date(last.year, 12, 31)}
    if precision == "month":
        days = calendar.monthrange(last.year, last.month)[1]
        return {"start": first.replace(day=1), "end": last.replace(day=days)}
    return {}


def _on_the_globe(coordinates: str) -> bool:
    """Whether the numbers can be degrees, in either order: which order is right is said when they are read."""
    for _number, fields in rows_of(coordinates):
        try:
            first, second = abs(float(fields[1])), abs(float(fields[2]))
        except (IndexError, ValueError):
            continue
        if max(first, second) > 360 or min(first, second) > 90:
            return False
    return True
