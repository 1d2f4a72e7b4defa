"""Every SELECT about teams, plans, routes and stops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from patrol.accounts import Agency, GridDuty, Person
from patrol.infra.db import one_or_404
from patrol.infra.jobs import Job
from patrol.routes.domain import PlanState
from patrol.routes.models import Plan, Route, Stop, Team, TeamMember
from patrol.venues import Venue

#: agencies that have teams of their own
BRANCH_KINDS = ("bureau", "branch")
#: a look-out is taken to remember the plans of so many days
REMEMBERED_DAYS = 90
#: so many venues are asked for by number, more are sorted out afterwards
FEW_VENUES = 500
FIELD_ROLES = ("inspector", "police_liaison", "community_liaison")


def branches(session: Session) -> list[Agency]:
    """Return the agencies in scope that may have teams, upper ones first."""
    statement = select(Agency).where(Agency.kind.in_(BRANCH_KINDS)).order_by(Agency.scope_path, Agency.id)
    return list(session.scalars(statement))


def branch_by_uid(session: Session, uid: str) -> Agency:
    """Return an agency in scope or raise 404."""
    return one_or_404(session, select(Agency).where(Agency.uid == uid))


def agency_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of agencies by key."""
    rows = session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(set(ids))))
    return {key: name for key, name in rows}


def teams(session: Session, agency_id: int | None = None, *, active: bool = True) -> list[Team]:
    """Return the teams in scope with their members, by branch and name; of one agency if given."""
    statement = (
        select(Team)
        .options(selectinload(Team.members).joinedload(TeamMember.person))
        .order_by(Team.active.desc(), Team.scope_path, Team.agency_id, Team.id)
    )
    if agency_id is not None:
        statement = statement.where(Team.agency_id == agency_id)
    return list(session.scalars(statement.where(Team.active.is_(True)) if active else statement).unique())


def team_by_uid(session: Session, uid: str) -> Team:
    """Return one team with its members or raise 404."""
    with_people = selectinload(Team.members).joinedload(TeamMember.person)
    return one_or_404(session, select(Team).where(Team.uid == uid).options(with_people))


def team_name_taken(session: Session, agency_id: int, name: str, besides: int | None) -> bool:
    """Say whether another team of the agency is called ``name``."""
    statement = select(Team.id).where(Team.agency_id == agency_id, Team.name == name)
    return any(key != besides for key in session.scalars(statement))


def people_to_send(session: Session) -> list[Person]:
    """Return the active people in scope who may go on patrol, by agency and name."""
    statement = select(Person).where(Person.active.is_(True)).order_by(Person.agency_id, Person.name)
    found = session.scalars(statement).unique().all()
    return [person for person in found if any(role.name in FIELD_ROLES for role in person.roles)]


def people_without_team(session: Session, agency: Agency) -> list[Person]:
    """Return the people of a branch and the agencies below it who may go on patrol and are in no active team."""
    busy = select(TeamMember.person_id).join(Team, Team.id == TeamMember.team_id).where(Team.active.is_(True))
    statement = (
        select(Person)
        .join(Agency, Agency.id == Person.agency_id)
        .where(
            Person.active.is_(True), Person.id.not_in(busy), Agency.scope_path.startswith(agency.scope_path)
        )
        .order_by(Person.agency_id, Person.name, Person.id)
    )
    found = session.scalars(statement).unique().all()
    return [person for person in found if any(role.name in FIELD_ROLES for role in person.roles)]


def middle_of_grids(session: Session, grid_ids: Iterable[int]) -> tuple[float, float] | None:
    """Return the mean position of the open venues of some grids, or ``None`` without one."""
    venue: Any = Venue  # its position is added to the class afterwards, which types do not see
    row = session.execute(
        select(func.avg(venue.lon), func.avg(venue.lat)).where(
            Venue.state == "open", Venue.grid_id.in_(set(grid_ids))
        )
    ).one()
    return None if row[0] is None else (float(row[0]), float(row[1]))


def grids_of_people(session: Session, person_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the grids that each person answers for, as keys of the planner."""
    rows = session.execute(
        select(GridDuty.person_id, GridDuty.grid_id).where(GridDuty.person_id.in_(set(person_ids)))
    )
    found: dict[int, set[str]] = {}
    for person_id, grid_id in rows:
        found.setdefault(person_id, set()).add(str(grid_id))
    return {person_id: frozenset(grids) for person_id, grids in found.items()}


def plans_between(session: Session, first: dt.date, last: dt.date) -> list[Plan]:
    """Return the plans of a period that were not put aside, the latest day first."""
    statement = (
        select(Plan)
        .where(Plan.day >= first, Plan.day <= last, Plan.state != PlanState.CANCELLED)
        .options(
            defer(Plan.params), defer(Plan.figures), defer(Plan.left_out),
            selectinload(Plan.routes).load_only(Route.figures),
        )
        .order_by(Plan.day.desc(), Plan.agency_id, Plan.id.desc())
    )  # fmt: skip
    return list(session.scalars(statement).unique())


def stops_of_plans(session: Session, plans: Iterable[Plan]) -> dict[int, int]:
    """Return how many stops each plan has, by its key; a plan without stops is not in it."""
    rows = session.execute(
        select(Route.plan_id, func.count(Stop.id))
        .join(Stop, Stop.route_id == Route.id)
        .where(Route.plan_id.in_([plan.id for plan in plans]))
        .group_by(Route.plan_id)
    )
    return {plan_id: int(count) for plan_id, count in rows}


def plan_by_uid(session: Session, uid: str) -> Plan:
    """Return one plan with routes, teams, stops and venues, or raise 404."""
    routes = selectinload(Plan.routes)
    statement = (
        select(Plan)
        .where(Plan.uid == uid)
        .options(
            routes.joinedload(Route.team).selectinload(Team.members).joinedload(TeamMember.person),
            routes.selectinload(Route.stops).joinedload(Stop.venue).joinedload(Venue.grid),
        )
        .execution_options(populate_existing=True)
    )
    return one_or_404(session, statement)


def plans_near(session: Session, plan: Plan, days: int = 14) -> list[Plan]:
    """Return the other finished plans of the same branch within some days, the nearest day first."""
    near = dt.timedelta(days=days)
    statement = select(Plan).where(
        Plan.agency_id == plan.agency_id,
        Plan.id != plan.id,
        Plan.day >= plan.day - near,
        Plan.day <= plan.day + near,
        Plan.state.in_((PlanState.PLANNED, PlanState.PUBLISHED)),
    )
    found = session.scalars(statement.order_by(Plan.id.desc()))
    return sorted(found, key=lambda each: abs((each.day - plan.day).days))


def legs_walked(
    session: Session, plan: Plan, among: Iterable[str], days: int = REMEMBERED_DAYS
) -> frozenset[frozenset[str]]:
    """Return the pairs of venues that followed each other in published plans of the branch in the days before.

    ``among``: numbers of the venues that matter; pairs with others are left out.
    """
    statement = (
        select(Stop.route_id, Stop.position, Venue.uid)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .join(Venue, Venue.id == Stop.venue_id)
        .where(
            Plan.agency_id == plan.agency_id,
            Plan.day < plan.day,
            Plan.day >= plan.day - dt.timedelta(days=days),
            Plan.state == PlanState.PUBLISHED,
        )
        .order_by(Stop.route_id, Stop.position)
    )
    known, legs = set(among), set()
    if len(known) <= FEW_VENUES:  # a page asks for the stops of one plan: the others need not be read
        statement = statement.where(Venue.uid.in_(known))
    rows = session.execute(statement).all()
    for (route, place, one), (next_route, next_place, other) in pairwise(rows):
        if route == next_route and next_place == place + 1 and one in known and other in known:
            legs.add(frozenset((one, other)))
    return frozenset(legs)


def stops_of_teams(session: Session, agency_id: int, since: dt.date) -> list[int]:
    """Return how many stops each route of the branch's plans had since a day: what a team does in a shift."""
    statement = (
        select(func.count(Stop.id))
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(
            Plan.agency_id == agency_id,
            Plan.day >= since,
            Plan.state.in_((PlanState.PLANNED, PlanState.PUBLISHED)),
        )
        .group_by(Route.id)
    )
    return [int(count) for count in session.scalars(statement)]


def published_besides(session: Session, plan: Plan) -> list[Plan]:
    """Return the other published plans of the same branch and day."""
    statement = select(Plan).where(
        Plan.agency_id == plan.agency_id,
        Plan.day == plan.day,
        Plan.state == PlanState.PUBLISHED,
        Plan.id != plan.id,
    )
    return list(session.scalars(statement))


def open_venues(session: Session, path: str) -> list[Venue]:
    """Return every open venue below a division's path."""
    statement = select(Venue).where(Venue.state == "open", Venue.scope_path.startswith(path))
    return list(session.scalars(statement.order_by(Venue.id)))


def duties_of_venues(session: Session, path: str) -> Sequence[Any]:
    """Return what the horizon has to know of every open venue below a division's path, and nothing else of it."""
    columns = (
        Venue.id, Venue.uid, Venue.last_visited_at, Venue.revisit_interval_days, Venue.risk, Venue.last_outcome,
        Venue.wanted_by, Venue.wanted_urgent, Venue.wanted_why, Venue.service_minutes, Venue.scope_path, Venue.grid_id,
    )  # fmt: skip
    return session.execute(
        select(*columns).where(Venue.state == "open", Venue.scope_path.startswith(path)).order_by(Venue.id)
    ).all()


def count_duties(session: Session, path: str) -> int:
    """Return how many open venues lie below a division's path."""
    found = (
        select(func.count())
        .select_from(Venue)
        .where(Venue.state == "open", Venue.scope_path.startswith(path))
    )
    return int(session.scalar(found) or 0)


def venues_by_uid(session: Session, uids: Iterable[str]) -> dict[str, Venue]:
    """Return venues in scope by their number."""
    wanted = list(dict.fromkeys(uids))
    found: dict[str, Venue] = {}
    for start in range(0, len(wanted), 500):
        part = session.scalars(
            select(Venue).where(Venue.uid.in_(wanted[start : start + 500])).options(joinedload(Venue.grid))
        )
        found |= {venue.uid: venue for venue in part}
    return found


def venues_to_add(
    session: Session, path: str, words: str, besides: Sequence[int], most: int = 12
) -> list[Venue]:
    """Return open venues that fit the words and are not among ``besides``, those not visited for longest first."""
    statement = select(Venue).where(Venue.state == "open", Venue.scope_path.startswith(path))
    for word in words.split()[:5]:
        columns: tuple[Any, ...] = (Venue.name, Venue.address, Venue.code)
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if besides:
        statement = statement.where(Venue.id.not_in(besides))
    order = statement.order_by(Venue.last_visited_at.asc().nulls_first(), Venue.id)
    return list(session.scalars(order.options(joinedload(Venue.grid)).limit(most)))


def venues_wanted_urgently(
    session: Session, path: str, besides: Sequence[int], most: int = 12
) -> list[Venue]:
    """Return open venues that an urgent clue waits for and that are not among ``besides``, the nearest term first."""
    statement = select(Venue).where(
        Venue.state == "open", Venue.scope_path.startswith(path), Venue.wanted_urgent.is_(True),
        Venue.wanted_by.is_not(None), Venue.id.not_in(besides),
    )  # fmt: skip
    return list(session.scalars(statement.order_by(Venue.wanted_by, Venue.id).limit(most)))


def ended_without_plan(session: Session, plans: Sequence[Plan]) -> frozenset[str]:
    """Return the jobs that were cancelled or failed, of those plans that are still waiting for one."""
    waiting = [plan.job_uid for plan in plans if plan.state == PlanState.PLANNING and plan.job_uid]
    if not waiting:
        return frozenset()
    ended = select(Job.uid).where(Job.uid.in_(waiting), Job.state.in_(("cancelled", "failed")))
    return frozenset(session.scalars(ended))


def open_venue_count(session: Session, path: str) -> int:
    """Count the open venues below a division's path."""
    statement = select(func.count(Venue.id)).where(Venue.state == "open", Venue.scope_path.startswith(path))
    return int(session.scalar(statement) or 0)


def teams_on_duty(session: Session, now: dt.datetime) -> list[Team]:
    """Return the teams whose published route runs at this moment, with their members, within scope."""
    statement = (
        select(Team)
        .join(Route, Route.team_id == Team.id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Route.start_at <= now, Route.end_at > now)
        .options(selectinload(Team.members).joinedload(TeamMember.person))
        .order_by(Team.name, Team.id)
    )
    return list(session.scalars(statement).unique())
