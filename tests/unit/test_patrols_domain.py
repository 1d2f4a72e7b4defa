"""Clocks that lie and steps that arrive in any order."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.patrols import judged_time, life_of

NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
instants = st.datetimes(
    min_value=dt.datetime(1970, 1, 1), max_value=dt.datetime(2199, 1, 1), timezones=st.just(dt.UTC)
)


@given(instants, st.none() | st.floats(min_value=-6e9, max_value=6e9))
def test_no_clock_puts_a_record_into_the_future_or_far_past(said, offset_s):
    judged = judged_time(said, offset_s, NOW)
    assert NOW - dt.timedelta(days=400) <= judged.at <= NOW
    assert judged.said == said
    assert bool(judged.facts()) is bool(judged.doubt)


@given(st.integers(min_value=-100, max_value=100), st.integers(min_value=0, max_value=86_400 * 30))
def test_a_sound_clock_is_believed(offset_s, age_s):
    said = NOW - dt.timedelta(seconds=age_s)
    assert (judged_time(said, offset_s, NOW).at, judged_time(said, offset_s, NOW).doubt) == (said, "")


@given(st.integers(min_value=-10, max_value=10).filter(bool), st.integers(min_value=0, max_value=86_400))
def test_a_clock_wrong_by_years_is_put_right(years, age_s):
    wrong = dt.timedelta(days=365 * years)
    said = NOW - wrong - dt.timedelta(seconds=age_s)
    judged = judged_time(said, wrong.total_seconds(), NOW)
    assert (judged.at, judged.doubt) == (NOW - dt.timedelta(seconds=age_s), "corrected")


def test_a_time_without_zone_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="zone"):
        judged_time(dt.datetime(2026, 1, 1), None, NOW)


@given(st.permutations(["start", "pause", "resume", "end"]), st.integers(min_value=0, max_value=4))
def test_the_state_does_not_depend_on_the_order_of_arrival(order, kept):
    at = {step: NOW + dt.timedelta(hours=n) for n, step in enumerate(("start", "pause", "resume", "end"))}
    events = [{"step": step, "at": at[step].isoformat()} for step in order[:kept]]
    life = life_of(events)
    shuffled = life_of(random.Random(kept).sample(events, len(events)))
    assert life == shuffled
    assert (life.state == "ended") is any(event["step"] == "end" for event in events)
    assert life.started_at == (at["start"] if any(e["step"] == "start" for e in events) else None)
