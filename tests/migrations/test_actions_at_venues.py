"""The venue of each action is carried over to where several have room, and back, with everything else of the row."""

import datetime as dt

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import inspect, text

from patrol.infra import spatial
from patrol.infra.db import db
from patrol.infra.db.migrate import alembic_config, install_postgis, spatial_tables
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


@pytest.fixture
def before(database, tmp_path):
    """A database of the revision before, with two venues, an action at each and one in a street, and a den."""
    app = build_app(database.bare(tmp_path.name), tmp_path)
    with app.app_context():
        install_postgis(db.engine)
        go("upgrade", "0022")
        with db.engine.begin() as connection:
            fill(
                connection,
                "division",
                id=1,
                uid="d",
                parent_id=None,
                geom="MULTIPOLYGON(((0 0,1 0,1 1,0 0)))",
            )
            for key in (5, 7):
                fill(connection, "venue", id=key, uid=f"v{key}", qr_token=f"t{key}", division_id=1, geom="POINT(114 30)",
                     grid_id=None, import_id=None)  # fmt: skip
            for key, venue in ((1, 7), (2, None), (3, 5)):
                fill(connection, "action", id=key, uid=f"a{key}", division_id=1, venue_id=venue, title=f"行动{key}",
                     geom="POINT(114.3 30.6)", campaign_id=None)  # fmt: skip
            fill(connection, "den", id=1, uid="n", division_id=1, action_id=3)
        yield
    let_go(app)


def go(way, revision):
    getattr(command, way)(alembic_config(db.engine), revision)


def asked(sql):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


WHAT_STAYS = "SELECT id, title, uid, ST_AsText(geom), agencies, created_at FROM action ORDER BY id"


def test_every_venue_comes_over_and_back_and_over_again(before):
    stays = [tuple(map(str, row)) for row in asked(WHAT_STAYS)]
    go("upgrade", "0023")
    carried = "SELECT action_id, venue_id, position FROM action_venue ORDER BY action_id"
    assert asked(carried) == [(1, 7, 0), (3, 5, 0)]
    assert "venue_id" not in {column["name"] for column in inspect(db.engine).get_columns("action")}
    go("downgrade", "0022")
    assert asked("SELECT id, venue_id FROM action ORDER BY id") == [(1, 7), (2, None), (3, 5)]
    keys = {tuple(key["constrained_columns"]) for key in inspect(db.engine).get_foreign_keys("action")}
    assert ("venue_id",) in keys
    assert not inspect(db.engine).has_table("action_venue")
    go("upgrade", "head")
    assert asked(carried) == [(1, 7, 0), (3, 5, 0)]
    assert [tuple(map(str, row)) for row in asked(WHAT_STAYS)] == stays
    with db.engine.connect() as connection:
        spatial.assert_sound(connection, spatial_tables())
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()


def test_the_way_back_stops_where_a_venue_would_be_lost(before):
    go("upgrade", "0023")
    with db.engine.begin() as connection:
        fill(connection, "action_venue", action_id=1, venue_id=5, position=1)
    with pytest.raises(RuntimeError, match="1 actions are at several venues"):
        go("downgrade", "0022")
    assert asked("SELECT count(*) FROM action_venue") == [(3,)]
