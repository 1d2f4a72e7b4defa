"""A square grid laid over points: which cell each point falls into, and where cells lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrol.hotspots.statistics.neighbours import Fishnet, Floats

MOST_CELLS = 4_000_000


@dataclass(frozen=True)
class Frame:
    """Square cells of ``size``, row 0 at the south; points on the outer edge belong to the outer cells."""

    west: float
    south: float
    size: float
    rows: int
    columns: int

    @classmethod
    def over(cls, x: Floats, y: Floats, size: float) -> Frame:
        """Lay a frame over all points, its corner at a multiple of ``size``.

        Raises ``ValueError`` without points, for a size that is not positive, or for more than four million
        cells.
        """
        if not size > 0:
            raise ValueError("cells need a size above 0")
        if x.size == 0:
            raise ValueError("no points to lay a grid over")
        west, south = (float(np.floor(v.min() / size) * size) for v in (x, y))
        columns = int((x.max() - west) // size) + 1
        rows = int((y.max() - south) // size) + 1
        if rows * columns > MOST_CELLS:
            raise ValueError(f"{rows} x {columns} cells are too many: take larger cells")
        return cls(west, south, size, rows, columns)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.rows * self.columns

    def neighbourhood(self, reach: int = 1) -> Fishnet:
        """The cells as neighbours of each other."""
        return Fishnet(self.rows, self.columns, reach)

    def cell_of(self, x: Floats, y: Floats) -> NDArray[np.int64]:
        """Cell of each point, -1 outside."""
        column = np.floor((x - self.west) / self.size).astype(np.int64)
        row = np.floor((y - self.south) / self.size).astype(np.int64)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1)

    def count(self, x: Floats, y: Floats, weights: Floats | None = None) -> Floats:
        """Points (or their weights) in each cell."""
        cell = self.cell_of(x, y)
        kept = cell >= 0
        mass = None if weights is None else weights[kept]
        return np.bincount(cell[kept], mass, minlength=self.cells).astype(np.float64)

    def count_by_step(self, x: Floats, y: Floats, step: NDArray[np.int64], steps: int) -> Floats:
        """Points in each cell and step (cells, steps); points outside grid or period are left out."""
        cell = self.cell_of(x, y)
        kept = (cell >= 0) & (step >= 0) & (step < steps)
        flat = np.bincount(cell[kept] * steps + step[kept], minlength=self.cells * steps)
        return flat.reshape(self.cells, steps).astype(np.float64)

    def middles(self) -> tuple[Floats, Floats]:
        """Middles of cells."""
        row, column = np.divmod(np.arange(self.cells), self.columns)
        return self.west + (column + 0.5) * self.size, self.south + (row + 0.5) * self.size

    def squares(self) -> NDArray[Any]:
        """Polygons of cells."""
        x, y = self.middles()
        half = self.size / 2
        return np.asarray(shapely.box(x - half, y - half, x + half, y + half))
