"""The long work of an import of past inspections; its pages are the register's."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.findings.importing.running import run_check, run_store
from patrol.infra.jobs import JobContext, job
from patrol.venues import actor_of

CLOCK = SystemClock()
RNG = secrets.SystemRandom()


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["SETTINGS"].TIMEZONE)


@job("findings.check_import")
def check_import(context: JobContext) -> dict[str, Any]:
    """Judge every row of an uploaded file; nothing is stored yet."""
    uid = context.params["import_uid"]
    run_check(uid, actor_of(context), context.progress, zone=_zone(), clock=CLOCK)
    return {"result_url": f"/venues/import/{uid}"}


@job("findings.apply_import")
def apply_import(context: JobContext) -> dict[str, Any]:
    """Store every good row as a visit, and as a finding where something was found: all of it or nothing."""
    uid = context.params["import_uid"]
    stored = run_store(uid, actor_of(context), context.progress, zone=_zone(), clock=CLOCK, rng=RNG)
    return {"result_url": f"/venues/import/{uid}", "stored": stored}
