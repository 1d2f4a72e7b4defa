"""Photos for looking at: the server's own copy, never the sealed original; recordings as they were made."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from patrol.findings.picture_answer import picture_response, sound_response
from patrol.findings.queries import photo_by_uid
from patrol.infra.db import db
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


@blueprint.get("/<photo_uid>/sound")
@blueprint.doc(
    summary="A finding's sound recording",
    description="The bytes as they were recorded. 404 while it has not arrived, is no recording, or is not yours.",
    responses={200: "Sound", 401: "Signed out", 404: "None"},
)
@allow("findings.read")
def play_sound(photo_uid: str) -> Response:
    """Send a recording within the reader's division."""
    return sound_response(photo_by_uid(db.session(), photo_uid))
