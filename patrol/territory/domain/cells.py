"""Making the grids of a division: from its streets, or as hexagons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from patrol.core.errors import PatrolError
from patrol.core.geo import polygonal
from patrol.territory.domain.arrangement import Sheet, arrange, bisect, borders, join
from patrol.territory.domain.growing import PLAIN_TASTE, Taste, group
from patrol.territory.domain.problems import (
    BAD_COUNT,
    BAD_EDGE,
    EMPTY_AREA,
    NO_STREETS_INSIDE,
    NOTHING_TO_BALANCE,
    TOO_FINE,
)
from patrol.territory.domain.quality import GridQuality, measure

#: How a border along a street of importance 0 (lane) … 3 (main road) counts.
_BORDER_FACTOR = np.array([1.0, 0.85, 0.6, 0.45])
#: A face above this share of a cell's load is cut before grouping, so that cells can be even.
_LARGEST_SHARE = 0.34
_MOST_CELLS = 2000
_DEGREE_DIGITS = 7


@dataclass(frozen=True)
class Streets:
    """``lines``: (n,) shapely lines, degrees; ``importance``: (n,) 0 lane, 1 collector, 2 artery, 3 main."""

    lines: NDArray[Any]
    importance: NDArray[np.int64]

    @classmethod
    def none(cls) -> Streets:
        """No streets at all."""
        return cls(np.empty(0, dtype=object), np.empty(0, dtype=np.int64))


@dataclass(frozen=True)
class Points:
    """Positions of venues: ``lon`` and ``lat`` of shape (n,), degrees."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


@dataclass(frozen=True)
class GridPlan:
    """Proposed grids of a division.

    ``shapes``: one MultiPolygon in degrees for each grid, together covering the division exactly once;
    ``grid_of``: (venues,) number of the grid each venue lies in, −1 outside the division; ``venues``:
    (grids,) venues in each.
    """

    shapes: tuple[MultiPolygon, ...]
    grid_of: NDArray[np.int64]
    venues: NDArray[np.int64]
    quality: GridQuality


def grids_from_streets(
    area: BaseGeometry,
    streets: Streets,
    venues: Points,
    *,
    rng: np.random.Generator,
    venues_per_grid: int = 60,
    count: int | None = None,
    name: str = "",
    taste: Taste = PLAIN_TASTE,
) -> GridPlan:
    """Divide ``area`` along its streets into compact, connected grids with about equally many venues.

    Parameters: ``area`` a (Multi)Polygon in degrees; ``venues_per_grid`` the size aimed at, unless
    ``count`` says how many grids there shall be; ``name`` is used in sentences to the person.
    Returns: a :class:`GridPlan` whose grids cover ``area`` without gaps or overlaps. Blocks too large for
    one grid (rivers, rail yards, estates) are cut straight across.
    Raises :class:`PatrolError` when the area is empty, no street is inside, there is no venue to count by,
    or the number of grids is impossible.
    """
    area = polygonal(area)
    if area.is_empty:
        raise PatrolError(EMPTY_AREA, name=name)
    sheet = Sheet.under(area)
    area_m, lines_m = sheet.flatten(area), sheet.flatten(streets.lines)
    inside = shapely.intersects(area_m, lines_m) if len(lines_m) else np.empty(0, dtype=bool)
    if not inside.any():
        raise PatrolError(NO_STREETS_INSIDE, name=name)
    lines_m, factor = lines_m[inside], _BORDER_FACTOR[np.clip(streets.importance[inside], 0, 3)]
    points = sheet.metres(np.column_stack([venues.lon, venues.lat]))
    wanted = _wanted(area_m, points, venues_per_grid, count, name)
    faces = _faces(area_m, lines_m, points, wanted)
    face_of = locate(faces, points)
    load = _load(faces, face_of)
    wanted = min(wanted, len(faces))
    cell = group(
        _centres(faces), shapely.area(faces), load, borders(faces, lines_m, factor), wanted, rng, taste
    )
    return _plan(faces, cell, wanted, face_of, sheet)


def hexagons(area: BaseGeometry, venues: Points, *, edge_m: float, name: str = "") -> GridPlan:
    """Cover ``area`` with hexagons of ``edge_m`` metres, clipped to it; slivers join their neighbour.

    Parameters: ``area`` a (Multi)Polygon in degrees; ``edge_m`` from 50 to 20,000 metres.
    Returns: a :class:`GridPlan`. Raises :class:`PatrolError` for an empty area, or an edge that is out of
    bounds or would make more than 2,000 grids.
    """
    area = polygonal(area)
    if area.is_empty:
        raise PatrolError(EMPTY_AREA, name=name)
    if not 50 <= edge_m <= 20_000:
        raise PatrolError(BAD_EDGE, least=50, most=20_000)
    sheet = Sheet.under(area)
    area_m = sheet.flatten(area)
    expected = int(area_m.area / (1.5 * np.sqrt(3) * edge_m**2)) + 1
    if expected > _MOST_CELLS:
        raise PatrolError(TOO_FINE, edge_m=edge_m, count=expected, most=_MOST_CELLS)
    faces = arrange(area_m, _hexagon_rings(area_m.bounds, edge_m))
    cell = _join_slivers(faces, 0.25 * 1.5 * np.sqrt(3) * edge_m**2)
    points = sheet.metres(np.column_stack([venues.lon, venues.lat]))
    return _plan(faces, cell, int(cell.max()) + 1, locate(faces, points), sheet)


def locate(faces: NDArray[Any], points_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the face each point lies in, the lowest for points on a border, −1 for points outside."""
    found = np.full(len(points_m), -1, dtype=np.int64)
    if len(points_m) and len(faces):
        point, face = shapely.STRtree(faces).query(shapely.points(points_m), predicate="intersects")
        order = np.lexsort((-face, point))
        found[point[order]] = face[order]
    return found


def _wanted(
    area_m: BaseGeometry, points: NDArray[np.float64], per_grid: int, count: int | None, name: str
) -> int:
    inside = int((locate(np.array([area_m], dtype=object), points) >= 0).sum())
    if count is None:
        if per_grid < 1:
            raise PatrolError(BAD_COUNT, count=per_grid, least=1, most=_MOST_CELLS)
        if not inside:
            raise PatrolError(NOTHING_TO_BALANCE, name=name)
        count = max(1, round(inside / per_grid))
    if not 1 <= count <= _MOST_CELLS:
        raise PatrolError(BAD_COUNT, count=count, least=1, most=_MOST_CELLS)
    return count


def _faces(
    area_m: BaseGeometry, lines_m: NDArray[Any], points: NDArray[np.float64], wanted: int
) -> NDArray[Any]:
    """Blocks between the streets, the too large ones cut straight across."""
    blocks = arrange(area_m, lines_m)
    block_of = locate(blocks, points)
    most_points = max(2.0, _LARGEST_SHARE * (block_of >= 0).sum() / wanted)
    most_m2 = max(area_m.area / wanted * _LARGEST_SHARE, 1.0)
    cuts: list[Any] = []
    for number, block in enumerate(blocks):
        _cut(block, points[block_of == number], most_points, most_m2, cuts, depth=0)
    return arrange(area_m, np.concatenate([lines_m, np.array(cuts, dtype=object)])) if cuts else blocks


def _cut(
    block: BaseGeometry,
    points: NDArray[np.float64],
    most_points: float,
    most_m2: float,
    cuts: list[Any],
    depth: int,
) -> None:
    """Collect the cuts that bring one block below both bounds, halving again and again."""
    if depth > 12 or block.area < 400 or (len(points) <= most_points and block.area <= most_m2):
        return
    line = bisect(block, points)
    if line is None:
        return
    halves = arrange(block, np.array([line], dtype=object))
    if len(halves) < 2:
        return
    cuts.append(shapely.intersection(line, block))
    half_of = locate(halves, points)
    for number, half in enumerate(halves):
        _cut(half, points[half_of == number], most_points, most_m2, cuts, depth + 1)


def _load(faces: NDArray[Any], face_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Venues in each face, plus a little for its area, so that empty quarters are shared out as well."""
    venues = np.bincount(face_of[face_of >= 0], minlength=len(faces)).astype(np.float64)
    share = shapely.area(faces) / shapely.area(faces).sum()
    return np.asarray(venues + share * max(0.15 * venues.sum(), 1.0) + 1e-9)


def _centres(faces: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.centroid(faces)))


def _plan(
    faces: NDArray[Any],
    cell: NDArray[np.int64],
    count: int,
    face_of: NDArray[np.int64],
    sheet: Sheet,
) -> GridPlan:
    """Unite faces to grids, number them from the north-west, and count their venues."""
    shapes_m = [join(faces[cell == number]) for number in range(count)]
    middles = np.array([shapely.get_coordinates(shape.centroid)[0] for shape in shapes_m])
    order = np.lexsort((middles[:, 0], -np.round(middles[:, 1] / 500)))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    ordered = np.array([shapes_m[number] for number in order], dtype=object)
    grid_of = np.where(face_of >= 0, rank[cell[face_of]], -1)
    venues = np.bincount(grid_of[grid_of >= 0], minlength=count)
    shapes = tuple(as_degrees(sheet, shape) for shape in ordered)
    return GridPlan(shapes, grid_of, venues, measure(ordered, venues.astype(np.float64)))


def as_degrees(sheet: Sheet, shape: BaseGeometry) -> MultiPolygon:
    """Back to degrees, rounded to a centimetre so that neighbours keep exactly the same corners."""
    exact = sheet.unflatten(shape)
    rounded = shapely.transform(exact, lambda points: points.round(_DEGREE_DIGITS))
    return polygonal(rounded if rounded.is_valid else exact)


def _hexagon_rings(bounds: tuple[float, float, float, float], edge_m: float) -> NDArray[Any]:
    west, south, east, north = bounds
    wide, high = 1.5 * edge_m, np.sqrt(3) * edge_m
    columns = np.arange(-1, int((east - west) / wide) + 2)
    rows = np.arange(-1, int((north - south) / high) + 2)
    column, row = (grid.ravel() for grid in np.meshgrid(columns, rows))
    x = west + column * wide
    y = south + row * high + (column % 2) * high / 2
    angle = np.radians(np.arange(7) * 60.0)
    corners = np.stack([x[:, None] + edge_m * np.cos(angle), y[:, None] + edge_m * np.sin(angle)], axis=2)
    return np.asarray(shapely.linestrings(corners.round(3)))


def _join_slivers(faces: NDArray[Any], least_m2: float) -> NDArray[np.int64]:
    """Cell numbers of hexagon faces after small ones have joined the neighbour they border longest."""
    cell, area = np.arange(len(faces)), shapely.area(faces).copy()
    border = borders(faces)
    links: list[dict[int, float]] = [{} for _ in faces]
    for a, b, length in zip(
        border.first.tolist(), border.second.tolist(), border.length_m.tolist(), strict=True
    ):
        links[a][b] = links[b][a] = length
    for face in np.argsort(area, kind="stable").tolist():
        if area[cell[face]] >= least_m2 or not links[face]:
            continue
        touching: dict[int, float] = {}
        for member in np.flatnonzero(cell == cell[face]).tolist():
            for near, length in links[member].items():
                if cell[near] != cell[face]:
                    touching[int(cell[near])] = touching.get(int(cell[near]), 0.0) + length
        if touching:
            to, own = max(sorted(touching), key=touching.__getitem__), int(cell[face])
            area[to] += area[own]
            cell[cell == own] = to
    _, numbered = np.unique(cell, return_inverse=True)
    return np.asarray(numbered, dtype=np.int64)
