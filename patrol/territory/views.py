"""What every map of the program lies on: the grids in scope and the shipped streets, as GeoJSON."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, jsonify, request
from shapely.geometry import mapping

from patrol.infra import spatial
from patrol.infra.db import db
from patrol.infra.policy import allow, allow_signed_in
from patrol.infra.squeezing import squeezed
from patrol.territory import queries
from patrol.territory.basemap import streets_within
from patrol.territory.pmtiles import open_archive
from patrol.territory.vectors import parts_of

blueprint = Blueprint("territory", __name__)
blueprints = (blueprint,)


@blueprint.get("/grids.json")
@allow("territory.read")
def grids_json() -> Response:
    """Return the grids in scope as GeoJSON with code, name and address of each."""
    features = [
        {
            "type": "Feature",
            "geometry": mapping(spatial.to_shapely(grid.geom)),
            "properties": {
                "uid": grid.uid,
                "code": grid.code,
                "name": grid.name,
                "url": f"/venues/?grid={grid.uid}",
            },
        }
        for grid in queries.grids_in_scope(db.session(), with_shape=True)
    ]
    return jsonify(type="FeatureCollection", features=features)


@blueprint.get("/basemap/streets.json")
@allow_signed_in()
def streets() -> Response:
    """Return the shipped streets near the grids in scope; unchanged ones are answered with 304."""
    body = streets_within(queries.extent(db.session()))
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:16])
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.make_conditional(request)
    return answer if answer.status_code == 304 else squeezed(answer)


@blueprint.get("/basemap/tile")
@allow_signed_in()
def tile() -> Response:
    """Return tile z, x, y of the base map that PMTILES_FILE holds: a picture, or what is drawn as JSON, or nothing."""
    settings = current_app.config["SETTINGS"]
    at = [request.args.get(name, -1, type=int) for name in ("z", "x", "y")]
    archive = open_archive(settings.pmtiles_path) if settings.PMTILES_FILE else None
    body = archive.tile(*at) if archive else None
    if archive is None or body is None:
        return Response(status=204)
    answer = jsonify(parts_of(body)) if archive.kind == "vector" else Response(body, mimetype=archive.kind)
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return squeezed(answer)
