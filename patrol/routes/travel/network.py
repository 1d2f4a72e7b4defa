"""A street network: nodes, edges with their drawn line, and for each mode a graph in seconds."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from patrol.core.errors import PatrolError
from patrol.core.geo import LocalMetres
from patrol.routes.travel.modes import IMPORTANCE, WAY_CLASSES, Mode, seconds_per_metre
from patrol.routes.travel.problems import UNREADABLE

_FORMAT = 1


@dataclass(frozen=True)
class ModeGraph:
    """The streets as one mode sees them.

    ``seconds``: (nodes, nodes) CSR of arcs; ``arc_edge``: the edge behind each stored arc;
    ``forward_s``, ``backward_s``: (edges,) seconds from u to v and back, ``inf`` where not allowed;
    ``usable``: (edges,) allowed and in the largest part in which every place reaches every other.
    """

    seconds: csr_matrix
    arc_edge: NDArray[np.int32]
    forward_s: NDArray[np.float64]
    backward_s: NDArray[np.float64]
    usable: NDArray[np.bool_]
    tree: shapely.STRtree
    tree_edges: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Streets as immutable arrays; all positions WGS-84 degrees, all lengths metres.

    ``node_lon``, ``node_lat``: (nodes,); ``edge_u``, ``edge_v``, ``way_class``, ``length_m``: (edges,);
    ``oneway``: (edges,) 1 = only u → v for vehicles, -1 = only v → u, 0 = both;
    ``vertices``: (points, 2) of all lines, the line of edge e being ``vertices[offsets[e]:offsets[e + 1]]``.
    """

    name: str
    attribution: str
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    edge_u: NDArray[np.int32]
    edge_v: NDArray[np.int32]
    way_class: NDArray[np.uint8]
    oneway: NDArray[np.int8]
    length_m: NDArray[np.float64]
    vertices: NDArray[np.float64]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def edges(self) -> int:
        """Number of street pieces."""
        return len(self.edge_u)

    @property
    def nodes(self) -> int:
        """Number of crossings and ends."""
        return len(self.node_lon)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in degrees."""
        west, south = self.vertices.min(axis=0)
        east, north = self.vertices.max(axis=0)
        return float(west), float(south), float(east), float(north)

    @cached_property
    def key(self) -> str:
        """A hash of everything that travel times depend on: caches are keyed by it."""
        digest = hashlib.sha256(b"patrol streets 1")
        for name in ("edge_u", "edge_v", "way_class", "oneway", "length_m", "vertices", "offsets"):
            digest.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        return digest.hexdigest()

    @cached_property
    def flat(self) -> LocalMetres:
        """The flat map in metres in which streets are searched and measured."""
        west, south, east, north = self.bounds
        return LocalMetres(round((west + east) / 2, 3), round((south + north) / 2, 3))

    @cached_property
    def vertices_m(self) -> NDArray[np.float64]:
        """(points, 2) of all lines, in metres of :attr:`flat`."""
        return np.column_stack(self.flat.project(self.vertices[:, 0], self.vertices[:, 1]))

    @cached_property
    def lines_m(self) -> NDArray[Any]:
        """(edges,) shapely lines in metres of :attr:`flat`."""
        owner = np.repeat(np.arange(self.edges), np.diff(self.offsets))
        return np.asarray(shapely.linestrings(self.vertices_m, indices=owner))

    @cached_property
    def lines(self) -> NDArray[Any]:
        """(edges,) shapely lines in degrees."""
        owner = np.repeat(np.arange(self.edges), np.diff(self.offsets))
        return np.asarray(shapely.linestrings(self.vertices, indices=owner))

    @cached_property
    def importance(self) -> NDArray[np.int64]:
        """(edges,) 0 lane, 1 collector, 2 artery, 3 main road: where people expect an area to end."""
        rank = np.array([IMPORTANCE.get(name.removesuffix("_link"), 0) for name in WAY_CLASSES])
        return np.asarray(rank[self.way_class], dtype=np.int64)

    def line(self, edge: int) -> NDArray[np.float64]:
        """(points, 2) lon, lat of one edge from u to v."""
        return self.vertices[self.offsets[edge] : self.offsets[edge + 1]]

    def graph(self, mode: Mode) -> ModeGraph:
        """The network as ``mode`` sees it, built once."""
        if mode not in self._graphs:
            self._graphs[mode] = _build_graph(self, mode)
        return self._graphs[mode]

    @cached_property
    def _graphs(self) -> dict[Mode, ModeGraph]:
        return {}

    def renamed(self, name: str) -> StreetNetwork:
        """The same network under another name."""
        return replace(self, name=name)

    def to_bytes(self) -> bytes:
        """Pack the network into one compressed file."""
        packed = io.BytesIO()
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        np.savez_compressed(packed, format=np.int64(_FORMAT), **arrays)
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, packed: bytes, name: str = "") -> StreetNetwork:
        """Unpack what :meth:`to_bytes` wrote; anything else is a :class:`PatrolError`."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as found:
                if int(found["format"]) != _FORMAT:
                    raise PatrolError(UNREADABLE, name=name)
                values = {each.name: found[each.name] for each in fields(cls)}
        except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile):
            raise PatrolError(UNREADABLE, name=name) from None
        values["name"], values["attribution"] = str(values["name"]), str(values["attribution"])
        return cls(**values)


def _build_graph(network: StreetNetwork, mode: Mode) -> ModeGraph:
    seconds = network.length_m * seconds_per_metre(mode, network.way_class)
    seconds = np.where(np.isfinite(seconds), np.maximum(seconds, 1e-3), np.inf)
    one_way = network.oneway if mode is not Mode.WALK else np.zeros_like(network.oneway)
    forward = np.where(one_way >= 0, seconds, np.inf)
    backward = np.where(one_way <= 0, seconds, np.inf)
    matrix, arc_edge = _arcs(network, forward, backward)
    _, part = connected_components(matrix, directed=True, connection="strong")
    allowed = np.isfinite(seconds)
    main = np.bincount(part[network.edge_u[allowed]]).argmax() if allowed.any() else -1
    usable = allowed & (part[network.edge_u] == main) & (part[network.edge_v] == main)
    edges = np.flatnonzero(usable)
    return ModeGraph(
        matrix, arc_edge, forward, backward, usable, shapely.STRtree(network.lines_m[edges]), edges
    )


def _arcs(
    network: StreetNetwork, forward: NDArray[np.float64], backward: NDArray[np.float64]
) -> tuple[csr_matrix, NDArray[np.int32]]:
    """One arc for each ordered pair of nodes, the fastest of parallel edges; loops are left out."""
    start = np.concatenate([network.edge_u, network.edge_v])
    end = np.concatenate([network.edge_v, network.edge_u])
    cost = np.concatenate([forward, backward])
    edge = np.tile(np.arange(network.edges, dtype=np.int32), 2)
    keep = np.isfinite(cost) & (start != end)
    start, end, cost, edge = start[keep], end[keep], cost[keep], edge[keep]
    order = np.lexsort((cost, end, start))
    start, end, cost, edge = start[order], end[order], cost[order], edge[order]
    first = np.ones(len(start), dtype=bool)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    start, end, cost, edge = start[first], end[first], cost[first], edge[first]
    pointers = np.searchsorted(start, np.arange(network.nodes + 1))
    return csr_matrix((cost, end, pointers), shape=(network.nodes, network.nodes)), edge
