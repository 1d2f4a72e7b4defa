"""Teams: the list, the form, putting one to rest."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts import Agency, Person, role_names
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, db
from patrol.infra.policy import allow
from patrol.routes import queries, services
from patrol.routes.models import Team
from patrol.routes.views.blueprint import blueprint, told
from patrol.routes.wording import mode_choices

CLOCK = SystemClock()


@blueprint.get("/teams/")
@allow("plans.read")
def teams() -> str:
    """List the teams with people, shift and start."""
    found = queries.teams(db.session(), active=False)
    names = queries.agency_names(db.session(), [team.agency_id for team in found])
    return render_template("routes/teams.html", teams=found, branches=names)


@blueprint.route("/teams/new", methods=["GET", "POST"])
@allow("teams.edit")
def new_team() -> Any:
    """Make a team."""
    found = queries.branches(db.session())
    branch = _asked_branch(found)
    if request.method == "GET":
        asked = request.args.to_dict() | {"member": request.args.getlist("member")}
        return _form(branch, None, _blank() | asked)
    return _save(branch, None)


@blueprint.get("/teams/proposal")
@allow("teams.edit")
def proposed_teams() -> str:
    """Propose teams of people who are in none, joint ones first; a manager takes each into the form, or not."""
    branches = queries.branches(db.session())
    branch = _asked_branch(branches)
    return render_template(
        "routes/proposal.html",
        branch=branch,
        branches=[(each.uid, each.name) for each in branches],
        proposed=services.proposed_teams(db.session(), branch),
    )


def _asked_branch(branches: list[Agency]) -> Agency:
    asked = request.values.get("branch", "")
    if asked:
        return queries.branch_by_uid(db.session(), asked)
    if not branches:
        raise PatrolError(NOT_FOUND)
    return next((each for each in branches if each.id == g.principal.agency_id), branches[-1])


@blueprint.route("/teams/<team_uid>", methods=["GET", "POST"])
@allow("teams.edit")
def team(team_uid: str) -> Any:
    """Change a team."""
    found = queries.team_by_uid(db.session(), team_uid)
    branch = db.session.get_one(Agency, found.agency_id)
    if request.method == "GET":
        return _form(branch, found, _given(found))
    return _save(branch, found)


@blueprint.post("/teams/<team_uid>/active")
@allow("teams.edit")
def team_active(team_uid: str) -> Any:
    """Put a team to rest, or wake it."""
    found = queries.team_by_uid(db.session(), team_uid)
    services.set_active(db.session(), g.principal, found, request.form.get("active") == "1", clock=CLOCK)
    db.session.commit()
    return redirect(url_for("routes.teams"))


def _save(branch: Agency, found: Team | None) -> Any:
    session, uid = db.session(), found.uid if found else ""
    version = request.form.get("version", 0, type=int) or 0
    try:
        chosen = request.form.getlist("member")
        facts = services.read_team(request.form, chosen, queries.people_to_send(session))
        saved = services.save_team(session, g.principal, branch, facts, found, version=version, clock=CLOCK)
        name = saved.name
        db.session.commit()
    except PatrolError as error:
        db.session.rollback()
        found = queries.team_by_uid(session, uid) if uid else None
        given: dict[str, Any] = {**request.form.to_dict(), "member": request.form.getlist("member")}
        given["version"] = found.version if found else 0
        return _form(branch, found, given, error), error.status
    flash(_("%(name)s is saved.", name=name), "success")
    return redirect(url_for("routes.teams"))


def _form(branch: Agency, found: Team | None, given: dict[str, Any], error: PatrolError | None = None) -> str:
    faults = told(error.faults) if error else []
    return render_template(
        "routes/team.html",
        team=found,
        branch=branch,
        branches=[(each.uid, each.name) for each in queries.branches(db.session())],
        given=given,
        faults=faults,
        errors={fault["where"]: fault["message"] for fault in reversed(faults)},
        modes=mode_choices(),
        people=_people(queries.people_to_send(db.session())),
        bounds=_bounds(given),
    )


def _people(found: list[Person]) -> list[dict[str, str]]:
    names = role_names()
    return [
        {
            "value": person.uid,
            "label": person.name,
            "hint": f"{'、'.join(str(names[role.name]) for role in person.roles)} · {person.agency.name}",
        }
        for person in found
    ]


def _blank() -> dict[str, Any]:
    near = next(iter(queries.teams(db.session())), None)
    start = {"start_lon": near.start_lon, "start_lat": near.start_lat} if near else {}
    return {
        "mode": "ebike", "shift_start": "09:00", "shift_end": "17:00", "break_start": "12:00",
        "break_minutes": 60, "member": [], "version": 0, **start,
    }  # fmt: skip


def _given(found: Team) -> dict[str, Any]:
    names = (
        "name", "mode", "start_lon", "start_lat", "start_name", "end_lon", "end_lat", "shift_start",
        "shift_end", "break_start", "break_minutes", "version",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names} | {
        "member": [member.person.uid for member in found.members]
    }


def _bounds(given: dict[str, Any]) -> str:
    try:
        lon, lat = float(given["start_lon"]), float(given["start_lat"])
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{lon - 0.02:.5f},{lat - 0.015:.5f},{lon + 0.02:.5f},{lat + 0.015:.5f}"
