"""Every plan that leaves the planner can be driven: random days of every sort, judged by the independent checker."""

import os

import numpy as np
import pytest

from patrol.core.errors import PatrolError
from patrol.routes.planning import (
    Break,
    Candidate,
    TeamShift,
    Weights,
    check_plan,
    plan_day,
    straight_line_problem,
)

#: days tried by each test; PATROL_RANDOM_DAYS=3000 for the long run of docs/benchmarks.md
DAYS = int(os.environ.get("PATROL_RANDOM_DAYS", "30"))
SKILLS = ("police", "fire", "joint")


def random_candidate(rng, number, teams):
    windows = ()
    if rng.random() < 0.6:
        opens = np.sort(rng.integers(6 * 3600, 22 * 3600, 2 * int(rng.integers(1, 3)))).tolist()
        windows = tuple((opens[i], opens[i + 1]) for i in range(0, len(opens), 2))
    return Candidate(
        f"v{number}", 114.3 + 0.06 * rng.random(), 30.5 + 0.06 * rng.random(),
        prize=float(rng.choice([0, 1, 5, rng.random() * 10])), service_s=int(rng.integers(0, 2400)),
        windows=windows, skills_needed=frozenset(rng.choice(SKILLS, int(rng.random() < 0.15), replace=False).tolist()),
        grid=f"g{rng.integers(0, 4)}", required=bool(rng.random() < 0.01), load=int(rng.integers(0, 3)),
        pinned_team=f"t{rng.integers(0, teams)}" if rng.random() < 0.005 else None,
    )  # fmt: skip


def random_team(rng, number):
    start = int(rng.integers(6, 14)) * 3600
    end = start + int(rng.integers(1, 9)) * 3600
    breaks = ()
    if rng.random() < 0.4 and end - start > 3 * 3600:
        early = start + int(rng.integers(0, 3600))
        breaks = (Break(early, early + int(rng.integers(0, 3600)), int(rng.integers(300, 2400))),)
    home = (114.3 + 0.06 * rng.random(), 30.5 + 0.06 * rng.random())
    return TeamShift(
        f"t{number}", start, end, home, home if rng.random() < 0.6 else None,
        mode=str(rng.choice(["foot", "ebike", "car"])),
        skills=frozenset(rng.choice(SKILLS, int(rng.integers(0, 3)), replace=False).tolist()),
        grids=frozenset({f"g{rng.integers(0, 4)}"}) if rng.random() < 0.3 else frozenset(),
        breaks=breaks, capacity=int(rng.integers(1, 20)) if rng.random() < 0.3 else None,
    )  # fmt: skip


def random_day(rng):
    teams = [random_team(rng, number) for number in range(int(rng.integers(1, 5)))]
    venues = [random_candidate(rng, number, len(teams)) for number in range(int(rng.integers(0, 45)))]
    weights = Weights(
        travel=float(rng.choice([0, 0.001, 0.01])), outside_grid=float(rng.choice([0, 1])),
        balance=float(rng.choice([0, 0.5, 1])),
    )  # fmt: skip
    return straight_line_problem(venues, teams, weights)


def judged(given, seconds, seed):
    """Plan; a day with faults is refused in sentences, every other plan passes the checker."""
    refused = None
    try:
        plan = plan_day(given, seconds=seconds, seed=seed)
    except PatrolError as error:
        refused = error
    if refused is not None:
        assert all(fault.sentence("zh") and fault.sentence("en") for fault in refused.faults)
        return None
    broken = [v for v in check_plan(given, plan) if not (v.broken == "missing" and v.key in plan.unmet)]
    assert broken == []
    if not any(candidate.must_go for candidate in given.candidates):
        assert plan.value >= max(plan.greedy_value, 0.0) - 1e-9
    return plan


def test_greedy_plans_can_be_driven():
    rng = np.random.default_rng(11)
    made = [judged(random_day(rng), 0.0, day) for day in range(DAYS * 5)]
    assert sum(plan is not None and plan.prize > 0 for plan in made) > DAYS


def test_searched_plans_can_be_driven_and_are_never_worse_than_greedy():
    rng = np.random.default_rng(12)
    better = 0
    for day in range(DAYS):
        plan = judged(random_day(rng), 0.06, day)
        better += plan is not None and plan.value > plan.greedy_value + 1e-9
    assert better > DAYS / 15


@pytest.mark.parametrize("cancel_after", [1, 3])
def test_a_cancelled_search_leaves_a_plan_that_can_be_driven(cancel_after):
    given = random_day(np.random.default_rng(3))
    heard = []

    def listen(share, plan):
        heard.append(plan)
        return len(heard) < cancel_after

    plan = plan_day(given, seconds=2.0, seed=1, on_progress=listen)
    assert not [v for v in check_plan(given, plan) if v.key not in plan.unmet]
