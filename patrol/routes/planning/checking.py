"""The independent checker: reads a finished plan against its problem and shares no code with the planner."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from patrol.routes.planning.domain import (
    UNREACHABLE_S,
    LeftOut,
    Plan,
    PlannedStop,
    Problem,
    RoutePlan,
    TeamShift,
)
from patrol.routes.planning.schedule import Broken, Violation


def check_plan(given: Problem, plan: Plan) -> list[Violation]:
    """Find everything in which a plan contradicts its problem; an empty list: it can be driven as it stands.

    Checked: each venue once or among the left out; windows, service, travel and break times of every route as
    declared; shift end; duties, pins, locked beginnings, capacity; required venues; prize and travel totals.

    Parameters: the problem and a plan made for it. Returns: violations, ``MISSING`` for a required venue that
    did not fit (the plan names it in ``unmet``). Raises nothing: unknown keys are violations too.
    """
    found = list(_accounts(given, plan))
    for route in plan.routes:
        team = next((team for team in given.teams if team.key == route.team), None)
        if team is None or any(stop.key not in given.index for stop in route.stops):
            found.append(Violation(Broken.UNKNOWN, route.team))
            continue
        if route.stops:
            found += [*_times(given, team, route), *_breaks(team, route)]
        elif route.travel_s or route.finish_s != route.start_s:
            found.append(Violation(Broken.TIMES, route.team))
        found += _duties(given, team, route)
    if not found or all(violation.broken is Broken.MISSING for violation in found):
        found += _totals(given, plan)
    return found


def _accounts(given: Problem, plan: Plan) -> Iterator[Violation]:
    """Every candidate is visited once or left out once; every team has one route."""
    visits = Counter(stop.key for route in plan.routes for stop in route.stops)
    left = Counter(key for key, _ in plan.left_out)
    for candidate in given.candidates:
        times = visits[candidate.key] + left[candidate.key]
        if times == 0:
            yield Violation(Broken.UNACCOUNTED, "", candidate.key)
        if times > 1:
            yield Violation(Broken.TWICE, "", candidate.key)
        if (candidate.required or candidate.pinned_team) and not visits[candidate.key]:
            yield Violation(Broken.MISSING, candidate.pinned_team or "", candidate.key)
    for key, reason in plan.left_out:
        if key not in given.index or not isinstance(reason, LeftOut):
            yield Violation(Broken.UNKNOWN, "", key)
    if Counter(route.team for route in plan.routes) != Counter(team.key for team in given.teams):
        yield Violation(Broken.UNKNOWN, "")


def _times(given: Problem, team: TeamShift, route: RoutePlan) -> Iterator[Violation]:
    """The declared times follow from each other."""
    seconds = given.travel.seconds[team.mode]
    n, number = len(given.candidates), given.teams.index(team)
    here, free, travelled = n + number, team.start_s, 0
    for stop in route.stops:
        row = given.index[stop.key]
        leg = int(seconds[here, row])
        travelled += leg
        yield from _one_stop(given, team, stop, leg, free)
        here, free = row, stop.leave_s
    leg = int(seconds[here, n + len(given.teams) + number])
    rested = sum(end - start for start, end in route.breaks if start >= free)
    if leg >= UNREACHABLE_S:
        yield Violation(Broken.UNREACHABLE, team.key)
    if route.finish_s < free + leg + rested or route.travel_s != travelled + leg:
        yield Violation(Broken.TIMES, team.key)
    if route.finish_s > team.end_s:
        yield Violation(Broken.SHIFT_END, team.key, by_s=route.finish_s - team.end_s)


def _one_stop(given: Problem, team: TeamShift, stop: PlannedStop, leg: int, free: int) -> Iterator[Violation]:
    venue = given.candidates[given.index[stop.key]]
    if leg >= UNREACHABLE_S:
        yield Violation(Broken.UNREACHABLE, team.key, stop.key)
    too_early = stop.arrive_s < free + leg or stop.start_s < stop.arrive_s
    if too_early or stop.leave_s != stop.start_s + venue.service_s or stop.travel_s != leg:
        yield Violation(Broken.TIMES, team.key, stop.key)
    if venue.windows and not any(o <= stop.start_s <= c for o, c in venue.windows):
        yield Violation(Broken.CLOSED, team.key, stop.key)


def _breaks(team: TeamShift, route: RoutePlan) -> Iterator[Violation]:
    """Breaks that fell due were taken, in their time, and neither during a visit nor during travel."""
    due = [rest for rest in team.breaks if rest.earliest_s < route.finish_s]
    taken = list(route.breaks)
    if len(taken) > len(team.breaks) or (route.stops and len(taken) < len(due)):
        # A break that falls due only while the team is already on its way home is not owed.
        owed = [rest for rest in due[len(taken) :] if rest.latest_s < route.finish_s]
        if owed or len(taken) > len(team.breaks):
            yield Violation(Broken.BREAK, team.key)
    for (start, end), rest in zip(taken, team.breaks, strict=False):
        if not rest.earliest_s <= start <= rest.latest_s or end - start != rest.duration_s:
            yield Violation(Broken.BREAK, team.key)
        if any(stop.start_s < end and start < stop.leave_s for stop in route.stops):
            yield Violation(Broken.BREAK, team.key)
    yield from _room_for_breaks(team, route)


def _room_for_breaks(team: TeamShift, route: RoutePlan) -> Iterator[Violation]:
    """Between two visits there is time for the travel and for the breaks that lie there."""
    free = team.start_s
    for stop in route.stops:
        rested = sum(end - start for start, end in route.breaks if free <= start and end <= stop.start_s)
        if stop.start_s - free < stop.travel_s + rested:
            yield Violation(Broken.TIMES, team.key, stop.key)
        free = stop.leave_s


def _duties(given: Problem, team: TeamShift, route: RoutePlan) -> Iterator[Violation]:
    venues = [given.candidates[given.index[stop.key]] for stop in route.stops]
    for venue in venues:
        if venue.skills_needed - team.skills:
            yield Violation(Broken.SKILL, team.key, venue.key)
        if venue.pinned_team is not None and venue.pinned_team != team.key:
            yield Violation(Broken.PIN, team.key, venue.key)
    keys = tuple(stop.key for stop in route.stops)
    if keys[: len(team.locked)] != team.locked or (team.closed and keys != team.locked):
        yield Violation(Broken.LOCK, team.key)
    if team.capacity is not None and sum(venue.load for venue in venues) > team.capacity:
        yield Violation(Broken.CAPACITY, team.key)


def _totals(given: Problem, plan: Plan) -> Iterator[Violation]:
    """Prize, travel and value are what their parts add up to."""
    prize = sum(
        given.candidates[given.index[stop.key]].prize for route in plan.routes for stop in route.stops
    )
    travel = sum(route.travel_s for route in plan.routes if route.stops)
    outside = 0
    for route in plan.routes:
        grids = next(team.grids for team in given.teams if team.key == route.team)
        if grids:
            outside += sum(given.candidates[given.index[s.key]].grid not in grids for s in route.stops)
    value = prize - given.weights.travel * travel - given.weights.outside_grid * outside
    agree = math.isclose(plan.prize, prize, rel_tol=1e-9, abs_tol=1e-6)
    if (
        not agree
        or plan.travel_s != travel
        or not math.isclose(plan.value, value, rel_tol=1e-9, abs_tol=1e-6)
    ):
        yield Violation(Broken.TOTALS, "")
