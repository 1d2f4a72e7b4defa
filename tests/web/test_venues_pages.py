"""The register's pages as people use them: list, map, one venue, forms with all faults, labels, scanned codes."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from patrol.infra.jobs import Job
from patrol.venues import Search, Venue
from patrol.venues.views.forms import search_of
from tests.factories.patrols import sign_in
from tests.factories.venues import City


@pytest.fixture
def city(session):
    city = City(session)
    city.venue("江城宾馆", lon=114.31, lat=30.60)
    return city


@pytest.fixture
def desk(app, city):
    return sign_in(app, city.manager)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def post(client, path, status=302, token_from="/venues/new", **data):
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client, token_from))[1]
    answer = client.post(path, data={"csrf_token": token, **data})
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer


def the_venue(session, name="江城宾馆"):
    session.expire_all()
    return session.query(Venue).filter_by(name=name).one()


FORM = {"name": "新店", "kind": "hotel", "lon": "114.32", "lat": "30.61", "datum": "wgs84"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "query", ["", "q=江城", "kind=hotel&state=all", "overdue=1", "risk=low&sort=-visited", "page=9"]
)
def test_the_list_shows_what_fits(desk, language, query):
    text = page(desk, f"/venues/?{query}&lang={language}")
    assert "江城宾馆" in text
    assert ("超期" if language == "zh" else "Overdue") in text


def test_an_empty_list_says_why(desk, app, city):
    assert "没有符合条件的场所" in page(desk, "/venues/?q=没有")
    assert "底数为空" in page(sign_in(app, city.other), "/venues/")
    assert "没有符合条件的场所" in page(desk, "/venues/map?q=没有")


def test_a_search_that_makes_no_sense_counts_as_not_asked():
    assert search_of(MultiDict({"sort": "x; drop", "page": "-1", "state": "?"})) == Search(page=-1, state="?")


def test_one_venue_shows_its_facts_its_people_and_its_risk_in_words(desk, city, session):
    venue = the_venue(session)
    venue.risk_reasons = [{"zh": "三次无人应答。", "en": "Three times no answer."}]
    session.commit()
    text = page(desk, f"/venues/{venue.uid}?lang=en")
    assert "Three times no answer." in text
    assert "420102001" in text
    assert "三次无人应答。" in page(desk, f"/venues/{venue.uid}?lang=zh")


def test_the_map_gets_points_and_refuses_a_senseless_section(desk, city):
    assert "data-points=" in page(desk, "/venues/map")
    found = desk.get("/venues/points.json?bbox=114.2,30.5,114.4,30.7").get_json()
    assert (found["total"], found["clusters"]) == (1, [])
    _uid, lon, lat, name, kind, overdue, risk, is_open = found["points"][0]
    assert (lon, lat, name, found["kinds"][kind], overdue, risk, is_open) == (
        114.31,
        30.6,
        "江城宾馆",
        "hotel",
        1,
        0,
        1,
    )
    assert desk.get("/venues/points.json?bbox=0,0,1,1").get_json()["total"] == 0
    for box in ("", "1,2,3", "a,b,c,d", "10,0,5,1", "nan,0,1,1"):
        answer = desk.get(f"/venues/points.json?bbox={box}")
        assert (answer.status_code, answer.get_json()["code"]) == (400, "venues.box_unreadable")


def test_many_points_come_as_numbers(desk, city, monkeypatch):
    monkeypatch.setattr("patrol.venues.views.maps.MOST_POINTS", 1)
    city.venue("二", lon=114.311, lat=30.6)
    city.venue("三", lon=114.25, lat=30.6)
    found = desk.get("/venues/points.json?bbox=114.2,30.5,114.4,30.7").get_json()
    assert found["points"] == []
    assert sorted(count for _lon, _lat, count in found["clusters"]) == [1, 2]


def test_a_venue_is_entered_changed_closed_and_reopened(desk, city, session):
    assert "新店" in page(
        desk, post(desk, "/venues/new", **FORM, opens_1="8:00", closes_1="22:00", capacity="20").location
    )
    venue = the_venue(session, "新店")
    assert (venue.opening_hours, venue.capacity, venue.revisit_interval_days) == (
        [["08:00", "22:00"]],
        20,
        30,
    )
    edit = f"/venues/{venue.uid}/edit"
    text = page(desk, edit)
    assert 'value="08:00"' in text
    post(desk, edit, **FORM | {"name": "改名"}, version="1", owner_letter_on="2026-03-01")
    assert "2026-03-01" in page(desk, f"/venues/{venue.uid}")
    post(desk, f"/venues/{venue.uid}/close", reason="搬走")
    assert the_venue(session, "改名").state == "closed"
    assert "恢复巡查" in page(desk, f"/venues/{venue.uid}")
    post(desk, f"/venues/{venue.uid}/reopen")
    assert the_venue(session, "改名").state == "open"


def test_every_fault_of_a_form_is_told_at_once_and_nothing_is_lost(desk, city, session):
    given = FORM | {"name": "", "lon": "约114", "capacity": "很多", "owner_name": "王某", "opens_1": "8:00"}
    text = post(desk, "/venues/new", status=422, **given).get_data(as_text=True)
    for sentence in ("请填写场所名称。", "无法识别为经纬度。", "“很多”不是0至100000之间的整数。", "营业时间"):
        assert sentence in text
    assert 'value="王某"' in text
    assert session.query(Venue).count() == 1
    outside = post(desk, "/venues/new", status=422, **FORM | {"lon": "116.4", "lat": "39.9"}).get_data(
        as_text=True
    )
    assert "该位置不在武汉市范围内。" in outside


def test_two_editors_are_told(desk, city, session):
    venue = the_venue(session)
    edit = f"/venues/{venue.uid}/edit"
    post(desk, edit, **FORM | {"code": venue.code}, version="1")
    text = post(desk, edit, status=409, **FORM | {"name": "后来者"}, version="1").get_data(as_text=True)
    assert "他人已修改该场所" in text
    assert 'value="后来者"' in text
    assert 'name="version" value="2"' in text


def test_a_label_is_a_pdf_and_its_code_opens_the_venue_on_the_phone(desk, city, session):
    venue = the_venue(session)
    label = desk.get(f"/venues/{venue.uid}/label.pdf")
    assert (label.mimetype, label.data[:5]) == ("application/pdf", b"%PDF-")
    assert desk.get(f"/v/{venue.qr_token}").location == f"/m/venue/{venue.uid}"
    assert desk.get(f"/v/{venue.qr_token.upper()}").location == f"/m/venue/{venue.uid}"
    page(desk, "/v/unknown", status=404)


def test_the_labels_of_a_grid_are_made_by_a_job_for_its_owner(app, desk, city, session):
    text = post(desk, f"/venues/labels/{city.grid.uid}", status=200).get_data(as_text=True)
    uid = re.search(r'data-job="([^"]+)"', text)[1]
    assert session.query(Job).filter_by(uid=uid).one().state == "done"
    assert desk.get(f"/venues/labels/{uid}.pdf").data[:5] == b"%PDF-"
    page(sign_in(app, city.branch), f"/venues/labels/{uid}.pdf", status=404)


def test_a_neighbour_and_a_liaison_see_nothing(app, city, session):
    venue = the_venue(session)
    neighbour = sign_in(app, city.other)
    for path in ("", "/edit", "/label.pdf"):
        page(neighbour, f"/venues/{venue.uid}{path}", status=404)
    page(neighbour, f"/v/{venue.qr_token}", status=404)
    phone = sign_in(app, city.liaison)
    page(phone, "/venues/", status=403)
    assert phone.get(f"/v/{venue.qr_token}").status_code == 302
