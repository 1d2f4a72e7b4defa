"""All SQL that differs between SpatiaLite and PostGIS: predicates, indices and assertions.

Every table keeps its geometry in a column ``geom`` (WGS-84, SRID 4326). Distances are metres on the sphere.
On SpatiaLite the r-tree must be named in the query: forgetting it costs a factor of 1,000.
"""

from __future__ import annotations

import math
from typing import Any

import shapely
from geoalchemy2 import Geography, WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, cast, func, literal_column, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError, problem

SRID = 4326
#: one degree of latitude in metres on the sphere that both engines use for distances (R = 6,371,008.8 m)
METRES_PER_DEGREE = 111_195.08

UNSOUND = problem(
    "db.spatial_unsound",
    en="The spatial index of {table} is not sound ({detail}). Run: patrol db repair",
    zh="表 {table} 的空间索引不完整（{detail}）。请运行：patrol db repair",
    status=500,
)


def to_geom(shape: BaseGeometry) -> WKBElement:
    """Turn a shapely geometry in lon/lat degrees into a database value."""
    return from_shape(shape, srid=SRID)


def point(lon: float, lat: float) -> WKBElement:
    """Return the database value of a point; raises ``ValueError`` outside the earth."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(f"not a position on earth: {lon}, {lat}")
    return to_geom(shapely.Point(lon, lat))


def to_shapely(value: Any) -> BaseGeometry | None:
    """Turn a database value back into a shapely geometry."""
    return None if value is None else to_shape(value)


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _rtree_ids(model: Any, west: float, south: float, east: float, north: float) -> Any:
    """Select the ids whose box meets the given one, straight from SpatiaLite's r-tree.

    The r-tree holds 32-bit floats (about 0.7 m at 121° E): the box is widened, the caller tests exactly.
    """
    slack = 2e-5
    index = sql_table(f"idx_{model.__tablename__}_geom")
    c = literal_column
    return (
        select(c("pkid"))
        .select_from(index)
        .where(
            c("xmin") <= east + slack,
            c("xmax") >= west - slack,
            c("ymin") <= north + slack,
            c("ymax") >= south - slack,
        )
    )


def in_box(
    session: Session, model: Any, west: float, south: float, east: float, north: float
) -> ColumnElement[bool]:
    """Return the predicate "``model.geom`` meets the box given in degrees"."""
    envelope = (
        func.BuildMbr(west, south, east, north, SRID)
        if _sqlite(session)
        else func.ST_MakeEnvelope(west, south, east, north, SRID)
    )
    meets = func.ST_Intersects(model.geom, envelope)
    if _sqlite(session):
        return model.id.in_(_rtree_ids(model, west, south, east, north)) & (meets == 1)
    return model.geom.op("&&")(envelope) & meets


def in_shape(session: Session, model: Any, shape: BaseGeometry) -> ColumnElement[bool]:
    """Return the predicate "``model.geom`` meets ``shape``" (polygon or other, in degrees)."""
    value = func.ST_GeomFromText(shape.wkt, SRID)
    meets = func.ST_Intersects(model.geom, value)
    if _sqlite(session):
        return model.id.in_(_rtree_ids(model, *shape.bounds)) & (meets == 1)
    return meets


def within_m(session: Session, model: Any, lon: float, lat: float, distance_m: float) -> ColumnElement[bool]:
    """Return the predicate "``model.geom`` (points) lies within ``distance_m`` metres of the position"."""
    if not _sqlite(session):
        here = cast(func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID), Geography)
        return func.ST_DWithin(cast(model.geom, Geography), here, distance_m, False)
    d_lat = distance_m / METRES_PER_DEGREE
    d_lon = d_lat / max(math.cos(math.radians(lat)), 0.01)
    near = model.id.in_(_rtree_ids(model, lon - d_lon, lat - d_lat, lon + d_lon, lat + d_lat))
    return near & (distance_m_to(session, model, lon, lat) <= distance_m)


def distance_m_to(session: Session, model: Any, lon: float, lat: float) -> ColumnElement[float]:
    """Return the distance in metres on the sphere between ``model.geom`` and a position."""
    if _sqlite(session):
        return func.ST_Distance(model.geom, func.MakePoint(lon, lat, SRID), 0)
    here = cast(func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID), Geography)
    return func.ST_Distance(cast(model.geom, Geography), here, False)


def nearest(
    session: Session, model: Any, lon: float, lat: float, count: int, *, within: float = 20_000.0
) -> list[Any]:
    """Return up to ``count`` rows of ``model`` nearest to a position, nearest first, at most ``within`` metres away."""
    radius = 250.0
    distance = distance_m_to(session, model, lon, lat)
    while True:
        radius = min(radius, within)
        statement = (
            select(model).where(within_m(session, model, lon, lat, radius)).order_by(distance).limit(count)
        )
        found = list(session.scalars(statement))
        if len(found) >= count or radius >= within:
            return found
        radius *= 4


def assert_sound(connection: Any, tables: dict[str, str]) -> None:
    """Raise :class:`PatrolError` unless every spatial table has its type, SRID, index and triggers."""
    check = _sqlite_fault if connection.dialect.name == "sqlite" else _postgis_fault
    for table, geometry_type in tables.items():
        fault = check(connection, table, geometry_type)
        if fault:
            raise PatrolError(UNSOUND, where=table, table=table, detail=fault)


_TYPE_CODES = {
    "POINT": 1,
    "LINESTRING": 2,
    "POLYGON": 3,
    "MULTIPOINT": 4,
    "MULTILINESTRING": 5,
    "MULTIPOLYGON": 6,
}


def _sqlite_fault(connection: Any, table: str, geometry_type: str) -> str:
    row = connection.execute(
        text(
            "SELECT geometry_type, srid, spatial_index_enabled FROM geometry_columns"
            " WHERE f_table_name = :t AND f_geometry_column = 'geom'"
        ),
        {"t": table.lower()},
    ).one_or_none()
    if row is None:
        return "no row in geometry_columns"
    if tuple(row) != (_TYPE_CODES[geometry_type], SRID, 1):
        return f"type, srid, index = {tuple(row)}"
    return "" if index_fits(connection, table) else "index damaged or absent"


def index_fits(connection: Any, table: str) -> bool:
    """Say whether a SQLite table's spatial index holds exactly its geometries, each in its box; writes nothing.

    SpatiaLite's own ``CheckSpatialIndex`` notes each look in ``spatialite_history``: servers that start together then
    fall over each other's write lock and print "database is locked". Boxes are kept as 32-bit floats, rounded outward.
    """
    index = f"idx_{table}_geom"
    there = text("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(:name)")
    if not connection.execute(there, {"name": index}).scalar():
        return False
    inside = " AND ".join(
        f"Mbr{low}(t.geom) BETWEEN i.{column} AND i.{column} + 1e-4"
        f" AND Mbr{high}(t.geom) BETWEEN i.{other} - 1e-4 AND i.{other}"
        for low, column, high, other in (("MinX", "xmin", "MaxX", "xmax"), ("MinY", "ymin", "MaxY", "ymax"))
    )
    found = connection.execute(
        text(
            f'SELECT (SELECT count(*) FROM "{table}" WHERE geom IS NOT NULL) = (SELECT count(*) FROM "{index}")'  # noqa: S608
            f' AND NOT EXISTS (SELECT 1 FROM "{table}" AS t LEFT JOIN "{index}" AS i ON i.pkid = t.rowid'
            f" WHERE t.geom IS NOT NULL AND (i.pkid IS NULL OR NOT ({inside})))"
        )
    )
    return bool(found.scalar())


def _postgis_fault(connection: Any, table: str, geometry_type: str) -> str:
    row = connection.execute(
        text(
            "SELECT type, srid FROM geometry_columns WHERE f_table_name = :t AND f_geometry_column = 'geom'"
            " AND f_table_schema = current_schema()"
        ),
        {"t": table},
    ).one_or_none()
    if row is None or tuple(row) != (geometry_type, SRID):
        return f"type, srid = {tuple(row) if row else None}"
    gist = connection.execute(
        text(
            "SELECT count(*) FROM pg_indexes WHERE tablename = :t AND indexdef LIKE '%USING gist (geom)%'"
            " AND schemaname = current_schema()"
        ),
        {"t": table},
    ).scalar()
    return "" if gist else "no gist index"


def repair(connection: Any, tables: dict[str, str]) -> list[str]:
    """Rebuild every damaged spatial index; return the names of the tables mended."""
    mended = []
    for table in tables:
        if connection.dialect.name == "sqlite":
            if not index_fits(connection, table):
                connection.execute(text("SELECT CreateSpatialIndex(:t, 'geom')"), {"t": table})
                connection.execute(text("SELECT RecoverSpatialIndex(:t, 'geom')"), {"t": table})
                mended.append(table)
        else:
            connection.execute(
                text(f'CREATE INDEX IF NOT EXISTS "idx_{table}_geom" ON "{table}" USING gist (geom)')
            )
    return mended
