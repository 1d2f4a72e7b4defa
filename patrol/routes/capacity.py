"""What the staff of a branch can keep up with: the capacity curve and the weeks to come, worked out by a job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from patrol.accounts import Agency
from patrol.routes import queries
from patrol.routes.planning import (
    CapacityPoint,
    HorizonPlan,
    Obligation,
    capacity_curve,
    plan_horizon,
    shares_in_time,
)
from patrol.routes.weighing import Duty, aims_for, duties_of

#: visits of a team in a day where no plan says more
USUAL_STOPS = 20.0
Tell = Callable[[int, int], None]


def capacity_of(
    session: Session, branch: Agency, weeks: int, now: dt.datetime, zone: dt.tzinfo, tell: Tell
) -> dict[str, Any]:
    """Work out how many venues stay within their interval with so many teams.

    Parameters: ``weeks`` of the horizon; ``tell(done, total)`` hears of each number of teams and may stop the work.
    Returns plain figures: ``at`` (instant), ``have`` teams, ``venues``, ``measured``, ``per_team`` visits a day,
    ``curve`` as [teams, share of visits in time, share of venues in time at the end], ``due`` visits with ``due_share``
    in time, ``days`` with venues ``seen``, ``load`` (share of the staff's time) and ``in_time``, and how far each of
    the ``campaigns`` gets.
    """
    day = now.astimezone(zone).date()
    asked = _duties(session, branch, day, zone)
    duties, have = [duty.paced for duty in asked], len(queries.teams(session, branch.id))
    counts = queries.stops_of_teams(session, branch.id, day - dt.timedelta(days=30))
    per_team = max(float(np.mean(counts)) if counts else USUAL_STOPS, 1.0)
    minutes = per_team * (float(np.mean([duty.visit_min for duty in duties])) if duties else 1.0)
    most = max(12, have * 2)
    numbers = sorted({*range(0, most + 1, 1 + most // 16), have})
    curve: list[CapacityPoint] = []
    for done, teams in enumerate(numbers):
        tell(done, len(numbers) + 1)
        curve += capacity_curve(duties, minutes_per_team=minutes, days=weeks * 7, teams=[teams])
    tell(len(numbers), len(numbers) + 1)
    plan = plan_horizon(duties, days=weeks * 7, minutes_a_day=max(have * minutes, 0.0))
    return {
        "at": now.isoformat(), "have": have, "venues": len(duties), "measured": bool(counts), "per_team": per_team,
        "curve": [[each.teams, each.in_time, each.at_end] for each in curve], "due": plan.visits_due,
        "due_share": plan.in_time, "days": _days(duties, plan, have * minutes, day) if duties else [],
        "campaigns": _campaigns(asked, plan, day),
    }  # fmt: skip


def _duties(session: Session, branch: Agency, day: dt.date, zone: dt.tzinfo) -> list[Duty]:
    """Return every open venue of a branch as the horizon takes it."""
    aims = aims_for(session, branch.scope_path, day)
    found = queries.duties_of_venues(session, branch.scope_path)
    return duties_of(found, day, zone, aims=aims)[0]


def _campaigns(asked: list[Duty], plan: HorizonPlan, day: dt.date) -> list[dict[str, Any]]:
    """Return how far each campaign gets when the levelled plan is carried out, until its end or the horizon's."""
    seen_on = {key: number for number, keys in reversed(list(enumerate(plan.days))) for key in keys}
    days = len(plan.days)
    told = []
    for aim in dict.fromkeys(duty.aim for duty in asked if duty.aim):
        last = min(aim.days_left(day), days - 1)
        more = sum(duty.aim == aim and seen_on.get(duty.obligation.key, days) <= last for duty in asked)
        said = {"campaign_uid": aim.campaign_uid, "title": aim.title, "ended_on": aim.ended_on.isoformat(),
                "reached": aim.reached, "target": aim.target}  # fmt: skip
        told.append({"aim": said, "then": aim.reached + more, "whole": last == aim.days_left(day)})
    return told


def _days(duties: list[Obligation], plan: HorizonPlan, room: float, first: dt.date) -> list[dict[str, Any]]:
    """Return each day of the levelled plan: visits, the share of the staff's time they take, venues then in time."""
    shares = shares_in_time(duties, plan)
    return [
        {
            "day": (first + dt.timedelta(days=number)).isoformat(),
            "seen": len(keys),
            "load": used / room if room else 0.0,
            "in_time": share,
        }
        for number, (keys, used, share) in enumerate(zip(plan.days, plan.minutes, shares, strict=True))
    ]
