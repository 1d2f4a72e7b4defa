"""What people wrote, as it may stand in a file that a spreadsheet opens."""

from __future__ import annotations

import re
from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(value: Any) -> Any:
    """Keep a spreadsheet from computing a text: an apostrophe goes before a dangerous start (CSV injection).

    Numbers, also written ones, and everything that is no text stay as they are. Source: OWASP, CSV Injection.

    >>> [inert(each) for each in ("=1+1", "江城宾馆", "-87.64", -2, None)]
    ["'=1+1", '江城宾馆', '-87.64', -2, None]
    """
    if not isinstance(value, str) or not value.startswith(_STARTS) or _is_signed_number(value):
        return value
    return f"'{value}"


def _is_signed_number(text: str) -> bool:
    return re.fullmatch(r"[+-]\d+(\.\d+)?", text) is not None
