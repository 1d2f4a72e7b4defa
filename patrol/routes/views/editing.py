"""Steps on a draft: forms that work without scripts, answered in parts where the page's script sent them."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.i18n import current_language, local_zone
from patrol.infra.policy import allow
from patrol.routes import queries, services
from patrol.routes.domain import clock_text
from patrol.routes.models import Plan
from patrol.routes.services import Step
from patrol.routes.views.blueprint import blueprint, ways
from patrol.routes.views.plans import asked_version, board_facts, look, map_routes
from patrol.routes.wording import step_text

CLOCK = SystemClock()


@blueprint.post("/plans/<plan_uid>/change")
@allow("plans.edit")
def change(plan_uid: str) -> Any:
    """Take one step: up, down, place, move, add, drop, lock, unlock, undo."""
    session, error, done = db.session(), None, None
    try:
        found = queries.plan_by_uid(session, plan_uid)
        done = services.rearrange(
            session, g.principal, found, _asked_step(), version=asked_version(), ways=ways(),
            zone=local_zone(), clock=CLOCK,
        )  # fmt: skip
        db.session.commit()
    except PatrolError as fault:
        if fault.status not in {409, 422}:
            raise
        db.session.rollback()
        error = fault
    return _answer(queries.plan_by_uid(session, plan_uid), step_text(done) if done else "", error)


def _asked_step() -> Step:
    form = request.form
    position = form.get("position", 0, type=int) or 0
    return Step(
        form.get("act", ""), form.get("stop", ""), form.get("venue", ""), form.get("route", ""), position
    )


def _answer(found: Plan, text: str, error: PatrolError | None) -> Any:
    """Answer the page's script with the parts that changed, a form without scripts with the page."""
    sentence = error.sentence(current_language()) if error else text
    if "X-Patrol" not in request.headers:
        flash(sentence, "error" if error else "success")
        stop = request.form.get("stop", "")
        return redirect(
            url_for("routes.plan", plan_uid=found.uid, _anchor=f"stop-{stop}" if stop else "board")
        )
    facts = {"said": sentence, "said_ok": error is None, **board_facts(found)}
    board = render_template("routes/_board.html", plan=found, **facts)
    body = {
        "ok": error is None,
        "said": sentence,
        "version": found.version,
        "board": board,
        "routes": map_routes(found),
    }
    look("page", found)
    return jsonify(body), error.status if error else 200


@blueprint.get("/plans/<plan_uid>/places.json")
@allow("plans.read")
def places(plan_uid: str) -> Response:
    """Say for every route what a stop, or a venue not yet in the plan, would cost there."""
    session = db.session()
    found = queries.plan_by_uid(session, plan_uid)
    places = services.places_for(
        session, found, stop_uid=request.args.get("stop", ""), venue_uid=request.args.get("venue", ""),
        ways=ways(), zone=local_zone(),
    )  # fmt: skip
    return jsonify([_place(each) for each in places])


def _place(each: Any) -> dict[str, Any]:
    minutes = round(each.added_s / 60)
    text = _("+%(minutes)s min, back at %(time)s", minutes=minutes, time=clock_text(each.finish_s))
    return {
        "route": each.route,
        "position": each.position,
        "feasible": each.feasible,
        "text": text if each.feasible else _("does not fit: %(text)s", text=text),
    }
