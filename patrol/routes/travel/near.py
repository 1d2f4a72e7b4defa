"""Measured seconds between near places: Dijkstra with a limit, in blocks, and only for what is new."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from patrol.routes.travel.cache import TimesCache
from patrol.routes.travel.modes import Mode
from patrol.routes.travel.network import ModeGraph, StreetNetwork
from patrol.routes.travel.snapping import Snapped, snap

#: Floats that one block of Dijkstra rows may hold (64 MB).
_BLOCK_FLOATS = 8_000_000
#: Places kept in one cache entry; beyond it, places no longer asked for are forgotten.
_MAX_KEPT = 6000


@dataclass(frozen=True)
class NearTimes:
    """Seconds between distinct positions, ``inf`` beyond the limit.

    ``keys``: (k,) position keys, ascending; ``seconds``: (k, k) float32, from row to column.
    """

    keys: NDArray[np.uint64]
    seconds: NDArray[np.float32]


def position_keys(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Number positions by their place to a millionth of a degree; equal places get equal numbers."""
    east = np.round((lon + 180.0) * 1e6).astype(np.uint64)
    north = np.round((lat + 90.0) * 1e6).astype(np.uint64)
    return np.asarray(east << np.uint64(32) | north, dtype=np.uint64)


def key_positions(keys: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn position keys back into degrees."""
    east, north = keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)
    return east.astype(np.float64) / 1e6 - 180.0, north.astype(np.float64) / 1e6 - 90.0


def near_times(
    network: StreetNetwork,
    mode: Mode,
    keys: NDArray[np.uint64],
    *,
    limit_s: float,
    cache: TimesCache | None = None,
    scope: str = "",
) -> NearTimes:
    """Measure seconds along the streets between all positions ``keys`` that are within ``limit_s``.

    Parameters: ``keys`` from :func:`position_keys`, any order, duplicates allowed; ``scope`` names whose
    places these are, so that branches do not push each other out of the cache.
    Returns: at least the positions asked for. What the cache holds is not measured again: one new place
    costs two limited searches, not two for each pair.
    """
    asked = np.unique(keys)
    name = f"{network.key[:32]}-{mode}-{limit_s:.0f}-{scope}"
    kept = _unpack(cache.get(name)) if cache else None
    if kept is None:
        kept = NearTimes(np.empty(0, dtype=np.uint64), np.empty((0, 0), dtype=np.float32))
    fresh = np.setdiff1d(asked, kept.keys)
    if not len(fresh):
        return kept
    if len(kept.keys) + len(fresh) > _MAX_KEPT:
        kept = restrict(kept, np.intersect1d(asked, kept.keys))
    grown = _extend(network, mode, kept, fresh, limit_s)
    if cache:
        cache.put(name, _pack(grown))
    return grown


def restrict(times: NearTimes, keys: NDArray[np.uint64]) -> NearTimes:
    """Keep only the positions ``keys`` (all of which must be there), in their order."""
    at = np.searchsorted(times.keys, keys)
    if len(keys) and (at.max(initial=0) >= len(times.keys) or not np.array_equal(times.keys[at], keys)):
        raise ValueError("a position was never measured")
    return NearTimes(keys, times.seconds[np.ix_(at, at)])


def _extend(
    network: StreetNetwork, mode: Mode, kept: NearTimes, fresh: NDArray[np.uint64], limit_s: float
) -> NearTimes:
    keys = np.union1d(kept.keys, fresh)
    seconds = np.full((len(keys), len(keys)), np.inf, dtype=np.float32)
    old, new = np.searchsorted(keys, kept.keys), np.searchsorted(keys, fresh)
    seconds[np.ix_(old, old)] = kept.seconds
    places = snap(network, mode, *key_positions(keys))
    graph = network.graph(mode)
    joined = _join(graph, network, places)
    rows = _search(joined, len(keys), new, limit_s)
    if len(old) == 0:
        seconds[new] = rows
    else:
        seconds[new] = rows
        seconds[np.ix_(old, new)] = _search(joined.T.tocsr(), len(keys), new, limit_s)[:, old].T
    _same_street(seconds, graph, places, new, limit_s)
    np.fill_diagonal(seconds, 0.0)
    return NearTimes(keys, seconds)


def _join(graph: ModeGraph, network: StreetNetwork, places: Snapped) -> csr_matrix:
    """The graph with one more node for each place, tied by its access time to the ends of its street."""
    total = network.nodes + len(places.edge)
    who = np.flatnonzero(places.reachable)
    edge, along, access = places.edge[who], places.fraction[who], places.access_s[who]
    node = network.nodes + who
    u, v = network.edge_u[edge], network.edge_v[edge]
    ahead, back = graph.forward_s[edge], graph.backward_s[edge]
    with np.errstate(invalid="ignore"):
        start = np.concatenate([node, node, u, v])
        end = np.concatenate([v, u, node, node])
        cost = np.concatenate(
            [(1 - along) * ahead, along * back, along * ahead, (1 - along) * back]
        ) + np.tile(access, 4)
    usable = np.isfinite(cost)
    base = graph.seconds.tocoo()
    return csr_matrix(
        (
            np.concatenate([base.data, np.maximum(cost[usable], 1e-3)]),
            (np.concatenate([base.row, start[usable]]), np.concatenate([base.col, end[usable]])),
        ),
        shape=(total, total),
    )


def _search(
    joined: csr_matrix, places: int, sources: NDArray[np.int64], limit_s: float
) -> NDArray[np.float32]:
    """(sources, places) seconds by limited Dijkstra, a block of sources at a time."""
    total = joined.shape[0]
    block = max(1, _BLOCK_FLOATS // total)
    found = np.empty((len(sources), places), dtype=np.float32)
    for start in range(0, len(sources), block):
        rows = sources[start : start + block] + (total - places)
        found[start : start + block] = dijkstra(joined, indices=rows, limit=limit_s)[:, total - places :]
    return found


def _same_street(
    seconds: NDArray[np.float32], graph: ModeGraph, places: Snapped, new: NDArray[np.int64], limit_s: float
) -> None:
    """Between two places on one piece of street the way is direct, not round by its ends."""
    is_new = np.zeros(len(places.edge), dtype=bool)
    is_new[new] = True
    order = np.argsort(places.edge, kind="stable")
    order = order[places.edge[order] >= 0]
    for group in np.split(order, np.flatnonzero(np.diff(places.edge[order])) + 1):
        if len(group) < 2 or not is_new[group].any():
            continue
        edge = places.edge[group[0]]
        gap = places.fraction[group][None, :] - places.fraction[group][:, None]
        with np.errstate(invalid="ignore"):
            direct = np.where(gap >= 0, gap * graph.forward_s[edge], -gap * graph.backward_s[edge])
        direct = np.nan_to_num(direct, nan=0.0, posinf=np.inf)
        direct += places.access_s[group][:, None] + places.access_s[group][None, :]
        direct[direct > limit_s] = np.inf
        at = np.ix_(group, group)
        seconds[at] = np.minimum(seconds[at], direct.astype(np.float32))


def _pack(times: NearTimes) -> bytes:
    sparse = csr_matrix(np.where(np.isfinite(times.seconds), times.seconds + 1.0, 0.0).astype(np.float32))
    packed = io.BytesIO()
    np.savez(packed, keys=times.keys, data=sparse.data, indices=sparse.indices, indptr=sparse.indptr)
    return packed.getvalue()


def _unpack(blob: bytes | None) -> NearTimes | None:
    """Read a cache entry; one that is damaged counts as not there."""
    if blob is None:
        return None
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as found:
            keys = found["keys"]
            shape = (len(keys), len(keys))
            sparse = csr_matrix((found["data"], found["indices"], found["indptr"]), shape=shape)
            sparse.check_format()
    except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile):
        return None
    seconds = sparse.toarray()
    seconds[seconds == 0] = np.inf
    return NearTimes(keys, seconds - np.float32(1.0))
