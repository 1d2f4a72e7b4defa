"""The grids in use: all of them, one of them, who answers for it, what became of it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from shapely.geometry import mapping
from sqlalchemy import select

from patrol.accounts import (
    Agency,
    Duty,
    Person,
    agencies,
    assign_duty,
    end_duty,
    people,
    people_of_grid,
    people_of_grids,
)
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.ground import problems as p
from patrol.ground import queries
from patrol.ground.views.blueprint import blueprint, told
from patrol.infra import spatial
from patrol.infra.db import db, one_or_404
from patrol.infra.policy import allow
from patrol.territory import Grid, change_grid, extent, grid_by_uid, grids_in_scope

CLOCK = SystemClock()


@blueprint.get("/grids/")
@allow("territory.read")
def index() -> str:
    """Show the grids in scope on the map and as a table, and the proposals that wait."""
    return grids_page()


def grids_page(error: PatrolError | None = None) -> str:
    """Render the page of all grids with the faults of what was just asked for."""
    session = db.session()
    grids = grids_in_scope(session)
    return render_template(
        "ground/index.html",
        grids=grids,
        duties=people_of_grids(session, [grid.id for grid in grids]),
        branches={agency.id: agency.name for agency in agencies(session)},
        venues=queries.venues_per_grid(session),
        drafts=queries.open_drafts(session) if g.principal.may("territory.edit") else [],
        bounds=_bounds(extent(session)),
        faults=told(error),
        ticked=request.form.getlist("grid"),
    )


@blueprint.get("/grids/<grid_uid>")
@allow("territory.read")
def show(grid_uid: str) -> str:
    """Show one grid: where it lies, who answers for it, its branch, its history."""
    return grid_page(grid_by_uid(db.session(), grid_uid))


@blueprint.get("/grids/<grid_uid>/shape.json")
@allow("territory.read")
def shape(grid_uid: str) -> Response:
    """Return the polygon of one grid, retired ones included."""
    grid = grid_by_uid(db.session(), grid_uid)
    said = {"uid": grid.uid, "code": grid.code, "name": grid.name}
    geometry = mapping(spatial.to_shapely(grid.geom))
    feature = {"type": "Feature", "geometry": geometry, "properties": said}
    return jsonify(type="FeatureCollection", features=[feature])


@blueprint.post("/grids/<grid_uid>")
@allow("territory.edit")
def change(grid_uid: str) -> Any:
    """Rename a grid or hand it to another branch."""
    grid = _living(grid_uid)
    name, agency_uid = request.form.get("name", "").strip()[:80], request.form.get("agency", "")
    if not name:
        return grid_page(grid, PatrolError(p.NAME_NEEDED, where="name")), 422
    agency = one_or_404(db.session, select(Agency).where(Agency.uid == agency_uid)) if agency_uid else None
    change_grid(
        db.session(), g.principal, grid, name=name, agency_id=agency.id if agency else None, clock=CLOCK
    )
    return _saved(grid)


@blueprint.post("/grids/<grid_uid>/people")
@allow("territory.edit")
def add_person(grid_uid: str) -> Any:
    """Make a person answer for a grid."""
    grid = _living(grid_uid)
    try:
        person, duty = _person_and_duty()
        assign_duty(db.session(), g.principal, grid, person, duty, clock=CLOCK)
    except PatrolError as error:
        if error.status == 404:
            raise
        db.session.rollback()
        return grid_page(grid_by_uid(db.session(), grid_uid), error), 422
    return _saved(grid)


@blueprint.post("/grids/<grid_uid>/people/end")
@allow("territory.edit")
def remove_person(grid_uid: str) -> Any:
    """Relieve a person of a grid."""
    grid = _living(grid_uid)
    person, duty = _person_and_duty()
    end_duty(db.session(), g.principal, grid, person, duty, clock=CLOCK)
    return _saved(grid)


def _living(grid_uid: str) -> Grid:
    """Return a grid that may still be changed."""
    grid = grid_by_uid(db.session(), grid_uid)
    if grid.retired_at is not None:
        raise PatrolError(p.RETIRED)
    return grid


def _person_and_duty() -> tuple[Person, Duty]:
    """Read "uid:duty"; the person has to be in scope."""
    uid, _colon, duty = request.form.get("person", "").partition(":")
    if not uid:
        raise PatrolError(p.NO_PERSON, where="person")
    person = one_or_404(db.session, select(Person).where(Person.uid == uid))
    return person, Duty(duty) if duty in set(Duty) else Duty.INSPECTOR


def _saved(grid: Grid) -> Any:
    uid = grid.uid
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for("grids.show", grid_uid=uid))


def grid_page(grid: Grid, error: PatrolError | None = None) -> str:
    """Render the page of one grid with the faults of what was just asked for."""
    session = db.session()
    duties = people_of_grid(session, grid.id)
    taken = {(duty.person_id, duty.duty) for duty in duties}
    free = [
        (f"{person.uid}:{role.name}", person, role.name)
        for person in people(session)
        for role in person.roles
        if person.active and role.name in set(Duty) and (person.id, role.name) not in taken
    ]
    found = spatial.to_shapely(grid.geom)
    return render_template(
        "ground/show.html",
        grid=grid,
        duties=duties,
        free=free,
        agency_choices=[(agency.uid, agency.name) for agency in agencies(session)],
        agency_uid=next((a.uid for a in agencies(session) if a.id == grid.agency_id), ""),
        venues=queries.venues_per_grid(session).get(grid.id, 0),
        history=queries.history_of(session, f"grid:{grid.uid}"),
        bounds=_bounds(found.bounds if found else None),
        faults=told(error),
        given=request.form,
    )


def _bounds(box: Any) -> str:
    return ",".join(f"{degrees:.4f}" for degrees in box) if box else ""
