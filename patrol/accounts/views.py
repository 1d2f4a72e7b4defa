"""Pages for people and the audit trail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from patrol.accounts import agency_views, code_views, factor_views, queries, second_factor, services, sign_in
from patrol.accounts.labels import agency_kinds, role_names
from patrol.accounts.models import Person
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db, one_or_404
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow

blueprint = Blueprint("accounts", __name__)
blueprints = (blueprint, agency_views.blueprint, code_views.blueprint, factor_views.blueprint)


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Give every template the names of roles and duties."""
    return {"role_names": role_names(), "agency_kinds": agency_kinds()}


@blueprint.get("/people/")
@allow("people.read")
def people() -> str:
    """List the accounts in scope."""
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    found = queries.people(db.session, words, role)
    with_factor = second_factor.who_has_one(db.session(), [person.id for person in found])
    return render_template("accounts/people.html", people=found, q=words, role=role, with_factor=with_factor)


@blueprint.get("/people/new")
@allow("people.edit")
def new_person() -> str:
    """Show the empty form."""
    return _form(None, {}, [])


@blueprint.get("/people/<person_uid>")
@allow("people.edit")
def edit_person(person_uid: str) -> str:
    """Show an account's form."""
    person = _person(person_uid)
    given = {
        "name": person.name,
        "username": person.username,
        "badge_number": person.badge_number,
        "phone": person.phone,
        "agency_uid": person.agency.uid,
        "roles": [r.name for r in person.roles],
    }
    return _form(person, given, [])


@blueprint.post("/people/new")
@allow("people.edit")
def create_person() -> Any:
    """Make an account and show its first password once."""
    return _save(None)


@blueprint.post("/people/<person_uid>")
@allow("people.edit")
def save_person(person_uid: str) -> Any:
    """Change an account."""
    return _save(_person(person_uid))


@blueprint.post("/people/<person_uid>/password")
@allow("people.edit")
def reset_password(person_uid: str) -> str:
    """Give a one-time code with which the person chooses a new password, and show it once."""
    person = _person(person_uid)
    code = sign_in.give_code(db.session, g.principal, person, clock=SystemClock())
    db.session.commit()
    return render_template("accounts/password.html", person=person, code=code)


@blueprint.post("/people/<person_uid>/active")
@allow("people.edit")
def set_active(person_uid: str) -> Any:
    """Put an account to rest or wake it."""
    person = _person(person_uid)
    services.set_active(
        db.session, g.principal, person, request.form.get("active") == "1", clock=SystemClock()
    )
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for("accounts.people"))


@blueprint.get("/audit/")
@allow("audit.read")
def audit() -> str:
    """List audit entries, newest first."""
    before = request.args.get("before", type=int)
    entries = queries.audit_entries(db.session, before)
    names = queries.names_of_people(db.session, uids={each.person_uid for each in entries})
    return render_template("accounts/audit.html", entries=entries, before=before, names=names)


def _person(person_uid: str) -> Person:
    return one_or_404(db.session, select(Person).where(Person.uid == person_uid))


def _form(person: Person | None, given: dict[str, Any], faults: list[dict[str, str]]) -> str:
    return render_template(
        "accounts/person_form.html",
        person=person,
        given=given,
        faults=faults,
        errors={f["where"]: f["message"] for f in faults},
        agency_choices=[(a.uid, a.name) for a in queries.agencies(db.session)],
    )


def _save(person: Person | None) -> Any:
    given = {**request.form.to_dict(), "roles": request.form.getlist("roles")}
    try:
        saved, code = services.save_person(db.session, g.principal, given, person, clock=SystemClock())
        db.session.commit()
    except PatrolError as error:
        db.session.rollback()
        faults = [{"where": f.where, "message": f.sentence(current_language())} for f in error.faults]
        return _form(person, given, faults), 422
    if code:
        return render_template("accounts/password.html", person=saved, code=code)
    flash(_("Saved."), "ok")
    return redirect(url_for("accounts.people"))
