"""Figures of the travel matrix: ours within 5 km, beside the same search without the limit."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import dijkstra

from patrol.core.figures import Figure
from patrol.core.geo import distance_m
from patrol.routes.travel.cache import MemoryCache
from patrol.routes.travel.matrix import travel_times
from patrol.routes.travel.modes import Mode
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.reading import read_streets

VENUES = 1500
_CENTRE = (114.29, 30.60)
_SHIPPED = Path(__file__).resolve().parents[3] / "geodata" / "wuhan_streets.parquet"


def figures() -> Iterator[Figure]:
    """Measure cold matrix, one venue added, and the network itself, on one core, on the Wuhan streets."""
    path, place = _streets()
    network = read_streets(path)
    rng = np.random.default_rng(20261123)
    near = np.flatnonzero(distance_m(network.node_lon, network.node_lat, *_CENTRE) < 7000)
    chosen = rng.choice(near, VENUES + 1)
    lon = network.node_lon[chosen] + rng.normal(0, 3e-4, VENUES + 1)
    lat = network.node_lat[chosen] + rng.normal(0, 3e-4, VENUES + 1)
    cache = MemoryCache()
    cold = _seconds(lambda: travel_times(network, Mode.EBIKE, lon[:-1], lat[:-1], cache=cache))
    added = _seconds(lambda: travel_times(network, Mode.EBIKE, lon, lat, cache=cache))
    unlimited = _unlimited(network, chosen)
    yield Figure(
        f"travel matrix, {VENUES} venues, 5 km, cold ({place})",
        cold,
        "s",
        "scipy dijkstra, no limit",
        unlimited,
        "< 10",
    )
    yield Figure(f"travel matrix, 1 venue added to {VENUES}", added, "s", "all again", cold, "< 0.5")
    yield Figure("street file read", _seconds(lambda: read_streets(path)), "s")


def street_points(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions beside real crossings within 7 km of the centre of Wuhan: lon and lat, shape (count,)."""
    network = read_streets(_streets()[0])
    near = np.flatnonzero(distance_m(network.node_lon, network.node_lat, *_CENTRE) < 7000)
    chosen = rng.choice(near, count)
    return (
        network.node_lon[chosen] + rng.normal(0, 3e-4, count),
        network.node_lat[chosen] + rng.normal(0, 3e-4, count),
    )


def _streets() -> tuple[Path, str]:
    path = Path(os.environ.get("PATROL_BENCH_DATA", "")) / "streets" / "wuhan_streets.parquet"
    return (path, "Wuhan") if path.is_file() else (_SHIPPED, "Wuhan, shipped part")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _unlimited(network: StreetNetwork, sources: np.ndarray) -> float:
    graph = network.graph(Mode.EBIKE).seconds
    blocks = np.array_split(sources, 8)
    return _seconds(lambda: [dijkstra(graph, indices=block)[:, sources] for block in blocks])
