"""Getis-Ord Gi and Gi*: the z-score of each neighbourhood's sum, and its conditional permutation test.

Source: Getis & Ord 1992, Geographical Analysis 24:189; Ord & Getis 1995, ibid. 27:286, equations 12-14.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from patrol.hotspots.statistics.neighbours import Fishnet, Floats, Graph, Neighbourhood


def _checked(values: ArrayLike, near: Neighbourhood) -> Floats:
    given = np.asarray(values, dtype=np.float64).ravel()
    if given.size != near.cells:
        raise ValueError(f"{given.size} values for {near.cells} cells")
    if not np.isfinite(given).all():
        raise ValueError("values must be finite")
    return given


def _ratio(above: Floats, below: Floats, scale: float) -> Floats:
    """Divide, and give 0 where nothing varies (a flat map or a neighbourhood that is the whole map)."""
    flat = below <= 1e-12 * max(scale, 1e-300)
    return np.where(flat, 0.0, above / np.where(flat, 1.0, below))


def gi_star(values: ArrayLike, near: Neighbourhood) -> Floats:
    """Gi* of each cell: how far its neighbourhood's sum, the cell included, lies from chance.

    Parameters: ``values`` of shape (cells,), any finite numbers; ``near`` their neighbourhood.
    Returns: z-scores (cells,); 0 where the map does not vary or the neighbourhood is the whole map.
    Raises ``ValueError`` if sizes differ or a value is not finite.
    Source: Ord & Getis 1995, equation 14, with s the population standard deviation.

    >>> gi_star([2, 0, 0, 0], Fishnet(1, 4)).round(3)
    array([ 1.   ,  0.577, -1.732, -1.   ])
    """
    y = _checked(values, near)
    n = near.cells
    if n < 2:
        return np.zeros(n)
    sizes = near.sizes
    above = near.sum(y) - y.mean() * sizes
    spread = np.sqrt(np.maximum(n * near.square_sizes - sizes * sizes, 0.0) / (n - 1)) * y.std()
    return _ratio(above, spread, float(np.abs(y).max(initial=0.0)))


def gi(values: ArrayLike, near: Neighbourhood) -> Floats:
    """Gi of each cell: the same question about the neighbours alone, the cell left out.

    Parameters and returns as :func:`gi_star`. Source: Ord & Getis 1995, equation 12.
    """
    y = _checked(values, near)
    n = near.cells
    if n < 3:
        return np.zeros(n)
    sizes = near.sizes - near.own
    squares = near.square_sizes - near.own**2
    mean = (y.sum() - y) / (n - 1)
    variance = np.maximum(((y * y).sum() - y * y) / (n - 1) - mean * mean, 0.0)
    above = near.sum(y) - near.own * y - sizes * mean
    spread = np.sqrt(variance * np.maximum((n - 1) * squares - sizes * sizes, 0.0) / (n - 2))
    return _ratio(above, spread, float(np.abs(y).max(initial=0.0)))


def conditional_permutation_p(
    values: ArrayLike, near: Neighbourhood, *, rng: np.random.Generator, permutations: int = 9999
) -> Floats:
    """Two-sided pseudo p of Gi and Gi* when every other cell's value could stand at the neighbours' places.

    A cell keeps its own value; its k neighbours get k values drawn from the other cells without replacement.
    With equal weights that reference distribution depends on k alone, up to the cell itself being drawn.
    So one set of draws serves all cells with k neighbours, and the few draws that hold a cell are
    corrected for that cell: exact for each cell, and some thousand times cheaper than a draw per cell.
    Gi and Gi* share this p, since a cell's own value is the same in every replica.

    Parameters: as :func:`gi_star`; ``permutations`` replicas; ``rng`` the source of chance.
    Returns: (cells,) p in (0, 1], ties counted on both sides; 1 for a cell without neighbours.
    Raises ``ValueError`` for unequal weights within a neighbourhood. Source: Anselin 1995, section 3.
    """
    y = _checked(values, near)
    neighbours = np.rint(near.sizes - near.own).astype(np.int64)
    if not np.allclose(near.sizes, near.square_sizes) or not np.all(near.own == 1.0):
        raise ValueError("the permutation test wants weights of 0 and 1")
    observed = near.sum(y) - y
    p = np.ones(near.cells)
    for k in np.unique(neighbours[(neighbours > 0) & (neighbours < near.cells - 1)]):
        who = np.flatnonzero(neighbours == k)
        drawn = _draws(near.cells, int(k) + 1, permutations, rng)
        p[who] = _shared_reference_p(y, observed[who], who, drawn)
    return p


def _draws(cells: int, k: int, replicas: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw ``replicas`` rows of ``k`` different cells."""
    if k * k > cells:
        return np.argsort(rng.random((replicas, cells)), axis=1)[:, :k]
    drawn = rng.integers(0, cells, (replicas, k))
    while True:
        ordered = np.sort(drawn, axis=1)
        twice = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if twice.size == 0:
            return drawn
        drawn[twice] = rng.integers(0, cells, (twice.size, k))


def _shared_reference_p(
    y: Floats, observed: Floats, who: NDArray[np.int64], drawn: NDArray[np.int64]
) -> Floats:
    taken, spare = drawn[:, :-1], drawn[:, -1]
    replica = y[taken].sum(axis=1)
    ordered = np.sort(replica)
    slack = 1e-9 * np.maximum(1.0, np.abs(observed))
    at_least = (ordered.size - np.searchsorted(ordered, observed - slack, "left")).astype(np.float64)
    at_most = np.searchsorted(ordered, observed + slack, "right").astype(np.float64)
    place = np.full(y.size, -1)
    place[who] = np.arange(who.size)
    row, column = np.nonzero(place[taken] >= 0)
    cell = place[taken[row, column]]
    swapped = replica[row] - y[taken[row, column]] + y[spare[row]]
    above, below = observed[cell] - slack[cell], observed[cell] + slack[cell]
    np.add.at(at_least, cell, (swapped >= above) * 1.0 - (replica[row] >= above))
    np.add.at(at_most, cell, (swapped <= below) * 1.0 - (replica[row] <= below))
    return np.minimum(1.0, 2 * (np.minimum(at_least, at_most) + 1) / (ordered.size + 1))


__all__ = ["Fishnet", "Graph", "conditional_permutation_p", "gi", "gi_star"]
