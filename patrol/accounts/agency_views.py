"""The agencies in scope as a tree; the system administrator makes and changes them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from patrol.accounts import queries, services
from patrol.accounts.labels import agency_kinds
from patrol.accounts.models import Agency
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db, one_or_404
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow
from patrol.territory import divisions_in_scope

blueprint = Blueprint("agencies", __name__)


@blueprint.get("/agencies/")
@allow("people.read")
def index() -> str:
    """Show the agencies as a tree with how many accounts each has."""
    return render_template("accounts/agencies.html", tree=queries.agency_tree(db.session))


@blueprint.get("/agencies/new")
@allow("people.edit")
def new() -> str:
    """Show the empty form."""
    return _form(None, {"parent": request.args.get("parent", "")})


@blueprint.get("/agencies/<agency_uid>")
@allow("people.edit")
def edit(agency_uid: str) -> str:
    """Show an agency's form."""
    agency = _agency(agency_uid)
    divisions = {row.id: row.uid for row in divisions_in_scope(db.session())}
    parent = next((row.uid for row in queries.agencies(db.session) if row.id == agency.parent_id), "")
    given = {"name": agency.name, "kind": agency.kind, "parent": parent}
    return _form(agency, {**given, "division": divisions.get(agency.division_id, "")})


@blueprint.post("/agencies/new")
@allow("people.edit")
def create() -> Any:
    """Make an agency."""
    return _save(None)


@blueprint.post("/agencies/<agency_uid>")
@allow("people.edit")
def save(agency_uid: str) -> Any:
    """Change an agency; when it moves to another division, its people move with it."""
    return _save(_agency(agency_uid))


def _agency(agency_uid: str) -> Agency:
    return one_or_404(db.session, select(Agency).where(Agency.uid == agency_uid))


def _save(agency: Agency | None) -> Any:
    given = request.form.to_dict()
    try:
        services.save_agency(db.session, g.principal, given, agency, clock=SystemClock())
    except PatrolError as error:
        if error.status == 404:
            raise
        uid = agency.uid if agency else None
        db.session.rollback()
        return _form(_agency(uid) if uid else None, given, error), error.status
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for("agencies.index"))


def _form(agency: Agency | None, given: dict[str, str], error: PatrolError | None = None) -> str:
    language = current_language()
    faults = [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]
    return render_template(
        "accounts/agency_form.html",
        agency=agency,
        given=given,
        faults=faults,
        errors={fault["where"]: fault["message"] for fault in faults},
        kinds=list(agency_kinds().items()),
        parents=[(row.uid, row.name) for row in queries.agencies(db.session) if row is not agency],
        divisions=[(row.uid, f"{row.name} ({row.code})") for row in divisions_in_scope(db.session())],
    )
