"""Opening hours as people write them, and as planners read them."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(\d{1,2})[::时点]?(\d{2})?分?\s*(?:-|–|—|~|～|至|到|to)\s*(\d{1,2})[::时点]?(\d{2})?分?")
_ALWAYS = {"全天", "24小时", "24h", "24 hours", "24/7", "always", "全天候", "全天营业"}
_MINUTES_PER_DAY = 24 * 60

Windows = list[list[str]]


def read_hours(text: str) -> Windows:
    """Read opening hours into sorted, joined windows ``[["08:00", "22:00"], …]``; empty means at any time.

    A span past midnight becomes two windows, for a window says when a visit may start on one day.
    Raises ``ValueError`` when the text cannot be read.

    >>> read_hours("8:00-12:00，14:00至22:00")
    [['08:00', '12:00'], ['14:00', '22:00']]
    >>> read_hours("18:00-02:00")
    [['00:00', '02:00'], ['18:00', '24:00']]
    """
    folded = text.strip().lower()
    if not folded or folded in _ALWAYS:
        return []
    spans = [_span(match) for match in _SPAN.finditer(folded)]
    rest = re.sub(r"[\s,，;；、/和及]|营业时间|每天|每日", "", _SPAN.sub("", folded))
    if not spans or rest:
        raise ValueError(f"no opening hours in {text!r}")
    return _joined([piece for span in spans for piece in span])


def hours_text(windows: Windows) -> str:
    """Write windows the way :func:`read_hours` reads them.

    >>> hours_text([["08:00", "12:00"], ["14:00", "22:00"]])
    '08:00-12:00, 14:00-22:00'
    """
    return ", ".join(f"{start}-{end}" for start, end in windows)


def _span(match: re.Match[str]) -> list[tuple[int, int]]:
    start = int(match[1]) * 60 + int(match[2] or 0)
    end = int(match[3]) * 60 + int(match[4] or 0)
    for hour, minute in ((match[1], match[2]), (match[3], match[4])):
        if int(hour) * 60 + int(minute or 0) > _MINUTES_PER_DAY or int(minute or 0) > 59:
            raise ValueError(f"{hour}:{minute} is no time of day")
    if start == end:
        raise ValueError("opening and closing are the same moment")
    if start < end:
        return [(start, end)]
    return [(start, _MINUTES_PER_DAY)] + ([(0, end)] if end else [])


def _joined(spans: list[tuple[int, int]]) -> Windows:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    if joined == [(0, _MINUTES_PER_DAY)]:
        return []
    return [[_clock(start), _clock(end)] for start, end in joined]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
