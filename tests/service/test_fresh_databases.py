"""What one test leaves behind no other meets: rows, counters, tables and locks are as after the migrations."""

import contextlib

from sqlalchemy import create_engine, inspect, text

from patrol.infra.db import db
from tests.databases import let_go
from tests.factories.patrols import create_city

#: what the spatial extensions keep for themselves
NOT_OURS = (
    "spatial_",
    "sql_",
    "data_licenses",
    "geometry_",
    "elementarygeometries",
    "knn",
    "idx_",
    "views_",
    "virts_",
    "vector_",
)


def held(app):
    """Return the columns of every table, and every row of every table of ours as text."""
    with app.app_context(), db.engine.connect() as line:
        looked = inspect(line)
        ours = [name for name in looked.get_table_names() if not name.lower().startswith(NOT_OURS)]
        columns = {name: [each["name"] for each in looked.get_columns(name)] for name in ours}
        rows = {name: sorted(map(str, line.execute(text(f'SELECT * FROM "{name}"')))) for name in ours}
    let_go(app)
    return columns, rows


def first_numbers(app, session):
    """Build a city; return the numbers its first rows were given."""
    made = create_city(session)
    numbers = made.east.id, made.venues[0].id
    session.close()
    return numbers


def start_anew(app, session, database):
    """Do what happens between two tests."""
    session.close()
    let_go(app)
    database.reset()


def test_rows_and_counters_are_as_after_the_migrations(app, session, database):
    before = held(app)
    numbers = first_numbers(app, session)
    assert held(app) != before
    start_anew(app, session, database)
    assert held(app) == before
    assert first_numbers(app, session) == numbers
    start_anew(app, session, database)
    assert held(app) == before


def test_rows_that_migrations_wrote_are_back(app, session, database):
    before = held(app)
    session.execute(text("DELETE FROM community_item"))
    session.execute(text("UPDATE place_stamp SET stamp = stamp + 7"))
    session.commit()
    assert held(app) != before
    start_anew(app, session, database)
    assert held(app) == before


def test_a_table_or_column_that_a_test_made_is_gone(app, session, database):
    before = held(app)
    for statement in (
        "CREATE TABLE left_behind (id integer)",
        "ALTER TABLE agency ADD COLUMN left_behind integer",
    ):
        session.execute(text(statement))
        session.commit()
        start_anew(app, session, database)
        assert held(app) == before


def test_whoever_still_holds_rows_is_sent_away(app, session, database):
    before = held(app)
    first_numbers(app, session)
    engine = create_engine(database.url)
    holding = engine.connect()
    holding.execute(text("UPDATE division SET name = 'held'"))
    start_anew(app, session, database)
    assert held(app) == before
    with contextlib.suppress(Exception):
        holding.close()
    engine.dispose()
