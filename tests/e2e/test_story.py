"""The main job as one story, on both databases: Chinese on SpatiaLite, English on PostGIS, pictures of both.

Nothing is faked but the room's photographs and the satellites: real servers, real Chromium profiles that are closed
and opened again, a network that is really cut, and the database read at the end.
"""

import datetime as dt
from itertools import pairwise

import pytest

from patrol.core.geo import distance_m
from tests.e2e.serving import serving
from tests.e2e.story import desk as manager
from tests.e2e.story import inspector, liaison, planning, resident
from tests.e2e.story.ledger import Ledger
from tests.e2e.story.stage import Stage

LANGUAGES = {"spatialite": "zh", "postgis": "en"}
FINDING = "客厅二十余张凳子，墙上有奖金制度白板。"
ANSWER = "已安排巡查员核查。"
CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture
def city(untouched):
    """The settings of a city of the story's own, which nobody else changes."""
    return untouched("story")


@pytest.fixture
def stage(database, city, chromium_kind, chromium_path, pictures, tmp_path):
    """The performance: language by database."""
    url = f"http://127.0.0.1:{city['PORT']}"
    return Stage(url, LANGUAGES[database.kind], chromium_kind, chromium_path, tmp_path, pictures)


@pytest.fixture
def ledger(city, tmp_path):
    """The database of the city, read beside the browser."""
    opened = Ledger(city["DATABASE_URL"], tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.mark.e2e
@pytest.mark.timeout(600)
def test_from_the_plan_to_the_hotspot_map(stage, ledger, city, chromium, tmp_path):
    tomorrow = dt.datetime.now(CHINA).date() + dt.timedelta(days=1)
    with serving(city, worker=True):
        the_evening(stage, chromium, tomorrow)
    # Nobody waits for the night: the server and the phones are simply started a day later.
    stage.days_later = 1
    with serving(city, days_later=1, worker=True):
        the_day(stage, ledger, chromium, tmp_path, tomorrow)
    assert stage.said == []


def the_evening(stage, chromium, tomorrow):
    """The manager plans tomorrow for the branch: three teams, one of them joint."""
    desk = chromium.new_context(**stage.context_options(1280, 800))
    page = stage.sign_in(stage.listen(desk.new_page()), "manager")
    planning.plan(stage, page, tomorrow)
    planning.look_at_the_routes(stage, page)
    planning.move_a_stop(stage, page)
    planning.move_with_the_keyboard(page)
    planning.publish(stage, page)
    desk.close()


def the_day(stage, ledger, chromium, tmp_path, today):
    """The day that was planned: the round, the reports, and what the manager sees of them."""
    begun = dt.datetime.now(dt.UTC) + dt.timedelta(days=stage.days_later)
    doors = ledger.doors("inspector", today)
    assert len(doors) > 3
    photos = [
        inspector.photo(tmp_path, "board", (205, 198, 180)),
        inspector.photo(tmp_path, "chairs", (180, 190, 200)),
    ]
    desk = chromium.new_context(**stage.context_options(1280, 800))
    page = stage.sign_in(stage.listen(desk.new_page()), "manager")
    before = manager.read_the_denominator(stage, page)

    the_round(stage, doors, photos, tmp_path / "inspector")
    arrived = ledger.arrived(begun)
    assert arrived["visits"] == [
        (doors[0].name, "nothing_found"),
        (doors[1].name, "no_answer"),
        (doors[2].name, "suspicious"),
    ]
    assert [state for _, state, _ in arrived["patrols"]] == ["ended"]
    assert [steps for _, _, steps in arrived["patrols"]] == [["start", "end"]]
    assert arrived["points"] >= places_apart(doors[:3])
    assert [(f["kind"], f["text"]) for f in arrived["findings"]] == [("suspicious", FINDING)]
    assert arrived["findings"][0]["photos"] == sorted(inspector.sha256(photo) for photo in photos)
    assert arrived["findings"][0]["answers"]
    assert arrived["photos"] == 2

    the_reports(stage, ledger, chromium, page, doors[3], tmp_path, begun)
    manager.see_the_overview(stage, page)
    outcomes = (
        stage.word("未见异常", "Nothing found"),
        stage.word("无人应答", "No answer"),
        stage.word("发现可疑", "Suspicious"),
    )
    manager.see_the_patrol(stage, page, list(zip((door.name for door in doors[:3]), outcomes, strict=True)))
    manager.see_the_finding(stage, page, FINDING, arrived["findings"][0]["photos"])
    after = manager.read_the_denominator(stage, page)
    assert after == (before[0] + 1, before[1] + 2), "one finding more, in two doors that answered"
    manager.see_the_hotspots(stage, page)
    desk.close()


def places_apart(doors):
    """Count the places of a walk that its track must hold: a door within 25 m of the one before may give no point."""
    return 1 + sum(distance_m(a.lon, a.lat, b.lon, b.lat) > 25 for a, b in pairwise(doors))


def the_round(stage, doors, photos, profile):
    """Online for the pack, then without a network until the end, with the browser closed in between."""
    with inspector.phone(stage, profile, doors[0]) as (context, page):
        inspector.take_the_pack(stage, page)
        context.set_offline(True)
        inspector.start(stage, page)
        stage.picture(page, "phone-today")
        inspector.walk_to(context, page, doors[0])
        inspector.read_history(stage, page, doors[0])
        stage.picture(page, "phone-stop")
        inspector.record_visit(stage, page, ("未见异常", "Nothing found"))
        inspector.walk_to(context, page, doors[1])
        inspector.record_visit(stage, page, ("无人应答", "No answer"))
        inspector.walk_to(context, page, doors[2])
        inspector.record_finding(stage, page, FINDING, photos)
        stage.picture(page, "phone-finding")
        inspector.save_finding(stage, page)
    with inspector.phone(stage, profile, doors[2], offline=True) as (context, page):
        inspector.open_again(stage, page)
        assert inspector.unsent(page) >= 5
        inspector.end(stage, page)
        stage.picture(page, "phone-offline")
        spoiled = inspector.lose_the_first_answers(context)
        context.set_offline(False)
        inspector.all_is_sent(stage, page)
        assert len(spoiled) >= 3, "a refused batch, one whose answer was lost, and the one that counted"
        stage.picture(page, "phone-sent")


def the_reports(stage, ledger, chromium, desk, door, tmp_path, begun):
    """The liaison's three taps, the resident's code, and the manager who takes the report on."""
    seen = inspector.photo(tmp_path, "entrance", (150, 160, 170))
    with inspector.phone(stage, tmp_path / "liaison", door) as (_, page):
        liaison.open_the_report(stage, page)
        assert liaison.report(stage, page, seen) == 3
    code = resident.report(stage, chromium)
    resident.follow(stage, chromium, code)
    arrived = ledger.arrived(begun)
    assert sorted(channel for _, channel, _, _ in arrived["sightings"]) == ["liaison", "resident"]
    assert arrived["sighting_photos"] == [inspector.sha256(seen)]
    manager.see_the_sightings(stage, desk, True, resident.TEXT)
    manager.accept_the_report(stage, desk, resident.TEXT, ANSWER)
    assert ANSWER in resident.follow(stage, chromium, code)
