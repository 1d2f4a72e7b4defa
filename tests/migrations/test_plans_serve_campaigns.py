"""Plans of before serve the campaigns that weighed in them, as their figures say."""

import datetime as dt
import json

import pytest
from sqlalchemy import inspect, text

from patrol.infra.db import db
from tests.migrations.stage import asked, at_revision, fill, go


@pytest.fixture
def before(database, tmp_path):
    """A database of the revision before with three plans: one that a campaign weighed in, one of old, one of none."""
    with at_revision(database, tmp_path, "0023"):
        with db.engine.begin() as connection:
            fill(connection, "agency", id=1, uid="g", division_id=1, parent_id=None)
            fill(connection, "campaign", id=1, uid="c1", division_id=1, title="百日行动", scope_path="42/",
                 ended_on=dt.date(2026, 7, 31))  # fmt: skip
            weighed = [
                {"uid": "c1", "title": "百日行动"},
                {"uid": "c1", "title": "百日行动"},
                {"uid": "nowhere"},
            ]
            for key, figures in ((1, {"campaigns": weighed}), (2, {}), (3, {"campaigns": []})):
                fill(connection, "plan", id=key, uid=f"p{key}", agency_id=1)
                value = "CAST(:f AS JSON)" if connection.dialect.name == "postgresql" else ":f"
                connection.execute(
                    text(f"UPDATE plan SET figures = {value} WHERE id = {key}"), {"f": json.dumps(figures)}
                )
        yield


def test_what_weighed_in_a_plan_is_what_it_serves(before):
    go("upgrade", "0024")
    found = asked("SELECT plan_id, campaign_uid, title, ended_on, owner_path FROM plan_campaign")
    assert [tuple(map(str, row)) for row in found] == [("1", "c1", "百日行动", "2026-07-31", "42/")]
    go("downgrade", "0023")
    assert not inspect(db.engine).has_table("plan_campaign")
    go("upgrade", "head")
    assert len(asked("SELECT 1 FROM plan_campaign")) == 1
