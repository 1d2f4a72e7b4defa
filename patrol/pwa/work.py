"""Long work of the shell: taking in a rescue file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app, url_for

from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job
from patrol.pwa.rescue import KIND
from patrol.sync import import_rescue, order_copies


@job(KIND)
def take_in(context: JobContext) -> dict[str, Any]:
    """Take a rescue file in and remove the upload, whatever came of it."""
    path = Path(context.params["path"])
    principal = context.principal
    if principal is None:
        raise ValueError("a rescue file is brought by somebody")

    def taken(done: int, total: int) -> None:
        db.session.commit()
        context.progress(done, total, "正在接收", "Taking in")

    try:
        outcome = import_rescue(
            db.session(), principal, path, current_app.config["SETTINGS"], clock=SystemClock(),
            progress=taken,
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)
    db.session.commit()
    for sha256 in outcome.arrived:
        order_copies(db.session(), sha256, principal)
    with current_app.test_request_context():
        address = url_for("rescue.show", job_uid=context.uid)
    return {**outcome.facts(), "result_url": address}
