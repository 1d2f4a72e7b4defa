"""Tables as files: CSV, GeoJSON and GeoParquet; ``None`` becomes an empty field or null.

A table without any position (rings, scores) becomes a plain list of records in ``.json``.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from patrol.core.errors import PatrolError
from patrol.hotspots.statistics import problems
from patrol.hotspots.tables.positions import usual_names
from patrol.hotspots.tables.table import Table


def write_table(table: Table, path: Path | None) -> str:
    """Write by the suffix of ``path``; without one return CSV. ``nan`` becomes an empty field or null."""
    if path is None:
        return _csv(table)
    writers = {
        ".csv": _write_csv, ".geojson": _write_geojson, ".json": _write_geojson, ".parquet": _write_parquet,
        ".geoparquet": _write_parquet,
    }  # fmt: skip
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise PatrolError(problems.UNKNOWN_FORMAT, path=path.name)
    try:
        writer(table, path)
    except OSError as error:
        raise PatrolError(problems.NOT_WRITTEN, path=str(path), reason=error.strerror or "") from error
    return ""


def check_suffix(path: Path | None) -> None:
    """Refuse a file to be written before any work is done for it."""
    if path is not None and path.suffix.lower() not in {
        ".csv",
        ".geojson",
        ".json",
        ".parquet",
        ".geoparquet",
    }:
        raise PatrolError(problems.UNKNOWN_FORMAT, path=path.name)
    if path is not None and not path.parent.is_dir():
        raise PatrolError(problems.NOT_WRITTEN, path=str(path), reason="no such folder / 文件夹不存在")


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*table.columns.values(), strict=True))
    return text.getvalue()


def _write_csv(table: Table, path: Path) -> None:
    path.write_text(_csv(table), "utf-8")


def _write_geojson(table: Table, path: Path) -> None:
    if path.suffix.lower() == ".json" and table.shapes is None and usual_names(table) is None:
        rows = [
            dict(zip(table.columns, values, strict=True))
            for values in zip(*table.columns.values(), strict=True)
        ]
        path.write_text(json.dumps(rows, ensure_ascii=False, default=str), "utf-8")
        return
    shapes = table.shapes if table.shapes is not None else _points(table)
    rows = []
    for shape, *values in zip(shapes, *table.columns.values(), strict=True):
        properties = dict(zip(table.columns, values, strict=True))
        geometry = json.loads(shapely.to_geojson(shape))
        rows.append({"type": "Feature", "geometry": geometry, "properties": properties})
    document = {"type": "FeatureCollection", "features": rows}
    path.write_text(json.dumps(document, ensure_ascii=False, default=str), "utf-8")


def _points(table: Table) -> NDArray[Any]:
    names = usual_names(table)
    if names is None:
        raise PatrolError(problems.NO_PLACE, where=table.name, present=", ".join(table.columns) or "–")
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
