"""`patrol people create-administrator`: an installation without the demo can be entered, and by one account only."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from patrol.accounts import Person, Role
from patrol.accounts.cli import group
from patrol.core.errors import PatrolError
from patrol.infra.audit import AuditEntry, first_broken_link
from patrol.infra.db import unscoped
from patrol.territory import Division
from tests.factories.patrols import browser

GOOD = "三个词 river copper"
GIVEN = {
    "--username": "keeper", "--name": "陈管理", "--agency": "武汉市市场监督管理局",
    "--division-code": "4201", "--division-name": "武汉市",
}  # fmt: skip


@pytest.fixture
def run(app, database, monkeypatch, tmp_path):
    """Run the command on the database of the test, as a person at the server does."""
    monkeypatch.setattr("patrol.create_app", lambda: app)

    def command(**changed):
        given = {**GIVEN, **{f"--{name.replace('_', '-')}": value for name, value in changed.items()}}
        words = [word for pair in given.items() for word in pair]
        return CliRunner().invoke(group, ["create-administrator", *words])

    return command


def code_of(outcome):
    assert outcome.exit_code == 0, outcome.output
    return re.search(r"one-time code: (\S+)", outcome.output)[1]


def token_of(client, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[1]


def enter(app, code):
    """Choose a password by the code, sign in, and open the page of people; return its status."""
    client = browser(app)
    chosen = client.post(
        "/account/password",
        data={"csrf_token": token_of(client, "/account/password"), "username": "keeper", "code": code,
              "password": GOOD, "again": GOOD},
    )  # fmt: skip
    if chosen.status_code != 302:
        return chosen.status_code
    client.post(
        "/login", data={"csrf_token": token_of(client, "/login"), "username": "keeper", "password": GOOD}
    )
    return client.get("/people/").status_code


def test_the_first_administrator_enters_and_keeps_people(app, run, session):
    assert enter(app, code_of(run())) == 200
    with unscoped(session, "a test looks"):
        person = session.scalars(select(Person)).one()
        assert [role.name for role in person.roles] == ["system_administrator"]
        assert person.scope_path == "4201/"
        assert session.scalar(select(func.count()).select_from(Role)) == 8, "every role can be given"
        verbs = session.scalars(select(AuditEntry.verb).order_by(AuditEntry.number)).all()
    assert verbs[:2] == ["accounts.create_administrator", "accounts.give_code"]
    assert first_broken_link(session) is None


def test_a_code_that_ran_out_is_given_anew_and_the_old_one_is_dead(app, run, session):
    old, new = code_of(run()), code_of(run())
    assert enter(app, old) == 403
    assert enter(app, new) == 200
    with unscoped(session, "a test looks"):
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_second_administrator_is_not_made_from_the_command_line(run, session):
    code_of(run())
    refused = run(username="intruder").exception
    assert isinstance(refused, PatrolError)
    assert refused.code == "accounts.administrator_exists"
    assert "keeper" in refused.sentence("zh")


def test_every_fault_is_told_at_once_and_nothing_is_stored(run, session):
    refused = run(username=" ", name="", agency=" ").exception
    assert {fault.where for fault in refused.faults} == {"username", "name", "agency"}
    assert run(division_code="42/01").exception.code == "territory.bad_code"
    session.rollback()
    with unscoped(session, "a test looks"):
        assert session.scalar(select(func.count()).select_from(Division)) == 0


def test_a_database_without_tables_is_refused(database, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", database.bare("founding"))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    words = [word for pair in GIVEN.items() for word in pair]
    refused = CliRunner().invoke(group, ["create-administrator", *words]).exception
    assert refused.code == "db.not_migrated"
