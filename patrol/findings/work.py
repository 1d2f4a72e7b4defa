"""Long work of findings: the copy of a photo that people look at."""

from __future__ import annotations

from typing import Any

from flask import current_app

from patrol.findings.importing import jobs  # noqa: F401  (its jobs)
from patrol.findings.pictures import copy_into
from patrol.findings.queries import photo_by_uid
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job


@job("findings.derive_photo")
def derive_photo(context: JobContext) -> dict[str, Any]:
    """Make the copy of a finding's photo that people look at."""
    uid = context.params["photo_uid"]
    return copy_into(db.session(), lambda: photo_by_uid(db.session(), uid), current_app.config["SETTINGS"])
