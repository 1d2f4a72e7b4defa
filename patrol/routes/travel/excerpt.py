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
    edges = np.sort(ranked)
    counts = network.offsets[edges + 1] - network.offsets[edges]
    ends = np.cumsum(counts)
    # All lines in one go: a list for each of some thousand small arrays takes ten times as long.
    within = np.arange(int(counts.sum())) - np.repeat(ends - counts, counts)
    points = network.vertices[np.repeat(network.offsets[edges], counts) + within].round(5).tolist()
    classes = network.way_class[edges].tolist()
    features = [
        {
            "type": "Feature",
            "properties": {"class": WAY_CLASSES[code]},
            "geometry": {"type": "LineString", "coordinates": points[end - count : end]},
        }
        for code, count, end in zip(classes, counts.tolist(), ends.tolist(), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
