"""Entering, changing and closing venues, and finding them again: on both databases."""

import datetime as dt
import random

import pytest

from patrol.core.errors import PatrolError
from patrol.infra.audit import first_broken_link
from patrol.venues import (
    Search,
    VenueFacts,
    VenueKind,
    change_venue,
    close_venue,
    find_venues,
    is_overdue,
    note_history,
    register_venue,
    reopen_venue,
    venue_by_token,
    venue_by_uid,
)
from tests.factories.venues import CLOCK, NOW, City


@pytest.fixture
def city(session):
    return City(session)


def names(city, **search):
    return [row.name for row in find_venues(city.session, Search(**search), NOW).rows]


def test_a_new_venue_gets_its_grid_division_and_code_from_its_position(city):
    venue = city.venue(lon=114.31, lat=30.60)
    assert (venue.grid_id, venue.division_id, venue.code) == (city.grid.id, city.east.id, "420102-000001")
    assert venue.scope_path == city.east.scope_path
    outside_grids = city.venue("汉口出租屋", lon=114.25, lat=30.60)
    assert (outside_grids.grid_id, outside_grids.division_id, outside_grids.code) == (
        None,
        city.west.id,
        "420103-000001",
    )
    assert city.venue(lon=114.312, lat=30.61).code == "420102-000002"
    assert first_broken_link(city.session) is None


def test_a_position_outside_the_division_is_refused_in_both_languages(city):
    city.work_for(city.branch)
    with pytest.raises(PatrolError) as caught:
        city.venue(lon=114.25, lat=30.60)
    assert caught.value.sentence("en") == "This position lies outside 江岸区."
    assert caught.value.sentence("zh") == "该位置不在江岸区范围内。"


def test_a_code_is_given_once(city):
    city.venue(code="A-1")
    with pytest.raises(PatrolError) as caught:
        city.venue("另一家", lon=114.32, code="A-1")
    assert caught.value.code == "venues.code_taken"


def test_a_neighbour_sees_nothing_of_it(city):
    venue = city.venue()
    city.work_for(city.other)
    assert names(city) == []
    for find in (
        lambda: venue_by_uid(city.session, venue.uid),
        lambda: venue_by_token(city.session, venue.qr_token),
    ):
        with pytest.raises(PatrolError) as caught:
            find()
        assert caught.value.status == 404


def test_a_change_moves_a_venue_and_two_editors_never_overwrite_each_other(city):
    venue = city.venue()
    facts = VenueFacts("新名", VenueKind.MEETING, "", 114.35, 30.63, code=venue.code)
    change_venue(city.session, city.actor, venue, facts, version=1, clock=CLOCK)
    city.session.commit()
    city.session.expire_all()
    assert (venue.name, venue.kind, venue.grid_id, venue.version) == ("新名", "meeting", None, 2)
    assert (round(venue.lon, 6), round(venue.lat, 6)) == (114.35, 30.63)
    with pytest.raises(PatrolError) as caught:
        change_venue(city.session, city.actor, venue, facts, version=1, clock=CLOCK)
    assert caught.value.code == "venues.changed_meanwhile"


def test_a_closed_venue_leaves_the_list_and_comes_back(city):
    venue = city.venue()
    close_venue(city.session, city.actor, venue, clock=CLOCK)
    city.session.commit()
    assert (names(city), names(city, state="closed"), names(city, state="all")) == (
        [],
        ["江城宾馆"],
        ["江城宾馆"],
    )
    reopen_venue(city.session, city.actor, venue, clock=CLOCK)
    assert names(city) == ["江城宾馆"]


def test_search_looks_at_name_address_and_code_and_takes_wildcards_literally(city):
    city.venue("江城宾馆", address="中山大道1号")
    city.venue("百步亭出租屋", lon=114.32, address="解放大道100%号", kind=VenueKind.RENTAL)
    assert names(city, q="江城") == ["江城宾馆"]
    assert names(city, q="中山 宾馆") == ["江城宾馆"]
    assert names(city, q="420102-000002") == ["百步亭出租屋"]
    assert names(city, q="%") == ["百步亭出租屋"]
    assert names(city, kind="hotel") == ["江城宾馆"]
    assert (
        names(city, grid=city.grid.uid) == ["江城宾馆", "百步亭出租屋"]
        or len(names(city, grid=city.grid.uid)) == 2
    )
    assert names(city, q="没有") == []


def test_overdue_is_the_same_for_one_and_for_the_list(city):
    late, fresh, never = city.venue("甲"), city.venue("乙", lon=114.32), city.venue("丙", lon=114.33)
    note_history(
        city.session,
        {
            late.id: {
                "last_visited_at": NOW - dt.timedelta(days=31),
                "last_outcome": "no_answer",
                "visit_count": 1,
            },
            fresh.id: {
                "last_visited_at": NOW - dt.timedelta(days=29),
                "last_outcome": "nothing_found",
                "visit_count": 2,
            },
        },
    )
    city.session.commit()
    city.session.expire_all()
    assert set(names(city, overdue="1")) == {"甲", "丙"}
    assert [is_overdue(venue, NOW) for venue in (late, fresh, never)] == [True, False, True]
    assert names(city, sort="visited") == ["丙", "甲", "乙"]
    assert names(city, sort="-visited") == ["乙", "甲", "丙"]
    with pytest.raises(ValueError):
        note_history(city.session, {late.id: {"name": "x"}})


def test_pages_are_settled_and_the_last_one_catches_whoever_asks_for_more(city):
    for number in range(53):
        register_venue(
            city.session,
            city.actor,
            VenueFacts("同名", VenueKind.OTHER, "", 114.31 + number * 1e-4, 30.6),
            clock=CLOCK,
            rng=random.Random(number),
        )
    city.session.commit()
    first, last = (find_venues(city.session, Search(page=page), NOW) for page in (1, 99))
    assert (first.total, first.pages, len(first.rows), last.page, len(last.rows)) == (53, 2, 50, 2, 3)
    assert {row.uid for row in first.rows}.isdisjoint({row.uid for row in last.rows})
