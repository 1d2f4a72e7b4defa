"""A database at an earlier revision, filled by hand, for tests of one migration."""

import datetime as dt
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import command
from sqlalchemy import inspect, text

from patrol.infra.db import db
from patrol.infra.db.migrate import alembic_config, install_postgis
from tests.databases import build_app, let_go

FILLING = {
    sa.String: "x", sa.Boolean: False, sa.Integer: 1, sa.JSON: "[]", sa.Float: 0.0, sa.Date: dt.date(2026, 3, 1),
    sa.DateTime: dt.datetime(2026, 3, 1, 4),
}  # fmt: skip


def fill(connection, table, **given):
    """Insert a row: what is given, and something of the right type wherever a value is needed."""
    for column in inspect(connection).get_columns(table):
        needed = not column["nullable"] and column["default"] is None and column["name"] not in given
        if needed:
            given[column["name"]] = next(v for kind, v in FILLING.items() if isinstance(column["type"], kind))
    values = ", ".join(
        "ST_GeomFromText(:geom, 4326)" if name == "geom" else f"CAST(:{name} AS JSON)"
        if given[name] == "[]" and connection.dialect.name == "postgresql" else f":{name}"
        for name in given
    )  # fmt: skip
    connection.execute(text(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({values})"), given)


def go(way, revision):
    getattr(command, way)(alembic_config(db.engine), revision)


def asked(sql):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


@contextmanager
def at_revision(database, folder, revision):
    """Stand in an application whose database is at a revision and holds one division."""
    app = build_app(database.bare(folder.name), folder)
    with app.app_context():
        install_postgis(db.engine)
        go("upgrade", revision)
        with db.engine.begin() as connection:
            fill(
                connection,
                "division",
                id=1,
                uid="d",
                parent_id=None,
                geom="MULTIPOLYGON(((0 0,1 0,1 1,0 0)))",
            )
        yield
    let_go(app)
