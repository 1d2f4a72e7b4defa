"""A display copy as an HTTP answer that no browser takes for a page."""

from __future__ import annotations

from flask import Response, current_app

from patrol.core.errors import PatrolError
from patrol.findings.domain import PHOTO_NOT_READY
from patrol.findings.models import Photo
from patrol.infra.files import blob_store


def picture_response(sha256: str, name: str) -> Response:
    """Send a display copy as a download that no browser runs; raises the 404 where there is none yet."""
    if not sha256:
        raise PatrolError(PHOTO_NOT_READY)
    try:
        data = blob_store(current_app.config["SETTINGS"]).read(sha256)
    except FileNotFoundError as error:
        raise PatrolError(PHOTO_NOT_READY) from error
    return _download(data, "image/jpeg", f"{name}.jpg")


def sound_response(photo: Photo) -> Response:
    """Send a recording under the type it was declared with; raises the 404 where there is none."""
    if photo.camera_or_album != "sound":
        raise PatrolError(PHOTO_NOT_READY)
    try:
        data = blob_store(current_app.config["SETTINGS"]).read(photo.sha256_original)
    except FileNotFoundError as error:
        raise PatrolError(PHOTO_NOT_READY) from error
    return _download(data, photo.type_original, f"{photo.uid}.{photo.type_original.rpartition('/')[2]}")


def _download(data: bytes, mimetype: str, filename: str) -> Response:
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
