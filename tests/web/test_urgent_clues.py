"""Urgent clues reach the phone of the team on duty, and the first acknowledgement counts."""

import datetime as dt

import pytest
from sqlalchemy import select

from patrol.clues import Clue
from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from tests.factories import patrols as make

PHONE = {"X-Patrol": "1", "Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def clue(session, city):
    """An urgent clue that the inspector was sent to."""
    day = dt.datetime.now(dt.UTC).date()
    with unscoped(session, "a test makes a clue"):
        row = Clue(
            number="2026-00001", channel="telephone", kind="lecture", text="楼上有人听课" * 100, seen_on="今早",
            urgent=True, state="assigned", person_id=city.inspector.id, venue_id=city.venues[0].id,
            division_id=city.east.id, scope_path=city.east.scope_path, accept_due=day, close_due=day,
        )  # fmt: skip
        session.add(row)
        session.commit()
    return row.uid


def waiting(client):
    answer = client.get("/api/v1/urgent-clues")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    told = answer.get_json()
    assert told["receipt_of"] == "patrol"
    return told


def change(session, clue, **values):
    session.rollback()
    session.info["readonly"] = False
    with unscoped(session, "a test changes the clue"):
        row = session.scalars(select(Clue).where(Clue.uid == clue)).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def test_the_officer_on_duty_reads_where_what_and_when(app, city, clue):
    told = waiting(make.sign_in(app, city.inspector))
    assert told["person_uid"] == city.inspector.uid
    (one,) = told["clues"]
    assert set(one) == {
        "uid", "number", "kind", "text", "place", "venue_uid", "address", "seen_on", "received_at"
    }  # fmt: skip
    assert (one["place"], one["venue_uid"]) == (city.venues[0].name, city.venues[0].uid)
    assert (one["seen_on"], len(one["text"])) == ("今早", 300)


def test_nobody_else_hears_of_it(app, city, clue):
    assert waiting(make.sign_in(app, city.stranger))["clues"] == []
    assert waiting(make.sign_in(app, city.manager))["clues"] == []
    assert make.sign_in(app, city.liaison).get("/api/v1/urgent-clues").status_code == 403


@pytest.mark.parametrize("values", [{"urgent": False}, {"state": "closed"}, {"state": "verified"}])
def test_what_is_not_urgent_or_already_under_way_does_not_ring(app, city, session, clue, values):
    change(session, clue, **values)
    assert waiting(make.sign_in(app, city.inspector))["clues"] == []


def test_a_clue_of_an_agency_rings_for_all_of_it_until_somebody_is_sent(app, city, session, clue):
    change(session, clue, person_id=None, agency_id=city.inspector.agency_id, state="triaged")
    assert [c["uid"] for c in waiting(make.sign_in(app, city.inspector))["clues"]] == [clue]


def test_the_first_acknowledgement_counts_and_ends_the_waiting(app, city, session, clue):
    phone = make.sign_in(app, city.inspector)
    for _ in range(2):
        answer = phone.post(f"/clues/{clue}/acknowledge", headers=PHONE)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.get_json() == {"receipt_of": "patrol", "acknowledged": clue}
    assert waiting(phone)["clues"] == []
    with unscoped(session, "a test looks"):
        row = session.scalars(select(Clue).where(Clue.uid == clue)).one()
        assert row.acknowledged_by_id == city.inspector.id
        entries = session.scalars(select(AuditEntry).where(AuditEntry.verb == "clues.acknowledge")).all()
        assert len(entries) == 1


def test_a_clue_elsewhere_cannot_be_acknowledged(app, city, session, clue):
    change(session, clue, scope_path=city.far.scope_path, venue_id=None)
    phone = make.sign_in(app, city.inspector)
    assert phone.post(f"/clues/{clue}/acknowledge", headers=PHONE).status_code == 404
