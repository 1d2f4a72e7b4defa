"""What a reader asks of the map: period, kind of venue, and the units that are judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from patrol.core.errors import PatrolError
from patrol.hotspots.statistics import problems

EPOCH = dt.date(1970, 1, 1).toordinal()
#: how the area is cut: duty grids, or squares of a Web Mercator zoom (about 1000, 500 and 260 m in China)
UNITS = ("grids", "15", "16", "17")
DAYS = ("30", "90", "180", "365")
LONGEST_DAYS = 3660


@dataclass(frozen=True)
class Question:
    """Period ``begin``..``end``, both days included; ``kind`` of venue or all; ``by`` one of :data:`UNITS`."""

    begin: dt.date
    end: dt.date
    kind: str = ""
    by: str = "grids"
    prior: bool = False

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.end - self.begin).days + 1

    @property
    def first(self) -> int:
        """First day as ``place_day`` counts."""
        return self.begin.toordinal() - EPOCH

    @property
    def last(self) -> int:
        """Last day as ``place_day`` counts."""
        return self.end.toordinal() - EPOCH

    def before(self) -> Question:
        """Return the same question about the period of equal length just before."""
        end = self.begin - dt.timedelta(days=1)
        return replace(self, begin=end - dt.timedelta(days=self.days - 1), end=end)

    def as_query(self) -> dict[str, str]:
        """Return the question as it stands in an address."""
        asked = {
            "begin": self.begin.isoformat(),
            "end": self.end.isoformat(),
            "kind": self.kind,
            "by": self.by,
        }
        return {name: value for name, value in asked.items() if value}


def read_question(given: Mapping[str, str], today: dt.date) -> Question:
    """Read a question from the arguments of an address.

    ``days`` counts back from today; ``begin`` and ``end`` win over it. Raises :class:`PatrolError` for what is
    no date, for a period that ends before it begins or is longer than ten years.
    """
    end = _date(given, "end") or today
    days = given.get("days", "")
    begin = _date(given, "begin") or end - dt.timedelta(days=int(days if days in DAYS else "180") - 1)
    if begin > end:
        raise PatrolError(problems.BAD_PERIOD, where="begin", begin=begin, end=end)
    if (end - begin).days >= LONGEST_DAYS:
        raise PatrolError(problems.LONG_PERIOD, where="begin", begin=begin, end=end)
    by = given.get("by", "")
    return Question(begin, end, given.get("kind", ""), by if by in UNITS else "grids")


def _date(given: Mapping[str, str], name: str) -> dt.date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise PatrolError(problems.BAD_DAY, where=name, value=text) from error
