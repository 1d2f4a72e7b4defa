"""Publish, withdraw, print."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.i18n import current_language, local_zone
from patrol.infra.policy import allow
from patrol.routes import queries, services
from patrol.routes.printing import plan_sheet
from patrol.routes.views.blueprint import blueprint, ways
from patrol.routes.views.plans import asked_version, look

CLOCK = SystemClock()


@blueprint.post("/plans/<plan_uid>/publish")
@allow("plans.edit")
def publish(plan_uid: str) -> Any:
    """Publish a plan, or say everything that speaks against it."""
    session = db.session()
    try:
        found = queries.plan_by_uid(session, plan_uid)
        services.publish_plan(
            session, g.principal, found, version=asked_version(), lead=request.form.get("lead", ""),
            replace=bool(request.form.get("replace")), ways=ways(), zone=local_zone(), clock=CLOCK,
        )  # fmt: skip
        db.session.commit()
    except PatrolError as error:
        return _refused(plan_uid, error)
    flash(_("The plan is published. The teams find it on their phones from the chosen hour on."), "success")
    return redirect(url_for("routes.plan", plan_uid=plan_uid))


@blueprint.post("/plans/<plan_uid>/withdraw")
@allow("plans.edit")
def withdraw(plan_uid: str) -> Any:
    """Take a published plan back."""
    session = db.session()
    try:
        found = queries.plan_by_uid(session, plan_uid)
        services.withdraw_plan(session, g.principal, found, version=asked_version(), clock=CLOCK)
        db.session.commit()
    except PatrolError as error:
        return _refused(plan_uid, error)
    flash(_("The plan is withdrawn and is a draft again."), "success")
    return redirect(url_for("routes.plan", plan_uid=plan_uid))


def _refused(plan_uid: str, error: PatrolError) -> Any:
    """Show the plan as it is with every reason; nothing was changed."""
    if error.status not in {409, 422}:
        raise error
    db.session.rollback()
    for fault in error.faults:
        flash(fault.sentence(current_language()), "error")
    return redirect(url_for("routes.plan", plan_uid=plan_uid))


@blueprint.get("/plans/<plan_uid>/sheet.pdf")
@allow("plans.read")
def sheet(plan_uid: str) -> Response:
    """Return the printed sheet of a plan."""
    session = db.session()
    found = queries.plan_by_uid(session, plan_uid)
    name = queries.agency_names(session, [found.agency_id]).get(found.agency_id, "")
    content = plan_sheet(found, name, printed_at=CLOCK.now(), printed_by=g.principal.name)
    name = f"plan-{found.day.isoformat()}.pdf"
    look(found, "print")
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer
