"""Travel times between venues: measured where near, estimated beyond, unreachable ones named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrol.core.geo import distance_m
from patrol.routes.travel.cache import TimesCache
from patrol.routes.travel.modes import Mode, detour_seconds, metres_per_second
from patrol.routes.travel.near import near_times, position_keys, restrict
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.snapping import snap

#: Patrols are local: beyond this way along the streets an estimate serves.
LIMIT_M = 5000.0


@dataclass(frozen=True)
class TravelTimes:
    """Seconds from each of n places to each.

    ``seconds``: (n, n) int32, 0 on the diagonal; ``measured``: (n, n) whether the value follows streets;
    ``access_m``: (n,) metres from the place to its street (0 without a network); ``unreachable``: the
    places that no usable street comes near — estimated by straight line, to be named to the manager.
    """

    seconds: NDArray[np.int32]
    measured: NDArray[np.bool_]
    access_m: NDArray[np.float64]
    unreachable: NDArray[np.int64]


def travel_times(
    network: StreetNetwork | None,
    mode: Mode,
    lon: NDArray[Any],
    lat: NDArray[Any],
    *,
    limit_m: float = LIMIT_M,
    cache: TimesCache | None = None,
    scope: str = "",
) -> TravelTimes:
    """Seconds between all pairs of places for one mode.

    Parameters: ``lon``, ``lat`` of shape (n,), finite degrees; ``limit_m`` is the way along ordinary
    streets up to which pairs are measured; ``cache`` and ``scope`` as in :func:`near_times`.
    Returns: a :class:`TravelTimes`. A pair beyond the limit takes the estimate of
    :func:`~patrol.routes.travel.modes.detour_seconds`, but where both lie on the network never less than
    the limit, because the streets have shown that it takes longer (a river between them, say).
    Raises ``ValueError`` for positions that are not finite.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lon.shape != lat.shape or not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError("every place needs a finite longitude and latitude")
    estimate = _estimate(mode, lon, lat)
    if network is None or not len(lon):
        measured = np.zeros(estimate.shape, dtype=bool)
        return TravelTimes(_whole(estimate), measured, np.zeros(len(lon)), np.empty(0, dtype=np.int64))
    keys = position_keys(lon, lat)
    distinct, back = np.unique(keys, return_inverse=True)
    limit_s = limit_m / metres_per_second(mode)
    near = near_times(network, mode, distinct, limit_s=limit_s, cache=cache, scope=scope)
    seconds = restrict(near, distinct).seconds[np.ix_(back, back)]
    places = snap(network, mode, lon, lat)
    joined = places.reachable
    measured = np.isfinite(seconds) & joined[:, None] & joined[None, :]
    floor = np.where(joined[:, None] & joined[None, :], np.float32(limit_s), np.float32(0.0))
    filled = np.where(measured, seconds, np.maximum(estimate, floor))
    return TravelTimes(_whole(filled), measured, places.access_m, np.flatnonzero(~joined))


def _estimate(mode: Mode, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, n) seconds without streets, row by row blocks to keep memory flat."""
    seconds = np.empty((len(lon), len(lon)), dtype=np.float32)
    for start in range(0, len(lon), 512):
        rows = slice(start, start + 512)
        straight = distance_m(lon[rows, None], lat[rows, None], lon[None, :], lat[None, :])
        seconds[rows] = detour_seconds(mode, straight)
    return seconds


def _whole(seconds: NDArray[np.float32]) -> NDArray[np.int32]:
    whole = np.ceil(seconds).astype(np.int32)
    np.fill_diagonal(whole, 0)
    return whole
