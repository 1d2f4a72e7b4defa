"""An urgent clue in the middle of the day: propose the least change, show it as a difference, apply it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.i18n import current_language, local_zone
from patrol.infra.policy import allow
from patrol.routes import queries, services
from patrol.routes.domain import problems as p
from patrol.routes.models import Plan, Route
from patrol.routes.services import Proposal
from patrol.routes.views.blueprint import blueprint, ways
from patrol.routes.views.plans import asked_version, look
from patrol.venues import Venue, venue_by_uid

CLOCK = SystemClock()


@blueprint.get("/plans/<plan_uid>/urgent")
@allow("plans.edit")
def urgent(plan_uid: str) -> str:
    """Search the venue of an urgent clue, and show what visiting it today would change."""
    session, words = db.session(), request.args.get("q", "").strip()
    found = queries.plan_by_uid(session, plan_uid)
    here = [stop.venue_id for route in found.routes for stop in route.stops]
    venue, proposal, sentence = None, None, ""
    if uid := request.args.get("venue", ""):
        venue = venue_by_uid(session, uid)
        proposal, sentence = _proposed(found, venue)
    shown = render_template(
        "routes/urgent.html",
        plan=found,
        branch=queries.agency_names(session, [found.agency_id]).get(found.agency_id, ""),
        q=words,
        venues=queries.venues_to_add(session, found.scope_path, words, here) if words else [],
        waiting=queries.venues_wanted_urgently(session, found.scope_path, here) if not words else [],
        venue=venue,
        proposal=proposal,
        sentence=sentence,
        difference=_difference(found, proposal) if proposal else [],
        route=_route(found, proposal.route) if proposal else None,
        dropped=list(queries.venues_by_uid(session, proposal.dropped).values()) if proposal else [],
    )
    look("page", found)
    return shown


@blueprint.post("/plans/<plan_uid>/urgent")
@allow("plans.edit")
def apply_urgent(plan_uid: str) -> Any:
    """Put the proposed change into the published plan; refused if it is not the one that was shown."""
    session = db.session()
    try:
        found = queries.plan_by_uid(session, plan_uid)
        if not request.form.get("venue"):
            raise PatrolError(p.PROPOSAL_OLD)
        venue = venue_by_uid(session, request.form["venue"])
        proposal = services.propose_visit(
            session, found, venue, ways=ways(), zone=local_zone(), now=_now(found)
        )
        if ",".join(proposal.order) != request.form.get("order", ""):
            raise PatrolError(p.PROPOSAL_OLD)
        services.apply_proposal(
            session, g.principal, found, proposal, version=asked_version(), ways=ways(), zone=local_zone(),
            clock=CLOCK,
        )  # fmt: skip
        db.session.commit()
    except PatrolError as error:
        if error.status not in {409, 422}:
            raise
        db.session.rollback()
        flash(error.sentence(current_language()), "error")
        return redirect(url_for("routes.urgent", plan_uid=plan_uid, venue=request.form.get("venue", "")))
    flash(_("The plan is changed. The team sees it with its next synchronisation."), "success")
    return redirect(url_for("routes.plan", plan_uid=plan_uid))


def _now(found: Plan) -> dt.datetime:
    """Return the present, or the beginning of a later day: what has not begun is all free."""
    midnight = dt.datetime.combine(found.day, dt.time(), local_zone())
    return max(CLOCK.now(), midnight)


def _proposed(found: Plan, venue: Venue) -> tuple[Proposal | None, str]:
    try:
        made = services.propose_visit(
            db.session(), found, venue, ways=ways(), zone=local_zone(), now=_now(found)
        )
    except PatrolError as error:
        return None, error.sentence(current_language())
    return made, ""


def _route(found: Plan, uid: str) -> Route:
    return next(route for route in found.routes if route.uid == uid)


def _difference(found: Plan, proposal: Proposal) -> list[tuple[str, str]]:
    """Return the route before and after as lines: ("same" | "new" | "gone", name)."""
    route = _route(found, proposal.route)
    names = {key: venue.name for key, venue in queries.venues_by_uid(db.session(), proposal.order).items()}
    before = [stop.venue.uid for stop in route.stops]
    gone = {stop.venue.uid: stop.venue.name for stop in route.stops if stop.venue.uid in proposal.dropped}
    lines = [("new" if key not in before else "same", names[key]) for key in proposal.order]
    for key, name in gone.items():
        lines.insert(min(len(lines), before.index(key) + 1), ("gone", name))
    return lines
