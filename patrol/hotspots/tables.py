"""Tables of analysts: CSV, GeoJSON and (Geo)Parquet read and written, positions in metres or as given."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from patrol.core.errors import PatrolError
from patrol.core.geo import LocalMetres
from patrol.hotspots.statistics import problems

Floats = NDArray[np.float64]
#: names in small letters; degrees only where the values are
DEGREES = (
    ("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"), ("经度", "纬度"),
    ("point_x", "point_y"), ("x", "y"), ("x_coord", "y_coord"), ("xcoord", "ycoord"), ("easting", "northing"),
    ("coords_x1", "coords_x2"),
)  # fmt: skip
PLANAR = {
    ("x", "y"),
    ("x_coord", "y_coord"),
    ("xcoord", "ycoord"),
    ("easting", "northing"),
    ("coords_x1", "coords_x2"),
}
DATES = (
    "date",
    "day",
    "datetime",
    "time",
    "timestamp",
    "occurred",
    "occurred_on",
    "date_single",
    "日期",
    "时间",
)
DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Table:
    """Columns of one length, in order; ``shapes`` of the rows if the file had geometry (degrees in
    GeoJSON).
    """

    columns: dict[str, list[Any]]
    shapes: NDArray[Any] | None = None
    name: str = "table"

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else len(self._shapes())

    def _shapes(self) -> NDArray[Any]:
        return np.empty(0, dtype=object) if self.shapes is None else self.shapes

    def column(self, name: str) -> list[Any]:
        """One column; a :class:`PatrolError` names those there are."""
        if name not in self.columns:
            raise PatrolError(
                problems.NO_COLUMN, where=self.name, column=name, present=", ".join(self.columns) or "–"
            )
        return self.columns[name]

    def numbers(self, name: str, *, least: float | None = None) -> Floats:
        """One column as finite numbers, at least ``least``."""
        values = self.column(name)
        made = np.array([_number(value) for value in values], dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(made))
        if wrong.size:
            raise PatrolError(
                problems.NOT_A_NUMBER, where=self.name, column=name, count=wrong.size,
                row=int(wrong[0]) + 1, value=values[wrong[0]],
            )  # fmt: skip
        if least is not None and (made < least).any():
            row = int(np.flatnonzero(made < least)[0])
            raise PatrolError(problems.NEGATIVE, where=self.name, column=name, row=row + 1, value=values[row])
        return made

    def days(self, name: str) -> NDArray[np.int64]:
        """One column of dates (or instants) as ordinal day numbers."""
        made, values = [], self.column(name)
        month_first = not any(_slashed(value)[:1] > (12,) for value in values)
        for row, value in enumerate(values, start=1):
            try:
                made.append(_day(value, month_first=month_first))
            except ValueError as error:
                raise PatrolError(
                    problems.NOT_A_DATE, where=self.name, column=name, row=row, value=value
                ) from error
        return np.array(made, dtype=np.int64)

    def repeats(self) -> int:
        """How many rows are exact repeats of an earlier one: an import done twice."""
        rows = list(zip(*(map(str, values) for values in self.columns.values()), strict=True))
        return len(rows) - len(set(rows))


@dataclass(frozen=True)
class Places:
    """Positions of rows as metres (from degrees) or in the file's own flat unit; ``flat`` turns them back."""

    x: Floats
    y: Floats
    flat: LocalMetres | None = field(default=None)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _slashed(value: Any) -> tuple[int, ...]:
    """Read 5/31/2024 or 31.5.2024 as its three numbers, anything else as none."""
    found = re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b", str(value).strip())
    return tuple(int(part) for part in found.groups()) if found else ()


def _day(value: Any, *, month_first: bool = True) -> int:
    if isinstance(value, dt.date):
        return value.toordinal()
    parts = _slashed(value)
    if parts:
        month, day = parts[:2] if month_first else parts[1::-1]
        return dt.date(parts[2], month, day).toordinal()
    found = re.match(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})", str(value).strip())
    if found is None:
        raise ValueError("not a date")
    return dt.date(*(int(part) for part in found.groups())).toordinal()


def date_column(table: Table, asked: str) -> str:
    """Find the column of the date: the one asked for, else one of a usual name."""
    if asked in table.columns:
        return asked
    small = {name.lower(): name for name in reversed(list(table.columns))}
    return next((small[name] for name in DATES if asked == "date" and name in small), asked)


def value_column(table: Table, asked: str | None) -> str:
    """Find the column of the value: the one asked for, "value", or the only column of numbers that is no place."""
    if asked or "value" in table.columns:
        return asked or "value"
    taken = set(_usual_names(table) or ())
    numeric = [
        name
        for name, values in table.columns.items()
        if name not in taken and name.lower() not in {"id", "uid", "fid", "cell", "row"}
        and np.isfinite([_number(value) for value in values]).all()
    ]  # fmt: skip
    return numeric[0] if len(numeric) == 1 else "value"


def places(
    table: Table, x: str | None = None, y: str | None = None, flat: LocalMetres | None = None
) -> Places:
    """Find where the rows lie: columns asked for, else usual names, else the middle of each shape.

    Columns named as degrees, and all shapes of GeoJSON, become metres round ``flat`` or their own middle.
    """
    names = (x, y) if x and y else _usual_names(table)
    if names is None and table.shapes is None:
        raise PatrolError(problems.NO_PLACE, where=table.name)
    if names is None:
        middles = shapely.centroid(table.shapes)
        east, north = shapely.get_x(middles), shapely.get_y(middles)
        planar = flat is None and len(east) > 0 and (np.abs(east).max() > 360 or np.abs(north).max() > 360)
        return Places(east, north) if planar else _metres(east, north, flat)
    first, second = (table.numbers(str(name)) for name in names)
    called = tuple(str(name).lower() for name in names)
    degrees = called in DEGREES and called not in PLANAR
    return _metres(first, second, flat) if degrees else Places(first, second)


def _usual_names(table: Table) -> tuple[str, str] | None:
    small = {name.lower(): name for name in reversed(list(table.columns))}
    return next(((small[a], small[b]) for a, b in DEGREES if a in small and b in small), None)


def _metres(lon: Floats, lat: Floats, flat: LocalMetres | None) -> Places:
    wrong = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) < 90)))
    if wrong.size:
        row = int(wrong[0])
        raise PatrolError(problems.BAD_PLACE, row=row + 1, lon=lon[row], lat=lat[row])
    if flat is None:
        flat = LocalMetres(round(float(np.median(lon)), 4), round(float(np.median(lat)), 4))
    return Places(*flat.project(lon, lat), flat)


def read_table(path: Path) -> Table:
    """Read a .csv, .geojson/.json or .parquet file; raises a :class:`PatrolError` that says what is wrong."""
    if not path.is_file():
        raise PatrolError(problems.MISSING_FILE, path=path.name)
    readers = {
        ".csv": _read_csv, ".tsv": _read_csv, ".txt": _read_csv, ".geojson": _read_geojson,
        ".json": _read_geojson, ".parquet": _read_parquet,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PatrolError(problems.UNKNOWN_FORMAT, path=path.name)
    try:
        table = reader(path)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        shapely.errors.ShapelyError,
        pa.ArrowException,
    ) as error:
        kind = path.suffix.lstrip(".")
        raise PatrolError(problems.UNREADABLE, path=path.name, kind=kind, reason=str(error)) from error
    if len(table) == 0:
        raise PatrolError(problems.NO_ROWS, path=path.name)
    return table


def _read_csv(path: Path) -> Table:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # spreadsheets on Chinese Windows write GB 18030
        text = raw.decode("gb18030")
    head = text.split("\n", 1)[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=max(DELIMITERS, key=head.count)))
    if not rows:
        return Table({}, name=path.name)
    ragged = next((n for n, row in enumerate(rows[1:], 1) if row and len(row) != len(rows[0])), None)
    if ragged is not None:
        raise ValueError(f"row {ragged} has {len(rows[ragged])} fields, the first line {len(rows[0])}")
    body = [row for row in rows[1:] if row]
    columns = {name.strip(): [row[at] for row in body] for at, name in enumerate(rows[0])}
    return Table(columns, name=path.name)


def _read_geojson(path: Path) -> Table:
    rows = json.loads(path.read_text("utf-8-sig"))["features"]
    names = list(dict.fromkeys(name for row in rows for name in row["properties"] or {}))
    columns = {name: [(row["properties"] or {}).get(name) for row in rows] for name in names}
    bare = next((number for number, row in enumerate(rows, 1) if not row["geometry"]), None)
    if bare is not None:
        raise ValueError(f"feature {bare} has no geometry")
    shapes = np.array([shapely.geometry.shape(row["geometry"]) for row in rows], dtype=object)
    return Table(columns, shapes, path.name)


def _read_parquet(path: Path) -> Table:
    table = pq.read_table(path)
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    held = geo.get("primary_column", "geometry")
    shapes = shapely.from_wkb(table[held].to_pylist()) if held in table.column_names else None
    columns = {name: table[name].to_pylist() for name in table.column_names if name != held}
    return Table(columns, None if shapes is None else np.asarray(shapes, dtype=object), path.name)


def write_table(table: Table, path: Path | None) -> str:
    """Write by the suffix of ``path``; without one return CSV. ``nan`` becomes an empty field or null."""
    if path is None:
        return _csv(table)
    writers = {".csv": _write_csv, ".geojson": _write_geojson, ".parquet": _write_parquet}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise PatrolError(problems.UNKNOWN_FORMAT, path=path.name)
    writer(table, path)
    return ""


def plain(value: Any) -> Any:
    """Turn a numpy value into one that JSON and CSV know; ``nan`` and infinities into ``None``."""
    made = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(made, float) and not np.isfinite(made) else made


def with_columns(table: Table, added: Mapping[str, Sequence[Any] | NDArray[Any]]) -> Table:
    """Return the table with further columns."""
    made = {name: [plain(value) for value in values] for name, values in added.items()}
    return Table({**table.columns, **made}, table.shapes, table.name)


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*table.columns.values(), strict=True))
    return text.getvalue()


def _write_csv(table: Table, path: Path) -> None:
    path.write_text(_csv(table), "utf-8")


def _write_geojson(table: Table, path: Path) -> None:
    shapes = table.shapes if table.shapes is not None else _points(table)
    rows = []
    for shape, *values in zip(shapes, *table.columns.values(), strict=True):
        properties = dict(zip(table.columns, values, strict=True))
        geometry = json.loads(shapely.to_geojson(shape))
        rows.append({"type": "Feature", "geometry": geometry, "properties": properties})
    document = {"type": "FeatureCollection", "features": rows}
    path.write_text(json.dumps(document, ensure_ascii=False, default=str), "utf-8")


def _points(table: Table) -> NDArray[Any]:
    names = _usual_names(table)
    if names is None:
        raise PatrolError(problems.NO_PLACE, where=table.name)
    return np.asarray(shapely.points(*(table.numbers(name) for name in names)))


def _write_parquet(table: Table, path: Path) -> None:
    columns: dict[str, Any] = {name: pa.array(values) for name, values in table.columns.items()}
    if table.shapes is None:
        pq.write_table(pa.table(columns), path)
        return
    columns["geometry"] = pa.array(shapely.to_wkb(table.shapes), pa.binary())
    kinds = sorted({shape.geom_type for shape in table.shapes})
    about = {"encoding": "WKB", "geometry_types": kinds}
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": about}}
    pq.write_table(pa.table(columns).replace_schema_metadata({"geo": json.dumps(geo)}), path)
