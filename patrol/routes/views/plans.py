"""The list of plans, ordering one, watching it being made, looking at it."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask import Response, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from patrol.accounts import Agency
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db, within
from patrol.infra.i18n import local_zone
from patrol.infra.jobs import Job, enqueue
from patrol.infra.policy import allow
from patrol.routes import queries, services
from patrol.routes.comparing import campaigns_of, figures_for, predictability
from patrol.routes.domain import PlanState
from patrol.routes.looks import log_look
from patrol.routes.models import Plan
from patrol.routes.services.drafting import SEARCH_SECONDS, WEIGHTS
from patrol.routes.situation import stops_outside
from patrol.routes.views.blueprint import blueprint, feasible, today, told
from patrol.routes.views.gantt import gantt
from patrol.routes.weighing import why_not
from patrol.routes.wording import lead_choices

CLOCK = SystemClock()
#: of the venues left out so many are listed before somebody asks for all
FIRST_LEFT_OUT = 60


@blueprint.get("/plans/")
@allow("plans.read")
def plans() -> str:
    """List the plans of the last two weeks and of the days to come."""
    day = today(CLOCK.now())
    found = queries.plans_between(db.session(), day - dt.timedelta(days=14), day + dt.timedelta(days=60))
    return render_template(
        "routes/index.html",
        coming=[plan for plan in reversed(found) if plan.day >= day],
        past=[plan for plan in found if plan.day < day],
        today=day,
        branches=queries.agency_names(db.session(), [plan.agency_id for plan in found]),
        stops=queries.stops_of_plans(db.session(), found),
        feasible=feasible,
        unmade=queries.ended_without_plan(db.session(), found),
    )


@blueprint.route("/plans/new", methods=["GET", "POST"])
@allow("plans.edit")
def new_plan() -> Any:
    """Order a plan: branch, day, teams and shifts."""
    branch = _branch(request.values.get("branch", ""))
    day = today(CLOCK.now())
    if request.method == "GET" or branch is None:
        given = {"day": (day + dt.timedelta(days=1)).isoformat(), **request.args.to_dict()}
        return _form(branch, given)
    teams = queries.teams(db.session(), branch.id)
    try:
        order = services.read_order(request.form, request.form.getlist("team"), teams, day)
        plan = services.draft_plan(
            db.session(), g.principal, branch, order, clock=CLOCK, seed=secrets.randbelow(2**31)
        )
    except PatrolError as error:
        return _form(branch, request.form.to_dict(), error), error.status
    return _start(plan)


def _start(plan: Plan) -> Any:
    """Hand a plan to the job that makes it."""
    uid = plan.uid
    row = enqueue("routes.plan", {"plan_uid": uid}, g.principal)
    plan = queries.plan_by_uid(db.session(), uid)
    plan.job_uid = row.uid
    db.session.commit()
    return redirect(url_for("routes.plan", plan_uid=uid))


def _branch(uid: str) -> Agency | None:
    """Return the branch that was asked for, else the person's own, else the first that has teams."""
    session = db.session()
    if uid:
        return queries.branch_by_uid(session, uid)
    found = queries.branches(session)
    with_teams = {team.agency_id for team in queries.teams(session)}
    mine = [each for each in found if each.id == g.principal.agency_id and each.id in with_teams]
    return next(iter([*mine, *(each for each in found if each.id in with_teams), *found]), None)


def _form(branch: Agency | None, given: dict[str, Any], error: PatrolError | None = None) -> str:
    if error is not None:
        db.session.rollback()
    faults = told(error.faults) if error else []
    session = db.session()
    teams = queries.teams(session, branch.id) if branch else []
    chosen = request.form.getlist("team") if request.method == "POST" else [team.uid for team in teams]
    return render_template(
        "routes/new.html",
        branch=branch,
        branches=[(each.uid, each.name) for each in queries.branches(session)],
        teams=teams,
        chosen=chosen,
        given=given,
        faults=faults,
        errors={fault["where"]: fault["message"] for fault in reversed(faults)},
        seconds_choices=[(each, _("%(seconds)s seconds", seconds=each)) for each in SEARCH_SECONDS],
        weights=WEIGHTS,
    )


@blueprint.get("/plans/<plan_uid>")
@allow("plans.read")
def plan(plan_uid: str) -> str:
    """Show a plan: while it is made its progress, afterwards routes, stops and reasons."""
    found = queries.plan_by_uid(db.session(), plan_uid)
    row = db.session.scalars(select(Job).where(Job.uid == found.job_uid)).one_or_none()
    facts = {"plan": found, "branch": branch_name(found), "job": row}
    if found.state == PlanState.PLANNING:
        return render_template("routes/waiting.html", **facts)
    shown = render_template("routes/show.html", **facts, **board_facts(found), **left_out_facts(found))
    look("page", found)
    return shown


def look(how: str, *found: Plan) -> None:
    """Log that published plans that are not over yet were looked at; call it last."""
    day = today(CLOCK.now())
    secret = [each.uid for each in found if each.state == PlanState.PUBLISHED and each.day >= day]
    log_look(g.principal, secret, how, clock=CLOCK)


def branch_name(found: Plan) -> str:
    """Return the name of the branch that a plan is of."""
    return queries.agency_names(db.session(), [found.agency_id]).get(found.agency_id, "")


def board_facts(found: Plan) -> dict[str, Any]:
    """Return what the board of a plan shows."""
    editable = found.state == PlanState.PLANNED and g.principal.may("plans.edit")
    return {
        "editable": editable,
        "feasible": feasible(found),
        "gantt": gantt(found),
        "meter": predictability(found, _walked(found), local_zone()),
        "campaigns": [each | {"href": _campaign(each)} for each in campaigns_of(found)],
        "measured": figures_for(found, local_zone()),
        "outside": stops_outside(db.session(), found),
        "leads": lead_choices(),
        "other_published": bool(queries.published_besides(db.session(), found)),
        "can_undo": bool(editable and found.params.get("before")),
    }


def _campaign(told: dict[str, Any]) -> str:
    """Return where the reader finds a campaign: its page, or the list that shows those of areas above; or nowhere."""
    if "campaigns.show" not in current_app.view_functions or not g.principal.may("enforcement.read"):
        return ""
    if within(told["owner"], g.principal.scope_path):
        return url_for("campaigns.show", campaign_uid=told["uid"])
    return url_for("campaigns.index")


def _walked(found: Plan) -> frozenset[frozenset[str]]:
    keys = [stop.venue.uid for route in found.routes for stop in route.stops]
    return queries.legs_walked(db.session(), found, keys)


def left_out_facts(found: Plan) -> dict[str, Any]:
    """Return who is not in the plan and why, and the venues that a search for more found."""
    session, words = db.session(), request.args.get("q", "").strip()
    every = request.args.get("left") == "all"
    first = found.left_out if every else found.left_out[:FIRST_LEFT_OUT]
    venues = queries.venues_by_uid(session, [key for key, _why in first])
    here = [stop.venue_id for route in found.routes for stop in route.stops]
    more = queries.venues_to_add(session, found.scope_path, words, here) if words else []
    return {
        "left_out": [(venues[key], why) for key, why in first if key in venues],
        "left_out_total": len(found.left_out),
        "beyond": max(0, found.figures.get("due", 0) - found.figures.get("offered", 0)),
        "q": words,
        "found": [(venue, why_not(found, venue, local_zone())) for venue in more],
        "bounds": _bounds(found),
    }


def _bounds(found: Plan) -> str:
    """Return the box round every stop and start, as the map takes it."""
    points = [(stop.venue.lon, stop.venue.lat) for route in found.routes for stop in route.stops]
    points += [(route.team.start_lon, route.team.start_lat) for route in found.routes]
    if not points:
        return ""
    lons, lats = zip(*points, strict=True)
    return ",".join(f"{degrees:.5f}" for degrees in (min(lons), min(lats), max(lons), max(lats)))


@blueprint.get("/plans/<plan_uid>/routes.json")
@allow("plans.read")
def routes_json(plan_uid: str) -> Response:
    """Give the routes of a plan to its map."""
    found = queries.plan_by_uid(db.session(), plan_uid)
    drawn = map_routes(found)
    look("map", found)
    return jsonify(drawn)


def map_routes(found: Plan) -> list[dict[str, Any]]:
    """Return routes as the map draws them: numbered stops and the line along the streets."""
    zone = local_zone()
    return [
        {
            "uid": route.uid,
            "team": number,
            "name": route.team.name,
            "path": [point for leg in route.line for point in leg["points"]],
            "stops": [
                {
                    "uid": stop.uid,
                    "lon": round(stop.venue.lon, 6),
                    "lat": round(stop.venue.lat, 6),
                    "number": stop.position,
                    "name": f"{stop.position} {stop.venue.name} "
                    f"{stop.planned_arrival.astimezone(zone):%H:%M} · {route.team.name}",
                }
                for stop in route.stops
            ],
        }
        for number, route in enumerate(found.routes, start=1)
    ]


@blueprint.post("/plans/<plan_uid>/again")
@allow("plans.edit")
def again(plan_uid: str) -> Any:
    """Make a draft again; what is locked stays."""
    found = queries.plan_by_uid(db.session(), plan_uid)
    services.plan_again(db.session(), g.principal, found, version=asked_version(), clock=CLOCK)
    return _start(found)


@blueprint.post("/plans/<plan_uid>/keep")
@allow("plans.edit")
def keep(plan_uid: str) -> Any:
    """Go back to the draft that was there before its making was cancelled."""
    found = queries.plan_by_uid(db.session(), plan_uid)
    services.keep_as_it_was(db.session(), g.principal, found, version=asked_version(), clock=CLOCK)
    db.session.commit()
    return redirect(url_for("routes.plan", plan_uid=plan_uid))


@blueprint.post("/plans/<plan_uid>/discard")
@allow("plans.edit")
def discard(plan_uid: str) -> Any:
    """Put a draft aside."""
    found = queries.plan_by_uid(db.session(), plan_uid)
    services.put_aside(db.session(), g.principal, found, version=asked_version(), clock=CLOCK)
    db.session.commit()
    flash(_("The draft was put aside."), "success")
    return redirect(url_for("routes.plans"))


def asked_version() -> int:
    """Return the version of the plan that the person was looking at."""
    return int(request.form.get("version", 0, type=int) or 0)
