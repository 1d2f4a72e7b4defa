"""Write ``geodata/`` from the raw public data (``PATROL_BENCH_DATA``) and bring its manifest up to date.

The district polygons arrive in GCJ-02, whatever their wheel says: against the Wuhan street network the
boundaries of 420103 and 420106 fit best when moved by (-510 m, +270 m), which is the GCJ-02 shift there
(-519 m, +271 m), to within the 30 m step of the search. They are therefore shipped converted to WGS-84.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import Transformer
from shapely.geometry import mapping, shape

from patrol.core.datum import Datum, convert
from patrol.core.geo import box_around

TARGET = Path(__file__).resolve().parent.parent / "geodata"
DIVISIONS = {
    "420102": "江岸区",
    "420103": "江汉区",
    "420104": "硚口区",
    "420106": "武昌区",
    "350302": "城厢区",
    "350304": "荔城区",
    "320481": "溧阳市",
}
STREET_MARGIN_M = 1500


def ship_division(raw: Path, code: str) -> None:
    """Write one district as a WGS-84 GeoJSON feature."""
    found = json.loads((raw / "territory" / f"{code}.geojson").read_text(encoding="utf-8"))
    polygon = shapely.transform(
        shape({"type": found["type"], "coordinates": found["coordinates"]}),
        lambda points: np.column_stack(
            convert(points[:, 0].copy(), points[:, 1].copy(), Datum.GCJ02, Datum.WGS84)
        ).round(6),
    )
    feature = {
        "type": "Feature",
        "properties": {"code": code, "name": DIVISIONS[code], "parent": code[:4], "datum": "wgs84"},
        "geometry": mapping(polygon),
    }
    text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
    (TARGET / "divisions" / f"{code}.geojson").write_text(text + "\n", encoding="utf-8")


def ship_streets(raw: Path) -> None:
    """Write the streets round 江岸 and 江汉 as WGS-84 GeoParquet with their highway class."""
    table = pq.read_table(raw / "streets" / "wuhan_streets.parquet", columns=["geometry", "highway"])
    back = Transformer.from_crs("EPSG:32650", "EPSG:4326", always_xy=True)
    lines = shapely.transform(
        shapely.from_wkb(table["geometry"].to_numpy()),
        lambda points: np.column_stack(back.transform(points[:, 0], points[:, 1])).round(6),
    )
    districts = [
        shape(json.loads((TARGET / "divisions" / f"{code}.geojson").read_text("utf-8"))["geometry"])
        for code in ("420102", "420103")
    ]
    west, south, east, north = shapely.union_all(districts).bounds
    west, south, *_ = box_around(west, south, STREET_MARGIN_M)
    *_, east, north = box_around(east, north, STREET_MARGIN_M)
    kept = shapely.intersects(lines, shapely.box(west, south, east, north))
    classes = np.array(table["highway"].to_pylist(), dtype=object)[kept]
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["LineString"]}},
    }
    shipped = pa.table({"geometry": shapely.to_wkb(lines[kept]), "highway": pa.array(classes, pa.string())})
    notice = "© OpenStreetMap contributors, ODbL 1.0 https://opendatacommons.org/licenses/odbl/"
    shipped = shipped.replace_schema_metadata({"geo": json.dumps(geo), "notice": notice})
    pq.write_table(shipped, TARGET / "wuhan_streets.parquet", compression="zstd", compression_level=19)


def refresh_manifest() -> None:
    """Put the present sha256 of every file into the manifest."""
    manifest = TARGET / "manifest.toml"
    lines, name = [], ""
    for line in manifest.read_text("utf-8").splitlines():
        if line.startswith("file = "):
            name = line.split('"')[1]
        if line.startswith("sha256 = "):
            line = f'sha256 = "{hashlib.sha256((TARGET / name).read_bytes()).hexdigest()}"'
        lines.append(line)
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Ship everything."""
    raw = Path(os.environ.get("PATROL_BENCH_DATA", ""))
    if not (raw / "territory").is_dir():
        sys.exit("Set PATROL_BENCH_DATA to the folder of the raw data.")
    (TARGET / "divisions").mkdir(parents=True, exist_ok=True)
    for code in DIVISIONS:
        ship_division(raw, code)
    shutil.copyfile(raw / "territory" / "townships.csv", TARGET / "townships.csv")
    shutil.copyfile(
        raw / "inspections" / "chicago_inspections_to_2014-08.csv.gz", TARGET / "chicago_inspections.csv.gz"
    )
    ship_streets(raw)
    refresh_manifest()


if __name__ == "__main__":
    main()
