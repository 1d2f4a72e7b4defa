"""The register on a map: the points in view, or their numbers where they are many."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, render_template, request, url_for

from patrol.infra.db import db, utc_now
from patrol.infra.policy import allow
from patrol.venues import queries
from patrol.venues.domain import VenueKind
from patrol.venues.domain.clusters import cluster
from patrol.venues.views.blueprint import blueprint
from patrol.venues.views.forms import asked_search, box_of
from patrol.venues.wording import kind_choices

#: beyond this many points in view, a number for each place of the map says more than the points
MOST_POINTS = 1500
#: as many venues as a person looks through before writing another word
MOST_NAMED = 12


@blueprint.get("/venues/map")
@allow("venues.read")
def map_view() -> str:
    """Show the register on the map."""
    search = asked_search()
    box = queries.extent(db.session(), search, utc_now())
    return render_template(
        "venues/map.html",
        search=search,
        kinds=kind_choices(),
        grids=queries.grid_choices(db.session()),
        bounds=",".join(f"{degrees:.5f}" for degrees in box) if box else "",
        points_url=url_for("venues.points", **search.as_query()),
    )


@blueprint.get("/venues/named.json")
@allow("venues.read")
def named() -> Response:
    """Return the venues whose name, address or code holds the words of ``q``, for whoever names one in a form.

    Rows of ``code``, ``name``, ``address`` and ``open``; one more than :data:`MOST_NAMED` says that there are others.
    """
    rows = queries.venues_named(db.session(), request.args.get("q", "").strip()[:80], MOST_NAMED + 1)
    return jsonify(
        [
            {"code": row.code, "name": row.name, "address": row.address, "open": row.state == "open"}
            for row in rows
        ]
    )


@blueprint.get("/venues/points.json")
@allow("venues.read")
def points() -> Response:
    """Return the venues of one section of the map, compactly.

    ``points``: rows of [uid, lon, lat, name, kind index, overdue 0/1, risk in per cent, open 0/1].
    ``clusters``: rows of [lon, lat, count], instead of points where there are too many.
    """
    search, box, now = asked_search(), box_of(request.args.get("bbox", "")), utc_now()
    found = queries.points_in_box(db.session(), search, box, now)
    kinds = [kind.value for kind in VenueKind]
    answer: dict[str, Any] = {"kinds": kinds, "total": len(found), "points": [], "clusters": []}
    if len(found) > MOST_POINTS:
        answer["clusters"] = cluster([row.lon for row in found], [row.lat for row in found], box)
    else:
        answer["points"] = [
            [
                row.uid,
                round(row.lon, 6),
                round(row.lat, 6),
                row.name,
                kinds.index(row.kind),
                int(queries.is_overdue(row, now)),
                round(row.risk * 100),
                int(row.state == "open"),
            ]
            for row in queries.point_facts(db.session(), [row.id for row in found])
        ]
    return jsonify(answer)
