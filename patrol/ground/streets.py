"""The streets along which grids are cut: the imported network where it reaches, else the shipped streets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from patrol.infra.resources import resource
from patrol.routes import load_network
from patrol.territory import Streets

_IMPORTANCE = {"motorway": 3, "trunk": 3, "primary": 3, "secondary": 2, "tertiary": 1}


def streets_across(data_dir: Path, shape: BaseGeometry) -> Streets:
    """Return the streets (WGS-84 degrees) whose box meets ``shape``; none where no street is known."""
    network = load_network(data_dir)
    if network is not None:
        west, south, east, north = shape.bounds
        starts = network.offsets[:-1]
        low = np.minimum.reduceat(network.vertices, starts)
        high = np.maximum.reduceat(network.vertices, starts)
        meets = (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
        chosen = np.flatnonzero(meets)
        if len(chosen):
            lines = np.array(
                [shapely.LineString(network.line(edge)) for edge in chosen.tolist()], dtype=object
            )
            return Streets(lines, np.asarray(network.importance[chosen], dtype=np.int64))
    lines, importance = _shipped()
    near = shapely.intersects(lines, shapely.box(*shape.bounds))
    return Streets(lines[near], importance[near])


@lru_cache(maxsize=1)
def _shipped() -> tuple[np.ndarray, np.ndarray]:
    import pyarrow.parquet as pq  # starts threads of its own and takes 60 MB: not in every web process

    table = pq.read_table(resource("geodata", "wuhan_streets.parquet"))
    lines = shapely.from_wkb(np.array(table.column("geometry").to_pylist(), dtype=object))
    kinds = [str(kind).removesuffix("_link") for kind in table.column("highway").to_pylist()]
    return lines, np.array([_IMPORTANCE.get(kind, 0) for kind in kinds], dtype=np.int64)
