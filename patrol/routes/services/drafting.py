"""Ordering a plan, keeping what the planner made of it, planning again, putting it aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from patrol.accounts import Agency
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.routes import queries
from patrol.routes.domain import EDITABLE, Aim, PlanState, seconds_of
from patrol.routes.domain import problems as p
from patrol.routes.models import Plan, PlanCampaign, Route, Team
from patrol.routes.planning import Plan as MadePlan
from patrol.routes.planning import campaign_worth
from patrol.routes.services.timing import figures_of, midnight_of, stops_by_venue, time_route
from patrol.routes.situation import Situation
from patrol.routes.ways import Ways, strangers

#: seconds of search a manager may choose from
SEARCH_SECONDS = (2, 5, 10, 30, 60)
#: what a manager can move: name -> (lowest, highest, default)
WEIGHTS = {"compact": (0, 100, 20), "balance": (0, 100, 30), "sample": (0, 50, 10), "vary": (0, 100, 50)}


@dataclass(frozen=True)
class PlanOrder:
    """What a manager asks for: the day, the teams with their shifts, how long to search, the weights."""

    day: dt.date
    shifts: tuple[tuple[str, str, str], ...]
    seconds: int
    weights: Mapping[str, int]


def read_order(
    form: Mapping[str, str], chosen: Iterable[str], teams: Iterable[Team], today: dt.date
) -> PlanOrder:
    """Read the order of a plan from a form; raises every fault at once."""
    faults, by_uid = Faults(), {team.uid: team for team in teams}
    day = _read_day(form.get("day", ""), today, faults)
    shifts = [_read_shift(form, by_uid[uid], faults) for uid in dict.fromkeys(chosen) if uid in by_uid]
    if not shifts:
        faults.add(p.NO_TEAM_CHOSEN, where="team")
    weights = {name: _read_weight(form, name, faults) for name in WEIGHTS}
    seconds = form.get("seconds", "")
    faults.raise_if_any()
    return PlanOrder(
        day or today, tuple(shifts), int(seconds) if seconds in map(str, SEARCH_SECONDS) else 5, weights
    )


def _read_day(text: str, today: dt.date, faults: Faults) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        faults.add(p.DAY_UNREADABLE, where="day", text=text)
        return None
    if day < today:
        faults.add(p.DAY_PAST, where="day", day=day.isoformat())
    return day


def _read_shift(form: Mapping[str, str], team: Team, faults: Faults) -> tuple[str, str, str]:
    start = form.get(f"start_{team.uid}", team.shift_start).strip()
    end = form.get(f"end_{team.uid}", team.shift_end).strip()
    for name, text in (("start", start), ("end", end)):
        if seconds_of(text) is None:
            faults.add(p.SHIFT_UNREADABLE, where=f"{name}_{team.uid}", text=text)
    first, last = seconds_of(start), seconds_of(end)
    if first is not None and last is not None and last <= first:
        faults.add(p.SHIFT_EMPTY, where=f"end_{team.uid}", team=team.name, start=start, end=end)
    return team.uid, start, end


def _read_weight(form: Mapping[str, str], name: str, faults: Faults) -> int:
    low, high, default = WEIGHTS[name]
    text = form.get(name, str(default)).strip()
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        faults.add(p.BAD_WEIGHT, where=name, text=text, low=low, high=high)
        return default
    return int(text)


def draft_plan(
    session: Session, actor: Principal, agency: Agency, order: PlanOrder, *, clock: Clock, seed: int
) -> Plan:
    """Write down an ordered plan; the job that makes it is enqueued by the caller.

    Raises :class:`PatrolError` when the branch has no open venue.
    """
    if not queries.open_venue_count(session, agency.scope_path):
        raise PatrolError(p.NO_VENUES)
    plan = Plan(
        agency_id=agency.id,
        scope_path=agency.scope_path,
        day=order.day,
        state=PlanState.PLANNING,
        params={
            "shifts": [list(shift) for shift in order.shifts],
            "seconds": order.seconds,
            "weights": dict(order.weights),
        },
        seed=seed,
        created_by_id=actor.person_id,
        created_at=clock.now(),
    )
    session.add(plan)
    session.flush()
    audit.record(
        session, actor, "plans.order", plan.uid, {"day": order.day.isoformat(), "branch": agency.name},
        at=clock.now(),
    )  # fmt: skip
    return plan


def plan_again(session: Session, actor: Principal, plan: Plan, *, version: int, clock: Clock) -> None:
    """Hand a draft back to the planner; what is locked or was added by hand stays with its team."""
    require_editable(plan, also={PlanState.PLANNING})
    claim(session, plan, version)
    plan.state = PlanState.PLANNING
    audit.record(session, actor, "plans.again", plan.uid, at=clock.now())


def keep_as_it_was(session: Session, actor: Principal, plan: Plan, *, version: int, clock: Clock) -> None:
    """Take a draft back from a job that was cancelled or failed: its routes are untouched."""
    if plan.state != PlanState.PLANNING or not plan.routes:
        raise PatrolError(p.NOT_EDITABLE, state=STATE_ZH[plan.state], state_en=plan.state)
    claim(session, plan, version)
    plan.state = PlanState.PLANNED
    audit.record(session, actor, "plans.keep", plan.uid, at=clock.now())


def put_aside(session: Session, actor: Principal, plan: Plan, *, version: int, clock: Clock) -> None:
    """Put a draft aside for good; it leaves the list."""
    require_editable(plan, also={PlanState.PLANNING})
    claim(session, plan, version)
    plan.state = PlanState.CANCELLED
    audit.record(session, actor, "plans.put_aside", plan.uid, at=clock.now())


def keep_result(
    session: Session,
    actor: Principal | None,
    plan: Plan,
    made: MadePlan,
    given: Situation,
    ways: Ways,
    *,
    zone: dt.tzinfo,
    clock: Clock,
    varied: Mapping[str, float | bool] | None = None,
) -> None:
    """Store what the planner made: a route for each team, who was left out and why, and what it adds up to.

    ``varied``: what making the plan hard to foresee came to, where it was asked for.
    """
    by_uid = {team.uid: team for team in queries.teams(session, plan.agency_id, active=False)}
    venues = queries.venues_by_uid(session, [key for route in made.routes for key in route.keys])
    routes = {route.team.uid: route for route in plan.routes}
    midnight = midnight_of(plan.day, zone)
    for result in made.routes:
        if result.team not in routes:
            team = by_uid[result.team]
            route = Route(
                team=team, team_id=team.id, scope_path=plan.scope_path, day=plan.day,
                start_at=midnight, end_at=midnight, line=[], stops=[],
            )  # fmt: skip
            plan.routes.append(route)
            routes[result.team] = route
    stops, whole = stops_by_venue(plan), given.whole_shifts()
    with session.no_autoflush:
        for result in made.routes:
            found = [venues[key] for key in result.keys if key in venues]
            time_route(plan, routes[result.team], found, stops, whole, ways, zone)
        plan.routes = [routes[result.team] for result in made.routes]
    plan.left_out = [[key, reason.value] for key, reason in made.left_out if key not in given.spare]
    plan.state, plan.version = PlanState.PLANNED, plan.version + 1
    plan.figures = figures_of(
        plan, _told(plan, made, given, ways) | {"varied": dict(varied) if varied else None}
    )
    plan.params = {name: value for name, value in plan.params.items() if name != "before"}
    plan.serves = campaigns_served(plan, given)
    session.flush()
    audit.record(session, actor, "plans.made", plan.uid, {"stops": plan.figures["stops"]}, at=clock.now())


def _told(plan: Plan, made: MadePlan, given: Situation, ways: Ways) -> dict[str, Any]:
    """Return what the making of a plan came to, beside what its stops add up to."""
    candidates = given.problem.candidates
    return {
        "gain": round(made.prize / made.greedy_prize - 1, 4) if made.greedy_prize > 0 else 0.0,
        "greedy_prize": round(made.greedy_prize, 2),
        "offered": len(candidates) - len(given.spare),
        "sample": given.sample,
        "due": given.due,
        "method": made.method,
        "mean_risk": given.mean_risk,
        "campaigns": [told_aim(aim, plan.day) for aim in given.aims if aim.missing],
        "far": sorted(given.far),
        "streets": ways.network.name if ways.network else "",
        "strange_streets": strangers(
            ways, [each.lon for each in candidates], [each.lat for each in candidates]
        ),
    }


def campaigns_served(plan: Plan, given: Situation) -> list[PlanCampaign]:
    """Return the campaigns that a plan serves: they run on its day, and places that it was made of lie in their areas.

    Also those whose target is reached, which weigh nothing any more: the day's visits are part of them all the same.
    """
    held = {each.campaign_uid: each for each in plan.serves}
    found: dict[str, PlanCampaign] = {}
    for aim in given.aims:
        if any(aim.covers(venue.scope_path, venue.grid_id) for venue in given.venues.values()):
            row = held.get(aim.campaign_uid) or PlanCampaign(campaign_uid=aim.campaign_uid)
            row.title, row.ended_on, row.owner_path = aim.title, aim.ended_on, aim.owner
            found[aim.campaign_uid] = row
    return list(found.values())


def told_aim(aim: Aim, day: dt.date) -> dict[str, Any]:
    """Return what a plan keeps of a campaign that weighed in it; ``said`` is what its stops say."""
    return {
        "uid": aim.campaign_uid,
        "title": aim.title,
        "reached": aim.reached,
        "target": aim.target,
        "ends": aim.ended_on.isoformat(),
        "worth": round(campaign_worth(aim.days_left(day)), 2),
        "said": aim.reason.zh,
    }


def require_editable(plan: Plan, also: set[PlanState] | None = None) -> None:
    """Raise the sentence that says why a plan in its present state may not be changed."""
    if plan.state not in EDITABLE | (also or set()):
        raise PatrolError(p.NOT_EDITABLE, state=STATE_ZH[plan.state], state_en=plan.state)


STATE_ZH = {
    "draft": "草稿",
    "planning": "规划中",
    "planned": "待发布",
    "published": "已发布",
    "cancelled": "已取消",
}


def claim(session: Session, plan: Plan, version: int) -> None:
    """Take the next version of a plan, or raise: of two managers who saw the same one, the second is told."""
    taken = session.execute(
        update(Plan)
        .where(Plan.id == plan.id, Plan.version == version)
        .values(version=version + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise PatrolError(p.CHANGED_MEANWHILE)
    session.refresh(plan, ["version"])
