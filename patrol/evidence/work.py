"""Long work of evidence: the file of an export, and the hourly signature of the audit chain."""

from __future__ import annotations

from typing import Any

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.evidence import queries, services
from patrol.evidence.archive import make_export
from patrol.evidence.signing import sign_head
from patrol.infra.db import db
from patrol.infra.files import require_space
from patrol.infra.jobs import JobContext, job

CLOCK = SystemClock()


@job("evidence.make_export")
def make_export_file(context: JobContext) -> dict[str, Any]:
    """Make the file of an export and put down what it is."""
    session, settings = db.session(), current_app.config["SETTINGS"]
    require_space(settings)
    uid = context.params["export_uid"]
    target = services.export_path(settings, uid)
    export = queries.export_by_uid(session, uid)
    facts = make_export(session, settings, export, target, clock=CLOCK, progress=context.progress)
    services.note_made(session, context.principal, queries.export_by_uid(session, uid), facts, clock=CLOCK)
    session.commit()
    return {"result_url": f"/evidence/{uid}"}


@job("evidence.sign_head", cron="7 * * * *")
def sign_hourly(context: JobContext) -> dict[str, Any]:
    """Sign the newest link of the audit chain."""
    row = sign_head(db.session(), current_app.config["SETTINGS"], clock=CLOCK)
    db.session.commit()
    return {"number": row.number if row else 0}
