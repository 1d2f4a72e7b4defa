"""What the staff can keep up with: the capacity curve, and the weeks to come."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts import Agency
from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.jobs import job_to_wait_for, kept_file, kept_name
from patrol.infra.policy import allow
from patrol.routes import queries
from patrol.routes.planning import CapacityPoint
from patrol.routes.views.blueprint import blueprint, today
from patrol.routes.weighing import aims_for

CLOCK = SystemClock()
GOAL = 0.98


@blueprint.get("/plans/capacity")
@allow("plans.read")
def capacity() -> str:
    """Draw how many venues stay within their interval with so many teams, over one to four weeks."""
    session = db.session()
    weeks = min(4, max(1, request.args.get("weeks", 4, type=int) or 4))
    branches = queries.branches(session)
    branch = _asked(branches)
    choice = {"branches": [(each.uid, each.name) for each in branches], "weeks": weeks}
    venues = queries.count_duties(session, branch.scope_path) if branch else 0
    if branch is None or not venues:
        return render_template("routes/capacity.html", branch=branch, venues=0, **choice)
    # A day's figures stand until teams, venues or campaigns come or go, or somebody wants them anew.
    teams = sorted(team.uid for team in queries.teams(session, branch.id))
    aims = [
        (aim.campaign_uid, aim.target) for aim in aims_for(session, branch.scope_path, today(CLOCK.now()))
    ]
    made_of = (branch.uid, weeks, today(CLOCK.now()), venues, aims, *teams)
    name = kept_name("capacity", *made_of, ending="json")
    again = "again" in request.args
    if again:
        kept_file(name).unlink(missing_ok=True)
    uid = branch.uid
    params = {"branch": uid, "weeks": weeks}
    row = job_to_wait_for(name, "routes.capacity", params, g.principal, again=again)
    if row is not None:
        trail, label = [(_("Plans"), url_for("routes.plans"))], _("Trying every number of teams")
        return render_template(
            "routes/making.html", job=row, title=_("Staff and intervals"), label=label, trail=trail,
            again=url_for("routes.capacity", branch=uid, weeks=weeks, again=1),
        )  # fmt: skip
    made = json.loads(kept_file(name).read_bytes())
    branch = queries.branch_by_uid(db.session(), uid)
    return render_template("routes/capacity.html", branch=branch, goal=GOAL, **choice, **_shown(made))


def _shown(made: dict[str, Any]) -> dict[str, Any]:
    """Return kept figures as the page shows them."""
    curve = tuple(CapacityPoint(*each) for each in made.pop("curve"))
    days = [{**each, "day": dt.date.fromisoformat(each["day"])} for each in made.pop("days")]
    for each in made["campaigns"]:
        each["aim"]["ended_on"] = dt.date.fromisoformat(each["aim"]["ended_on"])
    return {
        **made,
        "at": dt.datetime.fromisoformat(made["at"]),
        "days": days,
        "drawn": draw_curve(curve),
        "needed": next((each.teams for each in curve if each.at_end >= GOAL), None),
        "now_share": next(each.at_end for each in curve if each.teams == made["have"]),
    }


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
