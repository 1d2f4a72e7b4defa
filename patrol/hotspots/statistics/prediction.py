"""Where the next finding is likely, cell by cell: places only, with interval and reasons.

A Poisson regression on what the cell and its surroundings showed so far. Five numbers a cell, no black box:
each has a name that the page can say. Exposure is the planned visits where visits are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, sparse, special
from scipy.spatial import cKDTree

from patrol.hotspots.statistics.neighbours import Floats

#: logarithms between which the variance of cells' own rates is looked for
LEAST_OWN, MOST_OWN = -9.0, 3.0
#: what twice the logarithm of a likelihood loses one standard error away from its best
STANDARD_ERROR = 1.0
REASONS = ("long_here", "long_near", "recent_here", "recent_near", "last_period")


@dataclass(frozen=True)
class Model:
    """Coefficients (6,) with their covariance (6, 6) inflated by ``dispersion``; means of the features
    (5,).
    """

    coefficients: Floats
    covariance: Floats
    dispersion: float
    means: Floats


@dataclass(frozen=True)
class Forecast:
    """Next period's findings a visit (or a period, without visits) in each cell.

    ``rate`` with ``low`` and ``high`` (95 %); ``probability`` of at least one finding in one visit (or
    period); ``reasons`` (cells, 5): how much each of :data:`REASONS` raises the logarithm of the rate against
    an average cell.
    """

    rate: Floats
    low: Floats
    high: Floats
    probability: Floats
    reasons: Floats

    def reasons_of(self, cell: int) -> list[str]:
        """Names of what raises this cell's rate, the strongest first."""
        row = self.reasons[cell]
        return [REASONS[at] for at in np.argsort(-row, kind="stable") if row[at] > 0.05]


class Surroundings:
    """Kernel weights among cells: Gaussian, cut at three bandwidths, every row adding up to one."""

    def __init__(self, x: ArrayLike, y: ArrayLike, bandwidth: float) -> None:
        points = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
        tree = cKDTree(points)
        near = tree.sparse_distance_matrix(tree, 3 * bandwidth, output_type="coo_matrix")
        weights = np.exp(-0.5 * (near.data / bandwidth) ** 2)
        matrix = sparse.csr_array((weights, (near.row, near.col)), shape=near.shape)
        self.weights = sparse.csr_array(sparse.diags_array(1 / matrix.sum(axis=1)) @ matrix)

    def smooth(self, values: Floats) -> Floats:
        """Kernel mean of ``values`` (cells,) or (cells, steps) round each cell."""
        return np.asarray(self.weights @ values)


def features(findings: Floats, visits: Floats | None, around: Surroundings, half_life: float = 3.0) -> Floats:
    """The five numbers of each cell from its history, (cells, 5), as logarithms of relative rates.

    Parameters: ``findings`` and ``visits`` (cells, steps) up to now, oldest first; ``half_life`` in steps of
    what counts as recent. Rates are shrunk toward the overall rate by one expected finding.
    """
    went = np.ones_like(findings) if visits is None else visits
    fading = 0.5 ** (np.arange(findings.shape[1])[::-1] / half_life)
    overall = max(findings.sum() / max(went.sum(), 1e-9), 1e-9)

    def relative(found: Floats, effort: Floats) -> Floats:
        return np.log((found + 1.0) / (effort * overall + 1.0))

    long_found, long_went = findings.sum(axis=1), went.sum(axis=1)
    now_found, now_went = findings @ fading, went @ fading
    scale = 9.0
    return np.column_stack(
        [
            relative(long_found, long_went),
            relative(scale * around.smooth(long_found), scale * around.smooth(long_went)),
            relative(now_found, now_went),
            relative(scale * around.smooth(now_found), scale * around.smooth(now_went)),
            relative(findings[:, -1], went[:, -1]),
        ]
    )


def fit(rows: Floats, found: Floats, exposure: Floats, *, ridge: float = 1.0) -> Model:
    """Fit a Poisson regression of ``found`` on ``rows`` (n, 5) with ``exposure``, by Newton's steps.

    Source: McCullagh & Nelder 1989; a ridge keeps the fit finite; covariance times the Pearson dispersion.
    """
    kept = exposure > 0
    rows, found, exposure = rows[kept], found[kept], exposure[kept]
    means = rows.mean(axis=0) if len(rows) else np.zeros(len(REASONS))
    design = np.column_stack([np.ones(len(rows)), rows - means])
    penalty = np.diag([1e-6] + [ridge] * rows.shape[1])
    start = np.log(max(found.sum(), 0.5) / max(exposure.sum(), 1.0))
    beta = np.array([start] + [0.0] * rows.shape[1])
    for _ in range(50):
        expected = exposure * np.exp(np.clip(design @ beta, -30, 30))
        information = design.T @ (design * expected[:, None]) + penalty
        step = np.linalg.solve(information, design.T @ (found - expected) - penalty @ beta)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    expected = exposure * np.exp(np.clip(design @ beta, -30, 30))
    information = design.T @ (design * expected[:, None]) + penalty
    pearson = ((found - expected) ** 2 / np.maximum(expected, 1e-9)).sum()
    dispersion = max(1.0, float(pearson / max(len(rows) - len(beta), 1)))
    return Model(beta, np.linalg.inv(information) * dispersion, dispersion, means)


def history_variance(
    findings: Floats, coefficients: Floats, around: Surroundings, half_life: float = 3.0
) -> Floats:
    """Variance of the logarithm of each cell's rate because its history is itself a matter of chance, (cells,).

    Parameters: ``findings`` (cells, steps) behind :func:`features`; ``coefficients`` (5,) of the features.
    Each past finding is Poisson; the delta method carries its variance through the five logarithms.
    Source: Carroll, Ruppert, Stefanski & Crainiceanu 2006, Measurement Error in Nonlinear Models, appendix A.
    """
    fading = 0.5 ** (np.arange(findings.shape[1])[::-1] / half_life)
    scale, total, now = 9.0, findings.sum(axis=1), findings @ fading
    here, near, here_now, near_now, last = coefficients
    own, own_now = here / (total + 1.0), here_now / (now + 1.0)
    around_all = scale * near / (scale * around.smooth(total) + 1.0)
    around_now = scale * near_now / (scale * around.smooth(now) + 1.0)
    itself = around.weights.diagonal()
    squares = around.weights.multiply(around.weights).tocsr()
    variance = np.zeros(len(findings))
    for step, fade in enumerate(fading):
        found = findings[:, step]
        reach = around_all + fade * around_now
        alone = own + fade * own_now + (last / (found + 1.0) if step == len(fading) - 1 else 0.0)
        variance += reach**2 * (squares @ found - itself**2 * found) + (reach * itself + alone) ** 2 * found
    return np.asarray(variance, dtype=np.float64)


def predict(model: Model, rows: Floats, more: Floats | float = 0.0) -> Forecast:
    """Tell rate, interval, probability and reasons for cells with features ``rows`` (cells, 5).

    ``more`` is relative variance of the rate that the regression does not know of, as :func:`history_variance`
    tells. The interval is that of a gamma with the rate as mean and the whole relative variance.
    """
    centred = rows - model.means
    design = np.column_stack([np.ones(len(rows)), centred])
    rate = np.exp(np.clip(design @ model.coefficients, -30, 30))
    shape = 1.0 / np.maximum(np.einsum("ij,jk,ik->i", design, model.covariance, design) + more, 1e-12)
    low, high = (rate * special.gammaincinv(shape, side) / shape for side in (0.025, 0.975))
    return Forecast(rate, low, high, -np.expm1(-rate), centred * model.coefficients[1:])


def forecast(
    findings: ArrayLike,
    visits: ArrayLike | None,
    around: Surroundings,
    *,
    training: int = 6,
    half_life: float = 3.0,
) -> Forecast:
    """Forecast the period after the last one.

    Parameters: ``findings`` (cells, steps) counts, oldest first; ``visits`` of the same shape, or ``None``
    when every cell is watched alike; ``around`` the kernel of the cells; ``training`` so many past periods
    are each predicted from what was known before them to fit the weights. Returns: :class:`Forecast`. Raises
    ``ValueError`` for fewer than three steps or differing shapes.
    """
    found = np.asarray(findings, dtype=np.float64)
    went = None if visits is None else np.asarray(visits, dtype=np.float64)
    if found.ndim != 2 or found.shape[1] < 3 or (went is not None and went.shape != found.shape):
        raise ValueError("a forecast needs (cells, steps) with at least three steps")
    steps = found.shape[1]
    past = range(max(2, steps - training), steps)
    rows = [features(found[:, :t], None if went is None else went[:, :t], around, half_life) for t in past]
    exposure = np.ones_like(found) if went is None else went
    model = fit(
        np.concatenate(rows),
        np.concatenate([found[:, t] for t in past]),
        np.concatenate([exposure[:, t] for t in past]),
    )
    known = [history_variance(found[:, :t], model.coefficients[1:], around, half_life) for t in past]
    own = own_variance(
        model, np.concatenate(rows), np.concatenate(known),
        np.concatenate([found[:, t] for t in past]), np.concatenate([exposure[:, t] for t in past]),
        np.concatenate([found[:, :t].sum(axis=1) for t in past]),
    )  # fmt: skip
    more = history_variance(found, model.coefficients[1:], around, half_life) + still_unknown(
        own, found.sum(axis=1)
    )
    return predict(model, features(found, went, around, half_life), more)


def still_unknown(own: float, before: Floats) -> Floats:
    """Relative variance of a cell's own rate after ``before`` (cells,) findings there.

    Rates vary by a gamma of mean 1 and variance ``own``; all of it is unknown where nothing was found, and hardly
    anything where much was. Source: Gelman et al. 2013, Bayesian Data Analysis, 2.6 (conjugate gamma).

    >>> still_unknown(0.5, np.array([0.0, 8.0])).round(3).tolist()
    [0.5, 0.1]
    """
    return own / (1.0 + own * before)


def own_variance(
    model: Model, rows: Floats, known: Floats, found: Floats, exposure: Floats, before: Floats
) -> float:
    """Variance of cells' own relative rates that neither the regression nor what it knows of explains.

    Parameters: past ``rows`` (n, 5) with the variance ``known`` of their logarithms, what was then ``found`` with
    what ``exposure``, and the findings ``before``. Returns: one standard error above what the normal
    pseudo-likelihood holds likeliest, for that is as often too small as too large, and too small an interval
    misleads. A cell's rate still varies by :func:`still_unknown` of it.
    Source: Carroll & Ruppert 1982, Annals of Statistics 10:429 (pseudo-likelihood of variances); Lawless 1987,
    Canadian Journal of Statistics 15:209 (negative binomial).
    """
    design = np.column_stack([np.ones(len(rows)), rows - model.means])
    said = exposure * np.exp(np.clip(design @ model.coefficients, -30, 30))
    seen = said > 0
    if not seen.any():
        return float(np.exp(LEAST_OWN))
    variance = (known + np.einsum("ij,jk,ik->i", design, model.covariance, design))[seen]
    said, squares, before = said[seen], (found - said)[seen] ** 2, before[seen]

    def unlikely(logarithm: float) -> float:
        told = said + said**2 * (variance + still_unknown(float(np.exp(logarithm)), before))
        return float((np.log(told) + squares / told).sum())

    best = optimize.minimize_scalar(unlikely, bounds=(LEAST_OWN, MOST_OWN), method="bounded")
    limit = best.fun + STANDARD_ERROR
    if unlikely(MOST_OWN) <= limit:
        return float(np.exp(MOST_OWN))
    return float(np.exp(optimize.brentq(lambda at: unlikely(at) - limit, best.x, MOST_OWN, xtol=1e-3)))
