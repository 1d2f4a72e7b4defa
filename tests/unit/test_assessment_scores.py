"""Points, sums and ranks of a scheme: known answers, and what must hold for any figures."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.core.errors import Faults
from patrol.reports import BY_CODE
from patrol.reports.assessment.domain import (
    NEEDS_STEP,
    NEEDS_TARGET,
    PERIODS,
    RULES,
    Item,
    points_for,
    ranked,
    scheme_hash,
    score_unit,
)
from patrol.reports.assessment.services import read_items, shipped_items

POINTS = st.integers(1, 10_000).map(lambda n: n / 100)
VALUES = st.floats(0, 1e6, allow_nan=False)
ITEMS = st.builds(
    Item, indicator=st.sampled_from(sorted(BY_CODE)), points=POINTS, rule=st.sampled_from(sorted(RULES)),
    target=POINTS, step=POINTS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "target", "step", "value", "points"),
    [
        ("proportional", 8, 0, 6, 15.0), ("proportional", 8, 0, 0, 0.0), ("proportional", 8, 0, 80, 20.0),
        ("proportional", 3, 0, 1, 6.67), ("threshold", 2, 0, 1, 0.0), ("threshold", 2, 0, 2, 20.0),
        ("per_unit", 0, 3, 4, 12.0), ("per_unit", 0, 3, 9, 20.0), ("deduction", 0, 5, 1, 15.0),
        ("deduction", 2, 5, 2, 20.0), ("deduction", 2, 5, 3, 15.0), ("deduction", 0, 5, 9, 0.0),
    ],
)  # fmt: skip
def test_each_rule_gives_the_points_that_its_words_say(rule, target, step, value, points):
    assert points_for(Item("actions", 20, rule, target=target, step=step), value) == points


@given(ITEMS, VALUES, VALUES)
def test_points_lie_within_the_item_and_more_is_never_worse_except_where_it_is_deducted(item, one, other):
    low, high = sorted((one, other))
    less, more = points_for(item, low), points_for(item, high)
    assert 0 <= less <= item.points
    assert 0 <= more <= item.points
    assert less >= more if item.rule == "deduction" else less <= more


@given(st.lists(ITEMS, min_size=1, max_size=6), st.data())
def test_the_sum_is_that_of_the_points_shown_and_never_above_the_possible(items, data):
    values = data.draw(st.lists(VALUES, min_size=len(items), max_size=len(items)))
    found = score_unit(items, values, "420102")
    assert found.total == pytest.approx(sum(mark.points for mark in found.marks))
    assert 0 <= found.percent <= 100
    assert found.total <= found.possible + 1e-9


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.randoms())
def test_ranks_do_not_depend_on_the_order_and_equals_share_one(values, random):
    item = Item("actions", 5, "per_unit", step=1)
    scores = [score_unit([item], [value], f"{n}") for n, value in enumerate(values)]
    first = {s.code: s.rank for s in ranked(scores)}
    random.shuffle(scores)
    assert {s.code: s.rank for s in ranked(scores)} == first
    for n, value in enumerate(values):
        assert first[str(n)] == 1 + sum(other > value for other in values)


def test_a_unit_is_judged_by_what_is_asked_of_it():
    harbour = Item("visits", 40, "threshold", target=1, areas=("350304",))
    meetings = Item("joint_meetings", 60, "proportional", target=4, targets={"350305": 2})
    inland = score_unit([harbour, meetings], [0, 2], "350305")
    assert (inland.total, inland.possible, inland.percent) == (60, 60, 100)
    assert inland.marks[0].points is None
    coast = score_unit([harbour, meetings], [0, 2], "350304")
    assert (coast.total, coast.possible, coast.percent) == (30, 100, 30)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_a_value_that_no_indicator_can_have_is_a_programmers_mistake(value):
    with pytest.raises(ValueError, match="at least 0"):
        points_for(Item("actions", 1, "threshold", target=1), value)


def test_the_hash_of_a_scheme_notices_every_change():
    item = Item("actions", 20, "proportional", target=8)
    first = scheme_hash("方案", "divisions", [item])
    changes = {"points": 21.0, "target": 9.0, "rule": "threshold", "period": "year", "indicator": "events",
               "step": 1.0, "targets": {"1": 2.0}, "areas": ("1",)}  # fmt: skip
    assert first == scheme_hash("方案", "divisions", [replace(item)])
    assert first != scheme_hash("方案", "branches", [item])
    for name, value in changes.items():
        assert scheme_hash("方案", "divisions", [replace(item, **{name: value})]) != first, name


def test_the_shipped_scheme_has_100_points_and_is_sound():
    items = shipped_items()
    assert sum(item.points for item in items) == 100
    raw = tomllib.loads((files("patrol.reports") / "assessment" / "default.toml").read_text("utf-8"))
    assert len(items) == len(raw["items"]) == 13
    for item in items:
        assert item.indicator in BY_CODE
        assert item.rule in RULES
        assert item.period in PERIODS
        assert item.rule not in NEEDS_TARGET or item.target > 0
        assert item.rule not in NEEDS_STEP or item.step > 0
        assert Item.of(item.as_data()) == item


def test_every_fault_of_a_form_is_told_at_once_with_its_row():
    typed = {
        "indicator_0": "actions", "points_0": "many", "rule_0": "proportional", "target_0": "0", "period_0": "assessed",
        "indicator_1": "", "points_1": "5", "rule_1": "", "period_1": "assessed",
        "indicator_2": "events", "points_2": "5", "rule_2": "deduction", "step_2": "-1", "period_2": "later",
        "indicator_3": "", "points_3": "", "rule_3": "proportional",
        "indicator_4": "visits", "points_4": "5", "rule_4": "per_unit", "step_4": "0.5", "period_4": "year",
        "target_4@420102": "lots",
    }  # fmt: skip
    faults = Faults()
    read_items(typed, {}, {"420102"}, faults)
    assert [fault.where for fault in faults.found] == [
        "points_0", "target_0", "indicator_1", "rule_1", "period_2", "step_2", "target_4@420102",
    ]  # fmt: skip
    for fault in faults.found:
        assert "{" not in fault.sentence("zh") + fault.sentence("en")
