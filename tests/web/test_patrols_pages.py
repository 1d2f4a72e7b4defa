"""Patrols on the desktop: gaps are drawn as gaps, and an officer's track belongs to the officer."""

import datetime as dt

import pytest

from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


@pytest.fixture
def walked(app, city):
    """A patrol with a gap of ten minutes, one visit, and no end."""
    uid, start = make.new_uid(), dt.datetime.now(dt.UTC) - dt.timedelta(minutes=40)
    at = lambda minutes: (start + dt.timedelta(minutes=minutes)).isoformat()  # noqa: E731
    points = [
        {"at": at(m), "lon": 114.31 + m / 10_000, "lat": 30.6, "accuracy_m": 9, "source": "gps"}
        for m in (0, 0.5, 1, 11, 11.5)
    ]
    entries = [
        make.entry(
            "patrol.start", {"patrol_uid": uid, "route_uid": city.route.uid, "at": at(0), "position": None}
        ),
        make.entry(
            "track.points",
            {
                "patrol_uid": uid,
                "points": points,
                "gaps": [{"from": at(1), "to": at(11), "reason": "screen_off"}],
            },
        ),
        make.entry(
            "visit.record",
            make.visit_body(
                city.venues[0],
                outcome="no_answer",
                patrol_uid=uid,
                at=start + dt.timedelta(minutes=11),
                note="敲门三次",
            ),
        ),
    ]
    results = make.send(make.sign_in(app, city.inspector), *entries).get_json()["results"]
    assert [result["status"] for result in results] == ["stored"] * 3, results
    return uid


def day_of(minutes=40):
    return (
        (dt.datetime.now(dt.timezone(dt.timedelta(hours=8))) - dt.timedelta(minutes=minutes))
        .date()
        .isoformat()
    )


def test_the_day_lists_its_patrols(city, desk, walked):
    page = desk.get(f"/patrols/?day={day_of()}").get_data(as_text=True)
    assert city.team.name in page
    assert city.inspector.name in page
    assert walked in page
    assert walked in desk.get(f"/patrols/?day={day_of()}&team={city.team.uid}").get_data(as_text=True)
    assert walked not in desk.get("/patrols/?day=2020-01-01").get_data(as_text=True)
    assert desk.get("/patrols/?day=yesterday&page=0").status_code == 200


def test_a_gap_is_a_gap_with_its_reason(desk, walked):
    track = desk.get(f"/patrols/{walked}/track.json").get_json()
    assert [len(part) for part in track["parts"]] == [3, 2]
    assert len(track["gaps"]) == 1
    assert track["gaps"][0]["text"].endswith("屏幕关闭")
    assert track["visits"][0]["name"] == "晨光宾馆0 · 无人应答"
    page = desk.get(f"/patrols/{walked}").get_data(as_text=True)
    for words in ("屏幕关闭", "敲门三次", "无人应答", "进行中", "开始巡查"):
        assert words in page


def test_a_patrol_whose_end_never_came_is_shown_as_such(app, city, desk, walked, session):
    from sqlalchemy import select

    from patrol.infra.db import unscoped
    from patrol.patrols import Patrol

    with unscoped(session, "a test lets a day pass"):
        session.scalars(select(Patrol)).one().started_at -= dt.timedelta(hours=20)
        session.commit()
    assert "未收到本次巡查的结束记录" in desk.get(f"/patrols/{walked}").get_data(as_text=True)


def test_officers_see_their_own_track_and_no_other(app, city, walked):
    inspector, police = (make.sign_in(app, person) for person in (city.inspector, city.police))
    assert walked in inspector.get("/patrols/mine").get_data(as_text=True)
    assert inspector.get(f"/patrols/mine/{walked}").status_code == 200
    assert inspector.get(f"/patrols/mine/{walked}/track.json").get_json()["parts"]
    assert inspector.get(f"/patrols/{walked}").status_code == 403
    assert walked not in police.get("/patrols/mine").get_data(as_text=True)
    assert police.get(f"/patrols/mine/{walked}").status_code == 404
    assert police.get(f"/patrols/mine/{walked}/track.json").status_code == 404


def test_a_venue_shows_its_visits(city, desk, walked):
    page = desk.get(f"/patrols/venue/{city.venues[0].uid}.html").get_data(as_text=True)
    assert "敲门三次" in page
    assert "无人应答" in page
    assert "暂无到访记录" in desk.get(f"/patrols/venue/{city.venues[1].uid}.html").get_data(as_text=True)


def test_the_pages_speak_both_languages(app, city, desk, walked):
    assert "Screen was off" in desk.get(f"/patrols/{walked}?lang=en").get_data(as_text=True)
    assert "Patrols" in desk.get("/patrols/?lang=en").get_data(as_text=True)
    mine = make.sign_in(app, city.inspector)
    assert "My patrols" in mine.get("/patrols/mine?lang=en").get_data(as_text=True)
