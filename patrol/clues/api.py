"""Photos of sightings for looking at: 线索, never evidence."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from patrol.clues.queries import photo_by_uid
from patrol.findings import picture_response
from patrol.infra.db import db
from patrol.infra.policy import allow

blueprint = APIBlueprint("clues_api", __name__, url_prefix="/api/v1/sighting-photos", tag="Photos")
blueprints = (blueprint,)


@blueprint.get("/<sighting_photo_uid>")
@blueprint.doc(
    summary="The display copy of a sighting's photo",
    description="A JPEG re-encoded by the server, without metadata. A clue, not evidence.",
    responses={200: "A JPEG", 401: "Signed out", 403: "Not allowed", 404: "None"},
)
@allow("sightings.read")
def show_photo(sighting_photo_uid: str) -> Response:
    """Send the display copy of a photo within the reader's division."""
    return picture_response(photo_by_uid(db.session(), sighting_photo_uid).sha256_copy, sighting_photo_uid)
