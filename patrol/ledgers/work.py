"""Long work of ledgers: storing a file of records."""

from __future__ import annotations

from typing import Any

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job
from patrol.infra.policy import FORBIDDEN
from patrol.ledgers.importing import import_file
from patrol.ledgers.ledger import LEDGERS
from patrol.venues import upload_path

CLOCK = SystemClock()


@job("ledgers.import")
def import_records(context: JobContext) -> dict[str, Any]:
    """Judge and store every row of an uploaded file."""
    ledger = LEDGERS[context.params["ledger"]]
    if context.principal is None or not context.principal.may(ledger.edit):
        raise PatrolError(FORBIDDEN)
    outcome = import_file(
        db.session(),
        context.principal,
        ledger,
        upload_path(context.params["sha256"]),
        partial=bool(context.params["partial"]),
        job_uid=context.uid,
        clock=CLOCK,
        progress=context.progress,
    )
    return outcome.as_json() | {"result_url": f"/records/imports/{context.uid}"}
