"""The supervisor's page for rescue files: a phone's unsent records, sealed, brought by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from patrol.core.errors import PatrolError, problem
from patrol.infra.db import db, one_or_404
from patrol.infra.files import require_space, scratch_file
from patrol.infra.i18n import current_language
from patrol.infra.jobs import Job, enqueue
from patrol.infra.policy import allow

blueprint = Blueprint("rescue", __name__)
blueprints = (blueprint,)
KIND = "rescue.import"

NO_FILE = problem("pwa.no_rescue_file", en="Choose a rescue file first.", zh="请先选择抢救文件。")
NOT_VOUCHED = problem(
    "pwa.not_vouched",
    en="Confirm that you know whose phone the file came from.",
    zh="请确认您知道该文件来自谁的手机。",
)


@blueprint.get("/rescue")
@allow("rescue.import")
def start() -> str:
    """Take a new file, and list those that this supervisor has brought."""
    return _start()


@blueprint.post("/rescue")
@allow("rescue.import")
def upload() -> Any:
    """Keep the file and have it taken in."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise PatrolError(NO_FILE, where="file")
        if not request.form.get("vouched"):
            raise PatrolError(NOT_VOUCHED, where="vouched")
        settings = current_app.config["SETTINGS"]
        require_space(settings)
        kept = scratch_file(settings, ".rescue")
        file.save(kept)
        job = enqueue(KIND, {"path": str(kept), "filename": file.filename[:200]}, g.principal)
    except PatrolError as error:
        if error.status >= 500:
            raise
        db.session.rollback()
        return _start(error), error.status
    return redirect(url_for("rescue.show", job_uid=job.uid))


@blueprint.get("/rescue/<job_uid>")
@allow("rescue.import")
def show(job_uid: str) -> str:
    """Show how far a file is, or what became of it."""
    own = Job.person_id == g.principal.person_id
    job = one_or_404(db.session, select(Job).where(Job.uid == job_uid, Job.kind == KIND, own))
    return render_template(
        "pwa/rescue_show.html",
        job=job,
        fault=job.error_zh if current_language() == "zh" else job.error_en,
        entry_words=entry_words(),
        photo_words=photo_words(),
        language=current_language(),
    )


def _start(error: PatrolError | None = None) -> str:
    own = select(Job).where(Job.kind == KIND, Job.person_id == g.principal.person_id)
    jobs = db.session.scalars(own.order_by(Job.id.desc()).limit(20)).all()
    language = current_language()
    faults = (
        [{"where": each.where, "message": each.sentence(language)} for each in error.faults] if error else []
    )
    return render_template("pwa/rescue.html", jobs=jobs, faults=faults, states=state_words())


def state_words() -> dict[str, str]:
    """Name the states of the work on a file."""
    return {
        "queued": _("Waiting"), "running": _("Under way"), "done": _("Taken in"), "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    }  # fmt: skip


def entry_words() -> dict[str, tuple[str, str]]:
    """Name what may become of a record, with its tone."""
    return {
        "stored": (_("Stored now"), "ok"),
        "duplicate": (_("Already here"), "quiet"),
        "conflict": (_("Another record has this number"), "danger"),
        "rejected": (_("Not acceptable"), "danger"),
        "damaged": (_("Damaged in the file"), "danger"),
        "outside": (_("Person outside your division"), "warn"),
        "failed": (_("Failed on our side; bring the file again"), "danger"),
    }


def photo_words() -> dict[str, tuple[str, str]]:
    """Name what may become of a photo's file, with its tone."""
    return {**entry_words(), "waiting": (_("Its record has not come: bring the first part"), "warn")}
