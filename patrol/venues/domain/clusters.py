"""Many points of a map section as a few numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

#: cells along the longer side of the section: about one number every 60 pixels of a usual screen
CELLS = 16


def cluster(lon: ArrayLike, lat: ArrayLike, box: tuple[float, float, float, float]) -> list[list[float]]:
    """Count points in square cells of a map section.

    Parameters: ``lon``, ``lat`` in degrees, shape (n,); ``box`` = west, south, east, north in degrees.
    Returns: rows [lon, lat, count], the position being the mean of the cell's points; the counts add up to n.
    Raises ``ValueError`` for an empty box.

    >>> cluster([0.01, 0.03, 0.9], [0.1, 0.1, 0.9], (0.0, 0.0, 1.0, 1.0))
    [[0.02, 0.1, 2], [0.9, 0.9, 1]]
    """
    west, south, east, north = box
    size = max(east - west, north - south) / CELLS
    if size <= 0:
        raise ValueError("a section of the map has a width")
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    column = np.floor((x - west) / size).astype(np.int64)
    row = np.floor((y - south) / size).astype(np.int64)
    cells, which, counts = np.unique(row * 4096 + column, return_inverse=True, return_counts=True)
    mean_x = np.bincount(which, weights=x, minlength=len(cells)) / counts
    mean_y = np.bincount(which, weights=y, minlength=len(cells)) / counts
    return [
        [round(float(a), 6), round(float(b), 6), int(n)]
        for a, b, n in zip(mean_x, mean_y, counts, strict=True)
    ]
