"""A clue in the middle of the day: what is done or under way stays, everything else changes as little as it can.

The change is first a proposal kept beside the published plan; it reaches the phones only when a manager applies it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.infra import audit
from patrol.infra.db import NOT_FOUND, Principal
from patrol.routes import queries
from patrol.routes.domain import PlanState
from patrol.routes.domain import problems as p
from patrol.routes.models import Plan, Route
from patrol.routes.planning import Candidate, evaluate_route, replan
from patrol.routes.planning import Plan as MadePlan
from patrol.routes.services.drafting import claim
from patrol.routes.services.timing import figures_of, midnight_of, stops_by_venue, time_route
from patrol.routes.situation import DAY_S, Situation, of_stops
from patrol.routes.ways import Ways
from patrol.venues import Venue


@dataclass(frozen=True)
class Proposal:
    """The least change that brings a venue into a running plan: where, when, who gives way, and the difference.

    ``order``: venues of the one route that changes; ``later_s``: how much later its team is back (earlier: negative).
    """

    route: str
    order: tuple[str, ...]
    arrive_s: int
    later_s: int
    dropped: tuple[str, ...]
    lost_worth: float


def propose_visit(
    session: Session, plan: Plan, venue: Venue, *, ways: Ways, zone: dt.tzinfo, now: dt.datetime
) -> Proposal:
    """Find the least change that visits ``venue`` today, after ``now``.

    The planner's :func:`~patrol.routes.planning.replan` puts it behind what is done or under way, where it costs the
    least worth of stops that have to give way, then the least time; what is locked stays, locked routes do not change.
    A stop drawn at random counts as much as an ordinary one: it was drawn whatever it is worth, so it is not the first
    to go.
    Raises :class:`PatrolError` when the plan is not published, the venue is already in it, or no team can do it.
    """
    if plan.state != PlanState.PUBLISHED:
        raise PatrolError(p.NOT_PUBLISHED)
    if any(stop.venue_id == venue.id for route in plan.routes for stop in route.stops):
        raise PatrolError(p.ALREADY_THERE, name=venue.name)
    given = _rest_of_day(of_stops(session, plan, ways, zone, [venue]), plan, venue.uid, now, zone)
    before = _as_it_stands(given, plan)
    try:
        after, change = replan(
            given.problem,
            before,
            [venue.uid],
            among={route.team.uid for route in plan.routes if not route.locked},
        )
    except PatrolError as error:
        raise PatrolError(p.NO_TEAM_IN_TIME, name=venue.name) from error
    team = next(route.team for route in after.routes if venue.uid in route.keys)
    made = after.route_of(team)
    return Proposal(
        next(route.uid for route in plan.routes if route.team.uid == team),
        made.keys,
        next(stop.start_s for stop in made.stops if stop.key == venue.uid),
        change.later_s[team],
        change.removed,
        sum(given.worth.get(key, 0.0) for key in change.removed),
    )


def _rest_of_day(given: Situation, plan: Plan, urgent: str, now: dt.datetime, zone: dt.tzinfo) -> Situation:
    """Return the day as it can still be changed: beginnings fixed, locked stops bound, the clue not before now."""
    midnight = midnight_of(plan.day, zone)
    fixed = {route.team.uid: fixed_count(route, now, midnight) for route in plan.routes}
    bound = {stop.venue.uid: route.team.uid for route in plan.routes for stop in route.stops if stop.locked}
    now_s = round((now - midnight).total_seconds())
    drawn = {stop.venue.uid for route in plan.routes for stop in route.stops if stop.sampled}
    ordinary = median(one.prize for one in given.problem.candidates)

    def as_of_now(one: Candidate) -> Candidate:
        if one.key != urgent:
            prize = max(one.prize, ordinary) if one.key in drawn else one.prize
            return replace(one, pinned_team=bound.get(one.key), prize=prize)
        windows = [(max(opens, now_s), closes) for opens, closes in one.windows or ((0, DAY_S),)]
        open_still = tuple((opens, closes) for opens, closes in windows if opens <= closes)
        return replace(one, windows=open_still or ((now_s, now_s - 1),))

    orders = {route.team.uid: [stop.venue.uid for stop in route.stops] for route in plan.routes}
    teams = tuple(
        replace(team, locked=tuple(orders[team.key][: fixed[team.key]])) for team in given.problem.teams
    )
    candidates = tuple(as_of_now(one) for one in given.problem.candidates)
    return replace(given, problem=replace(given.problem, candidates=candidates, teams=teams))


def _as_it_stands(given: Situation, plan: Plan) -> MadePlan:
    """Return the published plan as the planner knows plans."""
    made = [
        evaluate_route(given.problem, route.team.uid, [stop.venue.uid for stop in route.stops]).route
        for route in plan.routes
    ]
    return MadePlan(tuple(made), (), 0.0, 0.0, sum(route.travel_s for route in made))


def fixed_count(route: Route, now: dt.datetime, midnight: dt.datetime) -> int:
    """Return how many stops at the beginning are done or under way: they are never changed.

    Done: the venue was visited today. Under way: the first stop that should not be left yet, once the shift began.
    """
    done = 0
    for place, stop in enumerate(route.stops, start=1):
        seen = stop.venue.last_visited_at
        if stop.planned_leave <= now or (seen is not None and seen >= midnight):
            done = place
    begun = route.start_at <= now
    return min(len(route.stops), done + 1) if begun else done


def apply_proposal(
    session: Session,
    actor: Principal,
    plan: Plan,
    proposal: Proposal,
    *,
    version: int,
    ways: Ways,
    zone: dt.tzinfo,
    clock: Clock,
) -> None:
    """Put a proposal into the published plan; phones get it with their next pack. Stops keep their numbers."""
    if plan.state != PlanState.PUBLISHED:
        raise PatrolError(p.NOT_PUBLISHED)
    claim(session, plan, version)
    route = next((each for each in plan.routes if each.uid == proposal.route), None)
    if route is None:
        raise PatrolError(NOT_FOUND)
    found = queries.venues_by_uid(session, proposal.order)
    there = stops_by_venue(plan)
    given = of_stops(session, plan, ways, zone, list(found.values()))
    with session.no_autoflush:
        time_route(plan, route, [found[key] for key in proposal.order], there, given, ways, zone)
    for stop in route.stops:
        stop.added_by_hand = stop.added_by_hand or stop.venue_id not in there
    left = [[key, why] for key, why in plan.left_out if key not in proposal.order]
    plan.left_out = [[key, "urgent"] for key in proposal.dropped] + left
    plan.figures = figures_of(plan)
    session.flush()
    detail: dict[str, Any] = {"route": route.uid, "dropped": list(proposal.dropped)}
    audit.record(session, actor, "plans.replan", plan.uid, detail, at=clock.now())
