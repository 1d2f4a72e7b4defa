"""What a job has made is kept as a file under a name that says what it was made of: at hand, or a job to wait for."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from patrol.infra.db import Principal, db
from patrol.infra.jobs.models import Job
from patrol.infra.jobs.queue import enqueue
from patrol.infra.policy import begin_writing

#: files of one installation, the oldest make room; each is some KB to 1 MB
KEPT = 300


def kept_name(kind: str, *made_of: object, ending: str) -> str:
    """Return the name of a file that was made of this, and only of this."""
    digest = hashlib.sha256("\0".join(str(each) for each in made_of).encode()).hexdigest()
    return f"{kind}-{digest}.{ending}"


def kept_file(name: str) -> Path:
    """Return where a kept file lies, whether it is there or not."""
    folder: Path = current_app.config["SETTINGS"].DATA_DIR / "cache" / "kept"
    return folder / name


def keep_file(name: str, content: bytes) -> None:
    """Write aside and rename, so that nobody reads half a file; the oldest make room."""
    target = kept_file(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"{uuid.uuid4().hex}.part")
    aside.write_bytes(content)
    os.replace(aside, target)
    files = sorted(target.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in files[:-KEPT]:
        old.unlink(missing_ok=True)


def job_to_wait_for(
    name: str, kind: str, params: dict[str, Any], actor: Principal, *, again: bool = False
) -> Job | None:
    """Return nothing where the file ``name`` is there, else the actor's job that makes it: begun before, or now.

    ``params`` reach the handler with ``name`` in them, which :func:`keep_file` takes. A failed job is returned as it is
    until somebody asks ``again``. Ends the reading transaction of the request where a job has to be begun.
    """
    target, begun = kept_file(name), kept_file(f"{name}.{actor.uid}")
    if target.exists():
        return None
    uid = begun.read_text() if begun.exists() and not again else ""
    row = db.session.scalars(select(Job).where(Job.uid == uid)).one_or_none()
    if row is None or row.state == "done":
        begin_writing(db.session)
        row = enqueue(kind, {**params, "name": name}, actor)
        keep_file(begun.name, row.uid.encode())
    return None if target.exists() else row
