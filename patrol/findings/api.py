"""Photos for looking at: the server's own copy, never the sealed original."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app

from patrol.core.errors import PatrolError
from patrol.findings.domain import PHOTO_NOT_READY
from patrol.findings.queries import photo_by_uid
from patrol.infra.db import db
from patrol.infra.files import blob_store
from patrol.infra.policy import allow

blueprint = APIBlueprint("findings_api", __name__, url_prefix="/api/v1/photos", tag="Photos")
blueprints = (blueprint,)


@blueprint.get("/<photo_uid>")
@blueprint.doc(
    summary="The display copy of a finding's photo",
    description="A JPEG re-encoded by the server, without metadata. 404 while it has not arrived or is not yours.",
    responses={
        200: "A JPEG",
        401: "Signed out",
        404: "None",
    },
)
@allow("findings.read")
def show_photo(photo_uid: str) -> Response:
    """Send the display copy of a photo within the reader's division."""
    return picture_response(photo_by_uid(db.session(), photo_uid).sha256_copy, photo_uid)


def picture_response(sha256: str, name: str) -> Response:
    """Send a display copy as a download that no browser runs; raises the 404 where there is none yet."""
    if not sha256:
        raise PatrolError(PHOTO_NOT_READY)
    try:
        data = blob_store(current_app.config["SETTINGS"]).read(sha256)
    except FileNotFoundError as error:
        raise PatrolError(PHOTO_NOT_READY) from error
    response = Response(data, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.jpg"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
