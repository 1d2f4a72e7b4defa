"""Pages that belong to no single ledger: documents of records, empty workbooks, what became of a file."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, current_app, g, render_template, send_file
from sqlalchemy import select

from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, db, one_or_404
from patrol.infra.files import blob_store
from patrol.infra.i18n import current_language
from patrol.infra.jobs import Job
from patrol.infra.policy import allow
from patrol.ledgers import showing
from patrol.ledgers.importing import columns_of
from patrol.ledgers.ledger import LEDGERS, Ledger
from patrol.ledgers.queries import attachment_by_uid

blueprint = Blueprint("ledgers", __name__, url_prefix="/records")
blueprints = (blueprint,)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _ledger(code: str, permission: str) -> Ledger:
    ledger = LEDGERS.get(code)
    if ledger is None or not g.principal.may(getattr(ledger, permission)):
        raise PatrolError(NOT_FOUND)
    return ledger


@blueprint.get("/attachments/<attachment_uid>")
@allow("ledgers.read")
def download(attachment_uid: str) -> Response:
    """Send a document to whoever may read its record, always as a download."""
    found = attachment_by_uid(db.session(), attachment_uid)
    _ledger(found.ledger, "read")
    content = blob_store(current_app.config["SETTINGS"]).read(found.sha256)
    return send_file(
        BytesIO(content), "application/octet-stream", as_attachment=True, download_name=found.name
    )


@blueprint.get("/columns/<ledger_code>.xlsx")
@allow("ledgers.import")
def columns(ledger_code: str) -> Response:
    """Send an empty workbook with the columns of a file."""
    ledger = _ledger(ledger_code, "edit")
    content = showing.blank_workbook(ledger, columns_of(ledger))
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=f"{ledger_code}-columns.xlsx")


@blueprint.get("/imports/<job_uid>")
@allow("ledgers.import")
def imported(job_uid: str) -> str:
    """Show how far an import is, or every row that was refused and why."""
    own = select(Job).where(
        Job.uid == job_uid, Job.kind == "ledgers.import", Job.person_id == g.principal.person_id
    )
    job = one_or_404(db.session, own)
    ledger = _ledger(job.params["ledger"], "edit")
    return render_template(
        "ledgers/imported.html", ledger=ledger, say=showing.say, job=job, language=current_language(),
        names={f.name: showing.say(f.label) for f in columns_of(ledger)},
    )  # fmt: skip
