"""The hotspot page and the three parts of its map."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from patrol.hotspots import queries
from patrol.hotspots.labels import SWATCHES, class_names, periods
from patrol.hotspots.map_page import MapParts, draw
from patrol.hotspots.surfaces import Cell, judge
from patrol.infra.db import db, utc_now
from patrol.infra.policy import allow
from patrol.venues import kind_choices

blueprint = Blueprint("hotspots", __name__, url_prefix="/hotspots")
blueprints = (blueprint,)


@blueprint.get("/")
@allow("hotspots.read")
def index() -> str:
    """Show where findings gather, given where anybody looked."""
    days, kind, begin, end = _filters()
    cells = judge(queries.count_by_grid(db.session(), begin, end, kind))
    ordered = sorted(cells, key=lambda cell: (cell.q is None, cell.q or 0.0, -cell.counted.findings))
    return render_template(
        "hotspots/index.html",
        cells=ordered,
        days=days,
        kind=kind,
        begin=begin,
        end=end,
        kinds=kind_choices(),
        periods=periods(),
        class_names=class_names(),
        swatches=SWATCHES,
        findings=sum(c.counted.findings for c in cells),
        visits=sum(c.counted.visits for c in cells),
        unknown=sum(c.name == "unknown" for c in cells),
        hot=sum(c.name.startswith("hot") for c in cells),
    )


@blueprint.get("/map")
@allow("hotspots.read")
def frame() -> str:
    """Serve the map's frame; script and style come from their own addresses."""
    here: Any = request.args.to_dict()
    return render_template(
        "hotspots/frame.html",
        parts=_drawn(),
        script=url_for("hotspots.script", **here),
        style=url_for("hotspots.style", **here),
    )


@blueprint.get("/map.js")
@allow("hotspots.read")
def script() -> Response:
    """Serve the map's script."""
    return Response(_drawn().script, mimetype="text/javascript")


@blueprint.get("/map.css")
@allow("hotspots.read")
def style() -> Response:
    """Serve the map's style."""
    return Response(_drawn().style, mimetype="text/css")


def _filters() -> tuple[str, str, dt.datetime, dt.datetime]:
    days = request.args.get("days", "180")
    days = days if days in periods() else "180"
    kind = request.args.get("kind", "")
    end = utc_now()
    return days, kind, end - dt.timedelta(days=int(days)), end


def _drawn() -> MapParts:
    _days, kind, begin, end = _filters()
    cells: list[Cell] = judge(queries.count_by_grid(db.session(), begin, end, kind))
    points: Any = queries.finding_points(db.session(), begin, end, kind)
    return draw(cells, points)
