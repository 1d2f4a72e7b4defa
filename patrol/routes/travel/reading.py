"""Reading street files: OpenStreetMap extracts and GeoParquet of edges."""

from __future__ import annotations

import itertools
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrol.core.errors import PatrolError
from patrol.routes.travel.assemble import Lines, assemble
from patrol.routes.travel.modes import class_index
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.problems import NO_REFERENCE, NO_STREETS, TOO_LARGE, UNREADABLE

MAX_FILE_MB = 500
OSM_ATTRIBUTION = "© OpenStreetMap contributors"
_ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}


def read_streets(path: Path) -> StreetNetwork:
    """Read a street file (.osm.pbf or GeoParquet) into a network named after the file.

    Raises :class:`PatrolError` for a file that is too large, damaged, of another kind, without streets,
    without a coordinate system, or whose streets do not join.
    """
    size_mb = path.stat().st_size / 1e6
    if size_mb > MAX_FILE_MB:
        raise PatrolError(TOO_LARGE, name=path.name, size_mb=round(size_mb), limit_mb=MAX_FILE_MB)
    name = path.name.split(".")[0]
    with path.open("rb") as opened:
        magic = opened.read(16)
    if magic[:4] == b"PAR1":
        return assemble(_read_geoparquet(path), name=name, attribution=OSM_ATTRIBUTION)
    if b"OSMHeader" in magic or path.name.endswith((".osm", ".osm.bz2")):
        return assemble(_read_osm(path), name=name, attribution=OSM_ATTRIBUTION)
    raise PatrolError(UNREADABLE, name=path.name)


def _read_osm(path: Path) -> Lines:
    """Ways with a ``highway`` tag, cut at every node that two of them share."""
    import osmium  # slow to load and needed here only

    nodes: list[NDArray[np.int64]] = []
    places: list[NDArray[np.float64]] = []
    classes: list[int] = []
    oneway: list[int] = []
    try:
        reader = (
            osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in reader:
            if not isinstance(way, osmium.osm.Way):
                continue
            kind = class_index(way.tags.get("highway"))
            known = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
            if kind >= 0 and len(known) >= 2:
                nodes.append(np.array([ref for ref, _, _ in known], dtype=np.int64))
                places.append(np.array([(lon, lat) for _, lon, lat in known]))
                classes.append(kind)
                oneway.append(_ONEWAY.get(way.tags.get("oneway") or "no", 0))
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError):
        raise PatrolError(UNREADABLE, name=path.name) from None
    if not nodes:
        raise PatrolError(NO_STREETS, name=path.name)
    return _cut_at_crossings(nodes, places, classes, oneway)


def _cut_at_crossings(
    nodes: list[NDArray[np.int64]], places: list[NDArray[np.float64]], classes: list[int], oneway: list[int]
) -> Lines:
    refs, uses = np.unique(np.concatenate(nodes), return_counts=True)
    shared = refs[uses > 1]
    pieces: list[NDArray[np.float64]] = []
    owner: list[int] = []
    for number, (ids, points) in enumerate(zip(nodes, places, strict=True)):
        inner = np.flatnonzero(np.isin(ids[1:-1], shared, assume_unique=False)) + 1
        cuts = [0, *inner.tolist(), len(ids) - 1]
        for start, end in itertools.pairwise(cuts):
            pieces.append(points[start : end + 1])
            owner.append(number)
    offsets = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64)
    return Lines(
        np.vstack(pieces), offsets, np.array(classes, np.int16)[owner], np.array(oneway, np.int8)[owner]
    )


def _read_geoparquet(path: Path) -> Lines:
    """Edges with a WKB geometry in any coordinate system that the file names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.ParquetFile(path)
        names = set(found.schema_arrow.names)
        geo = json.loads((found.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        column = geo.get("primary_column", "geometry")
        if column not in names:
            raise PatrolError(UNREADABLE, name=path.name)
        table = found.read(columns=[column, *sorted(names & {"highway", "oneway"})])
        shapes = shapely.from_wkb(table[column].to_numpy())
    except (pa.ArrowException, shapely.errors.GEOSException, ValueError, TypeError, OSError):
        raise PatrolError(UNREADABLE, name=path.name) from None
    kinds = table["highway"].to_pylist() if "highway" in names else [None] * len(shapes)
    ways = table["oneway"].to_pylist() if "oneway" in names else [None] * len(shapes)
    crs = geo.get("columns", {}).get(column, {}).get("crs", "OGC:CRS84") if geo else None
    return _from_shapes(shapes, kinds, ways, crs, path.name)


def _from_shapes(shapes: NDArray[Any], kinds: list[Any], ways: list[Any], crs: Any, name: str) -> Lines:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    straight = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    parts, owner = parts[straight], owner[straight]
    if not len(parts):
        raise PatrolError(NO_STREETS, name=name)
    points = _to_degrees(shapely.get_coordinates(parts), crs, name)
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(parts))]).astype(np.int64)
    classes = np.array([class_index(_one(kind)) for kind in kinds], dtype=np.int16)
    oneway = np.array([_ONEWAY.get((_one(way) or "no").lower(), 0) for way in ways], dtype=np.int8)
    return Lines(points, offsets, classes[owner], oneway[owner])


def _one(value: Any) -> str | None:
    """The first of several tags: merged edges carry a list of kinds."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return None if value is None else str(value)


def _to_degrees(points: NDArray[np.float64], crs: Any, name: str) -> NDArray[np.float64]:
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    if crs is not None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                source = CRS.from_user_input(crs if isinstance(crs, str) else json.dumps(crs))
            move = Transformer.from_crs(source, "EPSG:4326", always_xy=True)
            points = np.column_stack(move.transform(points[:, 0], points[:, 1]))
        except ProjError:
            raise PatrolError(NO_REFERENCE, name=name) from None
    inside = np.isfinite(points).all() and (np.abs(points) <= (180.0, 90.0)).all()
    if not inside:
        raise PatrolError(NO_REFERENCE, name=name)
    return np.asarray(points, dtype=np.float64)
