"""From the orders of a solver back to a plan for people: exact times, reasons, totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from patrol.routes.planning.domain import Because, LeftOut, Plan, PlannedStop, Problem, RoutePlan
from patrol.routes.planning.model import build_model, reasons_alone
from patrol.routes.planning.schedule import evaluate_route


def assemble(
    given: Problem, orders: Mapping[str, Sequence[str]], impossible: Mapping[int, LeftOut], *, method: str
) -> Plan:
    """Time every route exactly and account for every candidate.

    ``orders``: keys of stops for each team *after* its locked beginning. An order that the exact timetable
    refuses (a break pushed behind its latest start) loses its cheapest stop until it holds. ``impossible``:
    reasons of candidates that no team could visit alone.
    """
    routes = tuple(
        _holding(given, team.key, [*team.locked, *orders.get(team.key, ())]) for team in given.teams
    )
    threshold = _high_prize(given)
    routes = tuple(
        replace(route, stops=tuple(_marked(given, s, threshold) for s in route.stops)) for route in routes
    )
    visited = {stop.key for route in routes for stop in route.stops}
    left_out = tuple(
        (candidate.key, _reason(given, row, impossible))
        for row, candidate in enumerate(given.candidates)
        if candidate.key not in visited
    )
    prize, travel, value = totals(given, routes)
    return Plan(routes, left_out, prize, value, travel, method=method)


def reassemble(given: Problem, orders: Mapping[str, Iterable[str]], like: Plan) -> Plan:
    """Time changed orders of whole routes, keeping what the plan says about greedy, staying at home and levelling."""
    free = {
        team.key: [key for key in orders.get(team.key, ()) if key not in team.locked] for team in given.teams
    }
    made = assemble(given, free, reasons_alone(build_model(given)), method=like.method)
    levelled = {key for key, why in like.left_out if why is LeftOut.LEVELLED}
    told = ((key, LeftOut.LEVELLED if key in levelled else why) for key, why in made.left_out)
    return replace(
        made,
        left_out=tuple(told),
        greedy_prize=like.greedy_prize,
        greedy_value=like.greedy_value,
        do_nothing_prize=like.do_nothing_prize,
        do_nothing_value=like.do_nothing_value,
    )


def totals(given: Problem, routes: Sequence[RoutePlan]) -> tuple[float, int, float]:
    """Prize, travel seconds and value of routes, as :class:`Weights <.domain.Weights>` defines it."""
    prize, outside = 0.0, 0
    for route in routes:
        grids = given.teams[given.team_index[route.team]].grids
        for stop in route.stops:
            venue = given.candidates[given.index[stop.key]]
            prize += venue.prize
            outside += bool(grids) and venue.grid not in grids
    travel = sum(route.travel_s for route in routes if route.stops)
    return prize, travel, prize - given.weights.travel * travel - given.weights.outside_grid * outside


def score(plan: Plan) -> tuple[int, float, int]:
    """What makes one plan better than another: required stops kept, then value, then less travel."""
    return (-len(plan.unmet), plan.value, -plan.travel_s)


def _holding(given: Problem, team: str, keys: list[str]) -> RoutePlan:
    fixed = len(given.teams[given.team_index[team]].locked)
    evaluation = evaluate_route(given, team, keys)
    while not evaluation.feasible and len(keys) > fixed:
        venues = [given.candidates[given.index[key]] for key in keys[fixed:]]
        worst = min(range(len(venues)), key=lambda i: (venues[i].must_go, venues[i].prize))
        del keys[fixed + worst]
        evaluation = evaluate_route(given, team, keys)
    return evaluation.route


def _high_prize(given: Problem) -> float:
    prizes = [candidate.prize for candidate in given.candidates]
    return float(np.quantile(prizes, 0.9)) if prizes else 0.0


def _marked(given: Problem, stop: PlannedStop, threshold: float) -> PlannedStop:
    prize = given.candidates[given.index[stop.key]].prize
    if prize < threshold or prize <= 0:
        return stop
    return replace(stop, reasons=(*stop.reasons, Because.HIGH_PRIZE))


def _reason(given: Problem, row: int, impossible: Mapping[int, LeftOut]) -> LeftOut:
    venue = given.candidates[row]
    if row in impossible and not venue.must_go:
        return impossible[row]
    if venue.must_go:
        return LeftOut.REQUIRED_NO_TIME
    if venue.prize <= 0:
        return LeftOut.NO_PRIZE
    return LeftOut.NOT_WORTH_IT if given.weights.travel > 0 else LeftOut.NO_TIME
