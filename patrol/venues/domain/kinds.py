"""Kinds of venue, what each starts with, and the words by which registers name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class VenueKind(StrEnum):
    """Places where dens gather, as the bureaus' own reports name them."""

    HOTEL = "hotel"
    RENTAL = "rental"
    MEETING = "meeting"
    DIRECT_SELLING = "direct_selling"
    CAMPUS = "campus"
    OTHER = "other"


class VenueState(StrEnum):
    """Whether a venue is patrolled; a closed one stays for its history."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class KindDefaults:
    """What a venue of a kind starts with when nobody says otherwise; ``icon`` names a sign of the sprite."""

    revisit_interval_days: int
    service_minutes: int
    icon: str


DEFAULTS: dict[VenueKind, KindDefaults] = {
    VenueKind.HOTEL: KindDefaults(30, 15, "hotel"),
    VenueKind.RENTAL: KindDefaults(30, 12, "rental"),
    VenueKind.MEETING: KindDefaults(14, 20, "meeting"),
    VenueKind.DIRECT_SELLING: KindDefaults(60, 25, "shop"),
    VenueKind.CAMPUS: KindDefaults(90, 30, "school"),
    VenueKind.OTHER: KindDefaults(45, 12, "building"),
}

#: words of registers, compared after folding; the first kind whose word is part of the cell wins
_WORDS: tuple[tuple[VenueKind, tuple[str, ...]], ...] = (
    (VenueKind.DIRECT_SELLING, ("直销", "服务网点", "direct selling", "direct_selling", "outlet")),
    (VenueKind.CAMPUS, ("学校", "校园", "高校", "学院", "大学", "campus", "school", "college", "university")),
    (
        VenueKind.MEETING,
        ("会议", "会场", "会展", "培训", "礼堂", "活动中心", "meeting", "conference", "training"),
    ),
    (
        VenueKind.HOTEL,
        (
            "宾馆",
            "酒店",
            "旅馆",
            "旅店",
            "民宿",
            "招待所",
            "客栈",
            "公寓式酒店",
            "hotel",
            "hostel",
            "inn",
            "motel",
            "guest house",
        ),
    ),
    (
        VenueKind.RENTAL,
        (
            "出租",
            "租赁",
            "群租",
            "公寓",
            "住宅",
            "小区",
            "rental",
            "rented",
            "apartment",
            "flat",
            "housing",
            "dormitory",
        ),
    ),
    (VenueKind.OTHER, ("其他", "其它", "other")),
)


def kind_of(text: str) -> VenueKind | None:
    """Read a kind from a code or from a register's own word; ``None`` when it says nothing known.

    >>> kind_of("快捷酒店"), kind_of("rental"), kind_of("Restaurant")
    (<VenueKind.HOTEL: 'hotel'>, <VenueKind.RENTAL: 'rental'>, None)
    """
    folded = text.strip().lower().replace("-", " ")
    if not folded:
        return None
    for kind in VenueKind:
        if folded in {kind.value, kind.value.replace("_", " ")}:
            return kind
    for kind, words in _WORDS:
        if any(_says(folded, word) for word in words):
            return kind
    return None


#: who must be along where a team may not go alone, by the words of registers; an inspector is in every team
_COMPANIONS: dict[str, tuple[str, ...]] = {
    "police_liaison": ("police", "专管员", "公安", "民警", "派出所"),
    "community_liaison": ("community", "联络员", "社区"),
}
#: words that turn another into its contrary
_DENIED = re.compile(r"[不无免非勿]|\b(?:no|not|never|without|except)\b|n't\b")
NOBODY = {"", "无", "不限", "否", "不需要", "无需", "不用", "none", "nobody", "no", "not needed"}


def companion_of(text: str) -> str | None:
    """Read which duty a visit needs, from a code or a register's word; ``""`` for none, ``None`` if it says neither.

    What is denied is not guessed at: "无民警陪同不得入内" needs police, "无需民警" does not, and a person knows which.

    >>> companion_of("police_liaison"), companion_of("须民警到场"), companion_of("不限"), companion_of("律师")
    ('police_liaison', 'police_liaison', '', None)
    >>> companion_of("无需民警"), companion_of("Police not needed"), companion_of("Notify police")
    (None, None, 'police_liaison')
    """
    folded = text.strip().lower()
    if folded in NOBODY:
        return ""
    if _DENIED.search(folded):
        return None
    found = (duty for duty, words in _COMPANIONS.items() if any(word in folded for word in words))
    return next(found, None)


def _says(folded: str, word: str) -> bool:
    """Whether a cell holds the word: Chinese anywhere, English as a whole word ("inn" is not "dinner")."""
    if not word.isascii():
        return word in folded
    return f" {word}" in f" {folded}" and f" {word} " in f" {folded} ".replace("s ", " ").replace("/", " ")
