"""Publish, withdraw, print."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, db
from patrol.infra.i18n import current_language, local_zone
from patrol.infra.jobs import job_to_wait_for, kept_file, kept_name
from patrol.infra.policy import allow
from patrol.routes import queries, services
from patrol.routes.models import Plan
from patrol.routes.printing import sheet_pages, sheet_pdf
from patrol.routes.views.blueprint import blueprint, ways
from patrol.routes.views.plans import asked_version, branch_name, look

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
def sheet(plan_uid: str) -> Any:
    """Return the printed sheet: of one team at once, of a whole plan when the job that typesets it has ended."""
    found = queries.plan_by_uid(db.session(), plan_uid)
    facts = {"branch": branch_name(found), "printed_by": g.principal.name}
    one = request.args.get("route", "")
    if one and one not in {route.uid for route in found.routes}:
        raise PatrolError(NOT_FOUND)
    # Without its hour a page says all that the sheet is made of.
    pages = sheet_pages(found, route_uid=one, printed_at=None, **facts)
    if len(pages) == 1:
        content = sheet_pdf(sheet_pages(found, route_uid=one, printed_at=CLOCK.now(), **facts))
        return _printed(found, content)
    name = kept_name("sheet", *pages, ending="pdf")
    params = {"plan_uid": plan_uid, "language": current_language(), "by": g.principal.name}
    row = job_to_wait_for(name, "routes.sheet", params, g.principal, again="again" in request.args)
    found = queries.plan_by_uid(db.session(), plan_uid)
    if row is None:
        return _printed(found, kept_file(name).read_bytes())
    trail = [
        (_("Plans"), url_for("routes.plans")),
        (found.day.isoformat(), url_for("routes.plan", plan_uid=plan_uid)),
    ]
    label = _("The sheets of all teams are being set")
    return render_template(
        "routes/making.html", job=row, title=_("Patrol sheet"), label=label, trail=trail,
        again=url_for("routes.sheet", plan_uid=plan_uid, again=1),
    )  # fmt: skip


def _printed(found: Plan, content: bytes) -> Response:
    name = f"plan-{found.day.isoformat()}.pdf"
    look("print", found)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer
