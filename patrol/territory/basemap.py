"""The shipped streets as a quiet base map, cut to what a person may see."""

from __future__ import annotations

import json
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry import mapping

from patrol.infra.resources import resource

#: OpenStreetMap's classes that the map draws apart; all others are drawn as lanes
CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary")


@lru_cache(maxsize=32)
def streets_within(box: tuple[float, float, float, float] | None) -> str:
    """Return GeoJSON of the streets that meet ``box`` (west, south, east, north; degrees), one feature a class."""
    features = []
    if box is not None:
        import pyarrow.parquet as pq  # 30 MB that only the first map needs

        table = pq.read_table(resource("geodata", "wuhan_streets.parquet"))
        lines = shapely.from_wkb(np.array(table.column("geometry").to_pylist(), dtype=object))
        named = [str(kind).removesuffix("_link") for kind in table.column("highway").to_pylist()]
        kinds = np.array([kind if kind in CLASSES else "residential" for kind in named])
        near = shapely.intersects(lines, shapely.box(*box))
        for kind in ("residential", *reversed(CLASSES)):
            chosen = lines[near & (kinds == kind)]
            if len(chosen):
                shape = shapely.set_precision(shapely.multilinestrings(chosen), 1e-5)
                features.append(
                    {"type": "Feature", "properties": {"class": kind}, "geometry": mapping(shape)}
                )
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
