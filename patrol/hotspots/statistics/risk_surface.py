"""The surface a manager may trust: findings against visits, shrunk, with contours of what chance
tolerates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import special
from shapely.geometry.base import BaseGeometry

from patrol.hotspots.statistics.bayes import Prior, fit_prior
from patrol.hotspots.statistics.kde import Raster, _check_bandwidth, blur, linear_bins
from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.significance import false_discovery_q


@dataclass(frozen=True)
class RiskSurface:
    """Relative risk at every pixel, (rows, columns); ``nan`` (hatch it) where ``unknown``.

    ``risk`` is shrunk; ``raw`` is not; ``count`` and ``expected`` are effective findings; ``p`` is the
    two-sided tolerance of "the hit rate is the same everywhere", ``q`` after the false discovery rate;
    ``visits`` the effective visits behind a pixel.
    """

    raster: Raster
    risk: Floats
    raw: Floats
    count: Floats
    expected: Floats
    p: Floats
    q: Floats
    visits: Floats
    unknown: NDArray[np.bool_]
    prior: Prior
    n: int
    n_visits: int

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Posterior interval of the relative risk at every pixel (half a second for 512 x 512)."""
        return self.prior.interval(self.count, self.expected, level)

    def tolerance_areas(self, level: float = 0.05, *, hot: bool = True) -> BaseGeometry:
        """Outline where the risk is higher (or lower) than chance tolerates at ``level`` after FDR."""
        side = self.raw > 1 if hot else self.raw < 1
        return outline((np.nan_to_num(self.q, nan=1.0) <= level) & side, self.raster)


def relative_risk_surface(
    findings: tuple[ArrayLike, ArrayLike],
    visits: tuple[ArrayLike, ArrayLike],
    raster: Raster,
    bandwidth: float,
    *,
    min_visits: float = 10,
    finding_weights: ArrayLike | None = None,
    visit_weights: ArrayLike | None = None,
) -> RiskSurface:
    """Relative risk of a finding per visit at every pixel, with an interval and tolerance contours.

    Parameters: ``findings`` and ``visits`` as (x, y) pairs of arrays (every finding belongs to a visit, so
    both are points of visits; visits may be weighted, e.g. by hours or venues); ``bandwidth`` the standard
    deviation of the kernel in the unit of the raster, at least 1.5 pixels; ``min_visits`` effective visits
    below which a pixel is unknown. Returns: :class:`RiskSurface`, all unknown where there is no visit. Raises
    ``ValueError`` for a bandwidth below 1.5 pixels. Source: Kelsall & Diggle 1995 (ratio of densities with a
    common kernel, whose edge factors cancel); kernel sums as an effective Poisson count N' = (sum w)^2 / sum
    w^2; shrinkage by Marshall 1991; tolerance contours as Hazelton & Davies 2009, with gamma tails instead of
    the normal for small counts.
    """
    _check_bandwidth(raster, bandwidth)
    found = linear_bins(*findings, raster, finding_weights)
    went = linear_bins(*visits, raster, visit_weights)
    total, effort = float(found.sum()), float(went.sum())
    scale = 2 * np.pi * bandwidth**2 / (raster.dx * raster.dy)
    observed, sum_w = blur(found, raster, bandwidth) * scale, blur(went, raster, bandwidth) * scale
    narrow = bandwidth / np.sqrt(2)
    sum_w2 = blur(went, raster, narrow) * scale / 2
    safe = np.maximum(sum_w2, 1e-12)
    effective = np.maximum(sum_w, 0.0) ** 2 / safe
    unknown = (effective < min_visits) | (sum_w <= 1e-9) | (effort <= 0)
    rate = total / effort if effort > 0 else 0.0
    expected = np.where(unknown, np.nan, effective * rate)
    count = np.where(unknown, np.nan, np.maximum(observed, 0.0) * np.maximum(sum_w, 0.0) / safe)
    prior = _prior_of_blocks(found, went, raster, bandwidth, rate)
    p = _tolerance(count, expected)
    return RiskSurface(
        raster=raster, risk=np.where(unknown, np.nan, prior.relative_risk(count, expected)),
        raw=count / np.where(expected > 0, expected, np.nan), count=count, expected=expected, p=p,
        q=false_discovery_q(p), visits=effective, unknown=unknown, prior=prior, n=round(total),
        n_visits=round(effort), )  # fmt: skip


def _prior_of_blocks(found: Floats, went: Floats, raster: Raster, bandwidth: float, rate: float) -> Prior:
    """Fit the prior to separate blocks as large as the kernel, for pixels are not independent."""
    side = [max(1, round(2 * np.sqrt(np.pi) * bandwidth / step)) for step in (raster.dy, raster.dx)]
    edges = [np.arange(0, length, step) for length, step in zip(found.shape, side, strict=True)]
    blocks = [np.add.reduceat(np.add.reduceat(b, edges[0], 0), edges[1], 1) for b in (found, went)]
    touched = blocks[1] > 0.5
    return fit_prior(blocks[0][touched], blocks[1][touched]) if touched.any() else Prior(rate, np.inf)


def _tolerance(count: Floats, expected: Floats) -> Floats:
    """Two-sided p of an effective count under its expectation; gamma tails, ``nan`` where unknown."""
    known = ~np.isnan(count) & (expected > 0)
    c, e = np.where(known, count, 1.0), np.where(known, expected, 1.0)
    upper = np.where(c > 1e-9, special.gammainc(np.maximum(c, 1e-9), e), 1.0)
    lower = special.gammaincc(c + 1, e)
    return np.where(known, np.minimum(1.0, 2 * np.minimum(upper, lower)), np.nan)


def outline(pixels: NDArray[Any], raster: Raster) -> BaseGeometry:
    """Draw the outline of marked pixels, (rows, columns) booleans, as one polygon or several."""
    marked = np.pad(np.asarray(pixels, dtype=np.int8), ((0, 0), (1, 1)))
    change = np.diff(marked, axis=1)
    row, start = np.nonzero(change == 1)
    end = np.nonzero(change == -1)[1]
    return shapely.union_all(
        shapely.box(
            raster.west + start * raster.dx, raster.south + row * raster.dy,
            raster.west + end * raster.dx, raster.south + (row + 1) * raster.dy,
        )
    )  # fmt: skip
