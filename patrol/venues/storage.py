"""Where the room keeps files: what was uploaded, by its hash, and what was made for somebody."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.infra.db import Principal
from patrol.infra.files import file_sha256, fsync_folder, require_space, scratch_file
from patrol.infra.jobs import Job


def data_dir() -> Path:
    """Return the installation's data folder."""
    folder: Path = current_app.config["SETTINGS"].DATA_DIR
    return folder


def upload_path(sha256: str) -> Path:
    """Return where an uploaded file lies."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return data_dir() / "imports" / sha256


def labels_path(job_uid: str) -> Path:
    """Return where the labels made by a job lie."""
    return data_dir() / "labels" / f"{job_uid}.pdf"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    fsync_folder(path.parent)


def printed_labels(session: Session, actor: Principal, job_uid: str) -> Path | None:
    """Return the labels that a job made for ``actor``; ``None`` for anybody else's."""
    own = session.scalars(select(Job.id).where(Job.uid == job_uid, Job.person_id == actor.person_id)).first()
    path = labels_path(job_uid)
    return path if own is not None and path.exists() else None


def keep_upload(stream: IO[bytes]) -> str:
    """Keep an uploaded file under its hash and return the hash; raises 507 while the disk is nearly full."""
    settings = current_app.config["SETTINGS"]
    require_space(settings)
    scratch = scratch_file(settings, ".upload")
    with scratch.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    sha256 = file_sha256(scratch)
    path = upload_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(scratch, path)
    fsync_folder(path.parent)
    return sha256
