"""From a venue's door to the nearest street: where it joins the network, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrol.core.errors import PatrolError
from patrol.routes.travel.modes import Mode, metres_per_second
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.problems import ELSEWHERE

#: Farther from any street than this, a venue counts as not reachable and is named.
MAX_ACCESS_M = 500.0


@dataclass(frozen=True)
class Snapped:
    """Where n venues join the streets.

    ``edge``: (n,) edge number, -1 where no street is near; ``fraction``: (n,) place along it from u (0) to
    v (1); ``access_m``: (n,) straight metres from the door to the street, reported even where too far;
    ``access_s``: (n,) the same on foot in seconds.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    access_m: NDArray[np.float64]
    access_s: NDArray[np.float64]

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """(n,) whether a usable street is near enough."""
        return self.edge >= 0


def snap(
    network: StreetNetwork,
    mode: Mode,
    lon: NDArray[Any],
    lat: NDArray[Any],
    *,
    max_access_m: float = MAX_ACCESS_M,
) -> Snapped:
    """Join venues to the nearest street that ``mode`` may use and that reaches the rest of the network.

    Parameters: ``lon``, ``lat`` of shape (n,), degrees; ``nan`` stands for a venue without a point.
    Returns: a :class:`Snapped`; ``access_m`` is ``inf`` for a venue without a point.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    graph = network.graph(mode)
    edge = np.full(len(lon), -1, dtype=np.int64)
    fraction, access = np.zeros(len(lon)), np.full(len(lon), np.inf)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if len(known) and len(graph.tree_edges):
        points = shapely.points(*network.flat.project(lon[known], lat[known]))
        found, nearest = graph.tree.query_nearest(points, all_matches=False)
        edges = graph.tree_edges[nearest]
        access[known[found]] = shapely.distance(points[found], network.lines_m[edges])
        along = shapely.line_locate_point(network.lines_m[edges], points[found], normalized=True)
        fraction[known[found]] = np.clip(np.nan_to_num(along), 0.0, 1.0)
        edge[known[found]] = edges
    edge[~(access <= max_access_m)] = -1
    on_foot = np.where(np.isfinite(access), access / metres_per_second(Mode.WALK), np.inf)
    return Snapped(edge, fraction, access, on_foot)


def check_same_city(network: StreetNetwork, lon: NDArray[Any], lat: NDArray[Any]) -> None:
    """Raise a :class:`PatrolError` when fewer than half of the venues lie near these streets."""
    if not len(lon):
        return
    share = float(snap(network, Mode.WALK, lon, lat, max_access_m=2000.0).reachable.mean())
    if share < 0.5:
        west, south, east, north = network.bounds
        lon_mid, lat_mid = (west + east) / 2, (south + north) / 2
        raise PatrolError(ELSEWHERE, name=network.name, share=share, lon=lon_mid, lat=lat_mid)
