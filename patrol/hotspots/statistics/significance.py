"""From a statistic to a decision: two-sided p and the false discovery rate over all cells of a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from patrol.hotspots.statistics.neighbours import Floats


def two_sided_p(z: ArrayLike) -> Floats:
    """Two-sided p of standard normal z-scores; ``nan`` stays ``nan``.

    >>> two_sided_p([0.0, 1.959963984540054]).round(6)
    array([1.  , 0.05])
    """
    return np.asarray(2 * special.ndtr(-np.abs(np.asarray(z, dtype=np.float64))), dtype=np.float64)


def false_discovery_q(p: ArrayLike) -> Floats:
    """Benjamini-Hochberg adjusted p: a cell is a discovery at level a where q <= a.

    Parameters: p of any shape; ``nan`` marks what was not tested and does not count as a test.
    Returns: q of the same shape. Source: Benjamini & Hochberg 1995, JRSS B 57:289.

    >>> false_discovery_q([0.01, 0.02, 0.03, 0.5])
    array([0.04, 0.04, 0.04, 0.5 ])
    """
    given = np.asarray(p, dtype=np.float64)
    q = np.full(given.shape, np.nan)
    tested = ~np.isnan(given)
    flat = given[tested]
    if flat.size:
        order = np.argsort(flat, kind="stable")
        step_up = flat[order] * flat.size / np.arange(1, flat.size + 1)
        adjusted = np.empty(flat.size)
        adjusted[order] = np.minimum(np.minimum.accumulate(step_up[::-1])[::-1], 1.0)
        q[tested] = adjusted
    return q


def binomial_tails(count: ArrayLike, total: float, share: ArrayLike) -> tuple[Floats, Floats]:
    """Exact P(X >= count) and P(X <= count) for X binomial(total, share), by the incomplete beta function.

    Parameters: ``count`` whole numbers in 0..total; ``share`` in [0, 1], broadcast together.

    >>> [side.round(4).tolist() for side in binomial_tails([0, 2], 2, [0.5, 0.5])]
    [[1.0, 0.25], [0.25, 1.0]]
    """
    k = np.asarray(count, dtype=np.float64)
    q = np.clip(np.asarray(share, dtype=np.float64), 0.0, 1.0)
    upper = np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1.0), np.maximum(total - k + 1, 1.0), q))
    lower = np.where(k >= total, 1.0, special.betaincc(k + 1, np.maximum(total - k, 1.0), q))
    return upper, lower
