"""A rotation seals every field of every room anew: with the old key destroyed, all of them open; interrupted, it goes on."""

import datetime as dt
import secrets

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from patrol.accounts import code_now, principal_of_person
from patrol.accounts.models import SecondFactor
from patrol.accounts.second_factor import Outcome, check
from patrol.clues.models import ClueReporter
from patrol.clues.services.talking import reporter_place
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.enforcement.register import services
from patrol.enforcement.register.models import GuardedPerson
from patrol.infra import rotate_cli
from patrol.infra.crypto import Keyring, keyring
from patrol.infra.db import Base, unscoped
from patrol.infra.sealed import (
    SEALED,
    destroy_old_keys,
    left_under_other_keys,
    reseal_some,
)
from patrol.prevention.models import TextMessage
from patrol.prevention.telling import put_in_queue
from tests.factories import patrols as make
from tests.factories.ledgers import enter_guarded, make_record
from tests.factories.matrix import clue
from tests.factories.second_factor import enrol

NUMBER, NAME, CONTACT, PHONE = "11010519491231002X", "金丝雀三丰", "微信金丝雀", "13800138000"
CLOCK = SystemClock()
#: sealed under a key of each entry's own, which is sealed under the ring
UNDER_ANOTHER_KEY = {
    "guarded_person.sealed_name",
    "guarded_person.sealed_identity",
    "guarded_person.sealed_note",
}
#: nobody writes it: a sighting's reporter is an account or nobody
NEVER_WRITTEN = {"sighting_reporter.contact_sealed"}


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def ring(app):
    return keyring(app.config["SETTINGS"])


class World:
    """The little that the factory of a clue asks of a world."""

    def __init__(self, session, city):
        self.session, self.own, self.people = session, city.east, city

    def person(self, role):
        return self.people.inspector

    def add(self, row):
        self.session.add(row)
        self.session.flush()
        return row


@pytest.fixture
def sealed(app, session, city, ring):
    """One sealed thing of every kind."""
    session.info["readonly"] = False
    with unscoped(session, "a test seals"):
        manager = session.merge(city.manager)
        phone = enrol(session, manager)
        reported = clue(World(session, city))
        session.add(
            ClueReporter(
                clue_id=reported.id, name_sealed=ring.seal(NAME, reporter_place("name", reported.id)),
                contact_sealed=ring.seal(CONTACT, reporter_place("contact", reported.id)), way="sms",
            )
        )  # fmt: skip
        text = make_record(session, "texts", "420102")
        put_in_queue(session, principal_of_person(manager), text, PHONE, ring, clock=CLOCK)
        action = make_record(session, "actions", "420102")
        enter_guarded(session, action, manager, NUMBER, NAME)
        session.commit()
    return phone


def opened(session, city, ring, phone):
    """Open everything that is sealed; raises :class:`PatrolError` where a key is missing."""
    with unscoped(session, "a test opens"):
        reporter = session.scalars(select(ClueReporter)).one()
        text = session.scalars(select(TextMessage)).one()
        code = code_now(phone.secret, dt.datetime.now(dt.UTC))
        return (
            ring.unseal(reporter.name_sealed, reporter_place("name", reporter.clue_id)),
            ring.unseal(reporter.contact_sealed, reporter_place("contact", reporter.clue_id)),
            ring.unseal(text.waiting, f"text_message|waiting|{text.uid}"),
            services.opened(session.scalars(select(GuardedPerson)).one(), ring)["identity"],
            check(session, principal_of_person(session.merge(city.manager)), code, ring, clock=CLOCK),
        )


EVERYTHING = (NAME, CONTACT, PHONE, NUMBER, Outcome.RIGHT)


def test_every_sealed_column_is_known_to_the_rotation():
    known = {each.name for each in SEALED}
    looks_sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "sealed" in column.name and column.name != "sealed_on"
    }
    assert looks_sealed - known == UNDER_ANOTHER_KEY | NEVER_WRITTEN
    assert known - looks_sealed == {"text_message.waiting"}


def test_after_a_rotation_that_was_interrupted_everything_opens_without_the_old_key(
    session, city, ring, sealed
):
    with unscoped(session, "a test rotates"):
        old = ring.current()
        ring.rotate()
        total = left_under_other_keys(session, ring)
        assert total >= len(SEALED)
        assert reseal_some(session, ring, most=2) == 2
        session.commit()
        assert left_under_other_keys(session, ring) == total - 2
        with pytest.raises(PatrolError) as told:
            destroy_old_keys(session, ring)
        assert told.value.code == "crypto.key_still_needed"
        assert old in ring.versions()
        while reseal_some(session, ring, most=2):
            session.commit()
        assert destroy_old_keys(session, ring) == [old]
        session.commit()
    assert ring.versions() == [old + 1]
    session.expire_all()
    assert opened(session, city, ring, sealed) == EVERYTHING


def test_a_field_that_does_not_open_keeps_the_old_key(session, city, ring, sealed):
    with unscoped(session, "a test damages a field"):
        ring.rotate()
        session.scalars(select(SecondFactor)).one().sealed_secret = "k1.AAAA"
        session.commit()
        with pytest.raises(PatrolError):
            reseal_some(session, ring)
        session.rollback()
        with pytest.raises(PatrolError):
            destroy_old_keys(session, ring)
    assert len(ring.versions()) == 2


def test_the_command_takes_an_interrupted_run_up_and_destroys_the_old_key(
    app, session, city, ring, sealed, monkeypatch
):
    with unscoped(session, "a test is interrupted"):
        ring.rotate()
        reseal_some(session, ring, most=1)
        session.commit()
    make.free(session)
    monkeypatch.setattr("patrol.create_app", lambda: app)
    said = CliRunner().invoke(rotate_cli.rotate, ["--destroy-old"])
    assert said.exit_code == 0, said.output
    assert "key version" not in said.output, "the key made before is used"
    assert f"destroyed version {ring.current() - 1}" in said.output
    session.expire_all()
    assert opened(session, city, ring, sealed) == EVERYTHING
    make.free(session)
    again = CliRunner().invoke(rotate_cli.rotate, [])
    assert f"key version {ring.current()}" in again.output


def test_the_current_key_is_never_destroyed(tmp_path):
    ring = Keyring(tmp_path / secrets.token_hex(4))
    ring.seal("x", "a|b|c")
    with pytest.raises(ValueError, match="current"):
        ring.destroy(ring.current())
