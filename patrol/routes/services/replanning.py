"""A clue in the middle of the day: what is done or under way stays, everything else changes as little as it can.

The change is first a proposal kept beside the published plan; it reaches the phones only when a manager applies it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
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
from patrol.routes.planning import evaluate_route
from patrol.routes.services.drafting import claim
from patrol.routes.services.timing import figures_of, midnight_of, stops_by_venue, time_route
from patrol.routes.situation import Situation, of_stops
from patrol.routes.ways import Ways
from patrol.venues import Venue


@dataclass(frozen=True)
class Proposal:
    """The least change that brings a venue into a running plan: where, when, and who has to give way."""

    route: str
    order: tuple[str, ...]
    arrive_s: int
    added_travel_s: int
    dropped: tuple[str, ...]
    lost_worth: float


def propose_visit(
    session: Session, plan: Plan, venue: Venue, *, ways: Ways, zone: dt.tzinfo, now: dt.datetime
) -> Proposal:
    """Find the least change that visits ``venue`` today, after ``now``.

    Every route is tried: the venue is put in behind what is done or under way, and as long as the shift then is too
    short the least worthy stop that is neither locked nor done gives way. The proposal that loses least is taken;
    among equals the one that arrives first.
    Raises :class:`PatrolError` when the plan is not published, the venue is already in it, or no team can do it.
    """
    if plan.state != PlanState.PUBLISHED:
        raise PatrolError(p.NOT_PUBLISHED)
    if any(stop.venue_id == venue.id for route in plan.routes for stop in route.stops):
        raise PatrolError(p.ALREADY_THERE, name=venue.name)
    given = of_stops(session, plan, ways, zone, [venue])
    now_s = round((now - midnight_of(plan.day, zone)).total_seconds())
    found = [
        proposal
        for route in plan.routes
        if not route.locked and (proposal := _into(given, route, venue, now_s, zone, plan)) is not None
    ]
    if not found:
        raise PatrolError(p.NO_TEAM_IN_TIME, name=venue.name)
    return min(found, key=lambda each: (each.lost_worth, each.arrive_s))


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


def _into(
    given: Situation, route: Route, venue: Venue, now_s: int, zone: dt.tzinfo, plan: Plan
) -> Proposal | None:
    midnight = midnight_of(plan.day, zone)
    fixed = fixed_count(route, midnight + dt.timedelta(seconds=now_s), midnight)
    keys = [stop.venue.uid for stop in route.stops]
    locked = {stop.venue.uid for stop in route.stops[fixed:] if stop.locked}
    dropped: list[str] = []
    before = evaluate_route(given.problem, route.team.uid, keys).route.travel_s
    while True:
        best = _best(given, route.team.uid, keys, fixed, venue.uid, now_s)
        if best is not None:
            order, arrive, travel = best
            lost = sum(given.worth.get(key, 0.0) for key in dropped)
            return Proposal(route.uid, order, arrive, travel - before, tuple(dropped), lost)
        free = [key for key in keys[fixed:] if key not in locked]
        if not free:
            return None
        least = min(free, key=lambda key: given.worth.get(key, 0.0))
        keys.remove(least)
        dropped.append(least)


def _best(
    given: Situation, team: str, keys: list[str], fixed: int, key: str, now_s: int
) -> tuple[tuple[str, ...], int, int] | None:
    """Return the feasible order that reaches ``key`` with the least way, its arrival and its travel."""
    found = []
    for place in range(fixed, len(keys) + 1):
        order = (*keys[:place], key, *keys[place:])
        done = evaluate_route(given.problem, team, order)
        arrive = done.route.stops[place].arrive_s
        if done.feasible and arrive >= now_s:
            found.append((done.route.travel_s, arrive, order))
    if not found:
        return None
    travel, arrive, order = min(found)
    return order, arrive, travel


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
    plan.left_out = [[key, "urgent"] for key in proposal.dropped] + list(plan.left_out)
    plan.figures = figures_of(plan)
    session.flush()
    detail: dict[str, Any] = {"route": route.uid, "dropped": list(proposal.dropped)}
    audit.record(session, actor, "plans.replan", plan.uid, detail, at=clock.now())
