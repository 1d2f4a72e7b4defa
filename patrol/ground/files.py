"""Divisions and grids that come as a file: read, compared with what is there, kept as a proposal."""

from __future__ import annotations

import numpy as np
import shapely
from sqlalchemy.orm import Session

from patrol.core.datum import Datum
from patrol.core.errors import Fault, Faults, PatrolError
from patrol.core.geo import points_inside
from patrol.ground import problems as p
from patrol.ground import queries
from patrol.ground.proposals import Cell, Proposal, heirs_of
from patrol.infra import spatial
from patrol.territory import (
    CODE_IN_USE,
    MOVED_DIVISION,
    Area,
    AreasRead,
    Division,
    Grid,
    Parent,
    Wanted,
    check_code,
    level_below,
    read_areas,
)

#: what two sources' drawings of one border may share without being an overlap
_TOLERATED = 0.02


def grids_from_file(
    session: Session, division: Division, content: bytes, datum: Datum, *, replace: bool
) -> Proposal:
    """Read grids of a division; ``replace`` retires its present ones, otherwise they must not overlap.

    Raises :class:`PatrolError` with every fault of every feature.
    """
    read, doubts = _read(division, content, datum)
    faults, known = Faults(), queries.divisions_below(session, division.scope_path)
    present = queries.grids_below(session, division.scope_path)
    homes = {area.number: _home(area, division, known, faults) for area in read.areas}
    _check_codes(read, faults)
    if not replace:
        _check_present(read, present, faults)
    faults.raise_if_any()
    points = queries.venue_points(session, division.scope_path)
    heirs = heirs_of([area.shape for area in read.areas], present) if replace else [() for _ in read.areas]
    cells = tuple(
        Cell(
            area.code, area.name, area.shape, homes[area.number].uid,
            int(points_inside(area.shape, points.lon, points.lat).sum()), heir,
        )
        for area, heir in zip(read.areas, heirs, strict=True)
    )  # fmt: skip
    retires = tuple(grid.uid for grid in present) if replace else ()
    return Proposal(cells, retires, warnings=(*doubts, *read.warnings))


def divisions_from_file(session: Session, division: Division, content: bytes, datum: Datum) -> Proposal:
    """Read divisions below ``division`` (or itself, by its code); known codes get a new name and boundary."""
    read, doubts = _read(division, content, datum)
    faults, known = Faults(), queries.divisions_below(session, division.scope_path)
    _check_codes(read, faults)
    cells = []
    for area in read.areas:
        parent = _parent(area, division, known, faults)
        cells.append(Cell(area.code, area.name, area.shape, parent.uid))
    faults.raise_if_any()
    news = sum(cell.code not in known for cell in cells)
    figures = {"new": news, "changed": len(cells) - news}
    return Proposal(tuple(cells), (), warnings=(*doubts, *read.warnings), figures=figures)


def _read(division: Division, content: bytes, datum: Datum) -> tuple[AreasRead, tuple[Fault, ...]]:
    outline = spatial.to_shapely(division.geom)
    parent = None if outline is None else Parent(division.name, outline)
    doubts = () if parent else (Fault(p.BOUNDARY_UNKNOWN, facts={"name": division.name}),)
    return read_areas(content, Wanted(datum=datum, parent=parent)), doubts


def _home(area: Area, division: Division, known: dict[str, Division], faults: Faults) -> Division:
    """The division that a grid names as its own, else the one that the import goes into."""
    if not area.parent:
        return division
    if area.parent not in known:
        where = f"feature {area.number}"
        faults.add(p.PARENT_UNKNOWN, where=where, code=area.parent[:40], name=division.name)
    return known.get(area.parent, division)


def _parent(area: Area, division: Division, known: dict[str, Division], faults: Faults) -> Division:
    where = f"feature {area.number}"
    if area.code == division.code:
        return division
    parent = _home(area, division, known, faults)
    same = known.get(area.code)
    if same is not None and same.parent_id != parent.id:
        faults.add(MOVED_DIVISION, where=where, code=area.code)
    try:
        level_below(parent)
    except PatrolError as error:
        faults.found += [Fault(each.problem, where, each.facts) for each in error.faults]
    return parent


def _check_codes(read: AreasRead, faults: Faults) -> None:
    for area in read.areas:
        try:
            check_code(area.code)
        except PatrolError as error:
            faults.found += [
                Fault(each.problem, f"feature {area.number}", each.facts) for each in error.faults
            ]


def _check_present(read: AreasRead, present: list[Grid], faults: Faults) -> None:
    """Beside present grids neither a code nor the ground may be theirs."""
    codes = {grid.code: grid for grid in present}
    shapes = np.array([spatial.to_shapely(grid.geom) for grid in present], dtype=object)
    for area in read.areas:
        where = f"feature {area.number}"
        if area.code in codes:
            faults.add(CODE_IN_USE, where=where, code=area.code, name=codes[area.code].name)
        if not len(shapes):
            continue
        common = shapely.area(shapely.intersection(shapes, area.shape))
        most = int(common.argmax())
        if common[most] > _TOLERATED * min(area.shape.area, shapes[most].area):
            faults.add(p.OVERLAPS_PRESENT, where=where, name=area.name, code=present[most].code)
