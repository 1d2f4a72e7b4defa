"""Setting up the second factor on one's own account, its recovery codes, and clearing it for who lost both."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from patrol.accounts import second_factor
from patrol.accounts.models import Person
from patrol.accounts.sign_in import LOCKED, WRONG_PASSWORD, check_password_again
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.crypto import Keyring, keyring
from patrol.infra.db import db, one_or_404
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow

blueprint = Blueprint("second_factor", __name__)
CLOCK = SystemClock()
PAGE = "accounts/second_factor.html"


def _ring() -> Keyring:
    return keyring(current_app.config["SETTINGS"])


@blueprint.get("/account/second-factor")
@allow("second_factor.own")
def show() -> str:
    """Show whether a second factor is in force, and how to set one up, renew its recovery codes or remove it."""
    return _page()


def _page(error: PatrolError | None = None, **more: Any) -> str:
    session, me = db.session(), g.principal.person_id
    language = current_language()
    faults = [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]
    return render_template(
        PAGE, factor=second_factor.factor_of(session, me), left=second_factor.recovery_codes_left(session, me),
        faults=faults, errors={f["where"]: f["message"] for f in reversed(faults)}, **more,
    )  # fmt: skip


@blueprint.post("/account/second-factor/begin")
@allow("second_factor.own")
def begin() -> Any:
    """Make a secret and show it as a square code, once the password was typed again."""
    session = db.session()
    try:
        right = check_password_again(session, g.principal, request.form.get("password", ""), clock=CLOCK)
        if right is not True:
            session.commit()
            raise PatrolError(LOCKED if right is None else WRONG_PASSWORD, where="password")
        secret = second_factor.begin(session, g.principal, _ring(), clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _page(error), error.status
    session.commit()
    return _page(**_to_scan(secret))


def _to_scan(secret: str) -> dict[str, Any]:
    account = str(g.principal.facts["username"])
    told = second_factor.address(secret, account, "Patrol")
    square = segno.make(told, error="m", micro=False).svg_inline(border=2, omitsize=True)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"square": square, "secret": groups, "account": account}


@blueprint.post("/account/second-factor/confirm")
@allow("second_factor.own")
def confirm() -> Any:
    """Put the factor in force and show its recovery codes once."""
    session = db.session()
    try:
        codes = second_factor.confirm(session, g.principal, _typed(), _ring(), clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        if error.code != second_factor.WRONG_CODE.code:
            return _page(error), error.status
        secret = second_factor.begun_secret(session, g.principal, _ring())
        return _page(error, **_to_scan(secret)), error.status
    session.commit()
    return _page(codes=codes)


@blueprint.post("/account/second-factor/recovery-codes")
@allow("second_factor.own")
def recovery_codes() -> Any:
    """Make new recovery codes, for a code of the phone."""
    session = db.session()
    try:
        _check()
        codes = second_factor.new_recovery_codes(session, g.principal, clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _page(error), error.status
    session.commit()
    return _page(codes=codes)


@blueprint.post("/account/second-factor/remove")
@allow("second_factor.own")
def remove() -> Any:
    """Remove the factor, for a code of the phone or a recovery code; another phone is set up after it."""
    session = db.session()
    try:
        _check()
        second_factor.remove(session, g.principal, clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        return _page(error), error.status
    session.commit()
    flash(_("The second factor is removed. Set it up anew before you open the guarded register."), "success")
    return redirect(url_for("second_factor.show"))


def _typed() -> str:
    return request.form.get("code", "")


def _check() -> None:
    second_factor.require(db.session(), g.principal, _typed(), _ring(), clock=CLOCK)


@blueprint.post("/people/<person_uid>/second-factor/clear")
@allow("second_factor.clear")
def clear(person_uid: str) -> Any:
    """Clear the factor of somebody who lost phone and recovery codes."""
    person = one_or_404(db.session, select(Person).where(Person.uid == person_uid))
    second_factor.clear(db.session(), g.principal, person, clock=CLOCK)
    db.session.commit()
    flash(_("The second factor of %(name)s is cleared. They set up a new one.", name=person.name), "success")
    return redirect(url_for("accounts.people"))
