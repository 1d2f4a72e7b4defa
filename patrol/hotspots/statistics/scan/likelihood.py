"""Log likelihood ratios of a window, and the smallest count that reaches a given one.

For a window of fixed size the ratio only grows with the count beyond what is expected. So a replica need not
take a single logarithm: comparing its counts with one critical count per window finds the few windows that
matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from patrol.hotspots.statistics.neighbours import Floats

Side = Literal["high", "low", "both"]


@dataclass(frozen=True)
class Likelihood:
    """The ratio of one scan: ``cases`` in all, ``total`` of the measure; Bernoulli, or Poisson given its
    total.
    """

    cases: int
    total: float
    bernoulli: bool
    side: Side = "high"
    min_cases: int = 2

    def expected(self, size: Floats) -> Floats:
        """Cases expected in a window of ``size``."""
        return size * (self.cases / self.total) if self.bernoulli else size

    def relative_risk(self, count: float, size: float) -> float:
        """Risk inside against risk outside; infinite if all cases are inside."""
        inside, outside = count / size, self.cases - count
        rest = self.total - size
        return float(inside * rest / outside) if outside > 0 else float("inf")

    def ratio(self, count: NDArray[Any], size: NDArray[Any]) -> Floats:
        """Log likelihood ratio of windows; 0 on the side not asked for, or with fewer cases than
        ``min_cases``.

        Parameters: ``count`` of cases and ``size`` (measure) of windows, broadcast together. Returns: >= 0.
        Source: Kulldorff 1997, Commun. Statist. Theory Meth. 26:1481, sections 3.1 and 3.2.
        """
        c = np.asarray(count, dtype=np.float64)
        n = np.asarray(size, dtype=np.float64)
        out = self.cases - c
        rest = np.maximum(self.total - n, 0.0)
        tiny = 1e-300
        if self.bernoulli:
            llr = (
                special.xlogy(c, c / np.maximum(n, tiny))
                + special.xlogy(n - c, np.maximum(n - c, 0) / np.maximum(n, tiny))
                + special.xlogy(out, out / np.maximum(rest, tiny))
                + special.xlogy(rest - out, np.maximum(rest - out, 0) / np.maximum(rest, tiny))
                - self._null()
            )
        else:
            llr = special.xlogy(c, c / np.maximum(n, tiny)) + special.xlogy(out, out / np.maximum(rest, tiny))
        above = c > self.expected(n) * (1 + 1e-12)
        wanted = (above & (c >= self.min_cases)) if self.side != "low" else np.zeros_like(above)
        if self.side != "high":
            wanted = wanted | (c < self.expected(n) * (1 - 1e-12))
        return np.where(wanted, np.maximum(llr, 0.0), 0.0)

    def _null(self) -> float:
        rate = self.cases / self.total
        return float(special.xlogy(self.cases, rate) + special.xlogy(self.total - self.cases, 1 - rate))

    def critical_high(self, size: NDArray[Any], level: float) -> NDArray[np.int64]:
        """Smallest count above expectation whose ratio reaches ``level``; ``cases + 1`` if none does."""
        expected = self.expected(np.asarray(size, dtype=np.float64))
        low = np.maximum(np.floor(expected), self.min_cases - 1).astype(np.int64)
        most = np.minimum(size, self.cases) if self.bernoulli else np.full(np.shape(size), self.cases)
        high = np.asarray(most, dtype=np.int64) + 1
        low = np.minimum(low, high - 1)
        while (open_ := high - low > 1).any():
            middle = (low + high) // 2
            reached = open_ & (self._one_side(middle, size, "high") >= level)
            high = np.where(reached, middle, high)
            low = np.where(open_ & ~reached, middle, low)
        return np.where(high > most, self.cases + 1, high)

    def critical_low(self, size: NDArray[Any], level: float) -> NDArray[np.int64]:
        """Largest count below expectation whose ratio reaches ``level``; -1 if none does."""
        expected = self.expected(np.asarray(size, dtype=np.float64))
        low = np.full(np.shape(size), -1, dtype=np.int64)
        high = np.minimum(np.ceil(expected), self.cases + 1).astype(np.int64)
        while (open_ := high - low > 1).any():
            middle = (low + high) // 2
            reached = open_ & (self._one_side(middle, size, "low") >= level)
            low = np.where(reached, middle, low)
            high = np.where(open_ & ~reached, middle, high)
        return low

    def _one_side(self, count: NDArray[Any], size: NDArray[Any], side: Side) -> Floats:
        return Likelihood(self.cases, self.total, self.bernoulli, side, self.min_cases).ratio(count, size)
