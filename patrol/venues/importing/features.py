"""GeoJSON: each feature a row, its properties the columns, a point of its geometry the position."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from patrol.core.errors import Fault, PatrolError
from patrol.venues.importing import problems as p
from patrol.venues.importing.table import LONGEST_CELL, Row, Source
from patrol.venues.importing.text_files import find_encoding
from patrol.venues.importing.workbooks import text_of

LON, LAT = "geometry.lon", "geometry.lat"


def open_geojson(path: Path) -> Source:
    """Open a collection of features; raises :class:`PatrolError` for anything else."""
    encoding = find_encoding(path)
    try:
        loaded = json.loads(path.read_text(encoding))
    except (ValueError, RecursionError) as error:
        raise PatrolError(p.UNREADABLE) from error
    features = loaded.get("features") if isinstance(loaded, dict) else None
    if not isinstance(features, list) or not features:
        raise PatrolError(p.GEOJSON)
    columns = _columns(features)
    shapes = sum(_type(feature) not in {"Point", ""} for feature in features)
    notes = (Fault(p.SHAPES, "", {"count": shapes}),) if shapes else ()
    return Source("geojson", lambda: _rows(features, columns), encoding, notes, (*columns, LON, LAT))


def _columns(features: list[Any]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for feature in features:
        names.update(dict.fromkeys(str(key) for key in _properties(feature)))
    return tuple(name for name in names if name not in {LON, LAT})


def _properties(feature: Any) -> dict[str, Any]:
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _type(feature: Any) -> str:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    return str(geometry.get("type", "")) if isinstance(geometry, dict) else ""


def _rows(features: list[Any], columns: tuple[str, ...]) -> Iterator[Row]:
    for number, feature in enumerate(features, start=1):
        properties = _properties(feature)
        cells = [_cell(properties.get(name)) for name in columns]
        yield Row(number, (*cells, *_position(feature)))


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:LONGEST_CELL]
    return text_of(value)


def _position(feature: Any) -> tuple[str, str]:
    """Return a point of the geometry; an impossible one is as good as none, and the row will say so."""
    if not _type(feature):
        return "", ""
    try:
        geometry = shape(feature["geometry"])
        if geometry.is_empty:
            return "", ""
        inside = geometry if isinstance(geometry, shapely.Point) else geometry.representative_point()
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return "", ""
    return f"{inside.x:.8f}", f"{inside.y:.8f}"
