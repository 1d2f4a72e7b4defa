"""The venue of each action is carried over to where several have room, and back, with everything else of the row."""

import pytest
from sqlalchemy import inspect, text

from patrol.infra import spatial
from patrol.infra.db import db
from patrol.infra.db.migrate import spatial_tables
from tests.migrations.stage import asked, at_revision, fill, go


@pytest.fixture
def before(database, tmp_path):
    """A database of the revision before, with two venues, an action at each and one in a street, and a den."""
    with at_revision(database, tmp_path, "0022"):
        with db.engine.begin() as connection:
            for key in (5, 7):
                fill(connection, "venue", id=key, uid=f"v{key}", qr_token=f"t{key}", division_id=1, geom="POINT(114 30)",
                     grid_id=None, import_id=None)  # fmt: skip
            for key, venue in ((1, 7), (2, None), (3, 5)):
                fill(connection, "action", id=key, uid=f"a{key}", division_id=1, venue_id=venue, title=f"行动{key}",
                     geom="POINT(114.3 30.6)", campaign_id=None)  # fmt: skip
            fill(connection, "den", id=1, uid="n", division_id=1, action_id=3)
        yield


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
