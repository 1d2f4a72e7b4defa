"""A piece of the street map small enough to travel in a day pack."""

from __future__ import annotations

from typing import Any

import numpy as np

from patrol.routes.travel.modes import WAY_CLASSES
from patrol.routes.travel.network import StreetNetwork

Box = tuple[float, float, float, float]


def streets_in_box(network: StreetNetwork, box: Box, most: int = 4000) -> dict[str, Any]:
    """Return the streets that meet a box as GeoJSON, the most important ones when there are too many.

    Parameters: ``box`` (west, south, east, north) in degrees; ``most`` lines at most.
    Returns: a FeatureCollection of lines with ``class``, coordinates rounded to about a metre.
    """
    starts = network.offsets[:-1]
    low = np.minimum.reduceat(network.vertices, starts)
    high = np.maximum.reduceat(network.vertices, starts)
    west, south, east, north = box
    meets = (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
    chosen = np.flatnonzero(meets)
    ranked = chosen[np.argsort(-network.importance[chosen], kind="stable")][:most]
    features = [
        {
            "type": "Feature",
            "properties": {"class": WAY_CLASSES[network.way_class[edge]]},
            "geometry": {"type": "LineString", "coordinates": network.line(edge).round(5).tolist()},
        }
        for edge in sorted(ranked.tolist())
    ]
    return {"type": "FeatureCollection", "features": features}
