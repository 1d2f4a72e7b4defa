"""Penalised logistic regression with one effect for each officer, by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrol.venues.domain.risk.tables import Floats, Ints


@dataclass(frozen=True)
class Fit:
    """Weights on standardised features: ``intercept``, ``weights`` (F,), ``officers`` (O,) in log-odds."""

    intercept: float
    weights: Floats
    officers: Floats


def sigmoid(odds: Floats) -> Floats:
    """Turn log-odds into probability."""
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -40.0, 40.0)))


def fit_logistic(
    table: Floats, found: Floats, weight: Floats, officer: Ints, officers: int, *, ridge: float = 40.0
) -> Fit:
    """Fit log-odds = intercept + table · weights + effect of the officer.

    Parameters: ``table`` (n, F) standardised features; ``found`` (n,) 0 or 1; ``weight`` (n,) ≥ 0;
    ``officer`` (n,) numbers 0 … ``officers`` − 1, −1 = unknown; ``ridge`` penalty on weights (a normal prior
    of variance 1/ridge); officers get a prior of variance 1, the intercept none. Returns: :class:`Fit`.
    Raises ``ValueError`` when nothing is to be learnt from (no rows).
    Source: iteratively reweighted least squares (McCullagh & Nelder 1989, 2.5), the officers' effects being
    the modes of a mixed model with known variance.

    >>> x = np.array([[-1.0], [-1.0], [1.0], [1.0]])
    >>> y = np.array([0.0, 0.0, 0.0, 1.0])
    >>> fit = fit_logistic(x, y, np.ones(4), np.zeros(4, dtype=np.int64), 1, ridge=1.0)
    >>> bool(fit.weights[0] > 0)
    True
    """
    if not len(found):
        raise ValueError("nothing to learn from")
    count, features = table.shape
    effects = np.zeros((count, officers))
    known = officer >= 0
    effects[np.flatnonzero(known), officer[known]] = 1.0
    design = np.column_stack([np.ones(count), table, effects])
    penalty = np.concatenate([[1e-6], np.full(features, ridge), np.full(officers, 1.0)])
    beta = np.zeros(design.shape[1])
    rate = float(np.clip(np.average(found, weights=weight), 1e-3, 1 - 1e-3))
    beta[0] = np.log(rate / (1 - rate))
    for _ in range(30):
        p = sigmoid(design @ beta)
        slope = design.T @ (weight * (found - p)) - penalty * beta
        curve = (design * (weight * p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        beta += step / max(1.0, float(np.abs(step).max()) / 3.0)
        if np.abs(step).max() < 1e-8:
            break
    return Fit(float(beta[0]), beta[1 : features + 1], beta[features + 1 :])
