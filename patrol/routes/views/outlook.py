"""What the staff can keep up with: the capacity curve, and the weeks to come."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from flask import g, render_template, request

from patrol.accounts import Agency
from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.policy import allow
from patrol.routes import queries
from patrol.routes.domain.capacity import Outlook, capacity_curve, teams_needed
from patrol.routes.views.blueprint import blueprint, today

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
    rows = queries.ages_and_intervals(session, branch.scope_path) if branch else []
    counts = queries.stops_of_teams(session, branch.id, today(now) - dt.timedelta(days=30)) if branch else []
    per_team = float(np.mean(counts)) if counts else USUAL_STOPS
    have = len(teams)
    curve = _curve(rows, now, max(per_team, 1.0), weeks * 7, max(12, have * 2))
    needed = teams_needed(curve, GOAL)
    return render_template(
        "routes/capacity.html",
        branch=branch,
        branches=[(each.uid, each.name) for each in branches],
        weeks=weeks,
        have=have,
        venues=len(rows),
        measured=bool(counts),
        per_team=per_team,
        needed=needed,
        now_share=curve[have].at_end if rows else None,
        drawn=draw_curve(curve),
        days=_days(curve[have], today(now)) if rows else [],
        goal=GOAL,
    )


def _asked(branches: list[Agency]) -> Agency | None:
    uid = request.args.get("branch", "")
    if uid:
        return queries.branch_by_uid(db.session(), uid)
    mine = [each for each in branches if each.id == g.principal.agency_id]
    return next(iter([*mine, *branches]), None)


def _curve(
    rows: list[tuple[dt.datetime | None, int]], now: dt.datetime, per_team: float, days: int, most: int
) -> list[Outlook]:
    ages = np.array([(now - seen).days if seen else np.inf for seen, _days in rows], dtype=float)
    intervals = np.array([max(1, each) for _seen, each in rows], dtype=float)
    return capacity_curve(ages, intervals, per_team=per_team, days=days, most=most)


def draw_curve(curve: list[Outlook], width: int = 720, height: int = 260) -> dict[str, Any]:
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


def _days(found: Outlook, first: dt.date) -> list[dict[str, Any]]:
    return [
        {"day": first + dt.timedelta(days=number), "seen": seen, "in_time": share}
        for number, (seen, share) in enumerate(zip(found.seen, found.in_time, strict=True))
    ]
