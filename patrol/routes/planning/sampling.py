"""Stops drawn at random from the places least looked at: they keep the statistics honest, and are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from patrol.routes.planning.domain import Because, Candidate


def draw_least_looked_at(
    visits: Mapping[str, int], stops: int, rng: np.random.Generator, *, share: float = 0.1
) -> tuple[str, ...]:
    """Draw venues for ``share`` of the stops from the quarter that was visited least.

    Parameters: visits of every venue in a long enough past; ``stops``: how many the day will have; ``share`` 0 … 1.
    Returns: keys, ceil(share × stops) of them or as many as there are. Each venue of the pool (at least three times as
    many as are drawn, ties cut at random) is equally likely, so that what is found there estimates the whole pool
    without bias. Raises ``ValueError`` when ``share`` is not in 0 … 1.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError("share must lie between 0 and 1")
    wanted = min(int(np.ceil(share * stops - 1e-9)), len(visits))
    if wanted <= 0:
        return ()
    keys = sorted(visits)
    order = sorted(range(len(keys)), key=dict(enumerate(rng.random(len(keys)))).__getitem__)
    order.sort(key=lambda i: visits[keys[i]])
    pool = order[: max(3 * wanted, len(keys) // 4)]
    return tuple(keys[i] for i in rng.choice(pool, wanted, replace=False))


def with_drawn(candidates: Sequence[Candidate], drawn: Sequence[str]) -> tuple[Candidate, ...]:
    """Mark drawn venues (``Because.DRAWN``) and give them the largest prize there is, so that they are visited.

    They are not *required*: a drawn venue that is closed or too far is left out like any other, with its reason.
    """
    top = max((candidate.prize for candidate in candidates), default=0.0)
    wanted = set(drawn)
    return tuple(
        replace(one, prize=max(top, one.prize), why=(*one.why, Because.DRAWN)) if one.key in wanted else one
        for one in candidates
    )
