"""What a manager holds two plans against each other by: predictability, balance, compactness."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Orders = Mapping[str, Sequence[str]]


def legs_of(orders: Orders) -> frozenset[frozenset[str]]:
    """Return the pairs of venues that follow each other in some route; the direction does not matter to a look-out."""
    return frozenset(frozenset(pair) for keys in orders.values() for pair in pairwise(keys))


def edge_overlap(orders: Orders, before: Orders) -> float | None:
    """Return the share (0 … 1) of a plan's legs that the plan before had too; ``None`` for a plan without legs.

    Parameters: venues in order by team, for both plans. Source: edge overlap of successive plans, issue 3.

    >>> edge_overlap({"a": ["1", "2", "3"]}, {"b": ["2", "1"], "c": ["3"]})
    0.5
    """
    mine = legs_of(orders)
    return len(mine & legs_of(before)) / len(mine) if mine else None


def hour_entropy(hours: Iterable[int], possible: int) -> float | None:
    """Return how evenly visits fall on the hours of the day: 1 all hours alike, 0 always the same hour.

    Parameters: ``hours`` of the visits; ``possible`` hours in a shift (≥ 1). Returns: Shannon entropy divided by
    that of an even spread, ``None`` without visits. An observer learns nothing from the clock at 1.

    >>> hour_entropy([9, 10, 11, 12], 4), hour_entropy([9, 9], 4)
    (1.0, 0.0)
    """
    counts = Counter(hours)
    total = sum(counts.values())
    if not total:
        return None
    if possible < 2:
        return 0.0
    bits = -sum(n / total * math.log2(n / total) for n in counts.values())
    return round(min(1.0, abs(bits) / math.log2(possible)), 6)


def spread(minutes: Sequence[float]) -> float:
    """Return the difference between the longest and the shortest working time, 0 for fewer than two teams."""
    return max(minutes) - min(minutes) if len(minutes) > 1 else 0.0
