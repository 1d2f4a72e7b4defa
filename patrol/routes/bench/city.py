"""Days as a bureau has them, on the real streets of Wuhan: prizes, windows and visiting times are invented."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

import numpy as np

from patrol.core.figures import Figure
from patrol.routes.bench.published import ours
from patrol.routes.planning import (
    Candidate,
    Plan,
    Problem,
    TeamShift,
    check_plan,
    edges_of,
    plan_day,
    straight_line_problem,
    vary_plan,
)
from patrol.routes.travel.bench import street_points

SHIFT = (9 * 3600, 15 * 3600)


def invented_day(venues: int, teams: int, seed: int) -> Problem:
    """A day of ``teams`` e-bike teams with six hours each, on real street crossings within 7 km of the centre.

    Prizes are log-normal, 30 % of the venues have a window of 90 to 180 minutes, visits take 8 to 20 minutes; ways are
    straight lines lengthened as the streets of Wuhan lengthen them.
    """
    rng = np.random.default_rng(seed)
    lon, lat = street_points(rng, venues + teams)
    prize = np.round(rng.lognormal(3.0, 0.7, venues) + 1, 1)
    service = rng.integers(8 * 60, 20 * 60, venues)
    candidates = []
    for i in range(venues):
        windows: tuple[tuple[int, int], ...] = ()
        if rng.random() < 0.3:
            opens = int(rng.integers(SHIFT[0], SHIFT[1] - 5400))
            windows = ((opens, opens + int(rng.integers(5400, 10800))),)
        candidates.append(
            Candidate(f"v{i}", float(lon[i]), float(lat[i]), float(prize[i]), int(service[i]), windows)
        )
    shifts = [
        TeamShift(
            f"t{k}",
            *SHIFT,
            (float(lon[venues + k]), float(lat[venues + k])),
            (float(lon[venues + k]), float(lat[venues + k])),
        )
        for k in range(teams)
    ]
    return straight_line_problem(candidates, shifts)


def large(seeds: int) -> Iterator[Figure]:
    """5,000 venues and 40 teams in under a minute."""
    given = invented_day(5000, 40, 1)
    for seed in range(1, min(seeds, 2) + 1):
        began = time.perf_counter()
        plan = ours(given, 50.0, seed)
        took = time.perf_counter() - began
        above = 100.0 * (plan.prize / plan.greedy_prize - 1.0)
        yield Figure(
            f"5,000 venues, 40 teams, above greedy (seed {seed})", above, "%", "do nothing", -100.0, ">= 8"
        )
        yield Figure(f"5,000 venues, 40 teams, time (seed {seed})", took, "s", "", None, "< 60")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield Figure("5,000 venues, 40 teams, memory", peak, "GB", "", None, "< 2")


def branch(seeds: int) -> Iterator[Figure]:
    """600 venues and 8 teams: the first plan to look at, and the plan after ten seconds."""
    for seed in range(1, min(seeds, 3) + 1):
        given = invented_day(600, 8, seed)
        first: list[float] = []
        began = time.perf_counter()

        def heard(share: float, plan: Plan, began: float = began, first: list[float] = first) -> bool:
            first.append(time.perf_counter() - began)
            return True

        plan = plan_day(given, seconds=8.0, seed=seed, on_progress=heard)
        took = time.perf_counter() - began
        if check_plan(given, plan):
            raise RuntimeError("the planner returned a plan that cannot be driven")
        above = 100.0 * (plan.prize / plan.greedy_prize - 1.0)
        yield Figure(f"600 venues, 8 teams, first plan (day {seed})", first[0], "s", "", None, "< 2")
        yield Figure(f"600 venues, 8 teams, whole (day {seed})", took, "s", "", None, "< 10")
        yield Figure(f"600 venues, 8 teams, above greedy (day {seed})", above, "%", "do nothing", -100.0)


def varied(seeds: int) -> Iterator[Figure]:
    """The same day again, hard to foresee: overlap of successive pairs of stops, and the prize given up."""
    for seed in range(1, min(seeds, 3) + 1):
        given = invented_day(600, 8, seed)
        best = ours(given, 8.0, seed)
        made = vary_plan(given, best, edges_of(best), seconds=16.0, seed=seed)
        if check_plan(given, made.plan):
            raise RuntimeError("the varied plan cannot be driven")
        yield Figure(
            f"varied plan, pairs repeated (day {seed})", 100 * made.overlap, "%", "same plan", 100.0, "<= 50"
        )
        yield Figure(f"varied plan, prize lost (day {seed})", 100 * made.loss, "%", "best plan", 0.0, "<= 2")
