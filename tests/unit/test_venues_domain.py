"""Facts of a venue as people write them: hours, kinds, positions, days, and how alike two entries are."""

import contextlib
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.core.datum import Datum, convert
from patrol.core.errors import PatrolError
from patrol.core.geo import distance_m
from patrol.venues.domain import VenueKind, hours_text, kind_of, likeness, read_facts, read_hours
from patrol.venues.domain.clusters import cluster
from patrol.venues.domain.facts import read_day, read_degrees
from patrol.venues.domain.likeness import Entry, Likeness, name_similarity
from patrol.venues.importing.datums import fit_datum
from patrol.venues.importing.twins import Known, TwinFinder

GIVEN = {"name": "江城宾馆", "kind": "宾馆", "lon": "114.27", "lat": "30.6"}


@pytest.mark.parametrize(("text", "windows"), [
    ("", []), ("24小时", []), ("8:00-22:00", [["08:00", "22:00"]]), ("08时30分至12时", [["08:30", "12:00"]]),
    ("18:00-02:00", [["00:00", "02:00"], ["18:00", "24:00"]]), ("0:00-24:00", []),
    ("9:00-12:00、11:00-15:00", [["09:00", "15:00"]]), ("营业时间每天9:00～21:00", [["09:00", "21:00"]]),
])  # fmt: skip
def test_opening_hours_are_read_as_they_are_written(text, windows):
    assert read_hours(text) == windows


@pytest.mark.parametrize(
    "text", ["早上到晚上", "8:00", "8:00-8:00", "25:00-26:00", "8:70-9:00", "8:00-9:00 abc"]
)
def test_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match=r"hours|time|moment"):
        read_hours(text)


times = st.integers(0, 1440)


@given(st.lists(st.tuples(times, times).filter(lambda pair: pair[0] < pair[1]), max_size=4))
def test_windows_are_sorted_apart_and_come_back_from_their_text(spans):
    text = ", ".join(f"{a // 60}:{a % 60:02d}-{b // 60}:{b % 60:02d}" for a, b in spans)
    windows = read_hours(text)
    assert read_hours(hours_text(windows)) == windows
    flat = [moment for window in windows for moment in window]
    assert flat == sorted(set(flat))


@pytest.mark.parametrize(("text", "kind"), [
    ("商务宾馆", VenueKind.HOTEL), ("出租屋", VenueKind.RENTAL), ("培训教室", VenueKind.MEETING), ("直销网点", VenueKind.DIRECT_SELLING),
    ("职业学院", VenueKind.CAMPUS), ("其它", VenueKind.OTHER), ("Hotels", VenueKind.HOTEL), ("direct-selling", VenueKind.DIRECT_SELLING),
    ("dinner club", None), ("", None),
])  # fmt: skip
def test_kinds_are_known_by_the_words_of_registers(text, kind):
    assert kind_of(text) is kind


def test_defaults_follow_the_kind_and_the_position_is_turned_into_wgs84():
    facts = read_facts({**GIVEN, "kind": "会议中心", "capacity": "1,200人"}, Datum.GCJ02)
    assert (facts.kind, facts.revisit_interval_days, facts.service_minutes, facts.capacity) == (
        "meeting",
        14,
        20,
        1200,
    )
    assert (facts.lon, facts.lat) == convert(114.27, 30.6, Datum.GCJ02, Datum.WGS84)


@pytest.mark.parametrize(("changed", "code"), [
    ({"name": " "}, "venues.name_empty"), ({"name": "长" * 121}, "venues.text_long"), ({"kind": ""}, "venues.kind_empty"),
    ({"kind": "太空站"}, "venues.kind_unknown"), ({"lon": ""}, "venues.position_missing"), ({"lon": "x"}, "venues.position_unreadable"),
    ({"lon": "30.6", "lat": "114.27"}, "venues.position_swapped"), ({"lon": "0", "lat": "0"}, "venues.position_nowhere"),
    ({"lon": "190"}, "venues.position_nowhere"), ({"capacity": "-1"}, "venues.number_outside"), ({"capacity": "2.5"}, "venues.not_a_number"),
    ({"revisit_interval_days": "0"}, "venues.number_outside"), ({"opening_hours": "早晚"}, "venues.hours_unreadable"),
    ({"owner_letter_on": "去年"}, "venues.day_unreadable"), ({"owner_letter_on": "2026-02-30"}, "venues.day_unreadable"),
])  # fmt: skip
def test_each_fault_has_its_sentence_in_both_languages(changed, code):
    with pytest.raises(PatrolError) as caught:
        read_facts({**GIVEN, **changed}, Datum.WGS84)
    assert [fault.problem.code for fault in caught.value.faults] == [code]
    assert caught.value.sentence("zh") != caught.value.sentence("en")


@given(
    st.dictionaries(
        st.sampled_from(["name", "kind", "lon", "lat", "capacity", "opening_hours", "note"]),
        st.text(max_size=40),
    )
)
def test_any_text_is_read_or_refused_in_a_sentence(given_texts):
    with contextlib.suppress(PatrolError):
        assert read_facts(given_texts, Datum.WGS84).name


def test_degrees_minutes_and_seconds():
    assert read_degrees("114°16′24.2″E") == read_degrees("E114°16'24.2\"") == 114.273389
    assert read_degrees("87.6W") == read_degrees("-87.6") == -87.6
    assert read_degrees("１１４．２７") == 114.27
    assert read_degrees("114.27.3") is None


def test_days():
    assert read_day("2026.3.1") == read_day("２０２６年３月１日") == dt.date(2026, 3, 1)
    for text in ("", "2026-13-01", "03/01/2026"):
        with pytest.raises(ValueError, match=r"day|month"):
            read_day(text)


@pytest.mark.parametrize(("one", "other", "metres", "why"), [
    (Entry("江城宾馆", ""), Entry("江城宾馆有限公司", ""), 150, Likeness.NAME_NEAR),
    (Entry("江城宾馆", ""), Entry("江城宾馆", ""), 250, None),
    (Entry("江城宾馆", "武汉市江岸区中山大道1号"), Entry("江城宾馆", "中山大道１号"), 900, Likeness.NAME_ADDRESS),
    (Entry("江城商务宾馆", ""), Entry("江城商务宾馆店", ""), 20, Likeness.SIMILAR_NEAR),
    (Entry("江城快捷", "中山大道1号"), Entry("江城快捷宾馆", "中山大道1号"), 100, Likeness.ADDRESS_SIMILAR),
    (Entry("江城宾馆", "中山大道1号"), Entry("百步亭公寓", "中山大道1号"), 5, None),
])  # fmt: skip
def test_a_person_is_asked_where_it_is_worth_asking(one, other, metres, why):
    assert likeness(one, other, metres) is why
    assert likeness(other, one, metres) is why


@given(st.text(max_size=12), st.text(max_size=12))
def test_similarity_is_symmetric_and_bounded(one, other):
    assert name_similarity(one, other) == name_similarity(other, one)
    assert 0 <= name_similarity(one, other) <= 1


def test_a_negative_distance_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="negative"):
        likeness(Entry("a", ""), Entry("b", ""), -1.0)


@given(
    st.lists(
        st.tuples(st.floats(114.0, 114.02), st.floats(30.0, 30.02), st.sampled_from("甲乙")), max_size=12
    )
)
def test_twins_are_the_same_as_comparing_every_pair(places):
    rows = [Known(n, Entry(name, ""), lon, lat) for n, (lon, lat, name) in enumerate(places)]
    found = TwinFinder(rows).twins(rows, before=True)
    for at, row in enumerate(rows):
        near = [
            k for k in rows[:at]
            if k.entry.name == row.entry.name and distance_m(k.lon, k.lat, row.lon, row.lat) < 198
        ]  # fmt: skip
        assert (found[at] is not None) >= bool(near)
        if found[at] is not None:
            other = rows[found[at].key]
            assert other.entry.name == row.entry.name
            assert distance_m(other.lon, other.lat, row.lon, row.lat) < 202


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=60))
def test_clusters_lose_no_point(points):
    counted = cluster([x for x, _ in points], [y for _, y in points], (0.0, 0.0, 1.0, 1.0))
    assert sum(count for _, _, count in counted) == len(points)


def test_the_datum_that_brings_points_inside_is_found():
    def inside(lon, lat):
        return (lon > 114.27) & (lon < 114.2702)

    lon, lat = convert(np.full(5, 114.2701), np.full(5, 30.6), Datum.WGS84, Datum.BD09)
    fit = fit_datum(lon, lat, inside)
    assert (fit.best, fit.inside[Datum.BD09], fit.inside[Datum.WGS84], fit.total) == (Datum.BD09, 5, 0, 5)
    with pytest.raises(ValueError, match="shape"):
        fit_datum(lon, lat[:1], inside)
