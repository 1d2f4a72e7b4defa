"""Thousands of small random days go through every door of the planner, and the independent checker judges each plan."""

import os
from collections import Counter
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from patrol.core.errors import PatrolError
from patrol.routes.planning import (
    LeftOut,
    TravelMatrix,
    Weights,
    check_plan,
    draw_order,
    edges_of,
    keep_share,
    lot_of,
    orders_of,
    plan_day,
    replan,
    straight_line_problem,
    vary_plan,
    with_drawn,
)
from patrol.routes.planning.domain import UNREACHABLE_S
from tests.unit.test_planning_properties import random_candidate, random_team

#: how many times as many days as in every run; PATROL_RANDOM_DAYS=3000 is a hundred times
TIMES = int(os.environ.get("PATROL_RANDOM_DAYS", "30")) / 30
TICK_S = 0.01


@pytest.fixture
def ticking(monkeypatch):
    """Every look at the clock takes a hundredth of a second: searches have the same few rounds on every machine."""
    ticks = count()
    clock = SimpleNamespace(perf_counter=lambda: next(ticks) * TICK_S)
    for module in ("planner", "levelling", "vrp", "ruin.driver"):
        monkeypatch.setattr(f"patrol.routes.planning.{module}.time", clock)


def small_day(rng, *, travel=(0.0,), venues=9):
    """A day of few places and every rule there is: locks, closed routes, ways that do not exist, sliders."""
    teams = [random_team(rng, number) for number in range(int(rng.integers(1, 4)))]
    some = [random_candidate(rng, number, len(teams)) for number in range(int(rng.integers(0, venues + 1)))]
    some = [replace(each, required=bool(rng.random() < 0.08)) for each in some]
    for number, team in enumerate(teams):
        if rng.random() < 0.15 and some:
            locked = tuple(each.key for each in some[number :: len(teams)][: int(rng.integers(0, 3))])
            some = [replace(each, pinned_team=None) if each.key in locked else each for each in some]
            teams[number] = replace(team, locked=locked, closed=bool(rng.random() < 0.5))
    weights = Weights(
        travel=float(rng.choice(travel)), outside_grid=float(rng.choice([0, 1])),
        balance=float(rng.choice([0, 0.3, 1])),
    )  # fmt: skip
    given = straight_line_problem(some, teams, weights)
    return _with_gaps(given, rng) if rng.random() < 0.2 else given


def _with_gaps(given, rng):
    """Cut some ways, in one direction each."""
    seconds = {
        mode: np.where(rng.random(matrix.shape) < 0.1, UNREACHABLE_S, matrix).astype(np.int32)
        for mode, matrix in given.travel.seconds.items()
    }
    return replace(given, travel=TravelMatrix(seconds))


def required_unmet(plan):
    return {key for key, why in plan.left_out if why is LeftOut.REQUIRED_NO_TIME}


def judged(given, plan):
    """Hold a plan against its problem: nothing is broken but what the plan itself names."""
    told = required_unmet(plan)
    broken = [each for each in check_plan(given, plan) if each.broken != "missing" or each.key not in told]
    assert broken == [], (broken, given)
    return plan


def planned(given, seconds, seed):
    """Plan a day and judge it; None for a day that is refused in sentences of both languages."""
    refused = None
    try:
        plan = judged(given, plan_day(given, seconds=seconds, seed=seed))
    except PatrolError as error:
        refused = error
    if refused is not None:
        assert all(fault.sentence("zh") and fault.sentence("en") for fault in refused.faults)
        return None
    if not any(one.must_go for one in given.candidates):
        assert plan.value >= max(plan.greedy_value, plan.do_nothing_value) - 1e-9
    return plan


def test_thousands_of_small_days_can_be_driven_by_whatever_door_their_plans_leave():
    rng, seen = np.random.default_rng(21), Counter()
    for day in range(int(2_000 * TIMES)):
        given = small_day(rng, travel=(0.0, 0.001))
        lot = lot_of([one.key for one in given.candidates], 2, rng)
        given = replace(given, candidates=with_drawn(given.candidates, lot[: int(rng.integers(0, 3))]))
        plan = planned(given, 0.0, day)
        if plan is None:
            seen["refused"] += 1
            continue
        seen["stops"] += sum(len(route.stops) for route in plan.routes)
        seen["unmet"] += bool(required_unmet(plan))
        sample = keep_share(given, plan, lot, float(rng.choice([0.1, 0.5, 1.0])))
        seen["drawn"] += bool(sample.drawn)
        drawn = judged(given, draw_order(given, judged(given, sample.plan), rng))
        seen["turned"] += orders_of(drawn.routes) != orders_of(sample.plan.routes)
        seen["urgent"] += _urgent(given, drawn)
    assert seen["refused"] < 600 * TIMES
    assert seen["stops"] > 3_000 * TIMES
    assert min(seen[door] for door in ("drawn", "turned", "urgent")) > 100 * TIMES, seen
    assert seen["unmet"] > 0


def _urgent(given, plan):
    """Let a place that was left out become urgent; say whether a team could take it."""
    free = [key for key, _why in plan.left_out if key not in required_unmet(plan)]
    if not free:
        return False
    try:
        after, change = replan(given, plan, free[:1])
    except PatrolError:
        return False
    judged(given, after)
    assert free[0] in change.added
    assert len(change.teams_changed) == 1
    return True


def test_searched_small_days_can_be_driven_and_the_search_finds_what_greedy_did_not(ticking):
    rng, better = np.random.default_rng(22), 0
    for day in range(int(250 * TIMES)):
        plan = planned(small_day(rng), 0.2, day)
        better += plan is not None and plan.value > plan.greedy_value + 1e-9
    assert better > 8 * TIMES


def test_small_days_on_which_travel_has_a_price_can_be_driven(ticking):
    rng, made = np.random.default_rng(23), Counter()
    for day in range(int(300 * TIMES)):
        plan = planned(small_day(rng, travel=(0.001, 0.01)), 0.2, day)
        made[plan.method if plan else "refused"] += 1
    assert made["search"] > 5 * TIMES, made


def test_small_days_made_hard_to_foresee_can_be_driven(ticking):
    rng, less = np.random.default_rng(24), 0
    for day in range(int(150 * TIMES)):
        given = small_day(rng)
        plan = planned(given, 0.0, day)
        if plan is None or not any(len(route.stops) > 1 for route in plan.routes):
            continue
        varied = vary_plan(
            given, plan, edges_of(plan), seconds=0.3, seed=day, most_overlap=0.2, most_loss=0.5
        )
        judged(given, varied.plan)
        less += varied.overlap < 1.0
    assert less > 15 * TIMES
