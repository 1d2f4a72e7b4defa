"""The migrations lead from nothing to exactly what the models say, on both databases."""

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from patrol.core.errors import PatrolError
from patrol.infra.db import check_database, current_revision, db, head_revision, upgrade
from patrol.infra.db.migrate import alembic_config, install_postgis, spatial_tables
from tests.contract.test_migrations import scripts
from tests.databases import build_app, let_go

REVISIONS = [each.revision for each in reversed(list(scripts().walk_revisions()))]


def test_the_migrated_schema_is_what_the_models_say(app):
    with app.app_context():
        command.check(alembic_config(db.engine))
        with db.engine.connect() as connection:
            check_database(connection)


def test_every_step_on_the_way_up_stands_by_itself(database, tmp_path):
    app = build_app(database.bare("steps"), tmp_path)
    with app.app_context():
        install_postgis(db.engine)
        for revision in REVISIONS:
            command.upgrade(alembic_config(db.engine), revision)
            with db.engine.connect() as connection:
                assert current_revision(connection) == revision
        with db.engine.connect() as connection:
            check_database(connection)
    assert head_revision() == REVISIONS[-1]
    let_go(app)


def test_a_second_upgrade_changes_nothing(app):
    with app.app_context():
        before = sorted(inspect(db.engine).get_table_names())
        upgrade(app)
        assert sorted(inspect(db.engine).get_table_names()) == before


def test_every_table_with_a_geometry_is_watched(app):
    with app.app_context():
        assert set(spatial_tables()) == {
            name for name, table in db.metadata.tables.items() if "geom" in table.c
        }


def test_an_account_that_may_not_add_postgis_is_told_what_to_do(postgres_admin_url, tmp_path):
    admin = create_engine(postgres_admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS patrol_plain"))
        connection.execute(text("DROP ROLE IF EXISTS patrol_plain"))
        connection.execute(text("CREATE ROLE patrol_plain LOGIN"))
        connection.execute(text("CREATE DATABASE patrol_plain OWNER patrol_plain TEMPLATE template0"))
    admin.dispose()
    url = make_url(postgres_admin_url).set(username="patrol_plain", database="patrol_plain")
    app = build_app(url.render_as_string(hide_password=False), tmp_path)
    with pytest.raises(PatrolError) as refused:
        upgrade(app)
    assert refused.value.code == "db.no_postgis"
    let_go(app)
