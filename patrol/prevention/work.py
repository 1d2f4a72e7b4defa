"""Long work of prevention: a text on its way to many telephones."""

from __future__ import annotations

from typing import Any

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.crypto import keyring
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job
from patrol.infra.policy import FORBIDDEN
from patrol.ledgers import record_by_uid
from patrol.prevention.telling import TEXTS, send_waiting

CLOCK = SystemClock()


@job("prevention.send_text")
def send_text(context: JobContext) -> dict[str, Any]:
    """Send a text to the telephones that wait for it."""
    if context.principal is None or not context.principal.may(TEXTS.edit):
        raise PatrolError(FORBIDDEN)
    row, settings = record_by_uid(db.session(), TEXTS, context.params["text"]), current_app.config["SETTINGS"]
    address = f"/texts/{row.uid}"
    reached, refused = send_waiting(
        db.session(), row, settings, keyring(settings), context.progress, clock=CLOCK
    )
    return {"result_url": address, "reached": reached, "refused": refused}
