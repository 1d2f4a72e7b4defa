"""The figures of the overview page; each is one query that the session bounds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from patrol.accounts import Agency, Person
from patrol.clues import Sighting
from patrol.findings import Finding
from patrol.infra.db import Principal, utc_now
from patrol.infra.i18n import local_zone
from patrol.patrols import FOUND, Patrol, Visit
from patrol.routes import Plan, Route, Stop
from patrol.sync import Device
from patrol.venues import Venue, overdue_clause

DAYS_DRAWN = 14
#: a report nobody has taken on for so long is late (快受理)
ACCEPT_WITHIN = dt.timedelta(hours=24)
LATEST = 5


@dataclass(frozen=True)
class TeamDay:
    """One team's route today: how far it is, and whether anybody walks."""

    route: Route
    stops: int
    done: int
    state: str
    since: dt.datetime | None


def overview(session: Any) -> dict[str, Any]:
    """Return what a manager needs first: today's teams, what is late, the last month, the latest records."""
    now = utc_now()
    today = now.astimezone(local_zone()).date()
    return {
        "today": today,
        "teams": teams_of(session, today),
        "tomorrow": _plans(session, today + dt.timedelta(days=1)),
        "waiting": waiting(session, now, today),
        "figures": month(session, now),
        "bars": days_drawn(session, today),
        "findings": _latest(session, Finding, Finding.found_at, Finding.withdrawn_at.is_(None)),
        "sightings": _latest(session, Sighting, Sighting.received_at, Sighting.state == "received"),
    }


def teams_of(session: Any, day: dt.date) -> list[TeamDay]:
    """Return every published route of a day with its progress, teams in the order of their names."""
    routes = session.scalars(
        select(Route)
        .join(Plan, Plan.id == Route.plan_id)
        .where(Route.day == day, Plan.state == "published")
        .options(joinedload(Route.team), joinedload(Route.plan))
        .order_by(Route.scope_path, Route.id)
    ).all()
    keys = [route.id for route in routes]
    counted = session.execute(
        select(Stop.route_id, func.count(Stop.id.distinct()), func.count(Visit.stop_id.distinct()))
        .outerjoin(Visit, Visit.stop_id == Stop.id)
        .where(Stop.route_id.in_(keys))
        .group_by(Stop.route_id)
    )
    progress = {route: (int(stops), int(done)) for route, stops, done in counted}
    walked = session.scalars(select(Patrol).where(Patrol.route_id.in_(keys)).order_by(Patrol.started_at))
    patrols = {patrol.route_id: patrol for patrol in walked}
    return [_team_day(route, *progress.get(route.id, (0, 0)), patrols.get(route.id)) for route in routes]


def _team_day(route: Route, stops: int, done: int, patrol: Patrol | None) -> TeamDay:
    if patrol is None:
        return TeamDay(route, stops, done, "waiting", None)
    return TeamDay(route, stops, done, patrol.state, patrol.ended_at or patrol.started_at)


def waiting(session: Any, now: dt.datetime, today: dt.date) -> dict[str, Any]:
    """Return what somebody has to see to: late reports, overdue venues, phones with records, patrols not ended."""
    midnight = dt.datetime.combine(today, dt.time(), tzinfo=local_zone())
    late = (Sighting.state == "received", Sighting.received_at < now - ACCEPT_WITHIN)
    return {
        "late_sightings": _count(session, select(func.count(Sighting.id)).where(*late)),
        "overdue": _count(session, select(func.count(Venue.id)).where(overdue_clause(session, now))),
        "not_ended": _count(
            session,
            select(func.count(Patrol.id)).where(Patrol.state != "ended", Patrol.started_at < midnight),
        ),
        "phones": session.execute(
            select(Person.name, Device.unsent, Device.last_seen_at)
            .join(Person, Person.id == Device.person_id)
            .where(Device.unsent > 0)
            .order_by(Device.last_seen_at)
            .limit(LATEST)
        ).all(),
    }


def month(session: Any, now: dt.datetime) -> dict[str, int]:
    """Return the counts of the last 30 days."""
    since = now - dt.timedelta(days=30)
    open_here = Venue.state == "open"
    return {
        "venues": _count(session, select(func.count(Venue.id)).where(open_here)),
        "visited": _count(
            session, select(func.count(Venue.id)).where(open_here, Venue.last_visited_at >= since)
        ),
        "visits": _count(session, select(func.count(Visit.id)).where(Visit.arrived_at >= since)),
        "findings": _count(
            session,
            select(func.count(Finding.id)).where(Finding.found_at >= since, Finding.withdrawn_at.is_(None)),
        ),
        "sightings_open": _count(session, select(func.count(Sighting.id)).where(Sighting.state != "closed")),
    }


def days_drawn(session: Any, today: dt.date) -> list[tuple[dt.date, int, int]]:
    """Return (day, visits, of them with a finding) of the last days up to and with today, in the bureau's days."""
    zone = local_zone()
    days = [today - dt.timedelta(days=ago) for ago in reversed(range(DAYS_DRAWN))]
    starts = [
        dt.datetime.combine(day, dt.time(), tzinfo=zone) for day in [*days, today + dt.timedelta(days=1)]
    ]
    with_finding = func.coalesce(func.sum(case((Visit.outcome.in_(FOUND), 1), else_=0)), 0)
    # One count for each day: to cut instants into a zone's days is spelled differently on each engine.
    counted = [
        session.execute(
            select(func.count(), with_finding)
            .select_from(Visit)
            .where(Visit.arrived_at >= start, Visit.arrived_at < end)
        ).one()
        for start, end in pairwise(starts)
    ]
    return [(day, int(visits), int(found)) for day, (visits, found) in zip(days, counted, strict=True)]


def agency_name(session: Any, principal: Principal) -> str:
    """Return the name of the reader's agency."""
    return session.scalar(select(Agency.name).where(Agency.id == principal.agency_id)) or ""


def _plans(session: Any, day: dt.date) -> list[Plan]:
    return list(
        session.scalars(select(Plan).where(Plan.day == day, Plan.state != "cancelled").order_by(Plan.id))
    )


def _latest(session: Any, model: Any, moment: Any, *wanted: Any) -> list[Any]:
    statement = select(model).where(*wanted).order_by(moment.desc(), model.id.desc()).limit(LATEST)
    return list(session.scalars(statement.options(joinedload(model.venue))))


def _count(session: Any, statement: Any) -> int:
    return int(session.scalar(statement) or 0)
