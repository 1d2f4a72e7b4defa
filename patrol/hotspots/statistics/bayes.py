"""Empirical Bayes: pull the rates of little-visited cells toward the whole, by as much as chance demands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from patrol.hotspots.statistics.effort import counts
from patrol.hotspots.statistics.neighbours import Floats


@dataclass(frozen=True)
class Prior:
    """A gamma prior of relative rates round 1: ``rate`` findings a visit over all, ``shape`` its
    certainty, ``findings`` those it was learned from: no interval is surer than the overall rate itself.
    """

    rate: float
    shape: float
    findings: float = np.inf

    def relative_risk(self, observed: ArrayLike, expected: ArrayLike) -> Floats:
        """Posterior mean of the relative risk: (O + a) / (E + a)."""
        o, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
        return (
            np.ones(np.broadcast(o, e).shape) if np.isinf(self.shape) else (o + self.shape) / (e + self.shape)
        )

    def interval(
        self, observed: ArrayLike, expected: ArrayLike, level: float = 0.95
    ) -> tuple[Floats, Floats]:
        """Equal-tailed posterior interval of the relative risk.

        Where the rates vary no more than chance does, the moments say "all are alike" with full certainty; so much
        cannot be known from few findings. Here the shape is held to their number, as sure as the overall rate.
        """
        o, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
        shape = min(self.shape, max(self.findings, 1.0), 1e12)
        low, high = (
            np.asarray(special.gammaincinv(o + shape, tail) / (e + shape))
            for tail in ((1 - level) / 2, (1 + level) / 2)
        )
        return low, high


def fit_prior(findings: ArrayLike, visits: ArrayLike) -> Prior:
    """Fit the prior by moments to cells with visits.

    Parameters: counts of shape (cells,), >= 0. Returns: :class:`Prior`; an infinite shape if the rates vary
    no more than chance makes them vary. Raises ``ValueError`` if nothing was visited.
    Source: Marshall 1991, Applied Statistics 40:283, global estimator.

    >>> fit_prior([1, 1, 1], [10, 10, 10]).shape
    inf
    """
    found, went = counts(findings, visits)
    found, went = found[went > 0], went[went > 0]
    if went.size == 0:
        raise ValueError("nothing was visited")
    rate = float(found.sum() / went.sum())
    spread = float((went * (found / went - rate) ** 2).sum() / went.sum())
    between = spread - rate / float(went.mean())
    shape = rate * rate / between if between > 1e-15 and rate > 0 else np.inf
    return Prior(rate, shape, float(found.sum()))


def shrunk_rates(findings: ArrayLike, visits: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Findings a visit in each cell after shrinkage, with a 95 % interval.

    Parameters: counts of shape (cells,). Returns: rate, low, high of shape (cells,); an unvisited cell gets
    the overall rate with the widest interval: unknown, not zero. Source: as :func:`fit_prior`.

    >>> [side.round(3).tolist() for side in shrunk_rates([0, 8, 1], [2, 40, 50])][0]
    [0.089, 0.166, 0.042]
    """
    found, went = counts(findings, visits)
    prior = fit_prior(found, went)
    expected = went * prior.rate
    low, high = prior.interval(found, expected)
    return prior.relative_risk(found, expected) * prior.rate, low * prior.rate, high * prior.rate
