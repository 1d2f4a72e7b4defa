"""Findings for managers and officers: the list, and one finding with all that belongs to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.findings import queries
from patrol.findings.checklist_versions import checklist_of
from patrol.findings.domain import ACT_LABELS, KIND_LABELS, answers_in_words
from patrol.findings.models import Finding
from patrol.findings.services import withdraw_finding
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow

blueprint = Blueprint("findings", __name__)
blueprints = (blueprint,)
CLOCK = SystemClock()
DAYS = (7, 30, 90, 365)
MOST_POINTS = 2000
TONES = {"suspicious": "warn", "violation": "danger"}


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the names of kinds and acts in the reader's language."""
    return {"finding_word": _word, "finding_tones": TONES}


def _word(table: str, code: str) -> str:
    label = {"kind": KIND_LABELS, "act": ACT_LABELS}[table].get(code)
    return label.within(current_language()) if label else code


def _asked() -> tuple[dict[str, Any], Any]:
    """Return what the address asks for, and the statement it means."""
    given = {name: request.args[name][:80] for name in ("kind", "q", "days") if name in request.args}
    days = str(given.get("days", "90"))
    span = int(days) if days in {str(each) for each in DAYS} else 36_500
    now = CLOCK.now()
    statement = queries.findings_between(
        now - dt.timedelta(days=span),
        now + dt.timedelta(days=1),
        kind=str(given.get("kind", "")),
        text=str(given.get("q", "")).strip(),
    )
    return given, statement


@blueprint.get("/findings/")
@allow("findings.read")
def index() -> str:
    """List what visits established, on a map and as a list."""
    given, statement = _asked()
    return render_template(
        "findings/index.html",
        given=given,
        page=page_of(db.session(), statement, asked_page(request.args.get("page"))),
        kinds=[(code, label.within(current_language())) for code, label in KIND_LABELS.items()],
        days=DAYS,
        page_url=lambda number: url_for("findings.index", **given, page=number),
        points_url=url_for("findings.points", **given),
    )


@blueprint.get("/findings/points.json")
@allow("findings.read")
def points() -> Response:
    """Give the places of the list to its map."""
    _given, statement = _asked()
    rows = db.session.execute(queries.points_of(statement.limit(MOST_POINTS)))
    return jsonify(
        [
            {
                "uid": uid,
                "lon": lon,
                "lat": lat,
                "name": name,
                "tone": TONES.get(kind, "info"),
                "url": url_for("findings.show", finding_uid=uid),
            }
            for uid, kind, name, lon, lat in rows
        ]
    )


@blueprint.get("/findings/<finding_uid>")
@allow("findings.read")
def show(finding_uid: str) -> str:
    """Show one finding: photos, answers in words, place with its accuracy, hashes, corrections."""
    session = db.session()
    finding = queries.finding_by_uid(session, finding_uid)
    checklist = checklist_of(session, finding.checklist_version)
    answers = answers_in_words(checklist, finding.answers, current_language()) if checklist else []
    return render_template(
        "findings/show.html",
        finding=finding,
        answers=answers,
        place=queries.place_of(session, finding),
        chain=queries.chain_of(session, finding),
        person=person_line(finding),
    )


@blueprint.get("/findings/<finding_uid>/place.json")
@allow("findings.read")
def place(finding_uid: str) -> Response:
    """Give the place of one finding, with the circle in which it may really be, to its map."""
    finding = queries.finding_by_uid(db.session(), finding_uid)
    lon, lat = queries.place_of(db.session(), finding)
    fix = finding.position.get("fix")
    circle = None if fix is None or "manual_pin" in finding.position else fix
    return jsonify({"lon": lon, "lat": lat, "accuracy_m": circle["accuracy_m"] if circle else None})


@blueprint.post("/findings/<finding_uid>/withdraw")
@allow("findings.withdraw")
def withdraw(finding_uid: str) -> Any:
    """Take a finding out of the lists, with a reason that stays."""
    finding = queries.finding_by_uid(db.session(), finding_uid)
    withdraw_finding(db.session(), g.principal, finding, request.form.get("reason", ""), clock=CLOCK)
    db.session.commit()
    flash(_("The finding is withdrawn. It stays sealed; the list and the map of findings no longer show it."))
    return redirect(url_for("findings.show", finding_uid=finding_uid))


def person_line(finding: Finding) -> str:
    """Name the officer with the badge number, as it stands under a record."""
    if finding.person is None:
        return ""
    badge = finding.person.badge_number
    return f"{finding.person.name} {badge}".strip()
