"""Hot areas: whole neighbourhoods with more findings than their visits explain, where single cells say too little.

A cell of a few visits cannot show a risk three times the usual; the hundred cells of a hot quarter together
can. Each area is judged as a whole: that it is hot is certain to the false discovery rate, that each cell of
it is hot is not, and its edge may lie a few cells off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, special

from patrol.hotspots.statistics.effort import MIN_VISITS, counts
from patrol.hotspots.statistics.neighbours import Fishnet, Floats, Graph, Neighbourhood, wider
from patrol.hotspots.statistics.significance import binomial_tails, false_discovery_q

#: rings round a cell that an area may have at most, and the share of all visits that it may hold at most
WIDEST, MOST_SHARE = 6, 0.1


@dataclass(frozen=True)
class HotArea:
    """An area: its ``cells`` (indices), ``observed`` and ``expected`` findings, ``visits``, ``p`` and ``q``."""

    cells: NDArray[np.int64]
    observed: float
    expected: float
    visits: float
    p: float
    q: float


@dataclass(frozen=True)
class _Windows:
    """All windows, (rings, cells): findings, expected, visits, exact p; and q of each cell's best window."""

    found: Floats
    expected: Floats
    went: Floats
    p: Floats
    q: Floats


def hot_areas(
    findings: ArrayLike,
    visits: ArrayLike,
    adjacency: Fishnet | Graph,
    *,
    widest: int = WIDEST,
    fdr: float = 0.05,
    min_visits: float = MIN_VISITS,
) -> list[HotArea]:
    """Find areas that hold more findings than their visits explain, the likeliest first, none overlapping.

    Windows of 0 to ``widest`` rings round each cell are judged by the exact binomial tail of their findings,
    given all findings. A cell's best window counts with as many tests as it has windows; false discoveries
    are controlled over all visited cells. Of the windows that pass, the one with the largest likelihood ratio
    is an area, then the next that does not overlap it, and so on.

    Parameters: counts of shape (cells,), >= 0; ``adjacency`` with weights 0 or 1; a window holds at least
    ``min_visits`` and at most a tenth of all visits. Returns: areas, perhaps none. Raises ``ValueError`` for
    shapes and signs. Source: Kulldorff & Nagarwalla 1995 (windows, likelihood ratio, secondary clusters);
    Benjamini & Hochberg 1995 (instead of Monte-Carlo replicas, so that an answer takes milliseconds).

    >>> found, went = np.tile([0, 1, 0, 0, 0], 40), np.full(200, 4)
    >>> found[50:55] += 2
    >>> [(area.cells.min().item(), area.cells.max().item()) for area in hot_areas(found, went, Fishnet(1, 200))]
    [(50, 54)]
    """
    found, went = counts(findings, visits)
    if found.size != adjacency.cells:
        raise ValueError(f"{found.size} counts for {adjacency.cells} cells")
    valid = np.where(went > 0, found, 0.0)
    if valid.sum() == 0:
        return []
    rings = _rings(adjacency, widest)
    windows = _judge(valid, went, rings, min_visits)
    return _not_overlapping(windows, rings, fdr, went > 0)


def _rings(first: Fishnet | Graph, widest: int) -> list[Fishnet | Graph]:
    """Neighbourhoods of 0, 1, … ``widest`` rings."""
    alone: Fishnet | Graph = (
        Fishnet(first.rows, first.columns, 0)
        if isinstance(first, Fishnet)
        else Graph(sparse.csr_array(sparse.identity(first.cells, format="csr")))
    )
    made = [alone, first]
    while len(made) <= widest:
        grown: Neighbourhood = wider(made[-1], first)
        made.append(grown)  # type: ignore[arg-type]
    return made[: widest + 1]


def _judge(found: Floats, went: Floats, rings: list[Fishnet | Graph], min_visits: float) -> _Windows:
    total, effort = float(found.sum()), float(went.sum())
    near_found = np.array([near.sum(found) for near in rings])
    near_went = np.array([near.sum(went) for near in rings])
    fits = (near_went >= min_visits) & (near_went <= MOST_SHARE * effort)
    upper, _lower = binomial_tails(near_found, total, near_went / effort)
    p = np.where(fits, upper, 1.0)
    best = np.where(went > 0, np.minimum(1.0, len(rings) * p.min(axis=0)), np.nan)
    return _Windows(near_found, near_went * (total / effort), near_went, p, false_discovery_q(best))


def _not_overlapping(
    windows: _Windows, rings: list[Fishnet | Graph], fdr: float, visited: NDArray[np.bool_]
) -> list[HotArea]:
    passed = np.nan_to_num(windows.q, nan=1.0) <= fdr
    if not passed.any():
        return []
    limit = windows.p.min(axis=0)[passed].max()
    o, e, total = windows.found, windows.expected, float(windows.found[0].sum())
    ratio = special.xlogy(o, o / np.maximum(e, 1e-300)) + special.xlogy(
        total - o, (total - o) / np.maximum(total - e, 1e-300)
    )
    chosen = np.argwhere((windows.p <= limit) & (o > e) & passed & visited)
    chosen = chosen[np.argsort(-ratio[chosen[:, 0], chosen[:, 1]], kind="stable")]
    taken = np.zeros(visited.size, dtype=bool)
    areas = []
    for ring, centre in chosen.tolist():
        if taken[centre]:
            continue
        cells = members(rings[ring], centre)
        if not taken[cells].any():
            taken[cells] = True
            at = ring, centre
            areas.append(
                HotArea(cells, float(o[at]), float(e[at]), float(windows.went[at]), float(windows.p[at]),
                        float(windows.q[centre]))
            )  # fmt: skip
    return areas


def members(near: Fishnet | Graph, cell: int) -> NDArray[np.int64]:
    """Return the indices of a cell's neighbourhood, the cell included, in order.

    >>> members(Fishnet(3, 4), 5).tolist()
    [0, 1, 2, 4, 5, 6, 8, 9, 10]
    """
    if isinstance(near, Graph):
        start, end = near.weights.indptr[cell : cell + 2]
        return np.sort(near.weights.indices[start:end]).astype(np.int64)
    row, column = divmod(cell, near.columns)
    rows = np.arange(max(0, row - near.reach), min(near.rows, row + near.reach + 1))
    columns = np.arange(max(0, column - near.reach), min(near.columns, column + near.reach + 1))
    return np.asarray((rows[:, None] * near.columns + columns).ravel(), dtype=np.int64)
