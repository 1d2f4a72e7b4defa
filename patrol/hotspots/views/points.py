"""Single marks on the map: findings while they are few, and sightings, actions and dens, each apart from the rest."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request, url_for

from patrol.clues import KIND_LABELS as SIGHTING_KINDS
from patrol.findings import KIND_LABELS as FINDING_KINDS
from patrol.hotspots import queries
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.views.asked import answered, as_instants, blueprint, box_of, question
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow
from patrol.infra.squeezing import squeezed

#: single findings are shown only where there are at most so many in view
MOST_POINTS = 2000
Mark = dict[str, Any]


@blueprint.get("/points.json")
@allow("hotspots.read_own")
def points_json() -> Response:
    """Serve findings, sightings, actions or dens in view; findings only where they are few.

    The tag is that of the marks themselves: sightings and dens change without any visit or finding.
    """
    who, given = answered()
    box, what = box_of(given), request.args.get("what", "")
    found: list[Mark] | None = []
    if box is not None and who.small_counts and (what not in LEDGERS or g.principal.may("enforcement.read")):
        found = MARKS.get(what, _findings)(who, given, box)
    response = jsonify({"points": found or [], "too_many": found is None})
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response if response.status_code == 304 else squeezed(response)


def _findings(who: Viewer, given: Answer, box: Any) -> list[Mark] | None:
    begin, end = as_instants(question())
    found = queries.findings_in_box(db.session(), box, begin, end, MOST_POINTS, who.grids)
    if found is None:
        return None
    language = current_language()
    return [
        {"lon": lon, "lat": lat, "words": FINDING_KINDS[kind].within(language), "url": f"/findings/{uid}"}
        for uid, lon, lat, kind in found
    ]


def _sightings(who: Viewer, given: Answer, box: Any) -> list[Mark] | None:
    begin, end = as_instants(question())
    found = queries.sightings(db.session(), box, begin, end, MOST_POINTS, who.grids)
    if found is None:
        return None
    language = current_language()
    return [
        {"lon": lon, "lat": lat, "words": SIGHTING_KINDS[kind].within(language)} for lon, lat, kind in found
    ]


def _actions(who: Viewer, given: Answer, box: Any) -> list[Mark]:
    return [
        {
            "lon": each.lon, "lat": each.lat, "words": each.title, "from": each.begun_on.isoformat(),
            "url": url_for("actions.show", action_uid=each.uid),
        }
        for each in queries.actions(db.session(), question().begin, question().end)
        if who.grids is None or each.grid_id in who.grids
    ]  # fmt: skip


def _dens(who: Viewer, given: Answer, box: Any) -> list[Mark]:
    begin, end = as_instants(question())
    found = [
        den for den in queries.dens(db.session(), begin, end) if who.grids is None or den.grid_id in who.grids
    ]
    at = {den.id: den for den in found}
    return [
        {
            "lon": den.lon, "lat": den.lat, "words": den.name, "closed": den.closed_at is not None,
            "from": den.found_at.date().isoformat(), "to": den.closed_at.date().isoformat() if den.closed_at else "",
            "url": url_for("dens.show", den_uid=den.uid),
            "moved": [at[den.relocated_from_id].lon, at[den.relocated_from_id].lat]
            if den.relocated_from_id in at else None,
        }
        for den in found
    ]  # fmt: skip


MARKS = {"findings": _findings, "sightings": _sightings, "actions": _actions, "dens": _dens}
LEDGERS = {"actions", "dens"}
