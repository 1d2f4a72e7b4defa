"""Findings on the desktop: the list, one finding in words, its place and its hashes."""

import pytest

from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


def send_finding(app, city, person, **more):
    client, data = make.sign_in(app, person), make.jpeg()
    body = make.finding_body(city.venues[0], photos=[make.photo_of(data)], **more)
    entry = make.entry("finding.record", body)
    answer = make.send(client, entry).get_json()["results"][0]
    assert answer["status"] == "stored", answer
    assert make.upload(client, data).status_code == 200
    return body["finding_uid"], entry["sha256"]


@pytest.fixture
def finding(app, city):
    return send_finding(app, city, city.inspector)


@pytest.mark.parametrize(
    "query", ["", "?kind=suspicious&days=7", "?q=地铺", "?q=晨光宾馆0", "?page=7&days=9x"]
)
def test_the_list_shows_what_fits(desk, finding, query):
    page = desk.get(f"/findings/{query}").get_data(as_text=True)
    assert "晨光宾馆0" in page
    assert "入门费" in page


@pytest.mark.parametrize("query", ["?kind=violation", "?q=没有这样的字"])
def test_the_list_leaves_out_what_does_not(desk, finding, query):
    answer = desk.get(f"/findings/{query}")
    assert answer.status_code == 200
    assert "没有符合筛选条件" in answer.get_data(as_text=True)
    assert desk.get(f"/findings/points.json{query}").get_json() == []


def test_one_finding_says_everything_in_words(desk, finding):
    uid, sha256 = finding
    page = desk.get(f"/findings/{uid}").get_data(as_text=True)
    for words in ("室内打地铺", "见到", "室内打地铺或床位明显超出居住条件", "±12 m", sha256, "入门费"):
        assert words in page
    assert "线索，不是证据" not in page
    assert desk.get(f"/findings/{uid}/place.json").get_json() == {
        "lon": 114.31,
        "lat": 30.6,
        "accuracy_m": 12.5,
    }
    photo = page.split("/api/v1/photos/")[1][:36]
    assert desk.get(f"/api/v1/photos/{photo}").mimetype == "image/jpeg"


def test_a_liaisons_photos_are_called_clues(app, city, desk):
    uid, _ = send_finding(app, city, city.liaison)
    page = desk.get(f"/findings/{uid}").get_data(as_text=True)
    assert "线索，不是证据" in page


def test_a_coarse_position_is_said_to_be_coarse(app, city, desk):
    uid, _ = send_finding(app, city, city.inspector, position=make.position(accuracy_m=5000))
    page = desk.get(f"/findings/{uid}").get_data(as_text=True)
    assert "±5000 m" in page
    assert "定位精度较低" in page


def test_a_pin_set_by_hand_shows_its_reason_and_no_circle(app, city, desk):
    pin = {"lon": 114.3112, "lat": 30.6001, "reason": "室内没有卫星信号"}
    uid, _ = send_finding(app, city, city.inspector, position=None, manual_pin=pin)
    assert "室内没有卫星信号" in desk.get(f"/findings/{uid}").get_data(as_text=True)
    assert desk.get(f"/findings/{uid}/place.json").get_json()["accuracy_m"] is None


def test_a_correction_stands_beside_what_it_corrects(app, city, desk, finding):
    uid, _ = finding
    later, _ = send_finding(app, city, city.inspector, supersedes_uid=uid, text="更正")
    for one, other in ((uid, later), (later, uid)):
        page = desk.get(f"/findings/{one}").get_data(as_text=True)
        assert "本记录有更正" in page
        assert f"/findings/{other}" in page


def test_nobody_corrects_the_finding_of_another(app, city, finding):
    client = make.sign_in(app, city.police)
    body = make.finding_body(city.venues[0], supersedes_uid=finding[0])
    told = make.send(client, make.entry("finding.record", body)).get_json()["results"][0]
    assert told["code"] == "findings.unknown_superseded"


def test_elsewhere_it_does_not_exist(app, city, finding):
    stranger = make.sign_in(app, city.stranger)
    assert stranger.get(f"/findings/{finding[0]}").status_code == 404
    assert "晨光宾馆0" not in stranger.get("/findings/").get_data(as_text=True)
    assert make.sign_in(app, city.liaison).get("/findings/").status_code == 403


def test_the_pages_speak_both_languages(desk, finding):
    assert "Second officer" in desk.get(f"/findings/{finding[0]}?lang=en").get_data(as_text=True)
    assert "Bedding on the floor" in desk.get(f"/findings/{finding[0]}?lang=en").get_data(as_text=True)
    assert "Findings" in desk.get("/findings/?lang=en").get_data(as_text=True)
