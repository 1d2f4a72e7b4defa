"""Horizon, capacity, predictability, samples, urgent visits: known answers and properties."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from patrol.core.errors import PatrolError
from patrol.routes.planning import (
    Candidate,
    Obligation,
    TeamShift,
    capacity_curve,
    check_plan,
    difference,
    edge_overlap,
    edges_of,
    hour_entropy,
    meter,
    plan_day,
    plan_horizon,
    prize_of,
    replan,
    straight_line_problem,
    teams_needed,
    vary_plan,
    why_not,
    why_today,
)
from patrol.routes.planning.ruin import compile_ahead, kernel


def venues(rng, count, *, service=600):
    return [
        Candidate(
            f"v{i}", 114.3 + 0.03 * rng.random(), 30.6 + 0.03 * rng.random(), 1 + 4 * rng.random(), service
        )
        for i in range(count)
    ]


def shifts(count, *, hours=4.0, locked=()):
    home = (114.315, 30.615)
    return [
        TeamShift(f"t{k}", 9 * 3600, int((9 + hours) * 3600), home, home, locked=locked if k == 0 else ())
        for k in range(count)
    ]


def obligations(count, *, interval=10, minutes=30.0):
    return [Obligation(f"v{i}", interval, i % interval, 0.1, minutes) for i in range(count)]


def test_enough_staff_is_always_in_time_and_the_load_is_level():
    plan = plan_horizon(obligations(100), days=20, minutes_a_day=100 / 10 * 30 + 30)
    assert plan.in_time == 1.0
    assert max(plan.minutes) <= 1.3 * np.mean(plan.minutes)
    for key in ("v0", "v57"):
        days = [day for day, keys in enumerate(plan.days) if key in keys]
        assert np.diff(days).max() <= 10


def test_too_little_staff_is_said_and_the_curve_rises_to_the_number_needed():
    todo = obligations(400)
    curve = capacity_curve(todo, minutes_per_team=240, teams=range(1, 9))
    shares = [point.in_time for point in curve]
    assert shares == sorted(shares)
    assert shares[0] < 0.6 < shares[-1]
    needed = teams_needed(todo, minutes_per_team=240, share=0.98)
    assert shares[needed - 1] >= 0.98 > shares[needed - 2]
    # 400 venues × 30 min / 10 days = 1,200 min a day = 5 teams; one more for visits that do not divide evenly.
    assert 5 <= needed <= 6
    assert teams_needed(todo, minutes_per_team=1, share=0.98, most=3) is None


def test_nobody_is_lost_between_days_late_and_unreached():
    todo = obligations(90)
    plan = plan_horizon(todo, days=7, minutes_a_day=60)
    seen = Counter(key for day in plan.days for key in day)
    due = {one.key for one in todo if one.due_in < 7}
    assert due <= set(seen) | set(plan.unreached)
    assert all(minutes <= 60 for minutes in plan.minutes)
    assert 0 <= plan.in_time < 1


@pytest.mark.parametrize("days", [0, 29])
def test_a_horizon_has_one_to_twenty_eight_days(days):
    with pytest.raises(ValueError, match="1 to 28"):
        plan_horizon([], days=days, minutes_a_day=60)


def test_prizes_rise_with_time_risk_and_deadlines():
    def worth(**change):
        return prize_of(
            Obligation(
                **{"key": "a", "interval_days": 30, "since_days": 10, "risk": 0.1, "visit_min": 20} | change
            ),
            mean_risk=0.1,
        )

    times = [worth(since_days=days) for days in (0, 10, 26, 30, 35, 60)]
    assert times == sorted(times)
    assert worth(risk=0.2) > worth()
    assert worth(deadline_days=0) > worth(deadline_days=5) > worth(campaign_days=30) > worth()
    assert worth(since_days=None) > worth(since_days=29)


def test_the_meter_on_plans_that_repeat_and_on_plans_that_share_nothing():
    given = straight_line_problem(venues(np.random.default_rng(1), 12), shifts(1))
    plan = plan_day(given, seconds=0, seed=1)
    assert edge_overlap(plan, edges_of(plan)) == 1.0
    assert edge_overlap(plan, []) == 0.0
    told = meter([plan, plan], first_s=9 * 3600, last_s=13 * 3600)
    assert (told.edge_overlap, told.hours, told.same_team) == (1.0, 0.0, 1.0)


def test_hours_known_answers():
    span = {"first_s": 0, "last_s": 4 * 3600}
    assert hour_entropy({"a": [0, 3600, 7200, 10800]}, **span) == pytest.approx(1.0)
    assert hour_entropy({"a": [0, 1, 2, 3]}, **span) == 0.0
    assert hour_entropy({"a": [5]}, **span) == 0.0


def test_a_varied_plan_shares_less_and_tells_its_price():
    given = straight_line_problem(venues(np.random.default_rng(2), 60), shifts(3))
    best = plan_day(given, seconds=0.5, seed=1)
    varied = vary_plan(given, best, edges_of(best), seconds=1.5, seed=2)
    assert check_plan(given, varied.plan) == []
    assert varied.overlap == pytest.approx(edge_overlap(varied.plan, edges_of(best)))
    assert varied.overlap <= 0.5
    assert varied.loss == pytest.approx(1 - varied.plan.value / best.value, abs=1e-6)
    assert varied.loss < 0.1


def test_an_urgent_visit_changes_one_route_and_says_what_gave_way():
    rng = np.random.default_rng(3)
    some = venues(rng, 40)
    given = straight_line_problem(some, shifts(3))
    before = plan_day(given, seconds=0, seed=1)
    head = before.routes[0].keys[:2]
    later = straight_line_problem(
        [*some, Candidate("clue", 114.316, 30.614, 20.0, 900)], shifts(3, locked=head)
    )
    after, changed = replan(later, before, ["clue"])
    assert check_plan(later, after) == []
    assert changed.added == ("clue",)
    assert len(changed.teams_changed) == 1
    assert not changed.moved
    assert not changed.reordered
    assert len(changed.removed) <= 2
    assert after.routes[0].keys[:2] == head
    assert difference(before, before).teams_changed == ()


def test_an_urgent_visit_nobody_can_take_is_refused():
    some = venues(np.random.default_rng(4), 10)
    given = straight_line_problem([*some, Candidate("far", 119.0, 33.0, 1.0, 600)], shifts(1))
    before = plan_day(given, seconds=0, seed=1)
    with pytest.raises(PatrolError) as caught:
        replan(given, before, ["far"])
    assert caught.value.code == "routes.plan.urgent_impossible"


def test_every_stop_says_why_and_every_gap_says_why_not():
    given = straight_line_problem(venues(np.random.default_rng(7), 60), shifts(1, hours=2))
    plan = plan_day(given, seconds=0, seed=1)
    told = why_today(given, plan)
    assert sum(one.share for one in told) == pytest.approx(1.0)
    assert all(one.frees_s > 0 for one in told)
    answers = [why_not(given, plan, key) for key, _ in plan.left_out]
    exchanges = [one for one in answers if one.instead_of]
    assert exchanges
    with pytest.raises(KeyError):
        why_not(given, plan, plan.routes[0].keys[0])


def test_no_plan_waits_for_the_compiler_once_it_was_compiled_ahead():
    """A second layout of the same arrays took the whole search of the first plan after an installation.

    In a process of its own: another test of this one may have asked for layouts of its own.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        compiled = pool.submit(compiled_for_two_plans).result()
    assert compiled["anneal"] == 1
    assert max(compiled.values()) == 1


def compiled_for_two_plans():
    """Compile ahead, plan twice, and return how many layouts each function was compiled for."""
    compile_ahead()
    rng = np.random.default_rng(5)
    hours = ((9 * 3600, 11 * 3600), (12 * 3600, 13 * 3600))
    for some in (venues(rng, 12), [replace(one, windows=hours) for one in venues(rng, 12)]):
        plan_day(straight_line_problem(some, shifts(2)), seconds=0.2, seed=1)
    return {name: len(each.signatures) for name, each in vars(kernel).items() if hasattr(each, "signatures")}
