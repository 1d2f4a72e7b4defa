"""Splitting a grid by a line or into even parts, merging neighbours, and the next free code."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from patrol.core.errors import PatrolError
from patrol.core.geo import polygonal
from patrol.territory.domain.arrangement import Sheet, arrange, borders, join
from patrol.territory.domain.cells import GridPlan, Points, Streets, as_degrees, grids_from_streets
from patrol.territory.domain.problems import (
    BAD_COUNT,
    CODES_EXHAUSTED,
    EMPTY_AREA,
    LINE_MISSES,
    LINE_TOO_SHORT,
    NO_STREETS_INSIDE,
    NOT_NEIGHBOURS,
    ONE_IS_NOT_ENOUGH,
)

#: Borders of imported neighbours may lie this far apart and still be one border.
_GAP_M = 2.0
_LEAST_PIECE_M2 = 25.0


def split_by_line(
    grid: BaseGeometry, line: Sequence[tuple[float, float]], *, code: str = ""
) -> tuple[MultiPolygon, ...]:
    """Cut a grid along a drawn line.

    Parameters: ``grid`` a (Multi)Polygon in degrees; ``line`` lon, lat points from outside across to
    outside (ends that stop just short of the border are drawn on). Returns: two or more MultiPolygons
    that cover the grid exactly, the largest first.
    Raises :class:`PatrolError` when the line has no length or does not cut the grid in two.
    """
    area = polygonal(grid)
    if area.is_empty:
        raise PatrolError(EMPTY_AREA, name=code)
    if len(set(line)) < 2:
        raise PatrolError(LINE_TOO_SHORT)
    sheet = Sheet.under(area)
    area_m = sheet.flatten(area)
    cut = _drawn_on(sheet.flatten(LineString(line)), reach=0.03 * float(np.sqrt(area_m.area)))
    faces = arrange(area_m, np.array([cut], dtype=object))
    cell = _without_crumbs(faces)
    if len(np.unique(cell)) < 2 or len(faces) == len(shapely.get_parts(area_m)):
        raise PatrolError(LINE_MISSES, code=code)
    shapes = [join(faces[cell == number]) for number in np.unique(cell)]
    shapes.sort(key=lambda shape: -shape.area)
    return tuple(as_degrees(sheet, shape) for shape in shapes)


def split_evenly(
    grid: BaseGeometry,
    count: int,
    venues: Points,
    streets: Streets,
    *,
    rng: np.random.Generator,
    code: str = "",
) -> GridPlan:
    """Divide a grid into ``count`` parts with about equally many venues, along streets where there are any.

    Raises :class:`PatrolError` unless 2 ≤ ``count`` ≤ 50.
    """
    if not 2 <= count <= 50:
        raise PatrolError(BAD_COUNT, count=count, least=2, most=50)
    try:
        return grids_from_streets(grid, streets, venues, rng=rng, count=count, name=code)
    except PatrolError as error:
        if error.code != NO_STREETS_INSIDE.code:
            raise
    edges = shapely.get_parts(shapely.boundary(polygonal(grid)))
    outline = Streets(edges, np.zeros(len(edges), dtype=np.int64))
    return grids_from_streets(grid, outline, venues, rng=rng, count=count, name=code)


def merge(grids: Sequence[BaseGeometry], codes: Sequence[str] = ()) -> MultiPolygon:
    """Unite neighbouring grids into one.

    Parameters: two or more (Multi)Polygons in degrees; gaps of up to two metres between imported
    neighbours are closed. Raises :class:`PatrolError` for fewer than two grids, and for grids that do not
    all hang together along edges (touching at a corner is not enough).
    """
    if len(grids) < 2:
        raise PatrolError(ONE_IS_NOT_ENOUGH)
    shapes = [polygonal(grid) for grid in grids]
    sheet = Sheet.under(MultiPolygon([part for shape in shapes for part in shape.geoms]))
    metric = [sheet.flatten(shape) for shape in shapes]
    together = _hanging_together(metric)
    if len(together) < len(metric):
        names = [codes[n] if n < len(codes) else str(n + 1) for n in range(len(metric))]
        raise PatrolError(NOT_NEIGHBOURS, codes=", ".join(names))
    united = metric[0]
    for number in together[1:]:
        united = shapely.union(united, shapely.snap(metric[number], united, _GAP_M))
    if len(shapely.get_parts(united)) > 1:
        closed = united.buffer(_GAP_M / 2, join_style="mitre").buffer(-_GAP_M / 2, join_style="mitre")
        united = shapely.union(united, closed)
    return as_degrees(sheet, polygonal(united))


def next_grid_code(parent: str, taken: Collection[str], *, digits: int = 15) -> str:
    """Find the next free grid code below a division.

    Parameters: ``parent`` a division code (padded with zeros to ``digits`` − 3) or a bureau's own prefix
    such as ``"JA-"`` (kept as it is); ``taken`` the codes in use, retired ones included, so that a code
    never comes back. Returns: the prefix followed by the first number above all taken ones.
    Raises :class:`PatrolError` when all 999 numbers are used.

    >>> next_grid_code("420102002", ["420102002000001", "420102002000007"])
    '420102002000008'
    """
    prefix = parent.ljust(digits - 3, "0") if parent.isdigit() else parent
    used = [code[len(prefix) :] for code in taken if code.startswith(prefix)]
    highest = max((int(rest) for rest in used if len(rest) == 3 and rest.isdigit()), default=0)
    if highest >= 999:
        free = next((n for n in range(1, 1000) if f"{n:03}" not in used), None)
        if free is None:
            raise PatrolError(CODES_EXHAUSTED, count=999, prefix=prefix)
        return f"{prefix}{free:03}"
    return f"{prefix}{highest + 1:03}"


def _drawn_on(line: Any, reach: float) -> LineString:
    """Lengthen both ends of a line by ``reach`` metres, so that a tap just inside the border still cuts."""
    points = shapely.get_coordinates(line)
    moved = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    points = points[moved]
    first, last = points[0] - points[1], points[-1] - points[-2]
    start = points[0] + first / np.hypot(*first) * reach
    end = points[-1] + last / np.hypot(*last) * reach
    return LineString(np.vstack([start, points, end]))


def _without_crumbs(faces: NDArray[Any]) -> NDArray[np.int64]:
    """Join pieces smaller than a room to the neighbour they border longest."""
    cell = np.arange(len(faces))
    border = borders(faces)
    for crumb in np.flatnonzero(shapely.area(faces) < _LEAST_PIECE_M2).tolist():
        touching = np.flatnonzero((border.first == crumb) | (border.second == crumb))
        if len(touching):
            best = touching[border.length_m[touching].argmax()]
            other = int(border.first[best] + border.second[best] - crumb)
            cell[cell == cell[crumb]] = cell[other]
    return cell


def _hanging_together(shapes: list[BaseGeometry]) -> list[int]:
    """Numbers of the grids that are joined edge to edge with the first, in an order that stays joined."""
    order = [0]
    for number in order:
        near = shapes[number].buffer(_GAP_M)
        for other in range(len(shapes)):
            if other not in order and shapely.intersection(shapes[other].boundary, near).length > 5 * _GAP_M:
                order.append(other)
    return order
