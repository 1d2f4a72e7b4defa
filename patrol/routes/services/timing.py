"""From an order of venues to stops with times, lines and everything that is wrong: what every change ends with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from patrol.routes.domain import Reason
from patrol.routes.models import Plan, Route, Stop
from patrol.routes.planning import Because, RouteEvaluation, evaluate_route
from patrol.routes.situation import Situation
from patrol.routes.ways import Ways, legs_by_ends
from patrol.venues import Venue

#: what the planner itself has to say about a stop
PLANNER_WORDS: dict[str, Reason] = {
    Because.PINNED: Reason("pinned", "由负责人指定", "chosen by the manager"),
    Because.ON_THE_WAY: Reason("on_the_way", "顺路", "on the way"),
}
DRAWN = Reason("drawn", "随机抽查", "drawn at random among the least visited")


def stops_by_venue(plan: Plan) -> dict[int, Stop]:
    """Return the stops that a plan has, to be handed to :func:`time_route` before any of them moves."""
    return {stop.venue_id: stop for route in plan.routes for stop in route.stops}


def time_route(
    plan: Plan,
    route: Route,
    venues: Sequence[Venue],
    stops: Mapping[int, Stop],
    given: Situation,
    ways: Ways,
    zone: dt.tzinfo,
) -> RouteEvaluation:
    """Give ``route`` exactly these venues in this order, with times, reasons, faults and the line on the map.

    ``stops`` of the plan are kept with their number and marks wherever they move; new ones are made.
    """
    team = route.team
    keys = [venue.uid for venue in venues]
    done = evaluate_route(given.problem, team.uid, keys)
    _place_stops(route, venues, stops, done, given, midnight_of(plan.day, zone))
    shift = given.problem.teams[given.problem.team_index[team.uid]]
    midnight = midnight_of(plan.day, zone)
    route.start_at = midnight + dt.timedelta(seconds=shift.start_s)
    route.end_at = midnight + dt.timedelta(seconds=shift.end_s)
    route.travel_minutes = done.route.travel_s / 60
    route.figures = {
        "start_s": shift.start_s,
        "finish_s": done.route.finish_s,
        "breaks": [list(rest) for rest in done.route.breaks],
        "faults": [
            {"broken": str(each.broken), "venue": each.key, "by_s": each.by_s} for each in done.violations
        ],
    }
    start = shift.start_lonlat
    places = [("start", start), *((v.uid, (v.lon, v.lat)) for v in venues)]  # type: ignore[attr-defined]
    places += [("end", shift.end_lonlat)] if shift.end_lonlat else []
    known = legs_by_ends(route.line) | _inner_legs(plan, team.mode)
    route.line = ways.line(team.mode, places, known) if venues else []
    route.length_m = float(sum(leg["m"] for leg in route.line))
    return done


def midnight_of(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """Return the instant at which a day begins."""
    return dt.datetime.combine(day, dt.time(), zone)


def _inner_legs(plan: Plan, mode: str) -> dict[tuple[str, str], Any]:
    """Return the drawn legs between venues of all routes that move like this one; a venue has one door."""
    legs: dict[tuple[str, str], Any] = {}
    for route in plan.routes:
        if route.team.mode == mode:
            legs |= legs_by_ends(route.line)
    return {ends: leg for ends, leg in legs.items() if "start" not in ends and "end" not in ends}


def _place_stops(
    route: Route,
    venues: Sequence[Venue],
    before: Mapping[int, Stop],
    done: RouteEvaluation,
    given: Situation,
    midnight: dt.datetime,
) -> None:
    stops: list[Stop] = []
    for position, (venue, made) in enumerate(zip(venues, done.route.stops, strict=True), start=1):
        stop = before.get(venue.id) or Stop(venue=venue, venue_id=venue.id)
        stop.position = position
        stop.planned_arrival = midnight + dt.timedelta(seconds=made.arrive_s)
        stop.planned_leave = midnight + dt.timedelta(seconds=made.leave_s)
        stop.prize = given.worth.get(venue.uid, 0.0)
        stop.sampled = venue.uid in given.sampled or bool(stop.sampled and not given.sampled)
        drawn = [DRAWN] if stop.sampled else []
        words = [*drawn, *given.reasons.get(venue.uid, ()), *_planner_words(made.reasons)]
        stop.reasons = [word.as_dict() for word in words]
        stops.append(stop)
    route.stops = stops


def _planner_words(codes: Sequence[str]) -> list[Reason]:
    return [PLANNER_WORDS[code] for code in codes if code in PLANNER_WORDS]


def figures_of(plan: Plan, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what a plan adds up to: stops, prize, travel; ``more`` goes over what was kept."""
    stops = [stop for route in plan.routes for stop in route.stops]
    kept = {**plan.figures, **(more or {})}
    return kept | {
        "stops": len(stops),
        "prize": round(sum(stop.prize for stop in stops), 2),
        "travel_s": round(sum(route.travel_minutes for route in plan.routes) * 60),
        "length_m": round(sum(route.length_m for route in plan.routes)),
    }
