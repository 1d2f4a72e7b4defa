"""Clock times as people write them, and as seconds of the day."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def seconds_of(text: str) -> int | None:
    """Read ``HH:MM`` as seconds since midnight; ``None`` for anything else.

    >>> seconds_of("9:05"), seconds_of(" 17:30 "), seconds_of("24:00"), seconds_of("noon")
    (32700, 63000, None, None)
    """
    found = _CLOCK.fullmatch(text.strip().replace("：", ":"))
    return int(found[1]) * 3600 + int(found[2]) * 60 if found else None


def clock_text(seconds: int) -> str:
    """Write seconds since midnight as ``HH:MM``.

    >>> clock_text(32700)
    '09:05'
    """
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
