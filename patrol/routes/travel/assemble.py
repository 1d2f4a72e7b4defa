"""From loose street lines to a network: ends that meet become nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from patrol.core.errors import PatrolError
from patrol.core.geo import distance_m
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.problems import DISCONNECTED, NO_STREETS

#: Ends closer than this (degrees, about 0.1 m) are one crossing.
_SAME_PLACE_DEG = 1e-6


@dataclass(frozen=True)
class Lines:
    """Street lines as read: ``vertices`` (points, 2) lon, lat; ``offsets`` (lines + 1,)."""

    vertices: NDArray[np.float64]
    offsets: NDArray[np.int64]
    way_class: NDArray[np.int16]
    oneway: NDArray[np.int8]


def assemble(lines: Lines, *, name: str, attribution: str = "") -> StreetNetwork:
    """Join street lines at their ends into a network.

    Parameters: ``lines`` in WGS-84 degrees that touch only at their ends. Lines that are no street
    (class −1) or shorter than a centimetre are left out.
    Raises :class:`PatrolError` when nothing is left, or when the streets do not join.
    """
    lines = _streets_only(lines)
    count = len(lines.way_class)
    if not count:
        raise PatrolError(NO_STREETS, name=name)
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    ends = np.vstack([lines.vertices[first], lines.vertices[last]])
    cells = np.round(ends / _SAME_PLACE_DEG).astype(np.int64)
    _, chosen, node = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    u, v = node[:count].astype(np.int32), node[count:].astype(np.int32)
    _check_joined(u, v, len(chosen), name)
    return StreetNetwork(
        name=name,
        attribution=attribution,
        node_lon=ends[chosen, 0].copy(),
        node_lat=ends[chosen, 1].copy(),
        edge_u=u,
        edge_v=v,
        way_class=lines.way_class.astype(np.uint8),
        oneway=lines.oneway.copy(),
        length_m=_lengths(lines),
        vertices=lines.vertices.copy(),
        offsets=lines.offsets.copy(),
    )


def _lengths(lines: Lines) -> NDArray[np.float64]:
    x, y = lines.vertices.T
    legs = np.concatenate([[0.0], distance_m(x[:-1], y[:-1], x[1:], y[1:])])
    legs[lines.offsets[:-1]] = 0.0
    return np.asarray(np.add.reduceat(legs, lines.offsets[:-1]), dtype=np.float64)


def _streets_only(lines: Lines) -> Lines:
    sizes = np.diff(lines.offsets)
    keep = (lines.way_class >= 0) & (sizes >= 2)
    if keep.any():
        keep[keep] &= _lengths(_subset(lines, keep)) >= 0.01
    return _subset(lines, keep)


def _subset(lines: Lines, keep: NDArray[Any]) -> Lines:
    sizes = np.diff(lines.offsets)
    offsets = np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64)
    return Lines(lines.vertices[np.repeat(keep, sizes)], offsets, lines.way_class[keep], lines.oneway[keep])


def _check_joined(u: NDArray[np.int32], v: NDArray[np.int32], nodes: int, name: str) -> None:
    links = coo_matrix((np.ones(len(u), dtype=np.int8), (u, v)), shape=(nodes, nodes))
    _, part = connected_components(links, directed=False)
    share = float(np.bincount(part[u]).max() / len(u))
    if share < 0.3 and len(u) > 20:
        raise PatrolError(DISCONNECTED, name=name, share=share)
