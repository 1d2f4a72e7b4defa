"""The simulated year planned with the search of the product and varied as it varies: minutes, not seconds."""

from __future__ import annotations

import numpy as np

from patrol.routes.planning.domain import orders_of
from patrol.routes.planning.planner import plan_day
from patrol.routes.planning.predictability import REMEMBERED_DAYS, Edge, edges_of
from patrol.routes.planning.simulating import Morning, Way, day_problem, prizes_of
from patrol.routes.planning.varying import vary_plan


def searching_way(seconds: float, *, varied: bool = False) -> Way:
    """Return the way of planning each day by :func:`.planner.plan_day`, ``seconds`` long.

    ``varied``: each plan is made hard to foresee (:func:`.varying.vary_plan`, as long again) against the pairs of stops
    that its own plans of the last 90 days had; the prizes of the best and of the varied plan are noted. Clocks decide
    how far a search comes: two years of one seed differ a little.
    """
    last: dict[Edge, int] = {}

    def way(morning: Morning) -> list[list[int]]:
        teams = np.arange(len(morning.world.bases))
        open_, prize, due = prizes_of(morning)
        if not len(open_):
            return [[] for _ in teams]
        given = day_problem(morning.world, open_, prize, due, teams)
        seed = int(morning.rng.integers(2**31))
        plan = plan_day(given, seconds=seconds, seed=seed)
        if varied:
            known = [edge for edge, day in last.items() if morning.day - day <= REMEMBERED_DAYS]
            best, plan = plan, vary_plan(given, plan, known, seconds=seconds, seed=seed).plan
            morning.prizes.append((best.prize, plan.prize))
            last.update(dict.fromkeys(edges_of(plan), morning.day))
        orders = orders_of(plan.routes)
        return [[int(key) for key in orders.get(str(team), ())] for team in teams]

    return way
