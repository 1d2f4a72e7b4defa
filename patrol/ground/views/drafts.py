"""Proposals: ask for one, look at it on the map, apply it or let it go."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from flask import Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError
from patrol.ground import files, proposals, queries, services
from patrol.ground import problems as p
from patrol.ground.models import GroundDraft
from patrol.ground.views.blueprint import blueprint, told
from patrol.ground.views.grids import grid_page, grids_page
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.jobs import enqueue
from patrol.infra.policy import allow
from patrol.territory import Division, division_by_uid, divisions_in_scope, grid_by_uid

CLOCK = SystemClock()


@blueprint.get("/grids/new")
@allow("territory.edit")
def new() -> str:
    """Choose how grids shall be made."""
    return _new_page()


@blueprint.post("/grids/new")
@allow("territory.edit")
def propose() -> Any:
    """Have grids drawn from the streets or as hexagons; nothing is replaced yet."""
    try:
        division = _chosen_division()
        kind, params = _wish()
    except PatrolError as error:
        if error.status == 404:
            raise
        return _new_page(error), error.status
    return _begin(services.ask(db.session(), g.principal, kind, division, params, clock=CLOCK))


@blueprint.get("/grids/import")
@allow("territory.edit")
def import_page() -> str:
    """Take a file of grids or divisions."""
    return _import_page()


@blueprint.post("/grids/import")
@allow("territory.edit")
def import_file() -> Any:
    """Read a file; every fault is told, and what is sound becomes a proposal."""
    session, form = db.session(), request.form
    kind = "divisions" if form.get("kind") == "divisions" else "grids"
    replace = form.get("replace") == "1"
    try:
        content, division = _uploaded(), _chosen_division()
        datum = Datum(form["datum"]) if form.get("datum") in set(Datum) else Datum.WGS84
        if kind == "divisions":
            made = files.divisions_from_file(session, division, content, datum)
        else:
            made = files.grids_from_file(session, division, content, datum, replace=replace)
    except PatrolError as error:
        if error.status == 404:
            raise
        return _import_page(error), error.status
    params = {"replace": replace and kind == "grids", "filename": request.files["file"].filename}
    draft = services.ask(session, g.principal, kind, division, params, clock=CLOCK)
    services.keep(draft, made)
    uid = draft.uid
    db.session.commit()
    return redirect(url_for("grids.draft", draft_uid=uid))


@blueprint.post("/grids/<grid_uid>/split")
@allow("territory.edit")
def split(grid_uid: str) -> Any:
    """Propose to divide a grid along a drawn line or into even parts."""
    grid = grid_by_uid(db.session(), grid_uid)
    if grid.retired_at is not None:
        raise PatrolError(p.RETIRED)
    division = division_by_uid(db.session(), grid.division.uid)
    try:
        params = {"grid": grid.uid, **_division_wish()}
    except PatrolError as error:
        return grid_page(grid, error), error.status
    return _begin(services.ask(db.session(), g.principal, "split", division, params, clock=CLOCK))


@blueprint.post("/grids/merge")
@allow("territory.edit")
def merge() -> Any:
    """Propose to unite the chosen grids."""
    chosen = request.form.getlist("grid")
    try:
        made, division = proposals.from_merge(db.session(), chosen)
    except PatrolError as error:
        if error.status == 404:
            raise
        return grids_page(error), error.status
    draft = services.ask(db.session(), g.principal, "merge", division, {"grids": chosen}, clock=CLOCK)
    services.keep(draft, made)
    uid = draft.uid
    db.session.commit()
    return redirect(url_for("grids.draft", draft_uid=uid))


@blueprint.get("/grids/drafts/<draft_uid>")
@allow("territory.edit")
def draft(draft_uid: str) -> str:
    """Show a proposal: what would be made and retired, on the map and as a table."""
    row = queries.draft_by_uid(db.session(), draft_uid)
    content = row.content or {}
    features = content.get("features", [])
    shapes = np.array([cell.shape for cell in proposals.cells_of(content)] if features else [], dtype=object)
    box = shapely.total_bounds(shapes) if len(shapes) else None
    retired = {grid.uid: grid for grid in queries.grids_below(db.session(), row.scope_path, retired=True)}
    return render_template(
        "ground/draft.html",
        draft=row,
        cells=[feature["properties"] for feature in features],
        retires=[retired[uid] for uid in content.get("retires", []) if uid in retired],
        codes={uid: grid.code for uid, grid in retired.items()},
        warnings=[said[current_language()] for said in content.get("warnings", [])],
        figures=content.get("figures", {}),
        bounds=",".join(f"{degrees:.5f}" for degrees in box) if box is not None else "",
    )


@blueprint.get("/grids/drafts/<draft_uid>.json")
@allow("territory.edit")
def draft_shapes(draft_uid: str) -> Response:
    """Return the polygons of a proposal."""
    content = queries.draft_by_uid(db.session(), draft_uid).content or {}
    features = [
        {**feature, "properties": {**feature["properties"], "uid": feature["properties"]["code"]}}
        for feature in content.get("features", [])
    ]
    return jsonify(type="FeatureCollection", features=features)


@blueprint.post("/grids/drafts/<draft_uid>/apply")
@allow("territory.edit")
def apply(draft_uid: str) -> Any:
    """Have a proposal applied, all of it or nothing."""
    row = queries.draft_by_uid(db.session(), draft_uid)
    if row.state != "ready":
        raise PatrolError(p.DRAFT_OVER if row.state in ("applied", "dropped") else p.NOT_READY)
    return _begin(row, "ground.apply")


@blueprint.post("/grids/drafts/<draft_uid>/drop")
@allow("territory.edit")
def drop(draft_uid: str) -> Any:
    """Let a proposal go."""
    row = queries.draft_by_uid(db.session(), draft_uid)
    services.drop(db.session(), g.principal, row, clock=CLOCK)
    db.session.commit()
    flash(_("The proposal was dropped; no grid was changed."), "ok")
    return redirect(url_for("grids.index"))


def _begin(row: GroundDraft, kind: str = "ground.propose") -> Any:
    """Hand the work to a job and remember which."""
    uid = row.uid
    job_uid = enqueue(kind, {"draft_uid": uid}, g.principal).uid
    queries.draft_by_uid(db.session(), uid).job_uid = job_uid
    db.session.commit()
    return redirect(url_for("grids.draft", draft_uid=uid))


def _wish() -> tuple[str, dict[str, Any]]:
    if request.form.get("way") == "hexagons":
        return "hexagons", {"edge_m": _number("edge_m", 500)}
    count = request.form.get("count", "").strip()
    return "streets", {"per_grid": _number("per_grid", 60), "count": _number("count", 0) if count else None}


def _division_wish() -> dict[str, Any]:
    if request.form.get("way") != "line":
        return {"parts": _number("parts", 2)}
    rows = [row for row in request.form.get("line", "").replace("，", ",").splitlines() if row.strip()]
    return {"line": [_position(number, row) for number, row in enumerate(rows, start=1)]}


def _position(number: int, row: str) -> list[float]:
    try:
        lon, lat = (float(part) for part in row.replace(",", " ").split())
    except ValueError as error:
        raise PatrolError(p.BAD_LINE, where="line", number=number, given=row[:40]) from error
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise PatrolError(p.BAD_LINE, where="line", number=number, given=row[:40])
    return [lon, lat]


def _number(name: str, usual: int) -> int:
    given = request.form.get(name, "").strip() or str(usual)
    if not (given.isascii() and given.isdigit() and len(given) < 8):
        raise PatrolError(p.BAD_NUMBER, where=name, given=given[:20])
    return int(given)


def _chosen_division() -> Division:
    uid = request.form.get("division", "")
    if not uid:
        raise PatrolError(p.NO_DIVISION, where="division")
    return division_by_uid(db.session(), uid)


def _uploaded() -> bytes:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise PatrolError(p.NO_FILE, where="file")
    return file.read()


def _choices() -> list[tuple[str, str]]:
    divisions: list[Division] = divisions_in_scope(db.session())
    return [(row.uid, f"{row.name} ({row.code})") for row in divisions]


def _new_page(error: PatrolError | None = None) -> str:
    return render_template("ground/new.html", divisions=_choices(), given=request.form, faults=told(error))


def _import_page(error: PatrolError | None = None) -> str:
    return render_template(
        "ground/import.html", divisions=_choices(), given=request.form, faults=told(error),
        datums=[(datum.value, {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}[datum]) for datum in Datum],
    )  # fmt: skip
