"""The data of the map: picture, layers, points, one unit, one area. All carry the data version as ETag."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for

from patrol.core.errors import PatrolError
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.charts import history_chart
from patrol.hotspots.details import area_figures, detail, polygon_of
from patrol.hotspots.labels import SWATCHES, class_names
from patrol.hotspots.layers import layer
from patrol.hotspots.map_page import draw
from patrol.hotspots.pictures import nothing_drawn, picture
from patrol.hotspots.statistics import problems
from patrol.hotspots.views.asked import (
    answered,
    blueprint,
    box_of,
    plan_url,
    query_of,
    question,
    tagged,
)
from patrol.infra.db import db
from patrol.infra.policy import allow


@blueprint.get("/surface.png")
@allow("hotspots.read_own")
def surface_png() -> Response:
    """Serve the palette picture of the surface; empty for readers from whom small counts are withheld."""

    def make(who: Viewer, given: Answer) -> Response:
        box = box_of(given)
        shown = box is not None and who.small_counts
        return Response(picture(given, box) if box and shown else nothing_drawn(), mimetype="image/png")

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
    return render_template(
        "hotspots/_area.html", area=figures, question=given.question, small_counts=who.small_counts
    )
