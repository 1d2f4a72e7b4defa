"""Exports for a case: choose findings, have the file made, take it away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, send_file, url_for

from patrol.accounts import names_of_people
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.evidence import queries, services
from patrol.evidence.domain import NOT_READY
from patrol.evidence.signing import public_hex, signing_key
from patrol.infra.audit import record
from patrol.infra.db import db
from patrol.infra.i18n import local_zone
from patrol.infra.jobs import enqueue
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow

blueprint = Blueprint("evidence", __name__)
blueprints = (blueprint,)
CLOCK = SystemClock()
DAYS = 90


@blueprint.get("/evidence/")
@allow("evidence.export")
def index() -> str:
    """List what was exported, for which case and by whom."""
    page = page_of(db.session(), queries.exports(), asked_page(request.args.get("page")))
    return render_template(
        "evidence/index.html",
        page=page,
        names=names_of_people(db.session(), ids={row.person_id for row in page.rows}),
        key=public_hex(signing_key(current_app.config["SETTINGS"])),
        page_url=lambda number: url_for("evidence.index", page=number),
    )


@blueprint.get("/evidence/new")
@allow("evidence.export")
def new() -> str:
    """Choose the findings of a case."""
    start, end = _asked_day("from", -DAYS), _asked_day("to", 0)
    words = request.args.get("q", "").strip()[:80]
    statement = queries.findings_to_choose(start, end + dt.timedelta(days=1), words)
    page = page_of(db.session(), statement, asked_page(request.args.get("page")), size=100)
    asked: dict[str, Any] = {"from": start.date().isoformat(), "to": end.date().isoformat(), "q": words}
    return render_template(
        "evidence/new.html",
        page=page,
        asked=asked,
        chosen=set(request.args.getlist("finding")),
        page_url=lambda number: url_for("evidence.new", **asked, page=number),
    )


def _asked_day(name: str, days: int) -> dt.datetime:
    try:
        day = dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        day = CLOCK.now().astimezone(local_zone()).date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(), local_zone())


@blueprint.post("/evidence/")
@allow("evidence.export")
def make() -> Any:
    """Have an export made."""
    export = services.ask_for_export(
        db.session(),
        g.principal,
        request.form.getlist("finding"),
        title=request.form.get("title", ""),
        case_number=request.form.get("case_number", ""),
        purpose=request.form.get("purpose", ""),
        clock=CLOCK,
    )
    uid = export.uid
    db.session.commit()
    job = enqueue("evidence.make_export", {"export_uid": uid}, g.principal)
    queries.export_by_uid(db.session(), uid).job_uid = job.uid
    db.session.commit()
    return redirect(url_for("evidence.show", export_uid=uid))


@blueprint.get("/evidence/<export_uid>")
@allow("evidence.export")
def show(export_uid: str) -> str:
    """Show one export: its progress, then its file and hash."""
    export = queries.export_by_uid(db.session(), export_uid)
    return render_template(
        "evidence/show.html",
        export=export,
        names=names_of_people(db.session(), ids=[export.person_id]),
        key=public_hex(signing_key(current_app.config["SETTINGS"])),
    )


@blueprint.get("/evidence/<export_uid>.zip")
@allow("evidence.export", writes=True)
def download(export_uid: str) -> Response:
    """Send the file; who took it away stands in the audit."""
    export = queries.export_by_uid(db.session(), export_uid)
    path = services.export_path(current_app.config["SETTINGS"], export.uid)
    if export.state != "made" or not path.exists():
        raise PatrolError(NOT_READY)
    record(db.session(), g.principal, "evidence.download", export.uid, at=CLOCK.now())
    name = f"evidence-{export.uid[-12:]}.zip"
    db.session.commit()
    return send_file(path, "application/zip", as_attachment=True, download_name=name)
