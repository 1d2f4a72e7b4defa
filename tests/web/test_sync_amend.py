"""Venue edits from phones: merged by field; what lost is shown to a person with both values and both names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.infra.audit import first_broken_link
from patrol.infra.db import unscoped
from patrol.venues import Venue
from patrol.venues.domain.merging import AMENDABLE, Edit, merge
from tests.factories import patrols as make

VALUES = st.sampled_from(["", "一", "二", "三"])
FIELDS = st.fixed_dictionaries({name: VALUES for name in AMENDABLE})


@given(FIELDS, st.dictionaries(st.sampled_from(AMENDABLE), st.builds(Edit, VALUES, VALUES)))
def test_a_merge_never_overwrites_what_its_author_had_not_seen(now, edits):
    merged = merge(now, edits)
    assert not merged.taken.keys() & merged.lost.keys()
    for name, edit in edits.items():
        if now[name] == edit.seen:
            assert merged.taken.get(name, now[name]) == edit.wanted
        else:
            assert name not in merged.taken
            assert (name in merged.lost) == (now[name] != edit.wanted)


@pytest.fixture
def city(session):
    return make.create_city(session)


def amend(client, venue, seq=1, **changes):
    pairs = {name: {"seen": seen, "wanted": wanted} for name, (seen, wanted) in changes.items()}
    entry = make.entry("venue.amend", {"venue_uid": venue.uid, "changes": pairs}, seq=seq, schema=2)
    (result,) = make.send(client, entry).get_json()["results"]
    return entry, result


def test_two_phones_merge_by_field_and_the_later_one_loses_to_review(app, city, session):
    one, two = make.sign_in(app, city.inspector), make.sign_in(app, city.police)
    venue, name = city.venues[0], city.venues[0].name
    _, told = amend(one, venue, name=(name, "晨曦宾馆"), note=("", "后门在巷内"))
    assert (told["status"], told["merged"]) == ("stored", {"taken": ["name", "note"], "review": []})
    entry, told = amend(two, venue, name=(name, "朝阳旅社"), capacity=(None, 60))
    assert told["merged"] == {"taken": ["capacity"], "review": ["name"]}
    assert make.send(two, entry).get_json()["results"][0]["status"] == "duplicate"
    with unscoped(session, "a test looks"):
        now = session.get(Venue, venue.id, populate_existing=True)
        assert (now.name, now.capacity, now.note, now.version) == ("晨曦宾馆", 60, "后门在巷内", 3)
        assert first_broken_link(session) is None
    desk = make.sign_in(app, city.manager)
    page = desk.get("/venues/amendments/").get_data(as_text=True)
    for word in ("晨曦宾馆", "朝阳旅社", name, city.inspector.name, city.police.name):
        assert word in page
    uid = page.split("/venues/amendments/")[-1].split("/")[0]
    assert one.get("/venues/amendments/").status_code == 403
    stranger = make.sign_in(app, city.stranger)
    assert stranger.post(f"/venues/amendments/{uid}/take", headers=make.HEADERS).status_code in {403, 404}
    assert desk.post(f"/venues/amendments/{uid}/take", headers=make.HEADERS).status_code == 302
    assert desk.post(f"/venues/amendments/{uid}/keep", headers=make.HEADERS).status_code == 409
    with unscoped(session, "a test looks"):
        assert session.get(Venue, venue.id, populate_existing=True).name == "朝阳旅社"
    assert city.manager.name in desk.get("/venues/amendments/?state=taken").get_data(as_text=True)


def test_a_venue_elsewhere_and_a_field_that_is_not_amendable_are_refused(app, city):
    phone = make.sign_in(app, city.inspector)
    assert amend(phone, city.far, name=(city.far.name, "别处"))[1]["code"] == "venues.amended_unknown"
    assert amend(phone, city.venues[0], risk=(0, 1))[1]["code"] == "sync.bad_body"
    assert amend(phone, city.venues[0], name=("a", ""))[1]["code"] == "sync.bad_body"
    liaison = make.sign_in(app, city.liaison)
    assert amend(liaison, city.venues[0], note=("", "b"))[1]["code"] == "sync.not_allowed"


def test_hours_kind_and_a_near_pin_merge_a_closing_and_a_far_pin_wait_for_a_person(app, city, session):
    phone, venue = make.sign_in(app, city.inspector), city.venues[0]
    pack = phone.get("/api/v1/pack").get_json()
    seen = next(one for one in pack["venues"] if one["uid"] == venue.uid)
    here = {"lon": seen["lon"], "lat": seen["lat"]}
    near = {"lon": here["lon"] + 0.0004, "lat": here["lat"]}
    far = {"lon": here["lon"] + 0.02, "lat": here["lat"]}
    _, told = amend(
        phone, venue, seq=1,
        kind=(seen["kind"], "meeting"),
        opening_hours=(seen["opening_hours"], "18:00-02:00"),
        position=(here, near),
    )  # fmt: skip
    assert told["merged"] == {"taken": ["kind", "opening_hours", "position"], "review": []}
    _, told = amend(phone, venue, seq=2, position=(near, far), state=("open", "vanished"))
    assert told["merged"] == {"taken": [], "review": ["position", "state"]}
    with unscoped(session, "a test looks"):
        now = session.get(Venue, venue.id, populate_existing=True)
        assert (now.kind, now.state) == ("meeting", "open")
        assert now.opening_hours == [["00:00", "02:00"], ["18:00", "24:00"]]
        assert round(now.lon, 6) == round(near["lon"], 6)
        assert now.grid_id == city.grid.id
    desk = make.sign_in(app, city.manager)
    page = desk.get("/venues/amendments/").get_data(as_text=True)
    assert "已搬离或不存在" in page
    assert "向东 1.9 km" in page
    for uid in {part.split("/")[0] for part in page.split("/venues/amendments/")[1:] if "/take" in part[:45]}:
        assert desk.post(f"/venues/amendments/{uid}/take", headers=make.HEADERS).status_code == 302
    with unscoped(session, "a test looks"):
        now = session.get(Venue, venue.id, populate_existing=True)
        assert (now.state, round(now.lon, 6)) == ("closed", round(far["lon"], 6))
        assert first_broken_link(session) is None
    _, told = amend(phone, venue, seq=3, state=("open", "closed"))
    assert told["merged"] == {"taken": [], "review": []}  # it is off the rounds already


def test_a_pin_outside_the_division_and_hours_that_nobody_can_read_come_back_in_words(app, city):
    phone, venue = make.sign_in(app, city.inspector), city.venues[0]
    there = {"lon": 10.0, "lat": 50.0}
    _, told = amend(phone, venue, position=({"lon": 114.3, "lat": 30.6}, there))
    assert (told["status"], told["code"]) == ("rejected", "venues.position_outside")
    _, told = amend(phone, venue, seq=2, opening_hours=("", "early till late"))
    assert (told["status"], told["code"], told["field"]) == (
        "rejected",
        "venues.hours_unreadable",
        "opening_hours",
    )
    assert "08:00-22:00" in told["message_zh"]
