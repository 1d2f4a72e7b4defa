"""Which clues may speak of the same thing: near in place, near in time, alike in words."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass

from patrol.core.geo import distance_m

#: at this distance closeness has fallen to 1/e
REACH_M = 150.0
#: after so many days closeness in time has fallen to 1/e
FADE_DAYS = 30.0
#: below it two clues are not shown as alike; words alone never reach it
WORTH_SHOWING = 0.45
_NOT_WORDS = re.compile(r"[^\w]+", re.UNICODE)


@dataclass(frozen=True)
class Place:
    """What is compared of a clue: position (or none), venue, address, words, instant."""

    lon: float | None
    lat: float | None
    venue_id: int | None
    address: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Likeness:
    """How alike two clues are, in [0, 1], and by what: distance in metres (``None`` if unknown), days, words."""

    score: float
    distance_m: float | None
    days: float
    words: float
    same_venue: bool


def likeness(a: Place, b: Place) -> Likeness:
    """Compare two clues.

    The same venue counts as distance 0. Words are compared by the Dice share of their character pairs, which
    needs no word list in Chinese. score = (0.6 place + 0.4 words) × time, place from position, venue or address.

    >>> one = Place(114.30, 30.60, None, "一元路3号", "楼上很多人听课", dt.datetime(2026, 5, 1))
    >>> likeness(one, one).score
    1.0
    """
    same = a.venue_id is not None and a.venue_id == b.venue_id
    metres = 0.0 if same else _metres(a, b)
    near = math.exp(-metres / REACH_M) if metres is not None else dice(a.address, b.address)
    days = abs((a.at - b.at).total_seconds()) / 86_400
    words = dice(a.text, b.text)
    score = (0.6 * near + 0.4 * words) * math.exp(-days / FADE_DAYS)
    return Likeness(round(score, 4), metres, days, words, same)


def _metres(a: Place, b: Place) -> float | None:
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    return float(distance_m(a.lon, a.lat, b.lon, b.lat))


def dice(a: str, b: str) -> float:
    """Return 2 |A ∩ B| / (|A| + |B|) of the sets of character pairs (Dice 1945), 0 where either is empty.

    >>> dice("一元路3号", "一元路5号"), dice("", "一元路")
    (0.5, 0.0)
    """
    first, second = _pairs(a), _pairs(b)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(text: str) -> set[str]:
    folded = _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).lower())
    return {folded[at : at + 2] for at in range(len(folded) - 1)}
