"""Both engines keep the same promises: spatial answers, a refusal to run on a broken database, one fair write lock."""

import multiprocessing
import random
import time

import numpy as np
import pytest
import shapely
from sqlalchemy import create_engine, text

from patrol.core.errors import PatrolError
from patrol.core.geo import distance_m
from patrol.infra import spatial
from patrol.infra.db import check_database, db, refresh_statistics, unscoped
from patrol.infra.db.engine import LockedConnection, load_spatialite
from patrol.venues import Venue
from tests.databases import build_app, let_go
from tests.factories.patrols import create_place
from tests.factories.venues import EAST, create_division


@pytest.fixture
def points(session):
    """Two hundred venues strewn over the eastern district, some of them exactly on one spot."""
    rng = random.Random(7)
    with unscoped(session, "a test strews venues"):
        east = create_division(session, "420102", "江岸区", "district", None, EAST)
        spots = [(rng.uniform(EAST[0], EAST[2]), rng.uniform(EAST[1], EAST[3])) for _ in range(198)]
        spots += [(114.33, 30.61)] * 2
        for number, (lon, lat) in enumerate(spots):
            create_place(session, east, None, number, lon, lat)
        session.commit()
        yield np.array(spots)


def codes(session, *where):
    return {int(code[1:]) for code in session.scalars(db.select(Venue.code).where(*where))}


def test_a_box_holds_what_lies_in_it_borders_included(session, points):
    for west, south, east, north in [
        (114.31, 30.59, 114.34, 30.62),
        (114.33, 30.61, 114.35, 30.63),
        (0, 0, 1, 1),
    ]:
        inside = (points >= (west, south)).all(axis=1) & (points <= (east, north)).all(axis=1)
        assert codes(session, spatial.in_box(session, Venue, west, south, east, north)) == set(
            np.flatnonzero(inside)
        )


def test_a_shape_holds_what_it_meets(session, points):
    shape = shapely.Polygon([(114.30, 30.58), (114.36, 30.59), (114.33, 30.64)]).difference(
        shapely.Point(114.33, 30.60).buffer(0.005)
    )
    inside = shapely.intersects_xy(shape, points[:, 0], points[:, 1])
    assert codes(session, spatial.in_shape(session, Venue, shape)) == set(np.flatnonzero(inside))


@pytest.mark.parametrize("reach_m", [0.5, 250.0, 1500.0])
def test_a_distance_is_metres_on_both_engines(session, points, reach_m):
    away = distance_m(points[:, 0], points[:, 1], 114.33, 30.61)
    clear = np.abs(away - reach_m) > 0.01 * reach_m
    near = codes(session, spatial.within_m(session, Venue, 114.33, 30.61, reach_m))
    assert {n for n in near if clear[n]} == set(np.flatnonzero((away <= reach_m) & clear))


def test_the_nearest_come_first(session, points):
    away = distance_m(points[:, 0], points[:, 1], 114.345, 30.625)
    found = spatial.nearest(session, Venue, 114.345, 30.625, 12)
    assert [int(row.code[1:]) for row in found] == np.argsort(away, kind="stable")[:12].tolist()
    assert spatial.nearest(session, Venue, 0.0, 0.0, 3, within=1000.0) == []


BREAKS = {
    "spatialite": {
        "an index that was switched off": "SELECT DisableSpatialIndex('venue', 'geom')",
        "an index that lost rows": "DELETE FROM idx_venue_geom",
        "an index that points elsewhere": "UPDATE idx_venue_geom SET xmin = xmin + 1, xmax = xmax + 1",
        "a column of another type": "UPDATE geometry_columns SET geometry_type = 6 WHERE f_table_name = 'venue'",
        "a table nobody told of": "DELETE FROM geometry_columns WHERE f_table_name = 'finding'",
    },
    "postgis": {
        "no index": "DROP INDEX idx_venue_geom",
        "a column of another kind": "ALTER TABLE venue ALTER COLUMN geom TYPE geometry(GEOMETRY, 4326)",
    },
}


def test_a_broken_database_is_refused_with_a_sentence(app, session, database, points):
    check_database(session.connection())
    session.rollback()
    for what, statement in BREAKS[database.kind].items():
        with db.engine.connect() as connection:
            connection.execute(text(statement))
            with pytest.raises(PatrolError) as told:
                check_database(connection)
        assert told.value.code == "db.spatial_unsound", what
        assert "patrol db repair" in told.value.sentence("zh")
    with db.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        with pytest.raises(PatrolError) as told:
            check_database(connection)
    assert told.value.code == "db.not_migrated"
    check_database(session.connection())


def test_sqlite_enters_no_index_once_for_each_of_thousands_of_first_values():
    engine = create_engine("sqlite://")
    with engine.connect() as line:
        line.exec_driver_sql("CREATE TABLE seen (place INTEGER, at INTEGER, path TEXT)")
        rows = [(place, at, "4201/") for place in range(1000) for at in range(60)]
        line.exec_driver_sql("INSERT INTO seen VALUES (?, ?, ?)", rows)
        line.exec_driver_sql("CREATE INDEX seen_place_at ON seen (place, at)")
        line.commit()
    asked = "SELECT count(*) FROM seen WHERE at >= 30 AND at < 31"

    def plan():
        with engine.connect() as line:
            assert line.exec_driver_sql(asked).scalar() == 1000
            return str(line.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all())

    with engine.connect() as line:
        line.exec_driver_sql("ANALYZE")
    assert "seen_place_at (ANY(place)" in plan()
    refresh_statistics(engine, anew=True)
    assert "ANY(" not in plan()
    with engine.connect() as line:
        line.exec_driver_sql("CREATE INDEX seen_path_at ON seen (path, at)")
    refresh_statistics(engine, anew=True)
    assert "seen_path_at (ANY(path)" in plan(), "a few first values may be stepped over"
    engine.dispose()


def test_looking_whether_a_database_is_sound_writes_nothing(session, database, points):
    """Servers that start together look at once: one that writes would stand in the others' way."""
    noted = text("SELECT count(*) FROM spatialite_history" if database.kind == "spatialite" else "SELECT 0")
    before = session.scalar(noted)
    check_database(session.connection())
    assert session.scalar(noted) == before


def test_sqlite_runs_as_durable_as_it_promises(tmp_path):
    app = build_app(f"sqlite:///{tmp_path}/durable.db", tmp_path)
    with app.app_context(), db.engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    let_go(app)
    assert found == ["wal", 2, 1]


def write_in_turn(path, number, start, done):
    """Write thirty times through the lock, as a worker process does, and tell the longest wait."""
    connection = LockedConnection(path, timeout=30, isolation_level=None)
    connection.lock_path = f"{path}.lock"
    load_spatialite(connection)
    start.wait()
    longest = 0.0
    for _ in range(30):
        began = time.monotonic()
        connection.take_write_lock()
        connection.execute("BEGIN IMMEDIATE")
        longest = max(longest, time.monotonic() - began)
        connection.execute("UPDATE tally SET n = n + 1")
        connection.commit()
    done.put((number, longest))


def test_four_processes_write_in_turn_and_none_is_lost_or_starved(tmp_path):
    path = str(tmp_path / "shared.db")
    first = LockedConnection(path, isolation_level=None)
    first.execute("PRAGMA journal_mode=wal")
    first.execute("CREATE TABLE tally (n INTEGER)")
    first.execute("INSERT INTO tally VALUES (0)")
    context = multiprocessing.get_context("spawn")
    start, done = context.Event(), context.Queue()
    workers = [context.Process(target=write_in_turn, args=(path, number, start, done)) for number in range(4)]
    for worker in workers:
        worker.start()
    start.set()
    told = [done.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(timeout=30)
    assert first.execute("SELECT n FROM tally").fetchone()[0] == 120
    assert max(longest for _number, longest in told) < 10


def test_a_thread_that_would_wait_for_itself_is_told(tmp_path):
    path = str(tmp_path / "one.db")
    one, two = (LockedConnection(path, isolation_level=None) for _ in range(2))
    one.lock_path = two.lock_path = f"{path}.lock"
    one.take_write_lock()
    with pytest.raises(RuntimeError, match="wait for itself"):
        two.take_write_lock()
    one.close()
    two.take_write_lock()
    two.close()
