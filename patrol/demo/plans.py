"""Today's and tomorrow's published plans of the demo city, made by the real planner."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from sqlalchemy import select

from patrol.core.clock import CHINA, Clock
from patrol.demo.store import demo_uid
from patrol.routes import (
    Candidate,
    Plan,
    Route,
    RoutePlan,
    Stop,
    Team,
    TeamShift,
    plan_day,
    straight_line_problem,
)
from patrol.venues import Venue

#: venues offered to the planner for each team
OFFERED = 60


def store_plans(session: Any, city: Any, clock: Clock, seed: int, random: Random) -> None:
    """Plan and publish today and tomorrow for every branch, by the greedy planner so that it takes no time."""
    today = clock.now().astimezone(CHINA).date()
    for agency_id in sorted({team.agency_id for team in city.teams}):
        teams = [team for team in city.teams if team.agency_id == agency_id]
        offered = _due(session, teams[0].scope_path, clock, OFFERED * len(teams) * 2)
        for offset in (0, 1):
            part = offered[offset::2]
            _store(session, city, teams, part, today + dt.timedelta(days=offset), clock, seed, random)


def _due(session: Any, path: str, clock: Clock, count: int) -> list[Any]:
    """Return the venues that are most overdue against their interval, never visited ones first."""
    statement = select(Venue).where(Venue.scope_path.startswith(path), Venue.state == "open")
    now = clock.now()

    def overdue(venue: Venue) -> float:
        if venue.last_visited_at is None:
            return 9.0
        return (now - venue.last_visited_at).days / venue.revisit_interval_days

    return sorted(session.scalars(statement), key=lambda venue: (-overdue(venue), venue.code))[:count]


def _store(
    session: Any,
    city: Any,
    teams: list[Team],
    venues: list[Any],
    day: dt.date,
    clock: Clock,
    seed: int,
    random: Random,
) -> None:
    by_key = {venue.uid: venue for venue in venues}
    candidates = [
        Candidate(v.uid, v.lon, v.lat, prize=1.0 + 40 * v.risk, service_s=v.service_minutes * 60,
                  windows=tuple((_seconds(a), _seconds(b)) for a, b in v.opening_hours))
        for v in venues
    ]  # fmt: skip
    shifts = [
        TeamShift(team.uid, _seconds(team.shift_start), _seconds(team.shift_end), (team.start_lon, team.start_lat),
                  (team.start_lon, team.start_lat), mode={"walk": "foot"}.get(team.mode, team.mode))
        for team in teams
    ]  # fmt: skip
    made = plan_day(straight_line_problem(candidates, shifts), seconds=0, seed=seed)
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=CHINA)
    plan = Plan(
        uid=demo_uid(random), agency_id=teams[0].agency_id, scope_path=teams[0].scope_path, day=day,
        state="published", seed=seed, figures={"prize": round(made.prize, 2)},
        left_out=[[key, reason.value] for key, reason in made.left_out], created_by_id=city.people["manager"].id,
        visible_from=midnight - dt.timedelta(hours=12), published_at=clock.now(),
        published_by_id=city.people["manager"].id,
    )  # fmt: skip
    by_team = {team.uid: team for team in teams}
    plan.routes = [_route(by_team[route.team], route, by_key, day, midnight, random) for route in made.routes]
    session.add(plan)
    session.flush()


def _route(
    team: Team, made: RoutePlan, venues: dict[str, Any], day: dt.date, midnight: dt.datetime, random: Random
) -> Route:
    def at(seconds: int) -> dt.datetime:
        return midnight + dt.timedelta(seconds=int(seconds))

    return Route(
        uid=demo_uid(random), team_id=team.id, scope_path=team.scope_path, day=day, start_at=at(made.start_s),
        end_at=at(made.finish_s), travel_minutes=made.travel_s / 60,
        stops=[
            Stop(uid=demo_uid(random), venue_id=venues[stop.key].id, position=number, planned_arrival=at(stop.arrive_s),
                 planned_leave=at(stop.leave_s), prize=1.0, reasons=["到期"])
            for number, stop in enumerate(made.stops, start=1)
        ],
    )  # fmt: skip


def _seconds(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * 3600 + int(minutes) * 60
