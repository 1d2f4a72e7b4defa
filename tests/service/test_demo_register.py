"""The demo's guarded register: the same persons for the same seed, none of whom can exist."""

import datetime as dt
import re
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from patrol.accounts import code_now
from patrol.accounts.models import RecoveryCode, SecondFactor
from patrol.core.clock import SystemClock, china_date
from patrol.core.identifiers import identity_region_is_known, read_identity_number
from patrol.demo import cast, cli, guarded
from patrol.enforcement.register import queries, services
from patrol.enforcement.register.models import GuardedPerson, ListRequest
from patrol.infra.crypto import keyring
from patrol.infra.db import unscoped
from tests.factories import patrols as make
from tests.factories.ledgers import make_record
from tests.factories.venues import create_person

CLOCK = SystemClock()
TODAY = china_date(CLOCK.now())


@pytest.fixture
def people(session):
    city = make.create_city(session)
    with unscoped(session, "a test makes actions"):
        session.info["readonly"] = False
        for division in ("420102", "420103"):
            for ago in (345, 100, 80, 40, 20, 9):
                day = (TODAY - dt.timedelta(days=ago)).isoformat()
                make_record(session, "actions", division, begun_on=day, identity_records="3")
        city_manager = create_person(session, city.east, "city_manager", username="boss")
        city_manager.scope_path = city.east.scope_path.rpartition("/420102")[0] + "/"
        second = create_person(session, city.west, "branch_manager", username="second")
        session.commit()
    return {"city": city_manager, "manager": city.manager, "manager2": second}


def stored(app, session, people):
    """Store the register and return what it says in clear."""
    ring = keyring(app.config["SETTINGS"])
    with unscoped(session, "the demo city is made by the system"):
        for model in (ListRequest, GuardedPerson, RecoveryCode, SecondFactor):
            session.execute(delete(model))
        guarded.store_guarded(session, people, ring, CLOCK, Random(7))
        rows = session.scalars(select(GuardedPerson).order_by(GuardedPerson.id)).all()
        found = [(row.uid, row.role, row.expires_on, services.opened(row, ring)) for row in rows]
        due = queries.due(session, TODAY + dt.timedelta(days=30))
        session.commit()
    return found, due


def test_the_same_seed_enters_the_same_persons_and_nobody_who_exists(app, session, people):
    first, due = stored(app, session, people)
    assert stored(app, session, people)[0] == first
    assert len(first) >= 30
    assert {role for _uid, role, _until, _said in first} == {"participant", "organiser", "rescued"}
    for *_, said in first:
        number = said["identity"]
        assert read_identity_number(number) == number
        assert identity_region_is_known(number)
        assert (number[:6], number[14:17]) == ("420000", "000"), (
            "no county and no serial number of a living person"
        )
        assert re.fullmatch(r"演示[甲-癸一-龟]{2}", said["name"])
        assert "虚构" in said["note"]
    assert due, "something is due for deletion within a month"


def test_the_command_prints_the_digits_of_now():
    said = CliRunner().invoke(cli.command, ["--code"])
    now = dt.datetime.now(dt.UTC)
    near = {code_now(cast.SECOND_FACTOR, now + dt.timedelta(seconds=s)) for s in (-30, 0)}
    assert said.output.split()[0] in near
