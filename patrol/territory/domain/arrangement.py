"""Cutting an area along lines into faces that fit together exactly, and knowing which faces are neighbours.

Everything here is in metres. Faces come from one noded arrangement snapped to a centimetre, so that
any grouping of them partitions the area without gaps or overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from patrol.core.geo import polygonal

SNAP_M = 0.01


@dataclass(frozen=True)
class Sheet:
    """A flat sheet in metres on which straight lines stay straight, so that borders meet exactly again.

    An affine map round (``lon``, ``lat``): lengths are 0.1 % off at 15 km from the middle, which grids do not
    mind; a conformal map would bend a border of 3 km by 10 cm and leave a gap to the neighbour.
    """

    lon: float
    lat: float

    @classmethod
    def under(cls, shape: BaseGeometry) -> Sheet:
        """Lay the sheet under ``shape`` (degrees)."""
        west, south, east, north = shape.bounds
        return cls(round((west + east) / 2, 4), round((south + north) / 2, 4))

    @property
    def _scale(self) -> NDArray[np.float64]:
        """Metres of one degree east and one degree north at the middle, on the WGS-84 ellipsoid."""
        phi = np.radians(self.lat)
        bend = 1.0 - 0.00669437999 * np.sin(phi) ** 2
        east = 6378137.0 / np.sqrt(bend) * np.cos(phi)
        north = 6378137.0 * (1.0 - 0.00669437999) / bend**1.5
        return np.radians(np.array([east, north]))

    def metres(self, degrees: NDArray[Any]) -> NDArray[np.float64]:
        """Turn (n, 2) lon, lat into metres."""
        return np.asarray((degrees - (self.lon, self.lat)) * self._scale, dtype=np.float64)

    def degrees(self, metres: NDArray[Any]) -> NDArray[np.float64]:
        """Turn (n, 2) metres back into lon, lat."""
        return np.asarray(metres / self._scale + (self.lon, self.lat), dtype=np.float64)

    def flatten(self, shapes: Any) -> Any:
        """Return a shape or an array of shapes (degrees) in metres."""
        return shapely.transform(shapes, self.metres)

    def unflatten(self, shapes: Any) -> Any:
        """Return a shape or an array of shapes (metres) in degrees."""
        return shapely.transform(shapes, self.degrees)


@dataclass(frozen=True)
class Borders:
    """Shared borders of faces: ``first`` < ``second`` (pairs,), ``length_m`` and ``cost_m`` (pairs,).

    ``cost_m`` is the length as a grid's border would feel it: shorter along main roads, longer where
    no street runs.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    length_m: NDArray[np.float64]
    cost_m: NDArray[np.float64]


def arrange(area_m: BaseGeometry, lines_m: NDArray[Any]) -> NDArray[Any]:
    """Cut ``area_m`` along ``lines_m`` into (faces,) polygons that cover it exactly."""
    shapely.prepare(area_m)
    crossing = np.asarray(lines_m, dtype=object)
    crossing = crossing[shapely.intersects(area_m, crossing)] if len(crossing) else crossing
    inner = shapely.intersection(crossing, area_m) if len(crossing) else crossing
    border = shapely.get_parts(shapely.boundary(shapely.set_precision(area_m, SNAP_M)))
    noded = shapely.union_all(np.concatenate([border, inner]), grid_size=SNAP_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    middle = shapely.point_on_surface(faces)
    return np.asarray(faces[shapely.intersects(area_m, middle)])


def join(faces: NDArray[Any]) -> BaseGeometry:
    """Unite faces of one arrangement into a MultiPolygon without disturbing their outer vertices."""
    return polygonal(shapely.coverage_union_all(faces))


def borders(
    faces: NDArray[Any], streets_m: NDArray[Any] | None = None, factor: NDArray[np.float64] | None = None
) -> Borders:
    """Measure the shared border of every two neighbouring faces.

    Parameters: ``faces`` of one arrangement; ``streets_m`` lines with, for each, the ``factor`` by which a
    border along it counts. Borders along no street count 1.3 times.
    """
    segments, owner = _segments(faces)
    _, inverse = np.unique(segments, axis=0, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    same = np.flatnonzero(np.diff(inverse[order]) == 0)
    first, second = owner[order[same]], owner[order[same + 1]]
    pieces = np.asarray(segments[order[same]] * SNAP_M, dtype=np.float64)
    length: NDArray[np.float64] = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1])
    felt_m = length * _street_factor(pieces, streets_m, factor)
    low, high = np.minimum(first, second), np.maximum(first, second)
    kept = low != high
    pair, at = np.unique(np.column_stack([low, high])[kept], axis=0, return_inverse=True)
    total = np.bincount(at, length[kept], minlength=len(pair)).astype(np.float64)
    cost = np.bincount(at, felt_m[kept], minlength=len(pair)).astype(np.float64)
    return Borders(pair[:, 0].astype(np.int64), pair[:, 1].astype(np.int64), total, cost)


def _segments(faces: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(segments, 4) whole centimetres with the smaller end first, and the face each belongs to."""
    rings, face = shapely.get_rings(faces, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    cells = np.round(points / SNAP_M).astype(np.int64)
    joined = ring[1:] == ring[:-1]
    start, end = cells[:-1][joined], cells[1:][joined]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap].copy()
    return np.column_stack([start, end]), face[ring[1:][joined]]


def _street_factor(
    pieces: NDArray[np.float64], streets_m: NDArray[Any] | None, factor: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    if streets_m is None or factor is None or not len(streets_m) or not len(pieces):
        return np.ones(len(pieces))
    middle = shapely.points((pieces[:, :2] + pieces[:, 2:]) / 2)
    found, nearest = shapely.STRtree(streets_m).query_nearest(middle, max_distance=0.5, all_matches=False)
    felt = np.full(len(pieces), 1.3)
    felt[found] = factor[nearest]
    return felt


def bisect(area_m: BaseGeometry, points_m: NDArray[np.float64]) -> BaseGeometry | None:
    """Find the straight cut across the long side of ``area_m`` that halves its points (or its area).

    Parameters: ``points_m`` of shape (n, 2), the points inside. Returns: a line, or ``None`` when the
    area is too thin to cut.
    """
    frame = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area_m))
    if len(frame) < 5:
        return None
    sides = frame[1:3] - frame[:2]
    longest = int(np.hypot(*sides.T).argmax())
    reach = float(np.hypot(*sides[longest]))
    if reach < 2.0:
        return None
    axis = sides[longest] / reach
    origin, across = frame[longest], np.array([-axis[1], axis[0]])
    along = (points_m - origin) @ axis if len(points_m) > 1 else np.array([])
    at = (
        float(np.median(along))
        if len(along)
        else (shapely.get_coordinates(area_m.centroid)[0] - origin) @ axis
    )
    at = min(max(at, 0.15 * reach), 0.85 * reach)
    foot, width = origin + axis * at, float(np.hypot(*sides[1 - longest])) + 10.0
    return shapely.linestrings([foot - across * width, foot + across * width])
