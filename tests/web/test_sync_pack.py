"""The day pack and who one is: all that is needed for the day, and nothing more."""

import datetime as dt
import json

import pytest
from sqlalchemy import select

from patrol.infra.db import unscoped
from patrol.routes import Plan
from patrol.venues import Venue
from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


def pack_of(app, person):
    answer = make.sign_in(app, person).get("/api/v1/pack")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_the_inspector_gets_route_venues_history_and_words(app, city):
    phone = make.sign_in(app, city.inspector)
    now = dt.datetime.now(dt.UTC)
    for n in range(7):
        body = make.visit_body(
            city.venues[0], outcome="no_answer", at=now - dt.timedelta(hours=n), note=f"第{n}次"
        )
        make.send(phone, make.entry("visit.record", body))
    pack = pack_of(app, city.inspector)
    assert [stop["venue_uid"] for stop in pack["task"][0]["stops"]] == [v.uid for v in city.venues[:2]]
    assert {member["role"] for member in pack["task"][0]["team"]["members"]} == {
        "inspector",
        "police_liaison",
        "community_liaison",
    }
    first = next(v for v in pack["venues"] if v["uid"] == city.venues[0].uid)
    assert [row["text"] for row in first["history"]] == [f"第{n}次" for n in range(5)]
    assert first["qr_token"] == city.venues[0].qr_token
    assert all(row["visited_at"].endswith("+08:00") for row in first["history"])
    around = next(v for v in pack["venues"] if v["uid"] == city.venues[2].uid)
    assert "history" not in around
    assert "owner_name" not in around
    assert pack["task"][0]["stops"][0]["reason"] == "到期"
    assert [section.get("act") for section in pack["checklist"]["sections"]][:3] == [
        "recruiting",
        "entry_fee",
        "team_pay",
    ]
    for words in (*pack["outcomes"], *pack["sighting_kinds"]):
        assert set(words) == {"code", "label_zh", "label_en"}
    assert [grid["properties"]["code"] for grid in pack["grids"]["features"]] == ["420102001"]
    assert pack["limits"]["photo_max_bytes"] > 0
    assert dt.datetime.fromisoformat(pack["expires_at"]) - dt.datetime.fromisoformat(
        pack["server_time"]
    ) == dt.timedelta(hours=72)


def test_the_community_liaison_gets_only_what_the_route_needs(app, city):
    pack = pack_of(app, city.liaison)
    assert {v["uid"] for v in pack["venues"]} == {v.uid for v in city.venues[:2]}
    assert pack["grids"]["features"] == []


def test_nobody_else_sees_the_route(app, city):
    for person in (city.stranger, city.manager):
        pack = pack_of(app, person)
        assert pack["task"] == []
        assert city.venues[0].uid not in json.dumps(pack["venues"])


@pytest.mark.parametrize(
    "change",
    [{"state": "planned"}, {"state": "cancelled"}, {"visible_from": dt.datetime(2190, 1, 1, tzinfo=dt.UTC)}],
)
def test_a_plan_that_is_not_published_or_not_yet_visible_stays_hidden(app, city, session, change):
    with unscoped(session, "a test changes the plan"):
        plan = session.scalars(select(Plan)).one()
        for name, value in change.items():
            setattr(plan, name, value)
        session.commit()
    assert pack_of(app, city.inspector)["task"] == []


def test_yesterdays_route_is_gone(app, city, session):
    with unscoped(session, "a test changes the day"):
        city.route.day -= dt.timedelta(days=1)
        session.commit()
    assert pack_of(app, city.inspector)["task"] == []


def test_no_telephone_leaves_the_register(app, city, session):
    with unscoped(session, "a test adds a number"):
        session.get(Venue, city.venues[0].id).owner_phone = "13900001111"
        session.commit()
    assert "13900001111" not in json.dumps(pack_of(app, city.inspector))


def test_the_version_changes_with_the_content_only(app, city):
    phone = make.sign_in(app, city.inspector)
    first = phone.get("/api/v1/pack")
    version = first.get_json()["version"]
    assert phone.get("/api/v1/pack").get_json()["version"] == version
    assert phone.get("/api/v1/pack", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    make.send(phone, make.entry("visit.record", make.visit_body(city.venues[0])))
    assert phone.get("/api/v1/pack").get_json()["version"] != version


def test_me_says_who_is_signed_in(app, city):
    answer = make.sign_in(app, city.inspector).get("/api/v1/me").get_json()
    assert answer["person"]["uid"] == city.inspector.uid
    assert (answer["person"]["roles"], answer["person"]["team_uids"]) == (["inspector"], [city.team.uid])
    assert answer["server_time"]
    refused = make.browser(app).get("/api/v1/me")
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
