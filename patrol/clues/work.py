"""Long work of sightings: the copy of a photo that people look at."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from patrol.clues.importing import run_check, run_store
from patrol.clues.models import SightingPhoto
from patrol.clues.queries import photo_by_uid
from patrol.core.clock import SystemClock
from patrol.findings import copy_into
from patrol.infra.db import db, unscoped
from patrol.infra.jobs import JobContext, job
from patrol.venues import actor_of

CLOCK = SystemClock()
RNG = secrets.SystemRandom()


@job("clues.derive_photo")
def derive_photo(context: JobContext) -> dict[str, Any]:
    """Make the copy of a sighting's photo that people look at."""
    return copy_into(db.session(), lambda: _photo(context), current_app.config["SETTINGS"])


def _photo(context: JobContext) -> SightingPhoto:
    with unscoped(db.session, "this job names nobody, so that it does not say who reported"):
        return photo_by_uid(db.session(), context.params["photo_uid"])


@job("clues.check_import")
def check_import(context: JobContext) -> dict[str, Any]:
    """Judge every row of a platform's file; nothing is stored yet."""
    uid = context.params["import_uid"]
    run_check(uid, actor_of(context), context.progress, zone=_zone(), clock=CLOCK)
    return {"result_url": f"/venues/import/{uid}"}


@job("clues.apply_import")
def apply_import(context: JobContext) -> dict[str, Any]:
    """Store every good row as a clue: all of it or nothing."""
    uid = context.params["import_uid"]
    stored = run_store(uid, actor_of(context), context.progress, zone=_zone(), clock=CLOCK, rng=RNG)
    return {"result_url": f"/venues/import/{uid}", "stored": stored}


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["SETTINGS"].TIMEZONE)
