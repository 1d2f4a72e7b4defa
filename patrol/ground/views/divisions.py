"""The tree of divisions with what lies in each."""

from __future__ import annotations

from flask import render_template

from patrol.ground import queries
from patrol.ground.views.blueprint import blueprint
from patrol.infra.db import db
from patrol.infra.policy import allow


@blueprint.get("/divisions/")
@allow("territory.read")
def divisions() -> str:
    """Show the divisions in scope as a tree."""
    return render_template("ground/divisions.html", tree=queries.division_tree(db.session()))
