"""How alike two entries of a register are: name, address and distance together."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_LEGAL = re.compile(
    r"有限责任公司|股份有限公司|有限公司|个体工商户|分公司|公司|\b(?:inc|llc|ltd|corp|co|company|limited|the)\b"
)
_NOT_WORD = re.compile(r"[\W_]+")
_STREETS = (
    (re.compile(r"\b(?:street|str)\b"), "st"),
    (re.compile(r"\bavenue\b"), "ave"),
    (re.compile(r"\broad\b"), "rd"),
    (re.compile(r"\bboulevard\b"), "blvd"),
    (re.compile(r"\b(?:nr|no|number)\b\.?"), ""),
)
_PROVINCE = re.compile(r"^(?:\w{2,8}?(?:省|自治区))?(?:\w{2,8}?市)?(?:\w{1,7}?(?:区|县))?(?=\w{2,})")

#: beyond this distance two entries are never offered as the same place by their name alone
NEAR_M = 200.0


class Likeness(StrEnum):
    """Why two entries are offered to a person as possibly the same place."""

    CODE = "code"  # the same number in the source's own register
    NAME_NEAR = "name_near"  # the same name, close by
    NAME_ADDRESS = "name_address"  # the same name and address, whatever the map says
    SIMILAR_NEAR = "similar_near"  # a similar name at practically the same spot
    ADDRESS_SIMILAR = "address_similar"  # the same address and a somewhat similar name


@lru_cache(maxsize=65536)
def normal_name(name: str) -> str:
    """Fold a name for comparison: width, case, punctuation, branch brackets and legal form go.

    >>> normal_name("武汉 江城宾馆（有限公司）") == normal_name("武汉江城宾馆")
    True
    """
    folded = unicodedata.normalize("NFKC", name).lower().replace("'", "")
    return _NOT_WORD.sub("", _LEGAL.sub("", folded)) or _NOT_WORD.sub("", folded)


@lru_cache(maxsize=65536)
def normal_address(address: str) -> str:
    """Fold an address: width, case, punctuation, and the province, city and district in front of it.

    >>> normal_address("湖北省武汉市江岸区中山大道１２３号") == normal_address("中山大道123号")
    True
    """
    folded = unicodedata.normalize("NFKC", address).lower().strip()
    for pattern, short in _STREETS:
        folded = pattern.sub(short, folded)
    return _NOT_WORD.sub("", _PROVINCE.sub("", folded, count=1))


@lru_cache(maxsize=65536)
def bigrams(folded: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of a folded name; a single letter stands for itself."""
    return frozenset(folded[i : i + 2] for i in range(len(folded) - 1)) or frozenset({folded} - {""})


def name_similarity(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1, order of letters mattering little.

    Parameters: two names as given. Returns: Sørensen–Dice coefficient of their letter pairs after
    :func:`normal_name`; 1.0 for equal names, 0.0 where nothing is shared or one is empty.
    Source: Dice (1945), doi 10.2307/1932409, on letter pairs.

    >>> round(name_similarity("江城快捷宾馆", "江城快捷酒店"), 2)
    0.6
    """
    a, b = bigrams(normal_name(one)), bigrams(normal_name(other))
    if not a or not b:
        return 0.0
    return 2 * len(a & b) / (len(a) + len(b))


@dataclass(frozen=True)
class Entry:
    """As much of a register entry as a comparison needs."""

    name: str
    address: str
    external_id: str = ""


def likeness(one: Entry, other: Entry, distance_m: float) -> Likeness | None:
    """Say whether two entries may be the same place, and why; ``None`` when a person need not be asked.

    Parameters: two entries and the distance between their positions in metres (≥ 0).
    Returns: the strongest reason. Thresholds: same name within 200 m; same name and address within 5 km;
    similarity ≥ 0.7 within 40 m; same address with similarity ≥ 0.5 within 150 m.
    Raises ``ValueError`` for a negative distance.

    >>> likeness(Entry("江城宾馆", "中山大道1号"), Entry("江城 宾馆", ""), 35.0)
    <Likeness.NAME_NEAR: 'name_near'>
    """
    if distance_m < 0:
        raise ValueError("a distance is not negative")
    same_name = normal_name(one.name) == normal_name(other.name)
    address = normal_address(one.address)
    same_address = bool(address) and address == normal_address(other.address)
    if same_name and distance_m <= NEAR_M:
        return Likeness.NAME_NEAR
    if same_name and same_address and distance_m <= 5_000:
        return Likeness.NAME_ADDRESS
    return _by_similarity(one, other, distance_m, same_address)


def _by_similarity(one: Entry, other: Entry, distance_m: float, same_address: bool) -> Likeness | None:
    if distance_m > 150:
        return None
    similar = name_similarity(one.name, other.name)
    if similar >= 0.7 and distance_m <= 40:
        return Likeness.SIMILAR_NEAR
    if same_address and similar >= 0.5:
        return Likeness.ADDRESS_SIMILAR
    return None
