"""Making proposals: what each way of drawing grids would give, with people and branch taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from patrol.core.errors import Fault, PatrolError
from patrol.core.geo import points_inside
from patrol.ground import queries
from patrol.ground.streets import streets_across
from patrol.infra import spatial
from patrol.territory import (
    EMPTY_AREA,
    Division,
    Grid,
    GridPlan,
    Points,
    grid_by_uid,
    grids_from_streets,
    hexagons,
    merge,
    next_grid_code,
    split_by_line,
    split_evenly,
)

Progress = Callable[..., None]


@dataclass(frozen=True)
class Cell:
    """One grid of a proposal. ``heir_of``: uids of the present grids whose people and branch it takes over."""

    code: str
    name: str
    shape: MultiPolygon
    division_uid: str
    venues: int = 0
    heir_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """Cells to be made, uids of grids to be retired, doubts, and figures for the reader."""

    cells: tuple[Cell, ...]
    retires: tuple[str, ...]
    warnings: tuple[Fault, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    def as_content(self) -> dict[str, Any]:
        """Return it as JSON to be kept."""
        return {
            "features": [
                {
                    "type": "Feature",
                    "geometry": mapping(cell.shape),
                    "properties": {
                        "code": cell.code, "name": cell.name, "division_uid": cell.division_uid,
                        "venues": cell.venues, "from": list(cell.heir_of),
                    },
                }
                for cell in self.cells
            ],
            "retires": list(self.retires),
            "warnings": [{"zh": each.sentence("zh"), "en": each.sentence("en")} for each in self.warnings],
            "figures": self.figures,
        }  # fmt: skip


def area_of(division: Division) -> BaseGeometry:
    """Return the polygon of a division; raises :class:`PatrolError` when none is known."""
    area = spatial.to_shapely(division.geom)
    if area is None:
        raise PatrolError(EMPTY_AREA, name=division.name)
    return area


def from_streets(
    session: Session,
    division: Division,
    data_dir: Any,
    *,
    per_grid: int,
    count: int | None,
    rng: np.random.Generator,
) -> Proposal:
    """Divide a division along its streets into compact grids of about ``per_grid`` venues (or ``count`` grids)."""
    area = area_of(division)
    plan = grids_from_streets(
        area, streets_across(data_dir, area), queries.venue_points(session, division.scope_path), rng=rng,
        venues_per_grid=per_grid, count=count, name=division.name,
    )  # fmt: skip
    return _whole_division(session, division, plan)


def from_hexagons(session: Session, division: Division, *, edge_m: float) -> Proposal:
    """Cover a division with hexagons of ``edge_m`` metres."""
    venues = queries.venue_points(session, division.scope_path)
    return _whole_division(
        session, division, hexagons(area_of(division), venues, edge_m=edge_m, name=division.name)
    )


def _whole_division(session: Session, division: Division, plan: GridPlan) -> Proposal:
    present = queries.grids_below(session, division.scope_path)
    codes = fresh_codes(session, division, len(plan.shapes))
    heirs = heirs_of(plan.shapes, present)
    cells = tuple(
        Cell(code, f"{division.name}第{int(code[-3:])}网格", cell, division.uid, int(venues), heir)
        for code, cell, venues, heir in zip(codes, plan.shapes, plan.venues.tolist(), heirs, strict=True)
    )
    quality = plan.quality
    figures = {
        "balance": round(quality.balance, 2),
        "compactness": round(quality.compactness, 2),
        "connected": round(quality.connected, 3),
    }
    return Proposal(cells, tuple(grid.uid for grid in present), figures=figures)


def from_split_line(
    session: Session, grid: Grid, division: Division, line: Sequence[tuple[float, float]]
) -> Proposal:
    """Cut a grid along a drawn line (lon, lat)."""
    parts = split_by_line(_shape(grid), line, code=grid.code)
    points = queries.venue_points(session, division.scope_path)
    inside = [int(points_inside(part, points.lon, points.lat).sum()) for part in parts]
    return _parts(session, grid, division, parts, inside)


def from_split_evenly(
    session: Session, grid: Grid, division: Division, count: int, data_dir: Any, rng: np.random.Generator
) -> Proposal:
    """Divide a grid into ``count`` parts with about equally many venues."""
    area = _shape(grid)
    points = queries.venue_points(session, division.scope_path)
    keep = points_inside(area, points.lon, points.lat)
    inside = Points(points.lon[keep], points.lat[keep])
    plan = split_evenly(area, count, inside, streets_across(data_dir, area), rng=rng, code=grid.code)
    return _parts(session, grid, division, plan.shapes, plan.venues.tolist())


def _parts(
    session: Session, grid: Grid, division: Division, parts: Sequence[MultiPolygon], venues: Sequence[int]
) -> Proposal:
    codes = fresh_codes(session, division, len(parts))
    cells = tuple(
        Cell(code, f"{grid.name}（{number}）", part, division.uid, venues[number - 1], (grid.uid,))
        for number, (code, part) in enumerate(zip(codes, parts, strict=True), start=1)
    )
    return Proposal(cells, (grid.uid,))


def from_merge(session: Session, grid_uids: Sequence[str]) -> tuple[Proposal, Division]:
    """Unite neighbouring grids; the one with the largest area gives name and division."""
    grids = [grid_by_uid(session, uid) for uid in dict.fromkeys(grid_uids)]
    united = merge([_shape(grid) for grid in grids], [grid.code for grid in grids])
    largest = max(grids, key=lambda grid: _shape(grid).area)
    counts = queries.venues_per_grid(session)
    code = fresh_codes(session, largest.division, 1)[0]
    heirs = (largest.uid, *(grid.uid for grid in grids if grid is not largest))
    venues = sum(counts.get(grid.id, 0) for grid in grids)
    cell = Cell(code, largest.name, united, largest.division.uid, venues, heirs)
    return Proposal((cell,), heirs), largest.division


def fresh_codes(session: Session, division: Division, count: int) -> list[str]:
    """Return ``count`` grid codes below a division that were never used."""
    taken = queries.codes_ever_used(session)
    fresh: list[str] = []
    for _ in range(count):
        fresh.append(next_grid_code(division.code, [*taken, *fresh]))
    return fresh


def heirs_of(shapes: Sequence[BaseGeometry], present: Sequence[Grid]) -> list[tuple[str, ...]]:
    """Name for each new shape the present grid that it shares most ground with; none for wholly new ground."""
    old = np.array([_shape(grid) for grid in present], dtype=object)
    if not len(old):
        return [() for _ in shapes]
    tree = shapely.STRtree(old)
    found: list[tuple[str, ...]] = []
    for each in shapes:
        near = tree.query(each, predicate="intersects")
        common = shapely.area(shapely.intersection(old[near], each)) if len(near) else np.array([])
        found.append((present[int(near[common.argmax()])].uid,) if len(common) and common.max() > 0 else ())
    return found


def cells_of(content: dict[str, Any]) -> list[Cell]:
    """Read the cells of a kept proposal back."""
    found = []
    for feature in content["features"]:
        said, geometry = feature["properties"], shape(feature["geometry"])
        area = geometry if isinstance(geometry, MultiPolygon) else MultiPolygon([geometry])
        found.append(
            Cell(said["code"], said["name"], area, said["division_uid"], said["venues"], tuple(said["from"]))
        )
    return found


def _shape(grid: Grid) -> BaseGeometry:
    found = spatial.to_shapely(grid.geom)
    if found is None:
        raise ValueError("a grid has a polygon")
    return found
