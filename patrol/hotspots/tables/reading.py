"""Files of strangers as tables: CSV in every dialect, GeoJSON, GeoParquet."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from patrol.core.errors import PatrolError
from patrol.hotspots.statistics import problems
from patrol.hotspots.tables.table import Table
from patrol.hotspots.tables.values import number

DELIMITERS = ",;\t|"
#: how a workbook begins whatever its name ends in: .xlsx is a zip, .xls a compound file
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
csv.field_size_limit(2**31 - 1)  # outlines of areas as text are longer than the usual 131,072 letters
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


def read_table(path: Path) -> Table:
    """Read a .csv, .geojson/.json or .parquet file; raises a :class:`PatrolError` that says what is wrong."""
    if not path.is_file():
        raise PatrolError(problems.MISSING_FILE, path=path.name)
    readers = {
        ".csv": _read_csv, ".tsv": _read_csv, ".txt": _read_csv, ".geojson": _read_geojson, ".json": _read_geojson,
        ".geojsonl": _read_geojson, ".parquet": _read_parquet, ".geoparquet": _read_parquet,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PatrolError(problems.UNKNOWN_FORMAT, path=path.name)
    try:
        table = reader(path)
    except (
        ValueError, KeyError, TypeError, AttributeError, csv.Error, shapely.errors.ShapelyError, pa.ArrowException,
    ) as error:  # fmt: skip
        kind = path.suffix.lstrip(".")
        reason = str(error).replace(str(path), path.name)
        raise PatrolError(problems.UNREADABLE, path=path.name, kind=kind, reason=reason) from error
    if len(table) == 0:
        raise PatrolError(problems.NO_ROWS, path=path.name)
    return table


def decoded(raw: bytes) -> str:
    """Decode text by its byte order mark, as UTF-8, as Chinese Windows writes it (GB 18030), else as Western."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", "replace")


def _read_csv(path: Path) -> Table:
    raw = path.read_bytes()
    if raw.startswith(_WORKBOOK):
        raise PatrolError(problems.WORKBOOK, path=path.name)
    text = decoded(raw).replace("\r\n", "\n").replace("\r", "\n")
    lines, sign = _from_the_head(text)
    if not lines:
        return Table({}, name=path.name)
    rows = [row for row in csv.reader(lines, delimiter=sign, skipinitialspace=True) if any(row)]
    head, body = [name.strip() for name in rows[0]], rows[1:]
    if body and all(len(row) == len(head) + 1 for row in body):
        head = ["row", *head]  # R leaves the name of the row names out
    _check(path.name, head, body)
    if sign != "," and "," in text:
        body = [[_with_point(value) for value in row] for row in body]
    return Table({name: [row[at] for row in body] for at, name in enumerate(head)}, name=path.name)


def _from_the_head(text: str) -> tuple[Iterable[str], str]:
    """Leave out empty lines, comments and a spreadsheet's "sep=;" above the head; and find what parts fields."""
    start, told = 0, ""
    while start < len(text):
        end = text.find("\n", start)
        line = text[start : len(text) if end < 0 else end]
        if line.lower().startswith("sep="):
            told = line[4:5] or "\t"
        elif line.strip() and not line.startswith("#"):
            sign = told or max(DELIMITERS, key=line.count)
            blanks = not told and line.count(sign) == 0 and len(line.split()) > 1
            body = io.StringIO(text[start:])
            return ((line.strip() for line in body) if blanks else body), (" " if blanks else sign)
        start = len(text) if end < 0 else end + 1
    return (), ","


def _check(name: str, head: list[str], body: list[list[str]]) -> None:
    """Raise where the head names no columns, names one twice, or a row has more or fewer fields."""
    figures = [field for field in head if np.isfinite(number(field))]
    if body and len(head) > 1 and (len(figures) == len(head) or sum("." in field for field in figures) > 1):
        raise PatrolError(problems.NO_HEAD, where=name, first=", ".join(head[:4]))
    twice = next((each for at, each in enumerate(head) if each and each in head[:at]), None)
    if twice is not None:
        raise PatrolError(problems.COLUMN_TWICE, where=name, column=twice)
    ragged = next((at for at, row in enumerate(body, 1) if len(row) != len(head)), None)
    if ragged is not None:
        raise PatrolError(
            problems.RAGGED, where=name, row=ragged, fields=len(body[ragged - 1]), wanted=len(head)
        )


def _with_point(value: str) -> str:
    """Read a decimal comma where commas do not part fields: 114,30 is 114.30."""
    return value.replace(",", ".") if _DECIMAL_COMMA.fullmatch(value.strip()) else value


def _read_geojson(path: Path) -> Table:
    rows = _features(decoded(path.read_bytes()))
    properties = [row.get("properties") or {} for row in rows]
    names = list(dict.fromkeys(name for row in properties for name in row))
    columns = {name: [row.get(name) for row in properties] for name in names}
    bare = next((at for at, row in enumerate(rows, 1) if not _drawn(row.get("geometry"))), None)
    if bare is not None:
        raise PatrolError(problems.NO_GEOMETRY, where=path.name, row=bare)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [shapely.geometry.shape(row["geometry"]) for row in rows]
    empty = next((at for at, shape in enumerate(shapes, 1) if shape.is_empty), None)
    if empty is not None:
        raise PatrolError(problems.NO_GEOMETRY, where=path.name, row=empty)
    return Table(columns, shapes, path.name)


def _drawn(geometry: Any) -> bool:
    return isinstance(geometry, dict) and ("coordinates" in geometry or "geometries" in geometry)


def _features(text: str) -> list[dict[str, Any]]:
    """Return the features of a collection, a lone feature or geometry, or one feature a line."""
    try:
        held = json.loads(text)
    except ValueError:
        lines = [json.loads(line.lstrip("\x1e")) for line in text.splitlines() if line.strip()]
        return [feature for line in lines for feature in _features_of(line)]
    return _features_of(held)


def _features_of(held: Any) -> list[dict[str, Any]]:
    if isinstance(held, list):
        return [feature for each in held for feature in _features_of(each)]
    if not isinstance(held, dict):
        raise ValueError("no FeatureCollection, Feature or geometry")
    kind = held.get("type")
    if kind == "FeatureCollection" or (kind is None and "features" in held):
        features: list[dict[str, Any]] = held["features"]
        return features
    if kind == "Feature":
        return [held]
    if kind == "GeometryCollection":
        return [{"geometry": each} for each in held["geometries"]]
    if kind is None or "coordinates" not in held:
        raise ValueError("no FeatureCollection, Feature or geometry")
    if kind == "MultiPoint":
        return [{"geometry": {"type": "Point", "coordinates": each}} for each in held["coordinates"]]
    return [{"geometry": held}]


def _read_parquet(path: Path) -> Table:
    table = pq.read_table(path)
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    held = geo.get("primary_column", "geometry")
    shapes = None
    if held in table.column_names and pa.types.is_binary(_stored(table.schema.field(held).type)):
        shapes = np.asarray(shapely.from_wkb(table[held].to_pylist()), dtype=object)
        bare = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        if bare.size:
            raise PatrolError(problems.NO_GEOMETRY, where=path.name, row=int(bare[0]) + 1)
    left_out = {held} if shapes is not None else set()
    columns = {name: table[name].to_pylist() for name in table.column_names if name not in left_out}
    return Table(columns, shapes, path.name)


def _stored(kind: Any) -> Any:
    """Return binary for large binary and for extension types that hold it."""
    kind = getattr(kind, "storage_type", kind)
    return pa.binary() if pa.types.is_large_binary(kind) else kind
