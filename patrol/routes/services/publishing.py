"""Publishing and withdrawing: a whole plan or nothing, one for each branch and day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.routes import queries
from patrol.routes.domain import PlanState
from patrol.routes.domain import problems as p
from patrol.routes.models import Plan
from patrol.routes.planning import Plan as MadePlan
from patrol.routes.planning import RouteEvaluation, check_plan, evaluate_route
from patrol.routes.services.drafting import STATE_ZH, claim
from patrol.routes.situation import Situation, of_stops
from patrol.routes.ways import Ways
from patrol.routes.wording import sentence_of

#: from when a team may see its route: hours before its branch's first shift begins; "now" is at once
LEADS: dict[str, float | None] = {"now": None, "1h": 1.0, "2h": 2.0, "12h": 12.0}


def publish_plan(
    session: Session,
    actor: Principal,
    plan: Plan,
    *,
    version: int,
    lead: str,
    replace: bool,
    ways: Ways,
    zone: dt.tzinfo,
    clock: Clock,
) -> None:
    """Publish a finished plan for its teams, who see it from ``lead`` before the first shift on.

    Raises :class:`PatrolError`, and nothing is published, when a route does not work, no team has a stop,
    another plan of the day is published (unless ``replace``), or somebody else changed the plan.
    """
    if lead not in LEADS:
        raise PatrolError(p.UNKNOWN_LEAD, where="lead")
    if plan.state != PlanState.PLANNED:
        raise PatrolError(p.NOT_PLANNED, state=STATE_ZH[plan.state], state_en=plan.state)
    day = plan.day.isoformat()  # once the database has refused, the plan cannot be asked any more
    claim(session, plan, version)
    _require_feasible(plan, of_stops(session, plan, ways, zone))
    for other in queries.published_besides(session, plan):
        if not replace:
            raise PatrolError(p.ALREADY_PUBLISHED, day=day)
        other.state, other.version = PlanState.PLANNED, other.version + 1
        audit.record(session, actor, "plans.withdraw", other.uid, {"replaced_by": plan.uid}, at=clock.now())
    session.flush()
    plan.state = PlanState.PUBLISHED
    plan.published_by_id, plan.published_at = actor.person_id, clock.now()
    plan.visible_from = _visible_from(plan, LEADS[lead], clock)
    try:
        session.flush()
    except IntegrityError as error:
        raise PatrolError(p.ALREADY_PUBLISHED, day=day) from error
    detail = {"day": day, "visible_from": plan.visible_from.isoformat()}
    audit.record(session, actor, "plans.publish", plan.uid, detail, at=clock.now())


def withdraw_plan(session: Session, actor: Principal, plan: Plan, *, version: int, clock: Clock) -> None:
    """Take a published plan back to a draft; phones that have not fetched it yet do not get it any more."""
    if plan.state != PlanState.PUBLISHED:
        raise PatrolError(p.NOT_PUBLISHED)
    claim(session, plan, version)
    plan.state, plan.visible_from = PlanState.PLANNED, None
    plan.published_at, plan.published_by_id = None, None
    audit.record(session, actor, "plans.withdraw", plan.uid, at=clock.now())


def _visible_from(plan: Plan, hours: float | None, clock: Clock) -> dt.datetime:
    first = min(route.start_at for route in plan.routes)
    return clock.now() if hours is None else first - dt.timedelta(hours=hours)


def _require_feasible(plan: Plan, given: Situation) -> None:
    """Raise every fault of every route; the independent checker has the last word."""
    if not any(route.stops for route in plan.routes):
        raise PatrolError(p.EMPTY_PLAN)
    names = {key: venue.name for key, venue in given.venues.items()}
    faults, done = Faults(), []
    for route in plan.routes:
        found = evaluate_route(given.problem, route.team.uid, [stop.venue.uid for stop in route.stops])
        done.append(found)
        for violation in found.violations:
            said = sentence_of(violation.broken, names.get(violation.key, ""), violation.by_s)
            faults.add(
                p.NOT_FEASIBLE, where=route.uid, team=route.team.name, reason=said.en, reason_zh=said.zh
            )
    faults.raise_if_any()
    broken = check_plan(given.problem, _as_made(given, done))
    if broken:
        raise ValueError(f"the planner and its checker disagree: {broken[0]}")


def _as_made(given: Situation, done: list[RouteEvaluation]) -> MadePlan:
    routes = tuple(each.route for each in done)
    problem = given.problem
    stops = [stop for route in routes for stop in route.stops]
    prize = sum(problem.candidates[problem.index[stop.key]].prize for stop in stops)
    travel = sum(route.travel_s for route in routes if route.stops)
    return MadePlan(routes, (), prize, prize - problem.weights.travel * travel, travel)
