"""Pages of enforcement: the four ledgers, terms that run, steps of a den."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.errors import PatrolError
from patrol.enforcement import domain as d
from patrol.enforcement import queries
from patrol.enforcement.aims import campaign_aims
from patrol.enforcement.facts import CLOCK, seal_notice, today
from patrol.enforcement.records import ACTIONS, CAMPAIGNS, CASES, DENS
from patrol.enforcement.register.pages import blueprint as guarded
from patrol.enforcement.services import move_den
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.jobs import enqueue
from patrol.infra.policy import allow
from patrol.ledgers import pages_of, record_by_uid, tabs_of
from patrol.routes import offer_aims
from patrol.venues import venue_by_uid

blueprint = Blueprint("enforcement", __name__, url_prefix="/enforcement")
#: the planner, a lower room, asks which places running campaigns want seen
blueprint.record_once(lambda state: offer_aims(state.app, campaign_aims))
blueprints = (blueprint, guarded, *(pages_of(ledger) for ledger in (ACTIONS, DENS, CASES, CAMPAIGNS)))


@blueprint.get("/terms")
@allow("enforcement.read")
def terms() -> str:
    """List every sealing that runs and every den that is watched, what ends first at the top."""
    session, day = db.session(), today()
    seals = [
        (row, *seal_notice(d.seal_of(row.sealed_on, extended=row.seal_extended, lifted_on=None, today=day)))
        for row in queries.open_seals(session)
        if row.sealed_on
    ]
    watched = [
        (den, d.watched_until(den.closed_on)) for den in queries.dens_watched(session) if den.closed_on
    ]
    return render_template(
        "enforcement/terms.html",
        seals=seals,
        watched=watched,
        today=day,
        tabs=tabs_of("enforcement"),
        states=d.DEN_STATES,
    )


@blueprint.get("/venue/<venue_uid>.html")
@allow("enforcement.read")
def at_venue(venue_uid: str) -> str:
    """Return the actions and dens of one venue as a part of its page."""
    session, venue = db.session(), venue_by_uid(db.session(), venue_uid)
    return render_template(
        "enforcement/_venue.html",
        actions=queries.actions_at(session, venue.id),
        dens=queries.dens_at(session, venue.id),
    )


@blueprint.post("/risk")
@allow("venues.edit")
def rescore() -> str:
    """Have the risk of every venue in the own division computed anew."""
    return render_template(
        "enforcement/rescoring.html", job=enqueue("enforcement.rescore_venues", {}, g.principal)
    )


@blueprint.post("/dens/<den_uid>/step")
@allow("enforcement.edit")
def den_step(den_uid: str) -> Any:
    """Bring a den to its next state."""
    den = record_by_uid(db.session(), DENS, den_uid)
    try:
        move_den(
            db.session(),
            g.principal,
            den,
            request.form.get("state", ""),
            request.form.get("reason", ""),
            clock=CLOCK,
        )
    except PatrolError as error:
        db.session.rollback()
        flash(error.sentence(current_language()), "error")
    else:
        db.session.commit()
        flash(_("Recorded."), "success")
    return redirect(url_for("dens.show", den_uid=den_uid))
