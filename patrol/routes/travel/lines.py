"""The line of a leg on the map: along the streets from door to door."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from patrol.core.geo import distance_m
from patrol.routes.travel.modes import Mode, detour_seconds
from patrol.routes.travel.network import ModeGraph, StreetNetwork
from patrol.routes.travel.snapping import Snapped, snap

Position = tuple[float, float]


@dataclass(frozen=True)
class RouteLine:
    """``points``: (k, 2) lon, lat from door to door; ``follows_streets`` is False for a straight stand-in."""

    points: NDArray[np.float64]
    metres: float
    seconds: float
    follows_streets: bool


def route_line(network: StreetNetwork | None, mode: Mode, start: Position, end: Position) -> RouteLine:
    """Draw the quickest way from ``start`` to ``end`` (lon, lat) along the streets.

    Returns: the line with its length in metres along it and its seconds; a straight line with the
    estimated time where there is no network, no street near, or no way.
    """
    if network is None or start == end:
        return _straight(mode, start, end)
    places = snap(network, mode, np.array([start[0], end[0]]), np.array([start[1], end[1]]))
    if not places.reachable.all():
        return _straight(mode, start, end)
    graph = network.graph(mode)
    found = _along_one_street(network, graph, places) or _along_graph(network, graph, places)
    if found is None:
        return _straight(mode, start, end)
    line, seconds = found
    points = np.vstack([[start], line, [end]])
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    points = points[keep] if keep.sum() > 1 else points[:2]
    legs = distance_m(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    return RouteLine(points, float(legs.sum()), seconds + float(places.access_s.sum()), True)


def _straight(mode: Mode, start: Position, end: Position) -> RouteLine:
    metres = distance_m(*start, *end)
    seconds = float(detour_seconds(mode, np.array([metres]))[0])
    return RouteLine(np.array([start, end], dtype=np.float64), metres, seconds, False)


def _along_one_street(
    network: StreetNetwork, graph: ModeGraph, places: Snapped
) -> tuple[NDArray[np.float64], float] | None:
    """The direct piece when both doors open on the same street and it may be taken in that direction."""
    edge, (a, b) = int(places.edge[0]), places.fraction
    if edge != places.edge[1]:
        return None
    cost = graph.forward_s[edge] if b >= a else graph.backward_s[edge]
    if not np.isfinite(cost):
        return None
    return _piece(network, edge, float(a), float(b)), float(abs(b - a) * cost)


def _along_graph(
    network: StreetNetwork, graph: ModeGraph, places: Snapped
) -> tuple[NDArray[np.float64], float] | None:
    """The quickest way by the ends of the two streets."""
    first, last = int(places.edge[0]), int(places.edge[1])
    a, b = (float(f) for f in places.fraction)
    exits = [(1.0, (1 - a) * graph.forward_s[first]), (0.0, a * graph.backward_s[first])]
    entries = [(0.0, b * graph.forward_s[last]), (1.0, (1 - b) * graph.backward_s[last])]
    exit_nodes = np.array([network.edge_v[first], network.edge_u[first]])
    entry_nodes = np.array([network.edge_u[last], network.edge_v[last]])
    reach, before = dijkstra(graph.seconds, indices=exit_nodes, return_predecessors=True)
    total = np.array(
        [[exits[i][1] + reach[i, entry_nodes[j]] + entries[j][1] for j in (0, 1)] for i in (0, 1)]
    )
    total = np.where(np.isfinite(total), total, np.inf)
    i, j = np.unravel_index(int(total.argmin()), total.shape)
    if not np.isfinite(total[i, j]):
        return None
    middle = _walk_back(network, graph, before[i], int(exit_nodes[i]), int(entry_nodes[j]))
    out = _piece(network, first, a, exits[i][0])
    into = _piece(network, last, entries[j][0], b)
    return np.vstack([out, *middle, into]), float(total[i, j])


def _walk_back(
    network: StreetNetwork, graph: ModeGraph, before: NDArray[np.int32], start: int, end: int
) -> list[NDArray[np.float64]]:
    """The drawn lines of the streets between two nodes, in walking order."""
    lines: list[NDArray[np.float64]] = []
    node = end
    while node != start:
        previous = int(before[node])
        low, high = graph.seconds.indptr[previous], graph.seconds.indptr[previous + 1]
        arc = low + int(np.searchsorted(graph.seconds.indices[low:high], node))
        edge = int(graph.arc_edge[arc])
        line = network.line(edge)
        lines.append(line if network.edge_u[edge] == previous else line[::-1])
        node = previous
    return lines[::-1]


def _piece(network: StreetNetwork, edge: int, start: float, end: float) -> NDArray[np.float64]:
    """The drawn part of one street between two fractions of its length, in that direction."""
    low, high = sorted((start, end))
    span = slice(network.offsets[edge], network.offsets[edge + 1])
    points, metric = network.vertices[span], network.vertices_m[span]
    legs = np.hypot(*np.diff(metric, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(legs)])
    along = along / along[-1] if along[-1] > 0 else np.linspace(0.0, 1.0, len(along))
    ends = np.column_stack([np.interp([low, high], along, points[:, axis]) for axis in (0, 1)])
    inner = points[(along > low) & (along < high)]
    line = np.vstack([ends[:1], inner, ends[1:]])
    return line if end >= start else line[::-1]
