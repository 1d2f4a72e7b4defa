"""Pages of the guarded register: counts, rules, entry from an action, exact look-up, reveal, lists by two persons."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts import factor_of, names_of_people, require_second_factor
from patrol.core.errors import PatrolError
from patrol.enforcement.facts import CLOCK, today
from patrol.enforcement.records import ACTIONS
from patrol.enforcement.register import domain as d
from patrol.enforcement.register import queries, services
from patrol.enforcement.register.models import GuardedPerson
from patrol.infra.crypto import Keyring, keyring
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow
from patrol.ledgers import record_by_uid, say, tabs_of

blueprint = Blueprint("guarded", __name__, url_prefix="/enforcement/register")
RNG = secrets.SystemRandom()


def _ring() -> Keyring:
    return keyring(current_app.config["SETTINGS"])


def _said(name: str) -> str:
    return request.form.get(name, "").strip()


def _faults(error: PatrolError | None) -> dict[str, Any]:
    language = current_language()
    faults = [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]
    return {"faults": faults, "errors": {f["where"]: f["message"] for f in reversed(faults)}}


def _check_second_factor() -> None:
    """Ask for a code of the second factor; a wrong one is counted towards the lock, and that is kept."""
    require_second_factor(db.session(), g.principal, _said("code"), _ring(), clock=CLOCK)


def _has_factor() -> bool:
    return factor_of(db.session(), g.principal.person_id) is not None


@blueprint.get("/")
@allow("register.read")
def index() -> str:
    """Show what is kept (as counts), the rules, what is due, who asked for lists, and the exact look-up."""
    return _index()


def _index(error: PatrolError | None = None, found: list[Any] | None = None, wanted: str = "") -> str:
    """Render the page; what went wrong stands at the look-up, or at the request that was ``wanted``."""
    session, now = db.session(), CLOCK.now()
    asked = queries.requests(session, now - dt.timedelta(days=30))
    people = {p for row, _action in asked for p in (row.asked_by_id, row.approved_by_id) if p}
    return render_template(
        "register/index.html", tabs=tabs_of("enforcement"), counts=queries.counts_by_role(session), roles=d.ROLES,
        say=say, keep=d.KEEP_YEARS, due=queries.due(session, today() + dt.timedelta(days=d.DUE_DAYS)),
        due_days=d.DUE_DAYS, shredded=queries.shredded(session), requests=asked, found=found,
        names=names_of_people(session, ids=people), me=g.principal.person_id,
        since=now - dt.timedelta(hours=d.LIST_HOURS), has_factor=_has_factor(),
        wanted=wanted, **_faults(error),
    )  # fmt: skip


@blueprint.post("/lookup")
@allow("register.reveal")
def look_up() -> Any:
    """Find the entries of exactly one number, for a purpose and with the second factor; shown masked."""
    session, ring = db.session(), _ring()
    try:
        services.read_asked(_said("identity"), _said("purpose"), clock=CLOCK)  # before a code is used up
        _check_second_factor()
        rows = services.look_up(session, g.principal, _said("identity"), _said("purpose"), ring, clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _index(error), error.status
    session.commit()
    return _index(found=_masked(rows, ring))


def _masked(rows: list[GuardedPerson], ring: Keyring) -> list[Any]:
    session = db.session()
    return [(row, services.masked(row, ring), queries.action_of(session, row)) for row in rows]


@blueprint.route("/enter/<action_uid>", methods=["GET", "POST"])
@allow("register.enter")
def enter(action_uid: str) -> Any:
    """Enter a person met in an action."""
    session, error = db.session(), None
    action = record_by_uid(session, ACTIONS, action_uid)
    if request.method == "POST":
        given = {name: _said(name) for name in ("role", "name", "identity", "note")}
        try:
            services.enter_person(session, g.principal, action, given, _ring(), clock=CLOCK, rng=RNG)
        except PatrolError as wrong:
            session.rollback()
            error, action = wrong, record_by_uid(session, ACTIONS, action_uid)
        else:
            session.commit()
            flash(_("Entered and sealed. Nobody reads it without a purpose and a second factor."), "success")
            return redirect(url_for("actions.show", action_uid=action_uid))
    page = render_template(
        "register/enter.html", action=action, roles=d.ROLES, say=say, keep=d.KEEP_YEARS, **_faults(error)
    )
    return (page, error.status) if error else page


@blueprint.get("/persons/<guarded_person_uid>")
@allow("register.reveal")
def person(guarded_person_uid: str) -> str:
    """Show an entry, masked."""
    return _person(queries.person_by_uid(db.session(), guarded_person_uid))


def _person(
    row: GuardedPerson,
    revealed: dict[str, str] | None = None,
    error: PatrolError | None = None,
    wanted: str = "reveal",
) -> str:
    """Render an entry; what went wrong stands at the form that was sent (``wanted``)."""
    return render_template(
        "register/person.html", row=row, shown=services.masked(row, _ring()), revealed=revealed, roles=d.ROLES,
        action=queries.action_of(db.session(), row), say=say, seconds=d.SHOWN_S, has_factor=_has_factor(),
        wanted=wanted, **_faults(error),
    )  # fmt: skip


@blueprint.post("/persons/<guarded_person_uid>/reveal")
@allow("register.reveal")
def reveal(guarded_person_uid: str) -> Any:
    """Show an entry in clear for a minute: purpose, second factor, and an entry in the audit that is kept first."""
    session = db.session()
    row = queries.person_by_uid(session, guarded_person_uid)
    try:
        d.read_purpose(_said("purpose"))
        _check_second_factor()
        fields = services.reveal(session, g.principal, row, _said("purpose"), _ring(), clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _person(queries.person_by_uid(session, guarded_person_uid), error=error), error.status
    session.commit()
    return _person(queries.person_by_uid(session, guarded_person_uid), revealed=fields)


@blueprint.post("/persons/<guarded_person_uid>/forget")
@allow("register.list")
def forget(guarded_person_uid: str) -> Any:
    """Destroy the key of an entry before its term, for a reason and with the second factor."""
    session = db.session()
    row = queries.person_by_uid(session, guarded_person_uid)
    try:
        d.read_purpose(_said("purpose"))
        _check_second_factor()
        services.forget(session, g.principal, row, _said("purpose"), clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        row = queries.person_by_uid(session, guarded_person_uid)
        return _person(row, error=error, wanted="forget"), error.status
    session.commit()
    flash(_("The key is destroyed. Nobody can read this entry any more."), "success")
    return redirect(url_for("guarded.person", guarded_person_uid=guarded_person_uid))


@blueprint.post("/lists/of/<action_uid>")
@allow("register.list")
def ask(action_uid: str) -> Any:
    """Ask a second person for the masked list of an action, with the second factor of one's own."""
    session = db.session()
    action = record_by_uid(session, ACTIONS, action_uid)
    try:
        d.read_purpose(_said("purpose"))
        _check_second_factor()
        services.ask_for_list(session, g.principal, action, _said("purpose"), clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        action = record_by_uid(session, ACTIONS, action_uid)
        return render_template("register/ask.html", row=action, **_faults(error)), error.status
    session.commit()
    flash(_("Asked. Somebody else must approve before the list is shown."), "success")
    return redirect(url_for("guarded.index"))


@blueprint.post("/lists/<list_request_uid>/approve")
@allow("register.list")
def approve(list_request_uid: str) -> Any:
    """Approve a list that somebody else asked for, with the second factor."""
    session = db.session()
    row = queries.request_by_uid(session, list_request_uid)
    try:
        _check_second_factor()
        services.approve_list(session, g.principal, row, clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _index(error, wanted=list_request_uid), error.status
    session.commit()
    flash(_("Approved for 24 hours, for the one who asked."), "success")
    return redirect(url_for("guarded.index"))


@blueprint.get("/lists/<list_request_uid>")
@allow("register.list", writes=True)
def listed(list_request_uid: str) -> Any:
    """Show an approved list, masked, to the one who asked; each look is on record."""
    session = db.session()
    row = queries.own_request(session, list_request_uid, g.principal.person_id)
    try:
        rows = services.approved_list(session, g.principal, row, clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _index(error), error.status
    session.commit()
    row = queries.own_request(session, list_request_uid, g.principal.person_id)
    return render_template(
        "register/list.html", request_row=row, rows=_masked(rows, _ring()), roles=d.ROLES, say=say,
        until=row.approved_at and row.approved_at + dt.timedelta(hours=d.LIST_HOURS),
    )  # fmt: skip
