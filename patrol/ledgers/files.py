"""Documents as they come from a browser: size and kind checked, stored under their hash, sent only as downloads."""

from __future__ import annotations

import os
from typing import Any

from flask import current_app
from werkzeug.datastructures import FileStorage

from patrol.core.errors import PatrolError
from patrol.infra.files import blob_store, file_sha256, require_space, scratch_file
from patrol.ledgers import domain as d

MOST_MB = 20
#: first bytes of what is accepted, and how it is served
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)


def kept_file(upload: FileStorage, caption: str) -> dict[str, Any]:
    """Keep an uploaded document; returns ``name caption media_type size sha256`` of it.

    Raises :class:`PatrolError` for a file that is too large or of another kind, told by its content.
    """
    settings = current_app.config["SETTINGS"]
    require_space(settings)
    name = os.path.basename((upload.filename or "").replace("\\", "/"))[-120:] or "file"
    scratch = scratch_file(settings, ".attachment")
    try:
        upload.save(scratch)
        size = scratch.stat().st_size
        if size > MOST_MB * 1_000_000:
            raise PatrolError(d.FILE_TOO_LARGE, where="files", name=name, most=MOST_MB)
        with scratch.open("rb") as file:
            start = file.read(16)
        kind = next((media for magic, media in SIGNATURES if start.startswith(magic)), "")
        if not kind:
            raise PatrolError(d.FILE_KIND, where="files", name=name)
        sha256 = file_sha256(scratch)
        store = blob_store(settings)
        if not store.has(sha256):
            store.put(sha256, scratch)
    finally:
        scratch.unlink(missing_ok=True)
    return {
        "name": name,
        "caption": caption.strip()[:160],
        "media_type": kind,
        "size": size,
        "sha256": sha256,
    }
