"""Changing a draft by hand: move, add, drop, lock, undo; each step says at once what it costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.infra import audit
from patrol.infra.db import NOT_FOUND, Principal
from patrol.routes import queries
from patrol.routes.domain import problems as p
from patrol.routes.models import Plan, Route, Stop
from patrol.routes.planning import RouteEvaluation, evaluate_route
from patrol.routes.services.drafting import claim, require_editable
from patrol.routes.services.timing import figures_of, stops_by_venue, time_route
from patrol.routes.situation import Situation, of_stops
from patrol.routes.ways import Ways
from patrol.venues import Venue

#: venues of each route in order, by the route's number
Orders = dict[str, list[Venue]]


@dataclass(frozen=True)
class Step:
    """One change: what to do (``act``), with which stop, venue or route, and where to."""

    act: str
    stop: str = ""
    venue: str = ""
    route: str = ""
    position: int = 0


@dataclass(frozen=True)
class Place:
    """What a venue would cost in a route: the best position (from 1), seconds more, whether it then works."""

    route: str
    position: int
    added_s: int
    finish_s: int
    feasible: bool
    evaluation: RouteEvaluation


@dataclass
class Arrangement:
    """A plan being changed: its orders, the problem they are judged by, and what was done."""

    plan: Plan
    given: Situation
    orders: Orders
    changed: set[str] = field(default_factory=set)

    def route(self, uid: str) -> Route:
        """Return a route of the plan that may be changed."""
        route = next((each for each in self.plan.routes if each.uid == uid), None)
        if route is None:
            raise PatrolError(NOT_FOUND)
        if route.locked:
            raise PatrolError(p.ROUTE_LOCKED, team=route.team.name)
        return route

    def stop(self, uid: str) -> tuple[Route, int, Stop]:
        """Return a stop with its route and its place (from 0)."""
        for route in self.plan.routes:
            for place, stop in enumerate(route.stops):
                if stop.uid == uid:
                    return route, place, stop
        raise PatrolError(p.NO_SUCH_STOP)

    def movable(self, uid: str) -> tuple[Route, int, Stop]:
        """Return a stop that is not locked, in a route that is not locked."""
        route, place, stop = self.stop(uid)
        self.route(route.uid)
        if stop.locked:
            raise PatrolError(p.STOP_LOCKED, name=stop.venue.name)
        return route, place, stop

    def put(self, route: Route, place: int, venue: Venue) -> None:
        """Put a venue into a route at a place from 0, and note that the route changed."""
        order = self.orders[route.uid]
        order.insert(max(0, min(place, len(order))), venue)
        self.changed.add(route.uid)

    def take(self, route: Route, place: int) -> Venue:
        """Take the venue at a place out of a route."""
        self.changed.add(route.uid)
        return self.orders[route.uid].pop(place)

    def best_place(self, route: Route, venue: Venue) -> Place:
        """Find where in a route a venue costs least: what works comes before what is short."""
        given, team = self.given.problem, route.team.uid
        keys = [each.uid for each in self.orders[route.uid] if each.id != venue.id]
        before = evaluate_route(given, team, keys).route
        found = []
        for place in range(len(keys) + 1):
            done = evaluate_route(given, team, [*keys[:place], venue.uid, *keys[place:]])
            added = done.route.finish_s - before.finish_s if keys else done.route.work_s
            found.append(Place(route.uid, place + 1, added, done.route.finish_s, done.feasible, done))
        return min(found, key=lambda each: (not each.feasible, each.added_s, each.position))


def _shift(by: int) -> Callable[[Arrangement, Step], None]:
    def act(now: Arrangement, step: Step) -> None:
        route, place, _ = now.movable(step.stop)
        now.put(route, max(0, place + by), now.take(route, place))

    return act


def _place(now: Arrangement, step: Step) -> None:
    route, place, _ = now.movable(step.stop)
    target = now.route(step.route)
    now.put(target, step.position - 1, now.take(route, place))


def _move(now: Arrangement, step: Step) -> None:
    route, place, stop = now.movable(step.stop)
    target = now.route(step.route)
    best = now.best_place(target, stop.venue)
    now.put(target, best.position - 1, now.take(route, place))


def _add(now: Arrangement, step: Step) -> None:
    venue = next(each for each in now.given.venues.values() if each.uid == step.venue)
    if any(each.id == venue.id for order in now.orders.values() for each in order):
        raise PatrolError(p.ALREADY_THERE, name=venue.name)
    if venue.state != "open":
        raise PatrolError(p.VENUE_CLOSED, name=venue.name)
    open_routes = [route for route in now.plan.routes if not route.locked]
    targets = [now.route(step.route)] if step.route else open_routes
    if not targets:
        raise PatrolError(p.ROUTE_LOCKED, team=now.plan.routes[0].team.name)
    places = [now.best_place(route, venue) for route in targets]
    best = min(places, key=lambda each: (not each.feasible, each.added_s))
    now.put(now.route(best.route), best.position - 1, venue)


def _drop(now: Arrangement, step: Step) -> None:
    route, place, _ = now.movable(step.stop)
    now.take(route, place)


def _lock(value: bool) -> Callable[[Arrangement, Step], None]:
    def act(now: Arrangement, step: Step) -> None:
        now.stop(step.stop)[2].locked = value

    return act


def _lock_route(value: bool) -> Callable[[Arrangement, Step], None]:
    def act(now: Arrangement, step: Step) -> None:
        route = next((each for each in now.plan.routes if each.uid == step.route), None)
        if route is None:
            raise PatrolError(NOT_FOUND)
        route.locked = value

    return act


def _undo(now: Arrangement, step: Step) -> None:
    before = now.plan.params.get("before")
    if not before:
        raise PatrolError(p.NOTHING_TO_UNDO)
    for uid, keys in before.items():
        order = [now.given.venues[key] for key in keys if key in now.given.venues]
        if [each.uid for each in now.orders.get(uid, [])] != [each.uid for each in order]:
            now.orders[uid] = order
            now.changed.add(uid)


ACTS: dict[str, Callable[[Arrangement, Step], None]] = {
    "up": _shift(-1),
    "down": _shift(1),
    "place": _place,
    "move": _move,
    "add": _add,
    "drop": _drop,
    "lock": _lock(True),
    "unlock": _lock(False),
    "lock_route": _lock_route(True),
    "unlock_route": _lock_route(False),
    "undo": _undo,
}


def rearrange(
    session: Session,
    actor: Principal,
    plan: Plan,
    step: Step,
    *,
    version: int,
    ways: Ways,
    zone: dt.tzinfo,
    clock: Clock,
) -> dict[str, Any]:
    """Take one step on a draft and return what it did: seconds of travel more or less, and the venue's name.

    The plan is timed anew where it changed; a route that does not work any more is kept and says why, so that a
    manager can go on; only publishing refuses it.
    Raises :class:`PatrolError` when somebody else changed the plan, something is locked, or is not there.
    """
    if step.act not in ACTS:
        raise PatrolError(p.UNKNOWN_STEP)
    require_editable(plan)
    claim(session, plan, version)
    now = _arrangement(session, plan, step, ways, zone)
    before = {route.uid: [venue.uid for venue in now.orders[route.uid]] for route in plan.routes}
    was = float(sum(route.travel_minutes for route in plan.routes))
    name = _name_of(now, step)
    ACTS[step.act](now, step)
    added, stops = _new_venues(now), stops_by_venue(plan)
    with session.no_autoflush:
        for route in plan.routes:
            if route.uid in now.changed:
                time_route(plan, route, now.orders[route.uid], stops, now.given, ways, zone)
    for stop in (stop for route in plan.routes for stop in route.stops if stop.venue_id in added):
        stop.added_by_hand = True
    if now.changed:
        plan.params = {**plan.params, "before": before} if step.act != "undo" else _without(plan.params)
        _account(plan, before)
    plan.figures = figures_of(plan)
    session.flush()
    detail = {"act": step.act, "venue": name, "route": step.route}
    audit.record(session, actor, "plans.change", plan.uid, detail, at=clock.now())
    is_now = float(sum(route.travel_minutes for route in plan.routes))
    return {"act": step.act, "name": name, "travel_s": round((is_now - was) * 60)}


def _arrangement(session: Session, plan: Plan, step: Step, ways: Ways, zone: dt.tzinfo) -> Arrangement:
    more = [step.venue] if step.venue else []
    if step.act == "undo":
        more = [key for keys in (plan.params.get("before") or {}).values() for key in keys]
    found = queries.venues_by_uid(session, more)
    if step.venue and step.venue not in found:
        raise PatrolError(NOT_FOUND)
    given = of_stops(session, plan, ways, zone, list(found.values()))
    return Arrangement(
        plan, given, {route.uid: [stop.venue for stop in route.stops] for route in plan.routes}
    )


def _name_of(now: Arrangement, step: Step) -> str:
    if step.stop:
        return str(now.stop(step.stop)[2].venue.name)
    if step.venue:
        return str(now.given.venues[step.venue].name)
    return next((route.team.name for route in now.plan.routes if route.uid == step.route), "")


def _new_venues(now: Arrangement) -> set[int]:
    there = {stop.venue_id for route in now.plan.routes for stop in route.stops}
    return {venue.id for order in now.orders.values() for venue in order} - there


def _without(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name != "before"}


def _account(plan: Plan, before: dict[str, list[str]]) -> None:
    """Keep the list of those left out true: who was taken out by hand stands there as such."""
    was = {key for keys in before.values() for key in keys}
    here = {stop.venue.uid for route in plan.routes for stop in route.stops}
    left = [[key, why] for key, why in plan.left_out if key not in here]
    known = {key for key, _ in left}
    plan.left_out = [[key, "by_hand"] for key in sorted(was - here - known)] + left


def places_for(
    session: Session, plan: Plan, *, stop_uid: str = "", venue_uid: str = "", ways: Ways, zone: dt.tzinfo
) -> list[Place]:
    """Say for every route what a stop (or a venue not yet in the plan) would cost there at its best place."""
    now = _arrangement(session, plan, Step("move", venue=venue_uid), ways, zone)
    venue = now.given.venues[venue_uid] if venue_uid else now.stop(stop_uid)[2].venue
    return [now.best_place(route, venue) for route in plan.routes]
