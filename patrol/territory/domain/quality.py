"""How good a set of grids is: even, compact, connected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True)
class GridQuality:
    """``balance``: heaviest cell over the mean (1 = all equal); ``spread``: standard deviation over mean;
    ``compactness``: median Polsby–Popper (1 = circles); ``connected``: share of cells in one piece.
    """

    cells: int
    balance: float
    spread: float
    compactness: float
    connected: float


def polsby_popper(shapes_m: NDArray[Any]) -> NDArray[np.float64]:
    """Compactness of each shape: 4π × area / perimeter², 1 for a circle, 0.785 for a square.

    Parameters: (n,) polygons in metres. Returns: (n,) numbers in (0, 1].
    Source: Polsby & Popper 1991, *The third criterion*, Yale Law & Policy Review 9.

    >>> polsby_popper(np.array([shapely.box(0, 0, 10, 10)])).round(3)
    array([0.785])
    """
    around = shapely.length(shapes_m)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(around > 0, 4 * np.pi * shapely.area(shapes_m) / around**2, 0.0))


def measure(shapes_m: NDArray[Any], load: NDArray[np.float64]) -> GridQuality:
    """Measure a partition.

    Parameters: ``shapes_m`` (cells,) polygons in metres; ``load`` (cells,) venues in each.
    """
    mean = float(load.mean()) if len(load) else 0.0
    parts = shapely.get_num_geometries(shapes_m)
    return GridQuality(
        cells=len(shapes_m),
        balance=float(load.max() / mean) if mean else 1.0,
        spread=float(load.std() / mean) if mean else 0.0,
        compactness=float(np.median(polsby_popper(shapes_m))) if len(shapes_m) else 0.0,
        connected=float((parts == 1).mean()) if len(shapes_m) else 1.0,
    )
