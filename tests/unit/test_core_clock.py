"""Clocks, identifiers in time order and Chinese working days."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrol.core.clock import FixedClock, SystemClock, WorkingDays, china_date, read_calendar
from patrol.core.errors import PatrolError
from patrol.core.ids import is_uid, new_uid

CALENDAR = WorkingDays()


def test_the_system_clock_is_aware_and_in_utc():
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_until_advanced():
    clock = FixedClock(datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == clock.now() == datetime(2026, 3, 1, tzinfo=UTC)
    clock.advance(timedelta(minutes=5))
    assert clock.now().minute == 5


def test_naive_times_are_a_programmers_mistake():
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 3, 1))
    with pytest.raises(ValueError, match="time zone"):
        china_date(datetime(2026, 3, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 4), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 20), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2025, 10, 8), False),
        (date(2025, 9, 28), True),
        (date(2026, 3, 2), True),
        (date(2026, 3, 7), False),
    ],
)
def test_published_years_know_the_shifted_days(day, works):
    assert CALENDAR.is_working_day(day) is works


@pytest.mark.parametrize("year", range(2008, 2027))
def test_published_years_are_settled(year):
    assert not CALENDAR.is_provisional(year)


@pytest.mark.parametrize("year", [1950, 2031, 2150, 9000])
def test_an_unknown_year_is_provisional_and_never_crashes(year):
    due = CALENDAR.add(date(year, 3, 1), 10)
    assert due.provisional
    assert due.day > date(year, 3, 1)


def test_the_bureaus_table_wins_and_can_settle_a_year():
    table = read_calendar([("2031-03-03", "放假"), (" 2031-03-08 ", "work")])
    calendar = WorkingDays(table, frozenset({2031}))
    assert not calendar.is_working_day(date(2031, 3, 3))
    assert calendar.is_working_day(date(2031, 3, 8))
    assert not calendar.add(date(2031, 3, 1), 5).provisional


def test_all_bad_rows_of_a_calendar_are_told_at_once():
    with pytest.raises(PatrolError) as raised:
        read_calendar([("2031-13-01", "off"), ("2031-03-03", "off"), ("2031-03-04", "maybe")])
    assert [fault.where for fault in raised.value.faults] == ["row 1", "row 3"]


@settings(max_examples=60)
@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.integers(0, 40))
def test_adding_and_counting_agree(start, term):
    due = CALENDAR.add(start, term)
    assert CALENDAR.between(start, due.day) == term
    assert CALENDAR.between(due.day, start) == -term
    assert term == 0 or CALENDAR.is_working_day(due.day)


def test_a_term_is_never_negative():
    with pytest.raises(ValueError, match="at least 0"):
        CALENDAR.add(date(2026, 1, 1), -1)


def test_uids_sort_by_the_moment_of_their_making():
    clock, rng = FixedClock(datetime(2026, 1, 1, tzinfo=UTC)), random.Random(1)
    made = []
    for _ in range(50):
        made.append(new_uid(clock, rng))
        clock.advance(timedelta(milliseconds=1))
    assert made == sorted(made)
    assert len(set(made)) == 50
    assert all(is_uid(uid) and uid[14] == "7" for uid in made)


def test_the_same_clock_and_chance_make_the_same_uid():
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert new_uid(clock, random.Random(3)) == new_uid(clock, random.Random(3))


@pytest.mark.parametrize("text", ["", None, 7, "0" * 36, "01890a5dac96774bbcceb302099a8057"])
def test_other_things_are_no_uid(text):
    assert not is_uid(text)
