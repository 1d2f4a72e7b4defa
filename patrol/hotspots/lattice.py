"""Square cells on the lattice of Web Mercator: the same everywhere, nested, and square on the map."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
EQUATOR_M = 40_075_016.686


def unit_square(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Project degrees to the unit square of Web Mercator, y growing to the south.

    >>> [float(side) for side in unit_square(0.0, 0.0)]
    [0.5, 0.5]
    """
    sine = np.sin(np.radians(np.clip(np.asarray(lat, dtype=np.float64), -85.05, 85.05)))
    x = np.asarray(lon, dtype=np.float64) / 360 + 0.5
    return x, np.asarray(0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi))


def degrees(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Turn positions in the unit square back into lon and lat."""
    lon = (np.asarray(x, dtype=np.float64) - 0.5) * 360
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y, dtype=np.float64)))))
    return lon, lat


def cells_of(lon: ArrayLike, lat: ArrayLike, zoom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of the cell that holds each position.

    >>> [int(side[0]) for side in cells_of([114.31], [30.6], 17)]
    [107155, 53824]
    """
    x, y = unit_square(lon, lat)
    side = 2**zoom
    column, row = (np.clip(np.floor(v * side), 0, side - 1).astype(np.int64) for v in (x, y))
    return column, row


def corners(column: ArrayLike, row: ArrayLike, zoom: int) -> tuple[Floats, Floats, Floats, Floats]:
    """West, south, east and north of cells, in degrees."""
    side = 2.0**zoom
    c, r = np.asarray(column, dtype=np.float64), np.asarray(row, dtype=np.float64)
    west, north = degrees(c / side, r / side)
    east, south = degrees((c + 1) / side, (r + 1) / side)
    return west, south, east, north


def side_m(zoom: int, lat: float) -> float:
    """Side of a cell in metres at a latitude.

    >>> round(side_m(17, 30.6))
    263
    """
    return float(EQUATOR_M / 2**zoom * np.cos(np.radians(lat)))
