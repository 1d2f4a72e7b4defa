"""Grids with the people who answer for them; stands here because territory knows no people."""

from __future__ import annotations

from flask import Blueprint, render_template

from patrol.accounts.queries import people_of_grids
from patrol.infra.db import db
from patrol.infra.policy import allow
from patrol.territory import extent, grids_in_scope

blueprint = Blueprint("grids", __name__)


@blueprint.get("/grids/")
@allow("territory.read")
def index() -> str:
    """Show the grids in scope on the map and as a table."""
    grids = grids_in_scope(db.session())
    box = extent(db.session())
    return render_template(
        "territory/grids.html",
        grids=grids,
        duties=people_of_grids(db.session(), [grid.id for grid in grids]),
        bounds=",".join(f"{degrees:.4f}" for degrees in box) if box else "",
    )
