"""Printed labels, and what a phone opens when it scans one."""

from __future__ import annotations

from typing import Any

from flask import Response, g, redirect, render_template, request, url_for

from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, db
from patrol.infra.jobs import enqueue
from patrol.infra.policy import FORBIDDEN, allow, allow_signed_in
from patrol.venues import queries
from patrol.venues.printing import label_sheet
from patrol.venues.storage import printed_labels
from patrol.venues.views.blueprint import blueprint


@blueprint.get("/venues/<venue_uid>/label.pdf")
@allow("venues.read")
def label(venue_uid: str) -> Response:
    """Return the label of one venue as PDF."""
    venue = queries.venue_by_uid(db.session(), venue_uid)
    return _pdf(label_sheet([venue], request.url_root), f"{venue.code}.pdf")


@blueprint.post("/venues/labels/<grid_uid>")
@allow("venues.read")
def print_labels(grid_uid: str) -> str:
    """Have the labels of a whole grid made."""
    grid = queries.grid_by_uid(db.session(), grid_uid)
    params = {"grid_uid": grid.uid, "base_url": request.url_root}
    row = enqueue("venues.print_labels", params, g.principal)
    return render_template(
        "venues/labels_wait.html", job=row, grid=queries.grid_by_uid(db.session(), grid_uid)
    )


@blueprint.get("/venues/labels/<job_uid>.pdf")
@allow("venues.read")
def labels_file(job_uid: str) -> Response:
    """Return the sheet that a job made for this person."""
    path = printed_labels(db.session(), g.principal, job_uid)
    if path is None:
        raise PatrolError(NOT_FOUND)
    return _pdf(path.read_bytes(), "labels.pdf")


@blueprint.get("/v/<qr_token>")
@allow_signed_in()
def scanned(qr_token: str) -> Any:
    """Open the venue whose label was scanned: on the phone's page, or on the desk's for those without one."""
    venue = queries.venue_by_token(db.session(), qr_token)
    if g.principal.may("phone.use"):
        return redirect(f"/m/venue/{venue.uid}")
    if g.principal.may("venues.read"):
        return redirect(url_for("venues.show", venue_uid=venue.uid))
    raise PatrolError(FORBIDDEN)


def _pdf(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer
