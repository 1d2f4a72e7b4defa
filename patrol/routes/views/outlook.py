"""What the staff can keep up with: the capacity curve, and the weeks to come."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from flask import g, render_template, request

from patrol.accounts import Agency
from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.i18n import local_zone
from patrol.infra.policy import allow
from patrol.routes import queries
from patrol.routes.planning import (
    CapacityPoint,
    HorizonPlan,
    Obligation,
    capacity_curve,
    plan_horizon,
    shares_in_time,
)
from patrol.routes.views.blueprint import blueprint, today
from patrol.routes.weighing import Duty, aims_for, duties_of

CLOCK = SystemClock()
#: visits of a team in a day where no plan says more
USUAL_STOPS = 20.0
GOAL = 0.98


@blueprint.get("/plans/capacity")
@allow("plans.read")
def capacity() -> str:
    """Draw how many venues stay within their interval with so many teams, over one to four weeks."""
    session, now = db.session(), CLOCK.now()
    weeks = min(4, max(1, request.args.get("weeks", 4, type=int) or 4))
    branches = queries.branches(session)
    branch = _asked(branches)
    teams = queries.teams(session, branch.id) if branch else []
    asked = _duties(branch, today(now)) if branch else []
    duties = [duty.paced for duty in asked]
    counts = queries.stops_of_teams(session, branch.id, today(now) - dt.timedelta(days=30)) if branch else []
    per_team = max(float(np.mean(counts)) if counts else USUAL_STOPS, 1.0)
    minutes = per_team * _mean_visit(duties)
    have = len(teams)
    most = max(12, have * 2)
    curve = capacity_curve(
        duties,
        minutes_per_team=minutes,
        days=weeks * 7,
        teams=sorted({*range(0, most + 1, 1 + most // 16), have}),
    )
    plan = plan_horizon(duties, days=weeks * 7, minutes_a_day=max(have * minutes, 0.0))
    return render_template(
        "routes/capacity.html",
        branch=branch,
        branches=[(each.uid, each.name) for each in branches],
        weeks=weeks,
        have=have,
        venues=len(duties),
        measured=bool(counts),
        per_team=per_team,
        needed=next((each.teams for each in curve if each.at_end >= GOAL), None),
        now_share=next(each.at_end for each in curve if each.teams == have),
        due_share=plan.in_time,
        due=plan.visits_due,
        drawn=draw_curve(curve),
        campaigns=campaigns_in(asked, plan, today(now)),
        days=_days(duties, plan, have * minutes, today(now)) if duties else [],
        goal=GOAL,
    )


def _duties(branch: Agency, day: dt.date) -> list[Duty]:
    """Return every open venue of a branch as the horizon takes it."""
    session = db.session()
    aims = aims_for(session, branch.scope_path, day)
    found = queries.duties_of_venues(session, branch.scope_path)
    return duties_of(found, day, local_zone(), aims=aims)[0]


def campaigns_in(asked: list[Duty], plan: HorizonPlan, day: dt.date) -> list[dict[str, Any]]:
    """Return how far each campaign gets when the levelled plan is carried out, until its end or the horizon's."""
    seen_on = {key: number for number, keys in reversed(list(enumerate(plan.days))) for key in keys}
    days = len(plan.days)
    told = []
    for aim in dict.fromkeys(duty.aim for duty in asked if duty.aim):
        last = min(aim.days_left(day), days - 1)
        more = sum(duty.aim == aim and seen_on.get(duty.obligation.key, days) <= last for duty in asked)
        told.append({"aim": aim, "then": aim.reached + more, "whole": last == aim.days_left(day)})
    return told


def _mean_visit(duties: list[Obligation]) -> float:
    """Return the mean minutes of a visit with the way to it."""
    return float(np.mean([duty.visit_min for duty in duties])) if duties else 1.0


def _asked(branches: list[Agency]) -> Agency | None:
    uid = request.args.get("branch", "")
    if uid:
        return queries.branch_by_uid(db.session(), uid)
    mine = [each for each in branches if each.id == g.principal.agency_id]
    return next(iter([*mine, *branches]), None)


def draw_curve(curve: tuple[CapacityPoint, ...], width: int = 720, height: int = 260) -> dict[str, Any]:
    """Return the curve as points of a drawing of ``width`` × ``height``, with its axis."""
    most = max(1, curve[-1].teams)
    points = [
        (round(each.teams / most * width, 1), round((1 - each.at_end) * height, 1), each) for each in curve
    ]
    return {
        "width": width,
        "height": height,
        "points": points,
        "line": " ".join(f"{x},{y}" for x, y, _each in points),
        "goal_y": round((1 - GOAL) * height, 1),
        "step": 2 if most > 14 else 1,
    }


def _days(duties: list[Obligation], plan: HorizonPlan, room: float, first: dt.date) -> list[dict[str, Any]]:
    """Return each day of the levelled plan: visits, the share of the staff's time they take, venues then in time."""
    shares = shares_in_time(duties, plan)
    return [
        {
            "day": first + dt.timedelta(days=number),
            "seen": len(keys),
            "load": used / room if room else 0.0,
            "in_time": share,
        }
        for number, (keys, used, share) in enumerate(zip(plan.days, plan.minutes, shares, strict=True))
    ]
