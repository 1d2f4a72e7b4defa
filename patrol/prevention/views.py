"""Pages of prevention: its ledgers, the way of a community, stock, filed meetings at a venue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from patrol.core.errors import Faults, PatrolError
from patrol.infra.crypto import keyring
from patrol.infra.db import NOT_FOUND, db
from patrol.infra.i18n import current_language
from patrol.infra.jobs import enqueue
from patrol.infra.policy import allow
from patrol.ledgers import Field, pages_of, read_whole, record_by_uid, say, show_record, tabs_of
from patrol.prevention import domain as d
from patrol.prevention import queries, services
from patrol.prevention.certificate import certificate_pdf
from patrol.prevention.coverage_pages import blueprint as coverage
from patrol.prevention.direct_selling import CHECKS, COMPANIES, COUNTS, FILINGS, OUTLETS, WARNINGS
from patrol.prevention.facts import CLOCK, today
from patrol.prevention.joint import CONTACTS, DECISIONS, MEETINGS, STATEMENTS
from patrol.prevention.publicity import COMMUNITIES, EVENTS, LETTERS, STOCK
from patrol.prevention.telling import CAMPUS, TEXTS, put_in_queue
from patrol.venues import venue_by_uid

blueprint = Blueprint("prevention", __name__, url_prefix="/prevention")
ALL = (
    EVENTS, LETTERS, CAMPUS, TEXTS, STOCK, COMMUNITIES, COMPANIES, OUTLETS, CHECKS, FILINGS, COUNTS, WARNINGS,
    MEETINGS, DECISIONS, STATEMENTS, CONTACTS,
)  # fmt: skip
blueprints = (blueprint, coverage, *(pages_of(ledger) for ledger in ALL))


@blueprint.get("/stock")
@allow("prevention.read")
def stock() -> str:
    """Show what is left of each material."""
    return render_template(
        "prevention/stock.html",
        left=queries.stock_left(db.session()),
        materials=d.STOCKED,
        say=say,
        tabs=tabs_of("publicity"),
    )


@blueprint.post("/texts/<text_uid>/send")
@allow("prevention.plan")
def send_text(text_uid: str) -> Any:
    """Hand a text to the worker that sends it to telephones."""
    row, keys = record_by_uid(db.session(), TEXTS, text_uid), keyring(current_app.config["SETTINGS"])
    try:
        put_in_queue(db.session(), g.principal, row, request.form.get("numbers", ""), keys, clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        faults = [{"where": f.where, "message": f.sentence(current_language())} for f in error.faults[:5]]
        row = record_by_uid(db.session(), TEXTS, text_uid)
        return render_template(
            "prevention/unsent.html", ledger=TEXTS, say=say, row=row, faults=faults
        ), error.status
    title, job = row.title, enqueue("prevention.send_text", {"text": row.uid}, g.principal)
    return render_template("prevention/sending.html", ledger=TEXTS, say=say, title=title, job=job)


@blueprint.get("/communities")
@allow("prevention.read")
def communities() -> str:
    """Show how many communities stand where, by district and year."""
    rows = queries.communities_by_district(db.session())
    years = sorted({year for _name, _all, _states, years in rows for year in years})
    return render_template(
        "prevention/communities.html",
        rows=rows,
        years=years,
        states=d.STATES,
        say=say,
        tabs=tabs_of("communities"),
    )


@blueprint.get("/filings/at/<venue_uid>")
@allow("prevention.read")
def filings_at(venue_uid: str) -> str:
    """Show at once whether a meeting was filed at a venue for a day (today, or ``?day=``)."""
    venue, day = venue_by_uid(db.session(), venue_uid), today()
    with suppress(ValueError):
        day = dt.date.fromisoformat(request.args.get("day", ""))
    filings = queries.filings_at(db.session(), venue, day)
    return render_template("prevention/filings_at.html", venue=venue, day=day, filings=filings)


def _done(community_uid: str, error: PatrolError | None = None) -> Any:
    """Keep what was done and show the community; what was refused is told there, and what was typed stays."""
    if error is not None:
        db.session.rollback()
        flash(error.sentence(current_language()), "error")
        return show_record(COMMUNITIES, community_uid=community_uid), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    return redirect(url_for("communities.show", community_uid=community_uid))


@blueprint.post("/communities/<community_uid>/step")
@allow("prevention.edit")
def community_step(community_uid: str) -> Any:
    """Bring a community to its next state."""
    community, form = record_by_uid(db.session(), COMMUNITIES, community_uid), request.form
    try:
        services.move_community(
            db.session(), g.principal, community, form.get("state", ""), form.get("reason", ""), clock=CLOCK
        )
    except PatrolError as error:
        return _done(community_uid, error)
    return _done(community_uid)


@blueprint.post("/communities/<community_uid>/evidence")
@allow("prevention.edit")
def community_evidence(community_uid: str) -> Any:
    """Write down the evidence for the items of the checklist."""
    community, form = record_by_uid(db.session(), COMMUNITIES, community_uid), request.form
    for item in queries.checklist(db.session()):
        note, done = form.get(f"note_{item.id}", ""), form.get(f"done_{item.id}") == "1"
        before = (community.evidence or {}).get(str(item.id), {})
        if (before.get("note", ""), before.get("done", False)) != (note.strip(), done):
            services.note_evidence(db.session(), g.principal, community, item.id, note, done, clock=CLOCK)
    return _done(community_uid)


@blueprint.post("/communities/<community_uid>/draw")
@allow("prevention.edit")
def community_draw(community_uid: str) -> Any:
    """Draw the sample of an inspection."""
    community = record_by_uid(db.session(), COMMUNITIES, community_uid)
    try:
        services.draw_inspection(
            db.session(), g.principal, community, request.form.get("seed", ""), clock=CLOCK
        )
    except PatrolError as error:
        return _done(community_uid, error)
    return _done(community_uid)


@blueprint.post("/communities/<community_uid>/inspections/<inspection_uid>")
@allow("prevention.edit")
def community_result(community_uid: str, inspection_uid: str) -> Any:
    """Record the result of an inspection."""
    community, form = record_by_uid(db.session(), COMMUNITIES, community_uid), request.form
    inspection = queries.inspection_by_uid(db.session(), inspection_uid)
    if inspection.community_id != community.id:
        raise PatrolError(NOT_FOUND)
    try:
        asked, knew = _counted(form)
        services.close_inspection(
            db.session(), g.principal, community, inspection, asked=asked, knew=knew, passed=form.get("passed") == "1",
            inspectors=form.get("inspectors", ""), note=form.get("note", ""), clock=CLOCK,
        )  # fmt: skip
    except PatrolError as error:
        return _done(community_uid, error)
    return _done(community_uid)


def _counted(form: Mapping[str, str]) -> tuple[int, int]:
    """Read how many residents were asked and knew; raises :class:`PatrolError` for what is no count."""
    faults = Faults()
    asked = read_whole(Field("asked", d.ASKED, "whole", least=1), form.get("asked", "").strip(), faults)
    knew = read_whole(Field("knew", d.KNEW, "whole"), form.get("knew", "").strip(), faults)
    faults.raise_if_any()
    return asked or 0, knew or 0


@blueprint.get("/communities/<community_uid>/certificate.pdf")
@allow("prevention.read")
def certificate(community_uid: str) -> Response:
    """Send the certificate of an awarded community."""
    community = record_by_uid(db.session(), COMMUNITIES, community_uid)
    if community.state != "awarded":
        raise PatrolError(NOT_FOUND)
    bureau = current_app.config["SETTINGS"].ORGANISATION or "市场监督管理局"
    content = certificate_pdf(community, d.COMMUNITY_KINDS[community.kind].zh, bureau)
    return send_file(BytesIO(content), "application/pdf", download_name=f"{community.number}.pdf")


@blueprint.route("/checklist", methods=["GET", "POST"])
@allow("prevention.plan")
def checklist() -> Any:
    """Edit the items that a community has to fulfil."""
    session, form = db.session(), request.form
    if request.method == "POST":
        keys = [int(key) for key in form.getlist("key") if key.isdigit()]
        lines = [
            (key, form.get(f"zh_{key}", ""), form.get(f"en_{key}", ""), form.get(f"active_{key}") == "1")
            for key in keys
        ]
        services.save_checklist(session, g.principal, lines, clock=CLOCK)
        session.commit()
        flash(_("The changes are saved."), "success")
        return redirect(url_for("prevention.checklist"))
    return render_template(
        "prevention/checklist.html", items=queries.checklist(session), tabs=tabs_of("communities")
    )
