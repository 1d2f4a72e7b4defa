"""Where the rows of a table lie: columns by their usual names, or the middles of shapes; in metres or as given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from patrol.core.errors import PatrolError
from patrol.core.geo import LocalMetres
from patrol.hotspots.statistics import problems
from patrol.hotspots.tables.table import Floats, Table
from patrol.hotspots.tables.values import number

#: names in small letters, the likeliest first: of degrees, and of flat coordinates
EAST = ("lon", "lng", "long", "longitude", "经度", "lon_deg", "decimallongitude")
NORTH = ("lat", "latitude", "纬度", "lat_deg", "decimallatitude")
FLAT = (
    ("x", "y"), ("point_x", "point_y"), ("x_coord", "y_coord"), ("xcoord", "ycoord"), ("easting", "northing"),
    ("coords_x1", "coords_x2"), ("x坐标", "y坐标"), ("坐标x", "坐标y"), ("utm_x", "utm_y"),
)  # fmt: skip
#: parts of names of degrees, where exactly one column has each: 经度(WGS84), Latitud
PARTS_OF_DEGREES = (("经度", "纬度"), ("longitud", "latitud"))
#: columns that number the rows and are no value
_NUMBERING = {
    "",
    "id",
    "uid",
    "fid",
    "cell",
    "row",
    "rownames",
    "unnamed: 0",
    "__index_level_0__",
    "index",
    "objectid",
}


@dataclass(frozen=True)
class Places:
    """Positions of rows as metres (from degrees) or in the file's own flat unit; ``flat`` turns them back."""

    x: Floats
    y: Floats
    flat: LocalMetres | None = field(default=None)

    def notes(self, name: str) -> list[str]:
        """Say where flat coordinates look like degrees: they are taken as metres all the same."""
        span = (np.ptp(self.x), np.ptp(self.y)) if self.x.size else (0.0, 0.0)
        on_globe = self.x.size and np.abs(self.x).max() <= 180 and np.abs(self.y).max() <= 90
        if self.flat is not None or not on_globe or max(span) > 5 or np.abs(self.x).max() < 20:
            return []
        error = PatrolError(problems.LIKE_DEGREES)
        return [f"{name}: {error.sentence('zh')} / {error.sentence('en')}"]


def value_column(table: Table, asked: str | None) -> str:
    """Find the column of the value: the one asked for, "value", or the only column of numbers that is no place."""
    if asked or "value" in table.columns:
        return asked or "value"
    taken = set(usual_names(table) or ())
    numeric = [
        name
        for name, values in table.columns.items()
        if name not in taken and name.lower() not in _NUMBERING
        and np.isfinite([number(value) for value in values]).all()
    ]  # fmt: skip
    return numeric[0] if len(numeric) == 1 else "value"


def places(
    table: Table, x: str | None = None, y: str | None = None, flat: LocalMetres | None = None
) -> Places:
    """Find where the rows lie: columns asked for, else usual names, else the middle of each shape.

    Columns named as degrees, and all shapes of GeoJSON, become metres round ``flat`` or their own middle.
    """
    names = (x, y) if x and y else usual_names(table)
    if names is None and table.shapes is None:
        raise PatrolError(problems.NO_PLACE, where=table.name, present=", ".join(table.columns) or "–")
    if names is None:
        middles = shapely.centroid(table.shapes)
        east, north = shapely.get_x(middles), shapely.get_y(middles)
        planar = flat is None and len(east) > 0 and (np.abs(east).max() > 360 or np.abs(north).max() > 360)
        return Places(east, north) if planar else _metres(table, east, north, flat)
    first, second = (table.numbers(str(name)) for name in names)
    degrees = _of_degrees(str(names[0]).lower(), EAST, 0) or _of_degrees(str(names[1]).lower(), NORTH, 1)
    return _metres(table, first, second, flat) if degrees else Places(first, second)


def places_beside(table: Table, at: Places, x: str | None = None, y: str | None = None) -> Places:
    """Find where the rows of a second file lie; raises where one file is in degrees and the other is not."""
    found = places(table, x, y, at.flat)
    if (found.flat is None) != (at.flat is None):
        raise PatrolError(problems.TWO_KINDS_OF_PLACE, where=table.name)
    return found


def usual_names(table: Table) -> tuple[str, str] | None:
    """Name the columns of a position that go by usual names: degrees before flat coordinates."""
    small = {name.lower(): name for name in reversed(list(table.columns))}
    alike = (
        (first[0], second[0])
        for east, north in PARTS_OF_DEGREES
        if len(first := [name for name in small if east in name]) == 1
        and len(second := [name for name in small if north in name]) == 1
    )
    pairs = (*((a, b) for a in EAST for b in NORTH), *alike, *FLAT)
    return next(((small[a], small[b]) for a, b in pairs if a in small and b in small), None)


def _of_degrees(name: str, usual: tuple[str, ...], side: int) -> bool:
    return name in usual or any(part[side] in name for part in PARTS_OF_DEGREES)


def _metres(table: Table, lon: Floats, lat: Floats, flat: LocalMetres | None) -> Places:
    wrong = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) < 90)))
    if wrong.size:
        row = int(wrong[0])
        raise PatrolError(problems.BAD_PLACE, where=table.name, row=row + 1, lon=lon[row], lat=lat[row])
    if flat is None:
        flat = LocalMetres(round(float(np.median(lon)), 4), round(float(np.median(lat)), 4))
    return Places(*flat.project(lon, lat), flat)
