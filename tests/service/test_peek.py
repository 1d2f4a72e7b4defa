"""A glance at a database says "ready" only for one that is, and never throws."""

import dataclasses

import pytest

from patrol.infra.config import read_settings
from patrol.infra.db import db
from patrol.infra.peek import holds_a_city, is_at_head
from tests.factories import patrols as make


def test_a_database_at_head_is_ready_and_holds_a_city_once_there_is_one(app, session):
    settings = app.config["SETTINGS"]
    session.remove()
    assert is_at_head(settings)
    assert not holds_a_city(settings)
    make.create_city(db.session)
    db.session.commit()
    assert holds_a_city(settings)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert not is_at_head(settings)
    assert not holds_a_city(settings)


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@/none?host=/nowhere"]
)
def test_what_cannot_be_looked_at_is_not_ready(tmp_path, url):
    settings = dataclasses.replace(read_settings({"DATA_DIR": str(tmp_path)}), DATABASE_URL=url)
    assert not is_at_head(settings)
    assert not holds_a_city(settings)


def test_a_glance_makes_no_database(tmp_path):
    settings = read_settings({"DATA_DIR": str(tmp_path), "DATABASE_URL": ""})
    assert not is_at_head(settings)
    assert not (tmp_path / "patrol.db").exists()
