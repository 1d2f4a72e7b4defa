"""Urgent clues reach the phone of the team on duty, and the first acknowledgement counts."""

import datetime as dt

import pytest
from sqlalchemy import select

from patrol.clues import Clue
from patrol.clues.models import ClueReached
from patrol.core.clock import china_date
from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.routes import Route
from tests.factories import patrols as make
from tests.factories.venues import create_person

PHONE = {"X-Patrol": "1", "Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def clue(session, city):
    """An urgent clue that the inspector was sent to."""
    day = china_date(dt.datetime.now(dt.UTC))
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


@pytest.fixture
def colleague(session, city):
    """An inspector of the same agency who is in no team."""
    session.info["readonly"] = False
    with unscoped(session, "a test adds a colleague"):
        person = create_person(session, city.east, "inspector", username="colleague")
        person.agency_id = city.inspector.agency_id
        session.commit()
    return person


def on_duty(session, city, begins_h, ends_h):
    """Let the team's route run between so many hours from now, and the team belong to the inspector's agency."""
    session.rollback()
    session.info["readonly"] = False
    now = dt.datetime.now(dt.UTC)
    with unscoped(session, "a test sets the shift"):
        route = session.scalars(select(Route)).one()
        route.start_at, route.end_at = (now + dt.timedelta(hours=h) for h in (begins_h, ends_h))
        route.team.agency_id = city.inspector.agency_id
        session.commit()


def rings(app, *people):
    return [len(waiting(make.sign_in(app, person))["clues"]) for person in people]


def test_before_anybody_is_sent_it_rings_for_the_team_on_duty_and_later_for_more(
    app, city, session, clue, colleague
):
    on_duty(session, city, -1, 1)
    change(session, clue, person_id=None, agency_id=city.inspector.agency_id, state="triaged")
    who = (city.inspector, city.police, colleague, city.manager, city.stranger)
    assert rings(app, *who) == [1, 1, 0, 0, 0]
    change(session, clue, received_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=16))
    assert rings(app, *who) == [1, 1, 1, 1, 0]


@pytest.mark.parametrize(("begins_h", "ends_h"), [(1, 8), (-8, -1)])
def test_outside_of_every_shift_the_whole_agency_hears_it(
    app, city, session, clue, colleague, begins_h, ends_h
):
    on_duty(session, city, begins_h, ends_h)
    change(session, clue, person_id=None, agency_id=city.inspector.agency_id, state="triaged")
    assert rings(app, city.inspector, colleague) == [1, 1]


def test_one_that_has_just_come_in_rings_for_the_team_on_duty_where_it_lies(
    app, city, session, clue, colleague
):
    change(session, clue, person_id=None, agency_id=None, state="received")
    on_duty(session, city, -1, 1)
    assert rings(app, city.inspector, colleague, city.manager, city.stranger) == [1, 0, 0, 0]
    on_duty(session, city, 1, 2)
    assert rings(app, city.inspector, colleague, city.manager, city.stranger) == [0, 0, 1, 0]


def test_somebody_who_was_sent_and_does_not_answer_is_told_to_the_managers(app, city, session, clue):
    on_duty(session, city, -1, 1)
    assert rings(app, city.inspector, city.police, city.manager) == [1, 0, 0]
    change(session, clue, received_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=16))
    assert rings(app, city.inspector, city.manager) == [1, 1]


def test_the_board_says_who_is_on_duty_whose_phone_it_reached_and_who_acknowledged(app, city, session, clue):
    on_duty(session, city, -1, 1)
    change(session, clue, person_id=None, agency_id=city.inspector.agency_id, state="triaged")
    desk, name = make.sign_in(app, city.manager), city.inspector.name
    before = desk.get("/clues/board-rows").get_data(as_text=True)
    assert f"联合一组：{name}" in before
    assert before.count("暂无") == 2
    phone = make.sign_in(app, city.inspector)
    for _ in range(2):
        waiting(phone)
    with unscoped(session, "a test looks"):
        assert [row.person_id for row in session.scalars(select(ClueReached))] == [city.inspector.id]
    make.free(session)
    assert desk.get("/clues/board-rows").get_data(as_text=True).count("暂无") == 1
    change(session, clue, received_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=16))
    assert "15分钟内无人签收" in desk.get("/clues/board-rows").get_data(as_text=True)
    acknowledge(make.sign_in(app, city.inspector), clue)
    after = desk.get("/clues/board-rows").get_data(as_text=True)
    assert "暂无" not in after
    assert "分钟内无人签收" not in after
    assert "Acknowledged by" in desk.get("/clues/board-rows?lang=en").get_data(as_text=True)


def acknowledge(phone, clue, **more):
    """Send an acknowledgement as a phone does; return the entry and its result."""
    entry = make.entry("clue.acknowledge", {"clue_uid": clue, "at": "2026-11-25T09:00:00+08:00"}, **more)
    (result,) = make.send(phone, entry).get_json()["results"]
    return entry, result


def test_an_acknowledgement_that_waited_on_the_phone_counts_when_it_arrives(app, city, session, clue):
    phone = make.sign_in(app, city.inspector)
    entry, result = acknowledge(phone, clue)
    assert result["status"] == "stored", result
    assert make.send(phone, entry).get_json()["results"][0]["status"] == "duplicate"
    with unscoped(session, "a test looks"):
        row = session.scalars(select(Clue).where(Clue.uid == clue)).one()
        assert row.acknowledged_by_id == city.inspector.id
        assert row.acknowledged_at > dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5), "its arrival counts"
        (audit,) = session.scalars(select(AuditEntry).where(AuditEntry.verb == "clues.acknowledge")).all()
        assert audit.detail == {"pressed_at": "2026-11-25T09:00:00+08:00"}
    make.free(session)
    _, later = acknowledge(make.sign_in(app, city.police), clue, seq=9)
    assert later["status"] == "stored", "somebody else was first: no fault of the second"


def test_an_acknowledgement_of_a_clue_out_of_sight_or_by_who_may_not_is_parked(app, city, session, clue):
    _, liaison = acknowledge(make.sign_in(app, city.liaison), clue)
    assert (liaison["status"], liaison["code"]) == ("rejected", "sync.not_allowed")
    _, stranger = acknowledge(make.sign_in(app, city.stranger), clue, seq=3)
    assert stranger["status"] == "rejected"
    with unscoped(session, "a test looks"):
        assert session.scalars(select(Clue.acknowledged_at).where(Clue.uid == clue)).one() is None
