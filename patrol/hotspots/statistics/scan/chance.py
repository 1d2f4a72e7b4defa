"""Replicas: the same number of cases, fallen as they would if nothing clustered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrol.hotspots.statistics.scan.windows import ScanData


def replicas(data: ScanData, many: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw counts (locations, steps, many) under the model of ``data``, given the total number of cases.

    Poisson: multinomial by the measure. Bernoulli: cases drawn from all people without replacement.
    Permutation: the dates of the cases shuffled among them.
    """
    draw = {"poisson": _poisson, "bernoulli": _bernoulli, "permutation": _permutation}[data.model]
    return draw(data, many, rng)


def _tally(data: ScanData, cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count cells (many, cases) into (locations, steps, many)."""
    many = cell.shape[0]
    at = cell * many + np.arange(many)[:, None]
    flat = np.bincount(at.ravel(), minlength=data.cases.size * many)
    return flat.reshape(*data.cases.shape, many)


def _poisson(data: ScanData, many: int, rng: np.random.Generator) -> NDArray[np.int64]:
    measure = data.measure().ravel()
    if measure.size <= 2 * int(data.cases.sum()):  # a binomial a cell is then cheaper than a search a case
        drawn = rng.multinomial(int(data.cases.sum()), measure / measure.sum(), size=many)
        return np.ascontiguousarray(drawn.T).reshape(*data.cases.shape, many)
    share = np.cumsum(measure)
    fallen = rng.random((many, int(data.cases.sum()))) * share[-1]
    return _tally(data, np.minimum(np.searchsorted(share, fallen, side="right"), share.size - 1))


def _bernoulli(data: ScanData, many: int, rng: np.random.Generator) -> NDArray[np.int64]:
    people = np.rint(data.measure()).astype(np.int64).ravel()
    drawn = rng.multivariate_hypergeometric(people, int(data.cases.sum()), size=many, method="marginals")
    return np.ascontiguousarray(drawn.T).reshape(*data.cases.shape, many)


def _permutation(data: ScanData, many: int, rng: np.random.Generator) -> NDArray[np.int64]:
    place, step = np.nonzero(data.cases)
    times = data.cases[place, step]
    place, step = np.repeat(place, times), np.repeat(step, times)
    shuffled = rng.permuted(np.broadcast_to(step, (many, step.size)), axis=1)
    return _tally(data, place * data.cases.shape[1] + shuffled)
