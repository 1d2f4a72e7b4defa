"""For phones and pages: photos of sightings (线索, never evidence), and urgent clues for the team on duty."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, jsonify

from patrol.clues.models import Clue
from patrol.clues.queries import photo_by_uid, urgent_for
from patrol.clues.schemas import UrgentCluesOut
from patrol.core.clock import SystemClock
from patrol.findings import picture_response
from patrol.infra.db import db
from patrol.infra.policy import allow

blueprint = APIBlueprint("clues_api", __name__, url_prefix="/api/v1/sighting-photos", tag="Photos")
urgent_blueprint = APIBlueprint("urgent_clues_api", __name__, url_prefix="/api/v1/urgent-clues", tag="Phone")
blueprints = (blueprint, urgent_blueprint)


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


@urgent_blueprint.get("")
@urgent_blueprint.output(UrgentCluesOut)
@urgent_blueprint.doc(
    summary="Urgent clues that wait for this person",
    description="Sent to the person, or to their agency and nobody yet; nobody has acknowledged them. "
    "`POST /clues/<uid>/acknowledge` says that one has arrived.",
    responses={401: "Signed out", 403: "Not allowed"},
)
@allow("clues.work")
def urgent() -> Any:
    """Give the urgent clues that nobody on duty has acknowledged: what, where, since when."""
    waiting = urgent_for(db.session(), g.principal)
    return jsonify(
        receipt_of="patrol", person_uid=g.principal.uid, server_time=SystemClock().now().isoformat(),
        clues=[_facts(clue) for clue in waiting],
    )  # fmt: skip


def _facts(clue: Clue) -> dict[str, Any]:
    return {
        "uid": clue.uid, "number": clue.number, "kind": clue.kind, "text": clue.text[:300],
        "place": clue.venue.name if clue.venue else "", "venue_uid": clue.venue.uid if clue.venue else None,
        "address": clue.venue.address if clue.venue else clue.address, "seen_on": clue.seen_on,
        "received_at": clue.received_at.isoformat(),
    }  # fmt: skip
