"""The units that are judged: duty grids of any shape, or square cells that hold at least one venue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrol.hotspots import lattice
from patrol.hotspots.queries import Ints, Places
from patrol.hotspots.statistics import Graph, graph_from_edges, touching
from patrol.territory import Grid


@dataclass(frozen=True)
class Units:
    """Units with their neighbours. ``of_place`` is each place's unit, -1 for none; ``shapes`` in degrees;
    ``keys`` name a unit in addresses: a grid's uid, or zoom-column-row; ``numbers`` (units,) are the grids'
    numbers, or row x 2^``zoom`` + column of squares (rising), whose ``zoom`` is 0 for grids.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    shapes: NDArray[Any]
    of_place: Ints
    near: Graph
    squares: bool
    numbers: Ints
    zoom: int = 0

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def lattice(self) -> tuple[Ints, Ints] | None:
        """Rows and columns of squares on their zoom's lattice; ``None`` for grids."""
        if not self.squares:
            return None
        rows, columns = np.divmod(self.numbers, np.int64(2**self.zoom))
        return rows, columns

    def total(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Add values of places (places,) or (places, steps) up by unit."""
        held = self.of_place >= 0
        given = np.asarray(values, dtype=np.float64)
        columns = (given[:, None] if given.ndim == 1 else given)[held]
        steps = columns.shape[1]
        flat = (self.of_place[held][:, None] * steps + np.arange(steps)).ravel()
        made = np.bincount(flat, columns.ravel(), minlength=len(self) * steps).reshape(len(self), steps)
        return np.asarray(made[:, 0] if given.ndim == 1 else made, dtype=np.float64)

    def find(self, lon: NDArray[np.float64], lat: NDArray[np.float64], grid: Ints) -> Ints:
        """Unit of each position: its grid, or the square it lies in; -1 where there is none."""
        if len(self) == 0:
            return np.full(len(lon), -1, dtype=np.int64)
        wanted = grid
        if self.squares:
            column, row = lattice.cells_of(lon, lat, self.zoom)
            wanted = row * np.int64(2**self.zoom) + column
        order = np.argsort(self.numbers)
        at = order[np.minimum(np.searchsorted(self.numbers, wanted, sorter=order), len(self) - 1)]
        return np.where(self.numbers[at] == wanted, at, -1)

    def middles(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lon and lat of the units' middles."""
        middle = shapely.centroid(self.shapes)
        return shapely.get_x(middle), shapely.get_y(middle)


def square_units(there: Places, zoom: int, grid_names: dict[int, str]) -> Units:
    """Cut the places into squares of a zoom; squares without a place do not exist.

    A square is called after the grid that most of its places lie in (``grid_names`` by number), and counted.
    """
    column, row = lattice.cells_of(there.lon, there.lat, zoom)
    side = np.int64(2**zoom)
    keys, of_place = np.unique(row * side + column, return_inverse=True)
    rows, columns = np.divmod(keys, side)
    west, south, east, north = lattice.corners(columns, rows, zoom)
    named = tuple(f"{zoom}-{x}-{y}" for x, y in zip(columns.tolist(), rows.tolist(), strict=True))
    shapes = np.asarray(shapely.box(west, south, east, north), dtype=object).reshape(-1)
    of_place = of_place.astype(np.int64).ravel()
    titles = _titles(
        there, of_place, keys.size, grid_names, zip(west + (east - west) / 2, south, strict=True)
    )
    return Units(named, titles, shapes, of_place, _beside(keys, side), True, keys, zoom)


def _titles(
    there: Places, of_place: Ints, units: int, names: dict[int, str], corners: Iterable[tuple[float, float]]
) -> tuple[str, ...]:
    """Name squares: grid and running number, or where it lies if it belongs to no grid."""
    pairs, many = np.unique(np.column_stack([of_place, there.grid]), axis=0, return_counts=True)
    main = np.full(units, -1, dtype=np.int64)
    order = np.argsort(many, kind="stable")
    main[pairs[order, 0]] = pairs[order, 1]
    seen: dict[int, int] = {}
    titles = []
    for grid, (lon, lat) in zip(main.tolist(), corners, strict=True):
        seen[grid] = seen.get(grid, 0) + 1
        titles.append(f"{names[grid]} · {seen[grid]}" if grid in names else f"{lon:.4f}, {lat:.4f}")
    return tuple(titles)


def _beside(keys: Ints, side: np.int64) -> Graph:
    """Join each square with those of the eight round it that exist."""
    if keys.size == 0:
        return graph_from_edges(0, np.empty(0, np.int64), np.empty(0, np.int64))
    start, end = [], []
    for step in (1, side - 1, side, side + 1):
        at = np.minimum(np.searchsorted(keys, keys + step), keys.size - 1)
        held = np.flatnonzero(keys[at] == keys + step)
        start += [held, at[held]]
        end += [at[held], held]
    return graph_from_edges(keys.size, np.concatenate(start), np.concatenate(end))


def grid_units(there: Places, grids: Sequence[tuple[Grid, Any]]) -> Units:
    """Take the duty grids as they are; a place without a grid belongs to none."""
    ids = np.array([grid.id for grid, _shape in grids], dtype=np.int64)
    shapes = np.array([shape for _grid, shape in grids], dtype=object)
    order = np.argsort(ids)
    of_place = np.full(len(there), -1, dtype=np.int64)
    if ids.size and len(there):
        at = np.minimum(np.searchsorted(ids, there.grid, sorter=order), ids.size - 1)
        of_place = np.where(ids[order[at]] == there.grid, order[at], -1)
    near = touching(shapes) if ids.size else graph_from_edges(0, np.empty(0, np.int64), np.empty(0, np.int64))
    return Units(
        tuple(grid.uid for grid, _shape in grids), tuple(grid.name for grid, _shape in grids), shapes, of_place,
        near, False, ids,
    )  # fmt: skip
