"""Sync's work by the clock: the daily sweep, and the database's look at what has grown since."""

from __future__ import annotations

from typing import Any

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.infra.db import db, refresh_statistics
from patrol.infra.jobs import JobContext, job
from patrol.sync.sweeping import sweep


@job("sync.sweep", cron="17 3 * * *")
def sweep_daily(context: JobContext) -> dict[str, Any]:
    """Clear what is left behind; then let the database count what is there."""
    counts = sweep(db.session(), current_app.config["SETTINGS"], clock=SystemClock())
    db.session.commit()
    refresh_statistics(db.engine, anew=True)
    return dict(counts)
