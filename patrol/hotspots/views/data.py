"""The data of the map: picture, layers, points, one unit, one area. All carry the data version as ETag."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for

from patrol.clues import KIND_LABELS as SIGHTING_KINDS
from patrol.core.errors import PatrolError
from patrol.findings import KIND_LABELS as FINDING_KINDS
from patrol.hotspots import queries
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.charts import history_chart
from patrol.hotspots.details import area_figures, detail, polygon_of
from patrol.hotspots.labels import SWATCHES, class_names
from patrol.hotspots.layers import layer
from patrol.hotspots.map_page import draw
from patrol.hotspots.pictures import picture
from patrol.hotspots.statistics import problems
from patrol.hotspots.views.asked import (
    answered,
    as_instants,
    blueprint,
    box_of,
    plan_url,
    query_of,
    question,
    tagged,
)
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow

#: single points are shown only where there are at most so many in view
MOST_POINTS = 2000


@blueprint.get("/surface.png")
@allow("hotspots.read_own")
def surface_png() -> Response:
    """Serve the palette picture of the surface; empty for readers from whom small counts are withheld."""

    def make(who: Viewer, given: Answer) -> Response:
        box = box_of(given)
        shown = box is not None and who.small_counts
        return Response(picture(given, box) if box and shown else _EMPTY, mimetype="image/png")

    return tagged(make)


@blueprint.get("/map.js")
@allow("hotspots.read_own")
def script() -> Response:
    """Serve folium's script of the map."""

    def make(who: Viewer, given: Answer) -> Response:
        box = given.box
        if box is None:
            return Response("", mimetype="text/javascript")
        return Response(map_parts(given, box).script, mimetype="text/javascript")

    return tagged(make)


def map_parts(given: Answer, box: tuple[float, float, float, float]) -> Any:
    """Draw the map of the question of this request."""
    compare = request.args.get("compare", "")
    prefix = "b" if compare == "before" else "a"
    asked: Any = query_of(question(), v=given.version)
    return draw(prefix, box, url_for("hotspots.surface_png", **asked), current_app.config["SETTINGS"])


@blueprint.get("/layer.json")
@allow("hotspots.read_own")
def layer_json() -> Response:
    """Serve one layer: a legend, and looks and words of each unit."""
    name = request.args.get("layer", "significance")
    return tagged(lambda who, given: jsonify(layer(db.session(), given, who, name)))


@blueprint.get("/points.json")
@allow("hotspots.read_own")
def points_json() -> Response:
    """Serve single findings, sightings or dens in view; findings only where they are few."""

    def make(who: Viewer, given: Answer) -> Response:
        box = box_of(given)
        if box is None or not who.small_counts:
            return jsonify({"points": [], "too_many": False})
        found = _POINTS.get(request.args.get("what", ""), _findings)(who, box)
        return jsonify({"points": found or [], "too_many": found is None})

    return tagged(make)


def _findings(who: Viewer, box: Any) -> list[dict[str, Any]] | None:
    begin, end = as_instants(question())
    found = queries.findings_in_box(db.session(), box, begin, end, MOST_POINTS, who.grids)
    if found is None:
        return None
    language = current_language()
    return [
        {"lon": lon, "lat": lat, "words": FINDING_KINDS[kind].within(language), "url": f"/findings/{uid}"}
        for uid, lon, lat, kind in found
    ]


def _sightings(who: Viewer, box: Any) -> list[dict[str, Any]]:
    begin, end = as_instants(question())
    language = current_language()
    return [
        {"lon": lon, "lat": lat, "words": SIGHTING_KINDS[kind].within(language)}
        for lon, lat, kind, grid in queries.sightings(db.session(), begin, end)
        if who.grids is None or grid in who.grids
    ]


def _dens(who: Viewer, box: Any) -> list[dict[str, Any]]:
    begin, end = as_instants(question())
    found = [
        den for den in queries.dens(db.session(), begin, end) if who.grids is None or den.grid_id in who.grids
    ]
    at = {den.id: den for den in found}
    return [
        {
            "lon": den.lon, "lat": den.lat, "words": den.name, "closed": den.closed_at is not None,
            "from": den.found_at.date().isoformat(), "to": den.closed_at.date().isoformat() if den.closed_at else "",
            "moved": [at[den.relocated_from_id].lon, at[den.relocated_from_id].lat]
            if den.relocated_from_id in at else None,
        }
        for den in found
    ]  # fmt: skip


_POINTS = {"findings": _findings, "sightings": _sightings, "dens": _dens}


@blueprint.get("/unit/<key>")
@allow("hotspots.read_own")
def unit(key: str) -> str:
    """Explain one unit: observed, expected, visits, chance, history, venues inside."""
    who, given = answered()
    told = detail(db.session(), given, who, key)
    return render_template(
        "hotspots/unit.html" if "X-Patrol" not in request.headers else "hotspots/_unit.html",
        unit=told, chart=history_chart(told.ends, told.findings, told.visits), names=class_names(),
        swatches=SWATCHES, question=given.question, query=query_of(given.question), plan_url=plan_url,
    )  # fmt: skip


@blueprint.get("/area")
@allow("hotspots.read_own")
def area() -> str:
    """Tell the figures of a drawn area."""
    ring = request.args.get("ring", "")
    if not ring:
        raise PatrolError(problems.BAD_AREA, where="ring")
    who, given = answered()
    figures = area_figures(db.session(), given, who, polygon_of(ring))
    return render_template("hotspots/_area.html", area=figures, question=given.question)


#: one transparent pixel
_EMPTY = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "0005fe02fea7353581840000000049454e44ae426082"
)
