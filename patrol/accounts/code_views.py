"""Choosing a password with the one-time code that an administrator handed over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts.sign_in import choose_password
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.limits import limiter
from patrol.infra.policy import allow_anyone

blueprint = Blueprint("password", __name__)


@blueprint.get("/account/password")
@allow_anyone("whoever holds a one-time code has no password yet")
def form() -> str:
    """Show the form: account name, code, and the new password twice."""
    return _form()


@blueprint.post("/account/password")
@allow_anyone("whoever holds a one-time code has no password yet")
@limiter.limit("20 per minute")
def choose() -> Any:
    """Set the password; the code is used up."""
    given = request.form
    try:
        choose_password(
            db.session, given.get("username", ""), given.get("code", ""), given.get("password", ""),
            given.get("again", ""), clock=SystemClock(),
        )  # fmt: skip
    except PatrolError as error:
        db.session.rollback()
        return _form(error), error.status
    db.session.commit()
    flash(_("Your password is set. You can sign in with it now."), "ok")
    return redirect(url_for("security.login"))


def _form(error: PatrolError | None = None) -> str:
    language = current_language()
    faults = [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]
    return render_template(
        "accounts/choose_password.html",
        faults=faults,
        errors={fault["where"]: fault["message"] for fault in faults},
        username=request.form.get("username", ""),
    )
