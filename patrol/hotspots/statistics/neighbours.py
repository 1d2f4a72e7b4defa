"""Who is whose neighbour: fishnets, hexagons and grids of any shape behind one small face.

A neighbourhood sum is the only thing that every local statistic needs. On a fishnet it is a box sum from a
summed-area table (four look-ups a cell, no weights matrix); elsewhere it is one sparse product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
HEX_STEPS = ((1, 0), (1, -1), (0, -1), (-1, 0), (-1, 1), (0, 1))


class Neighbourhood(Protocol):
    """Cells and their neighbours; every cell is a neighbour of itself in :meth:`sum`."""

    @property
    def cells(self) -> int:
        """How many cells there are."""

    @property
    def sizes(self) -> Floats:
        """Sum of weights of each cell's neighbourhood, the cell included, (cells,)."""

    @property
    def square_sizes(self) -> Floats:
        """Sum of squared weights of each neighbourhood, the cell included, (cells,)."""

    @property
    def own(self) -> Floats:
        """The weight of each cell on itself, (cells,)."""

    def sum(self, values: NDArray[Any]) -> Floats:
        """Add ``values`` (cells,) or (cells, steps) over each neighbourhood, the cell included."""


@dataclass(frozen=True)
class Fishnet:
    """A full rectangle of square cells, row by row; neighbours lie within ``reach`` rows and columns.

    >>> Fishnet(2, 3).sum(np.arange(6))
    array([ 8., 15., 12.,  8., 15., 12.])
    """

    rows: int
    columns: int
    reach: int = 1

    def __post_init__(self) -> None:
        if self.rows < 1 or self.columns < 1 or self.reach < 0:
            raise ValueError("a fishnet needs at least one row and one column and reach >= 0")

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.rows * self.columns

    @cached_property
    def sizes(self) -> Floats:
        """Cells in each neighbourhood, the cell included."""
        return np.outer(self._side(self.rows), self._side(self.columns)).ravel()

    @property
    def square_sizes(self) -> Floats:
        """The same as :attr:`sizes`: weights are 0 or 1."""
        return self.sizes

    @cached_property
    def own(self) -> Floats:
        """One for each cell."""
        return np.ones(self.cells)

    def _side(self, length: int) -> Floats:
        at = np.arange(length)
        return (np.minimum(at + self.reach, length - 1) - np.maximum(at - self.reach, 0) + 1).astype(float)

    def sum(self, values: NDArray[Any]) -> Floats:
        """Box sums of ``values`` (cells,), (rows, columns) or (cells, steps); returns (cells,) or (cells,
        steps).

        Rows first, then columns. Counts stay exact: whole numbers below 2**53 lose nothing.
        """
        given = np.asarray(values)
        grid = given.reshape(self.rows, self.columns, -1).astype(np.float64, copy=False)
        summed = self._boxes(self._boxes(grid, 0), 1)
        return summed.reshape((self.cells, given.shape[1]) if given.size != self.cells else (self.cells,))

    def _boxes(self, grid: Floats, axis: int) -> Floats:
        """Sum over ``reach`` steps to both sides along ``axis``; few shifts beat a table for short reach."""
        length, reach = grid.shape[axis], min(self.reach, grid.shape[axis] - 1)
        grid = np.moveaxis(grid, axis, 0)
        if reach <= 2:
            total = grid.copy()
            for step in range(1, reach + 1):
                total[step:] += grid[:-step]
                total[:-step] += grid[step:]
            return np.moveaxis(total, 0, axis)
        table = np.zeros((length + 1, *grid.shape[1:]))
        np.cumsum(grid, axis=0, out=table[1:])
        at = np.arange(length)
        upper, lower = np.minimum(at + reach + 1, length), np.maximum(at - reach, 0)
        return np.moveaxis(table[upper] - table[lower], 0, axis)


@dataclass(frozen=True)
class Graph:
    """Cells of any shape: a sparse matrix of weights (cells, cells) with the cell itself on the diagonal."""

    weights: sparse.csr_array = field(repr=False)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.weights.shape[0])

    @cached_property
    def sizes(self) -> Floats:
        """Sum of the weights of each neighbourhood, the cell included."""
        return np.asarray(self.weights.sum(axis=1), dtype=np.float64).ravel()

    @cached_property
    def square_sizes(self) -> Floats:
        """Sum of squared weights of each neighbourhood, the cell included."""
        return np.asarray(self.weights.multiply(self.weights).sum(axis=1), dtype=np.float64).ravel()

    @cached_property
    def own(self) -> Floats:
        """The weight of each cell on itself."""
        return np.asarray(self.weights.diagonal(), dtype=np.float64)

    def sum(self, values: NDArray[Any]) -> Floats:
        """Weighted sums of ``values`` (cells,) or (cells, steps) over each neighbourhood."""
        return np.asarray(self.weights @ np.asarray(values, dtype=np.float64))


def graph_from_edges(cells: int, start: ArrayLike, end: ArrayLike, weight: ArrayLike | None = None) -> Graph:
    """Make a neighbourhood from edges that may be given once or in both directions; no loops needed.

    Parameters: ``start``, ``end`` of shape (edges,), indices in 0..cells-1; ``weight`` of the same shape,
    taken as directed when given. Without weights neighbours count 1 and edges hold both ways.
    """
    i, j = np.asarray(start, dtype=np.int64).ravel(), np.asarray(end, dtype=np.int64).ravel()
    if i.shape != j.shape or (i.size and (min(i.min(), j.min()) < 0 or max(i.max(), j.max()) >= cells)):
        raise ValueError("edges must join cells 0..cells-1")
    apart = i != j
    data = np.ones(i.size) if weight is None else np.asarray(weight, dtype=np.float64).ravel()
    matrix = sparse.csr_array((data[apart], (i[apart], j[apart])), shape=(cells, cells))
    matrix.sum_duplicates()
    if weight is None:
        matrix = (matrix + matrix.T).tocsr()
        matrix.data[:] = 1.0
    return Graph((matrix + sparse.identity(cells, format="csr")).tocsr())


def wider(near: Neighbourhood, first: Neighbourhood) -> Neighbourhood:
    """Grow neighbourhoods ``near`` by one ring of the first-order neighbours ``first`` of the same cells.

    >>> wider(Fishnet(1, 5), Fishnet(1, 5)).sizes
    array([3., 4., 5., 4., 3.])
    """
    if isinstance(near, Fishnet) and isinstance(first, Fishnet):
        return Fishnet(near.rows, near.columns, near.reach + first.reach)
    if isinstance(near, Graph) and isinstance(first, Graph):
        grown = sparse.csr_array(near.weights @ first.weights)
        grown.data = np.ones_like(grown.data)
        return Graph(grown)
    raise ValueError("only fishnets and graphs can grow")


def hexagons(q: ArrayLike, r: ArrayLike) -> Graph:
    """Make the six-neighbour graph of hexagons given in axial coordinates (q, r), in any order, with holes.

    >>> hexagons([0, 1, 0, 5], [0, 0, 1, 5]).sizes
    array([3., 3., 3., 1.])
    """
    column, row = np.asarray(q, dtype=np.int64), np.asarray(r, dtype=np.int64)
    if column.size == 0:
        raise ValueError("no hexagon given")
    left, low = column.min() - 1, row.min() - 1
    width = int(column.max() - left + 2)
    keys = (row - low) * width + (column - left)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    if np.any(ordered[1:] == ordered[:-1]):
        raise ValueError("a hexagon is given twice")
    starts, ends = [], []
    for step_q, step_r in HEX_STEPS[:3]:
        wanted = keys + step_r * width + step_q
        at = np.minimum(np.searchsorted(ordered, wanted), keys.size - 1)
        there = ordered[at] == wanted
        starts.append(np.flatnonzero(there))
        ends.append(order[at[there]])
    return graph_from_edges(keys.size, np.concatenate(starts), np.concatenate(ends))


def hexagons_of_points(
    x: ArrayLike, y: ArrayLike, side: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tell in which hexagon (axial q, r; pointy top, ``side`` long) each point lies.

    Source: cube rounding of fractional axial coordinates.
    """
    px, py = np.asarray(x, dtype=np.float64) / side, np.asarray(y, dtype=np.float64) / side
    q, r = np.sqrt(3) / 3 * px - py / 3, 2 / 3 * py
    rounded = [np.round(v) for v in (q, r, -q - r)]
    error = [np.abs(a - b) for a, b in zip(rounded, (q, r, -q - r), strict=True)]
    fix_q = (error[0] > error[1]) & (error[0] > error[2])
    fix_r = ~fix_q & (error[1] > error[2])
    whole_q = np.where(fix_q, -rounded[1] - rounded[2], rounded[0])
    whole_r = np.where(fix_r, -rounded[0] - rounded[2], rounded[1])
    return whole_q.astype(np.int64), whole_r.astype(np.int64)


def within_distance(x: ArrayLike, y: ArrayLike, distance: float) -> Graph:
    """Join all cells whose centres lie at most ``distance`` apart (units of ``x`` and ``y``)."""
    points = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    pairs = cKDTree(points).query_pairs(distance * (1 + 1e-12), output_type="ndarray")
    return graph_from_edges(len(points), pairs[:, 0], pairs[:, 1])


def touching(polygons: NDArray[Any]) -> Graph:
    """Join polygons that share an edge or a corner (queen contiguity)."""
    start, end = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    return graph_from_edges(len(polygons), start, end)
