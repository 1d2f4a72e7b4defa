"""Long work of findings: the copy of a photo that people look at."""

from __future__ import annotations

from typing import Any

from flask import current_app

from patrol.core.errors import PatrolError
from patrol.findings.importing import jobs  # noqa: F401  (its jobs)
from patrol.findings.pictures import copy_of_stored
from patrol.findings.queries import photo_by_uid
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job


@job("findings.derive_photo")
def derive_photo(context: JobContext) -> dict[str, Any]:
    """Re-encode a photo in a child process; the slow part runs outside of any transaction.

    The phone's watermarked copy is preferred, because it says where and when; the sealed original is the fall-back.
    """
    photo = photo_by_uid(db.session(), context.params["photo_uid"])
    wanted = [photo.sha256_display, photo.sha256_original]
    if photo.sha256_copy:
        return {"sha256_copy": photo.sha256_copy}
    db.session.commit()
    copy, fault = "", ""
    try:
        copy = copy_of_stored(wanted, current_app.config["SETTINGS"])
    except PatrolError as error:
        fault = error.code
    photo = photo_by_uid(db.session(), context.params["photo_uid"])
    photo.sha256_copy, photo.copy_fault = copy, fault
    db.session.commit()
    return {"sha256_copy": copy, "fault": fault}
