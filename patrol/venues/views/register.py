"""List, show, enter, edit, close and reopen."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts import people_of_grid
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db, utc_now
from patrol.infra.policy import allow
from patrol.venues import queries, services
from patrol.venues.domain import hours_text
from patrol.venues.models import OTHER_NUMBERS, Venue
from patrol.venues.services import OWNER_LETTER
from patrol.venues.views.blueprint import blueprint
from patrol.venues.views.forms import asked_search, facts_from, form_of, given_facts, spans_of, told
from patrol.venues.wording import companion_choices, datum_choices, duty_label, kind_choices

CLOCK = SystemClock()
RNG = secrets.SystemRandom()


@blueprint.get("/venues/")
@allow("venues.read")
def index() -> str:
    """List the register, searched, filtered and sorted."""
    search, now, rescore = asked_search(), utc_now(), "enforcement.rescore"
    found = queries.find_venues(db.session(), search, now)
    return render_template(
        "venues/index.html",
        search=search,
        found=found,
        kinds=kind_choices(),
        now=now,
        grids=queries.grid_choices(db.session()),
        is_overdue=queries.is_overdue,
        risk_band=queries.risk_band,
        rescore_url=url_for(rescore) if rescore in current_app.view_functions else "",
        page_url=lambda page: url_for("venues.index", **search.as_query(page=page)),
        sort_url=lambda sort: url_for("venues.index", **search.as_query(sort=sort, page=1)),
    )


@blueprint.get("/venues/<venue_uid>")
@allow("venues.read")
def show(venue_uid: str) -> str:
    """Show one venue: facts, owner, risk in words, and its history."""
    venue = queries.venue_by_uid(db.session(), venue_uid)
    history, enforcement = "patrols.venue_history", "enforcement.at_venue"
    return render_template(
        "venues/show.html",
        venue=venue,
        hours_text=hours_text,
        letter_on=venue.features.get(OWNER_LETTER, ""),
        more_facts=[(k, v) for k, v in venue.features.items() if k not in {OWNER_LETTER, OTHER_NUMBERS}],
        numbers=", ".join(filter(None, [venue.external_id, *venue.features.get(OTHER_NUMBERS, [])])),
        overdue=queries.is_overdue(venue, utc_now()),
        band=queries.risk_band(venue.risk),
        division=queries.division_name(db.session(), venue.division_id),
        people=_people(venue),
        history_url=_part(history, venue),
        enforcement_url=_part(enforcement, venue) if g.principal.may("enforcement.read") else "",
    )


def _part(endpoint: str, venue: Venue) -> str:
    """Return where a room above keeps its part of a venue's page, or nothing where there is no such room."""
    return url_for(endpoint, venue_uid=venue.uid) if endpoint in current_app.view_functions else ""


@blueprint.route("/venues/new", methods=["GET", "POST"])
@allow("venues.edit")
def new() -> Any:
    """Enter a venue."""
    if request.method == "GET":
        return _form({"datum": "wgs84", **request.args.to_dict()})
    try:
        venue = services.register_venue(
            db.session(), g.principal, facts_from(request.form), clock=CLOCK, rng=RNG
        )
    except PatrolError as error:
        return _form_again(error)
    db.session.commit()
    flash(_("%(name)s is now in the register.", name=venue.name), "success")
    return redirect(url_for("venues.show", venue_uid=venue.uid))


@blueprint.route("/venues/<venue_uid>/edit", methods=["GET", "POST"])
@allow("venues.edit")
def edit(venue_uid: str) -> Any:
    """Change a venue."""
    venue = queries.venue_by_uid(db.session(), venue_uid)
    if request.method == "GET":
        return _form(form_of(venue), venue=venue)
    version = request.form.get("version", 0, type=int)
    try:
        services.change_venue(
            db.session(), g.principal, venue, facts_from(request.form), version=version, clock=CLOCK
        )
    except PatrolError as error:
        return _form_again(error, venue_uid)
    db.session.commit()
    flash(_("The changes are saved."), "success")
    return redirect(url_for("venues.show", venue_uid=venue_uid))


@blueprint.post("/venues/<venue_uid>/close")
@allow("venues.edit")
def close(venue_uid: str) -> Any:
    """Take a venue out of patrol."""
    venue = queries.venue_by_uid(db.session(), venue_uid)
    services.close_venue(db.session(), g.principal, venue, clock=CLOCK, reason=request.form.get("reason", ""))
    db.session.commit()
    flash(
        _("%(name)s is closed and will not be planned any more. Its history stays.", name=venue.name),
        "success",
    )
    return redirect(url_for("venues.show", venue_uid=venue_uid))


@blueprint.post("/venues/<venue_uid>/reopen")
@allow("venues.edit")
def reopen(venue_uid: str) -> Any:
    """Put a venue back on patrol."""
    venue = queries.venue_by_uid(db.session(), venue_uid)
    services.reopen_venue(db.session(), g.principal, venue, clock=CLOCK)
    db.session.commit()
    flash(_("%(name)s is on patrol again.", name=venue.name), "success")
    return redirect(url_for("venues.show", venue_uid=venue_uid))


def _people(venue: Venue) -> list[tuple[str, str]]:
    duties = people_of_grid(db.session(), venue.grid_id) if venue.grid_id else []
    return [(duty_label(d.duty), f"{d.person.name} {d.person.phone}".strip()) for d in duties]


def _form_again(error: PatrolError, venue_uid: str = "") -> Any:
    """Show the form with what was typed and every fault of it; nothing was changed."""
    db.session.rollback()
    venue = queries.venue_by_uid(db.session(), venue_uid) if venue_uid else None
    values: dict[str, Any] = {**given_facts(request.form), "datum": request.form.get("datum", "wgs84")}
    values["version"] = venue.version if venue else 0
    return _form(values, venue=venue, error=error), error.status


def _form(values: dict[str, Any], *, venue: Venue | None = None, error: PatrolError | None = None) -> str:
    faults = told(error.faults) if error else []
    return render_template(
        "venues/edit.html",
        values=values,
        venue=venue,
        faults=faults,
        spans=spans_of(values),
        errors={fault["where"]: fault["message"] for fault in reversed(faults)},
        kinds=kind_choices(),
        datums=datum_choices(),
        companions=companion_choices(),
        bounds=_bounds(values),
    )


def _bounds(values: dict[str, Any]) -> str:
    """Where the form's map starts: round the pin, else round what the register holds."""
    try:
        lon, lat = float(values["lon"]), float(values["lat"])
    except (KeyError, ValueError):
        box = queries.extent(db.session(), queries.Search(), utc_now())
    else:
        box = (lon - 0.004, lat - 0.003, lon + 0.004, lat + 0.003)
    return ",".join(f"{degrees:.5f}" for degrees in box) if box else ""
