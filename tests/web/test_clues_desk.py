"""The inbox: everything within one's division, step by step, and the reporter only for a purpose."""

import pytest
from sqlalchemy import select

from patrol.clues import Sighting, SightingStep
from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


@pytest.fixture
def sighting(app, city, session):
    """One sighting of the liaison, with a photo that has arrived."""
    client, data = make.sign_in(app, city.liaison), make.jpeg()
    body = make.sighting_body(
        venue_uid=city.venues[0].uid, photos=[make.photo_of(data)], position=make.position(accuracy_m=900)
    )
    answer = make.send(client, make.entry("sighting.report", body)).get_json()["results"][0]
    assert answer["status"] == "stored", answer
    assert make.upload(client, data).status_code == 200
    return body["sighting_uid"]


def post(client, path, **data):
    """Post a form with the token of its page."""
    import re

    page = client.get(path.rsplit("/", 1)[0]).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return client.post(path, data={"csrf_token": token, **data})


def audit(session, verb):
    with unscoped(session, "a test looks"):
        return list(session.scalars(select(AuditEntry).where(AuditEntry.verb == verb)))


@pytest.mark.parametrize(
    "query", ["", "?state=", "?state=closed", "?channel=liaison&kind=lecture&days=7", "?page=99&days=x"]
)
def test_the_inbox_shows_what_fits_and_no_reporter(city, desk, sighting, query):
    answer = desk.get(f"/sightings/{query}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert ("楼上每天很多人听课" in page) is ("closed" not in query)
    assert city.liaison.name not in page.replace(city.manager.name, "")


def test_the_map_gets_the_same_sightings(desk, sighting):
    points = desk.get("/sightings/points.json").get_json()
    assert [(point["uid"], point["name"]) for point in points] == [(sighting, "多人聚集听课")]
    assert desk.get("/sightings/points.json?state=closed").get_json() == []
    assert desk.get(f"/sightings/{sighting}/place.json").get_json()[0]["lon"] == pytest.approx(114.31)


def test_one_sighting_shows_its_photo_as_a_clue(city, desk, sighting):
    page = desk.get(f"/sightings/{sighting}").get_data(as_text=True)
    assert "线索，不是证据" in page
    assert "±900 m" in page
    assert city.liaison.name not in page.replace(city.manager.name, "")
    photo = page.split("/api/v1/sighting-photos/")[1][:36]
    assert desk.get(f"/api/v1/sighting-photos/{photo}").mimetype == "image/jpeg"


def test_elsewhere_it_does_not_exist(app, city, sighting):
    liaison, stranger = (make.sign_in(app, person) for person in (city.liaison, city.stranger))
    assert liaison.get("/sightings/").status_code == 403
    assert stranger.get(f"/sightings/{sighting}").status_code == 403
    assert make.browser(app).get("/sightings/").status_code == 302


def test_a_sighting_goes_its_way_and_every_step_is_kept(desk, sighting, session):
    path = f"/sightings/{sighting}/step"
    assert post(desk, path, state="accepted").status_code == 302
    assert post(desk, path, state="assigned", internal_note="由联合一组核查").status_code == 302
    assert post(desk, path, state="note", internal_note="房东已联系").status_code == 302
    assert post(desk, path, state="checked").status_code == 302
    refused = post(desk, path, state="closed")
    assert refused.status_code == 422
    assert "请填写原因" in refused.get_data(as_text=True)
    assert post(desk, path, state="closed", reason="unfounded", public_note="谢谢").status_code == 302
    assert post(desk, path, state="accepted").status_code == 409
    assert post(desk, path, state="flown").status_code == 400
    with unscoped(session, "a test looks"):
        found = session.scalars(select(Sighting)).one()
        states = [step.state for step in session.scalars(select(SightingStep).order_by(SightingStep.id))]
    assert (found.state, found.closed_at is not None) == ("closed", True)
    assert states == ["received", "accepted", "assigned", "assigned", "checked", "closed"]
    assert len(audit(session, "clues.move")) == 4


def test_every_look_at_the_reporter_has_a_purpose_and_a_trace(city, desk, sighting, session):
    path = f"/sightings/{sighting}/reporter"
    refused = post(desk, path, purpose=" ")
    assert refused.status_code == 422
    assert city.liaison.name not in refused.get_data(as_text=True).replace(city.manager.name, "")
    assert audit(session, "clues.see_reporter") == []
    for number in (1, 2):
        page = post(desk, path, purpose="核实举报奖励").get_data(as_text=True)
        assert city.liaison.name in page
        looks = audit(session, "clues.see_reporter")
        assert len(looks) == number
    assert (looks[0].person_uid, looks[0].detail) == (city.manager.uid, {"purpose": "核实举报奖励"})


def test_nothing_but_the_secret_table_names_the_reporter(city, sighting, session):
    with unscoped(session, "a test looks"):
        entries = list(session.scalars(select(AuditEntry)))
        found = session.scalars(select(Sighting)).one()
    assert [entry for entry in entries if entry.person_uid == city.liaison.uid] == []
    assert city.liaison.uid not in repr(vars(found))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_speak_both_languages(desk, sighting, language):
    for path in ("/sightings/", f"/sightings/{sighting}"):
        page = desk.get(f"{path}?lang={language}").get_data(as_text=True)
        assert ("Sightings" in page) is (language == "en")


def test_a_sighting_without_a_place_is_refused(app, city):
    client = make.sign_in(app, city.liaison)
    told = make.send(client, make.entry("sighting.report", make.sighting_body(position=None))).get_json()[
        "results"
    ][0]
    assert (told["status"], told["code"]) == ("rejected", "clues.no_place")
