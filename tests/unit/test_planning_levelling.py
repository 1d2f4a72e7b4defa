"""The slider "shifts of equal length": what it moves, what it never touches, and what it may cost."""

from dataclasses import replace

import numpy as np
import pytest

from patrol.routes.planning import (
    Candidate,
    LeftOut,
    TeamShift,
    Weights,
    check_plan,
    plan_day,
    straight_line_problem,
)
from patrol.routes.planning.levelling import level_shifts

HOME = (114.31, 30.61)
DAY = (8 * 3600, 16 * 3600)


def places(rng, count, **facts):
    return [
        Candidate(f"v{i}", 114.30 + 0.03 * rng.random(), 30.60 + 0.03 * rng.random(), 1.0 + rng.random(), 900, **facts)
        for i in range(count)
    ]  # fmt: skip


def shifts(count=2, **facts):
    return [TeamShift(f"t{i}", *DAY, HOME, HOME, **facts) for i in range(count)]


def worked(plan):
    return [route.work_s for route in plan.routes]


def apart(plan):
    return max(worked(plan)) - min(worked(plan))


def stops(plan):
    return {stop.key for route in plan.routes for stop in route.stops}


def made(some, teams, balance, seconds=0.0):
    return plan_day(straight_line_problem(some, teams, Weights(balance=balance)), seconds=seconds, seed=1)


@pytest.mark.parametrize("seed", range(6))
def test_work_that_one_team_can_do_alone_is_shared_out_and_no_place_is_lost(seed):
    some = places(np.random.default_rng(seed), 14)
    alone, shared = made(some, shifts(), 0.0), made(some, shifts(), 1.0)
    assert stops(alone) == stops(shared) == {one.key for one in some}
    assert apart(shared) < apart(alone) / 4
    assert apart(shared) < 1800


def test_the_further_the_slider_the_nearer_the_shifts():
    some = places(np.random.default_rng(7), 40)
    spread = [apart(made(some, shifts(3), balance)) for balance in (0.0, 0.3, 1.0)]
    assert spread[0] > spread[1] >= spread[2]


def test_half_a_shift_is_asked_for_half_the_work():
    some = places(np.random.default_rng(3), 22)
    short = replace(shifts()[0], end_s=DAY[0] + 4 * 3600)
    plan = made(some, [short, shifts()[1]], 1.0)
    half, whole = worked(plan)
    assert half / (4 * 3600) == pytest.approx(whole / (8 * 3600), abs=0.12)


def test_what_is_required_locked_or_closed_stays():
    some = places(np.random.default_rng(5), 16, required=True)
    full = tuple(one.key for one in some[:12])
    given = straight_line_problem(
        some, [replace(shifts()[0], locked=full), shifts()[1]], Weights(balance=1.0)
    )
    plan = plan_day(given, seconds=0, seed=1)
    assert check_plan(given, plan) == []
    assert plan.routes[0].keys[:12] == full
    assert stops(plan) == {one.key for one in some}
    closed = replace(given, teams=(replace(given.teams[0], closed=True), given.teams[1]))
    plan = plan_day(closed, seconds=0, seed=1)
    assert check_plan(closed, plan) == []
    assert plan.routes[0].keys == full


def test_a_place_that_gave_way_says_so_and_the_plan_stays_above_greedy():
    """Two teams cannot share three long visits evenly: the third is worth little, and goes."""
    some = [
        Candidate("a", *HOME, prize=10.0, service_s=7200, skills_needed=frozenset({"x"})),
        Candidate("b", *HOME, prize=10.0, service_s=7200),
        Candidate("c", *HOME, prize=0.1, service_s=7200, skills_needed=frozenset({"x"})),
    ]
    teams = [replace(shifts()[0], skills=frozenset({"x"})), shifts()[1]]
    given = straight_line_problem(some, teams, Weights(balance=1.0))
    plan = plan_day(replace(given, weights=Weights()), seconds=0, seed=1)
    assert stops(plan) == {"a", "b", "c"}
    level = level_shifts(given, replace(plan, greedy_value=plan.value - 1.0), seconds=5.0)
    assert stops(level) == {"a", "b"}
    assert dict(level.left_out) == {"c": LeftOut.LEVELLED}
    assert check_plan(given, level) == []
    assert stops(level_shifts(given, plan, seconds=5.0)) == {
        "a",
        "b",
        "c",
    }  # what greedy gains is not given up
    assert level_shifts(replace(given, weights=Weights()), plan, seconds=5.0) is plan
