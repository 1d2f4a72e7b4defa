"""Kernel density at places or on a raster, and the risk surface of findings against visits."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from patrol.core.errors import PatrolError
from patrol.hotspots.analyses.outcome import Outcome, repeats_note, told
from patrol.hotspots.statistics import Raster, kde_at, kde_raster, problems, relative_risk_surface
from patrol.hotspots.tables import Floats, Places, Table, places, places_beside, plain, with_columns


def density_at(
    table: Table, at: Table | None, bandwidth: float, *, window: BaseGeometry | None,
    names: tuple[str | None, str | None], weight: str | None,
) -> Outcome:  # fmt: skip
    """Exact density at the rows of ``at``, or at the points themselves."""
    points = places(table, *names)
    asked = table if at is None else at
    where = points if at is None else places_beside(at, points, *names)
    density = kde_at(
        points.x, points.y, where.x, where.y, bandwidth,
        weights=None if weight is None else table.numbers(weight), window=_flattened(window, points),
    )  # fmt: skip
    unit = "square metre" if points.flat else "square unit"
    return Outcome(with_columns(asked, {"density": density}), (f"{len(table)} points; density per {unit}.",))


def density_raster(
    table: Table, visits: Table | None, bandwidth: float, *, pixels: int, window: BaseGeometry | None,
    names: tuple[str | None, str | None], weight: str | None, edge: bool, min_visits: float,
) -> Outcome:  # fmt: skip
    """Density on a raster over the window or the points; with visits the relative risk of a finding a visit."""
    points = places(table, *names)
    went = None if visits is None else places_beside(visits, points, *names)
    flat = _flattened(window, points)
    raster = _raster(points if went is None else went, flat, bandwidth, pixels)
    mass = None if weight is None else table.numbers(weight)
    _wide_enough(bandwidth, raster)
    notes = [*repeats_note(table), *points.notes(table.name), *_outside(points, raster, flat)]
    if went is None:
        grid = kde_raster(points.x, points.y, raster, bandwidth, weights=mass, window=flat, edge=edge)
        columns = {"density": grid.ravel()}
        notes.append(told(problems.RAW_COUNTS))
    else:
        surface = relative_risk_surface(
            (points.x, points.y), (went.x, went.y), raster, bandwidth, min_visits=min_visits,
            finding_weights=mass,
        )  # fmt: skip
        columns = {
            "risk": surface.risk.ravel(), "risk_unshrunk": surface.raw.ravel(), "p": surface.p.ravel(),
            "q": surface.q.ravel(), "visits": surface.visits.ravel(),
        }  # fmt: skip
        notes.append(told(problems.RISK_TOLD, many=surface.n, visits=surface.n_visits))
    return Outcome(_pixels(raster, points, columns), tuple(notes))


def _wide_enough(bandwidth: float, raster: Raster) -> None:
    pixel = max(raster.dx, raster.dy)
    if bandwidth < 1.5 * pixel:
        raise PatrolError(problems.BAD_BANDWIDTH, bandwidth=f"{bandwidth:g}", pixel=f"{pixel:g}")


def _outside(points: Places, raster: Raster, window: BaseGeometry | None) -> list[str]:
    """Say how many points lie outside; raises where none lies inside."""
    inside = raster.holds(points.x, points.y)
    if window is not None:
        inside &= shapely.intersects_xy(window, points.x, points.y)
    many = int((~inside).sum())
    if many == points.x.size:
        bounds = ",".join(f"{side:g}" for side in (raster.west, raster.south, raster.east, raster.north))
        raise PatrolError(problems.ALL_OUTSIDE, many=many, window=bounds)
    return [told(problems.SOME_OUTSIDE, many=many)] if many else []


def _flattened(window: BaseGeometry | None, points: Places) -> BaseGeometry | None:
    if window is None or points.flat is None:
        return window
    west, south, east, north = window.bounds
    if not (west >= -180 and east <= 180 and south > -90 and north < 90):
        raise PatrolError(problems.BAD_WINDOW, value=f"{west:g},{south:g},{east:g},{north:g}")
    return points.flat.flatten(window)


def _raster(points: Places, window: BaseGeometry | None, bandwidth: float, pixels: int) -> Raster:
    """Cover the window, or the points with three bandwidths round them, by about ``pixels`` on the long side."""
    if window is not None:
        west, south, east, north = window.bounds
    else:
        west, east = points.x.min() - 3 * bandwidth, points.x.max() + 3 * bandwidth
        south, north = points.y.min() - 3 * bandwidth, points.y.max() + 3 * bandwidth
    side = max(east - west, north - south) / pixels
    columns, rows = (max(1, round(length / side)) for length in (east - west, north - south))
    return Raster(west, south, east, north, columns, rows)


def _pixels(raster: Raster, points: Places, columns: dict[str, Floats]) -> Table:
    x, y = (side.ravel() for side in np.meshgrid(raster.middles_x, raster.middles_y))
    names = ("x", "y")
    if points.flat is not None:
        names = ("lon", "lat")
        x, y = points.flat.unproject(x, y)
    made = {names[0]: x, names[1]: y, **columns}
    return Table({name: [plain(v) for v in values] for name, values in made.items()}, shapely.points(x, y))
