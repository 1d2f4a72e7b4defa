"""For phones and pages: photos of sightings (线索, never evidence), and urgent clues for the team on duty."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, jsonify

from patrol.clues.models import Clue
from patrol.clues.queries import not_reached_before, photo_by_uid, urgent_for
from patrol.clues.schemas import UrgentCluesOut
from patrol.clues.services import note_reached
from patrol.core.clock import SystemClock
from patrol.findings import picture_response
from patrol.infra.db import db
from patrol.infra.policy import allow, begin_writing

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
    description="Sent to the person, or to nobody yet and their team is on duty; late ones ring for more people. "
    "An entry `clue.acknowledge` of a batch says that one was read. The first question of each person is kept.",
    responses={401: "Signed out", 403: "Not allowed"},
)
@allow("clues.work")
def urgent() -> Any:
    """Give the urgent clues that nobody on duty has acknowledged: what, where, since when."""
    session, clock = db.session(), SystemClock()
    waiting = urgent_for(session, g.principal, clock.now())
    told = [_facts(clue) for clue in waiting]
    if new := not_reached_before(session, g.principal.person_id, waiting):
        begin_writing(session)
        note_reached(session, g.principal, new, clock=clock)
        session.commit()
    return jsonify(
        receipt_of="patrol", person_uid=g.principal.uid, server_time=clock.now().isoformat(), clues=told
    )


def _facts(clue: Clue) -> dict[str, Any]:
    return {
        "uid": clue.uid, "number": clue.number, "kind": clue.kind, "text": clue.text[:300],
        "place": clue.venue.name if clue.venue else "", "venue_uid": clue.venue.uid if clue.venue else None,
        "address": clue.venue.address if clue.venue else clue.address, "seen_on": clue.seen_on,
        "received_at": clue.received_at.isoformat(),
    }  # fmt: skip
