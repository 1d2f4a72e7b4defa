"""A patrol that finds a meeting sees whether one was filed; a meeting that collides is asked about before it is filed."""

import datetime as dt
import json

import pytest

from patrol.core.clock import china_date
from patrol.infra.db import unscoped
from patrol.prevention import DirectSeller, FiledMeeting
from tests.factories import patrols as make
from tests.factories.routes import token

TODAY = china_date(dt.datetime.now(dt.UTC))


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


def file_meeting(session, division, **facts):
    """Put a filed meeting into the books."""
    session.rollback()
    session.info["readonly"] = False
    with unscoped(session, "a test files a meeting"):
        given = {
            "title": "产品说明会",
            "number": facts.get("title", "HY-1"),
            "filed_on": TODAY,
            "held_on": TODAY,
        }
        row = FiledMeeting(division_id=division.id, scope_path=division.scope_path, **{**given, **facts})
        session.add(row)
        session.commit()
        return row


def company(session, division):
    with unscoped(session, "a test adds a company"):
        row = DirectSeller(title="晨星日化", number="ZQ-1", since=TODAY, division_id=division.id,
                           scope_path=division.scope_path)  # fmt: skip
        session.add(row)
        session.commit()
        return row.id


def pack_of(app, person):
    return make.sign_in(app, person).get("/api/v1/pack").get_json()


def test_the_pack_says_what_is_filed_today_at_its_venues_and_no_more(app, city, session):
    key = company(session, city.east)
    there, second = city.venues[0], city.venues[1]
    file_meeting(session, city.east, venue_id=there.id, company_id=key, begins="09:00", ends="11:00", size=60,
                 speakers=["王磊"], note="自备横幅")  # fmt: skip
    file_meeting(session, city.east, title="按地址备案", address=second.address)
    file_meeting(
        session, city.east, title="明日会议", venue_id=there.id, held_on=TODAY + dt.timedelta(days=1)
    )
    file_meeting(session, city.west, title="别区会议", venue_id=city.far.id)
    file_meeting(session, city.east, title="已撤销", venue_id=there.id,
                 withdrawn_at=dt.datetime.now(dt.UTC))  # fmt: skip
    pack = pack_of(app, city.inspector)
    by_title = {one["title"]: one for one in pack["meetings"]}
    assert by_title == {
        "产品说明会": {"venue_uid": there.uid, "title": "产品说明会", "company": "晨星日化", "begins": "09:00",
                  "ends": "11:00", "size": 60},
        "按地址备案": {"venue_uid": second.uid, "title": "按地址备案", "company": "", "begins": "", "ends": "",
                  "size": 0},
    }  # fmt: skip
    told = json.dumps(pack, ensure_ascii=False)
    assert "王磊" not in told
    assert "自备横幅" not in told


def test_a_filing_changes_the_packs_version_and_a_liaison_gets_none(app, city, session):
    before = pack_of(app, city.inspector)["version"]
    file_meeting(session, city.east, venue_id=city.venues[0].id)
    assert pack_of(app, city.inspector)["version"] != before
    assert "meetings" not in pack_of(app, city.liaison)


def test_the_feed_tells_what_was_filed_since_without_any_other_change(app, city, session):
    phone = make.sign_in(app, city.inspector)
    cursor = phone.get("/api/v1/pack").get_json()["feed_cursor"]
    file_meeting(session, city.east, venue_id=city.venues[0].id)
    told = phone.get("/api/v1/feed", query_string={"cursor": cursor}).get_json()
    assert told["meetings"]["date"] == TODAY.isoformat()
    assert [one["venue_uid"] for one in told["meetings"]["filed"]] == [city.venues[0].uid]
    liaison = make.sign_in(app, city.liaison)
    theirs = liaison.get("/api/v1/pack").get_json()["feed_cursor"]
    assert "meetings" not in liaison.get("/api/v1/feed", query_string={"cursor": theirs}).get_json()


def post(client, **form):
    return client.post("/filings/new", data={"csrf_token": token(client), **form})


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"begins": "10:30", "ends": "12:00"}, "同场所同时段冲突"),
        ({"venue": "", "address": "别处2号", "speakers": "李娜、王 磊"}, "王 磊同时还在"),
    ],
)
def test_a_collision_is_asked_about_before_it_is_filed(desk, city, session, other, said):
    given = {
        "title": "产品说明会", "division": "420102", "filed_on": "2026-03-01", "held_on": "2026-03-05", "begins": "09:00",
        "ends": "11:00", "venue": city.venues[0].code, "speakers": "王磊",
    }  # fmt: skip
    assert post(desk, **given).status_code == 302
    wanted = {**given, "title": "招商会", "speakers": "赵敏"} | other
    asked = post(desk, **wanted)
    page = asked.get_data(as_text=True)
    assert (asked.status_code, said in page, 'name="anyway"' in page, "招商会" in page) == (
        409,
        True,
        True,
        True,
    )
    assert count(session) == 1
    assert post(desk, **wanted, anyway="1").status_code == 302
    assert count(session) == 2


def test_meetings_one_after_the_other_or_of_other_speakers_do_not_collide(desk, city, session):
    given = {
        "title": "产品说明会", "division": "420102", "filed_on": "2026-03-01", "held_on": "2026-03-05", "begins": "09:00",
        "ends": "11:00", "venue": city.venues[0].code, "speakers": "王磊",
    }  # fmt: skip
    post(desk, **given)
    assert post(desk, **{**given, "begins": "11:00", "ends": "12:00"}).status_code == 302
    other = {**given, "venue": city.venues[1].code, "speakers": "赵敏"}
    assert post(desk, **other).status_code == 302
    assert count(session) == 3


def test_a_filing_does_not_collide_with_itself_when_it_is_changed(desk, city, session):
    row = file_meeting(session, city.east, venue_id=city.venues[0].id, begins="09:00", ends="11:00")
    page = desk.post(
        f"/filings/{row.uid}/edit",
        data={"csrf_token": token(desk), "version": "1", "title": "改名", "division": "420102",
              "filed_on": TODAY.isoformat(), "held_on": TODAY.isoformat(), "begins": "09:00", "ends": "11:00",
              "venue": city.venues[0].code},
    )  # fmt: skip
    assert page.status_code == 302


def count(session):
    session.rollback()
    with unscoped(session, "a test counts"):
        return session.query(FiledMeeting).count()
