"""Sync's work by the clock: the daily sweep."""

from __future__ import annotations

from typing import Any

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job
from patrol.sync.sweeping import sweep


@job("sync.sweep", cron="17 3 * * *")
def sweep_daily(context: JobContext) -> dict[str, Any]:
    """Clear what is left behind."""
    counts = sweep(db.session(), current_app.config["SETTINGS"], clock=SystemClock())
    db.session.commit()
    return dict(counts)
