"""Signing in: Flask-Security on Flask-Login, Argon2, one account name, no mail, no self-registration."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask import Flask, session
from flask_security import (
    LoginForm,
    Security,
    SQLAlchemyUserDatastore,
    uia_username_mapper,
    user_authenticated,
)
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from patrol.accounts import sign_in
from patrol.accounts.models import Person, Role
from patrol.accounts.permissions import permissions_of
from patrol.core.clock import SystemClock
from patrol.infra.config import Settings
from patrol.infra.db import Principal, db, one_or_404, unscoped, utc_now
from patrol.infra.policy import Policy, declare_endpoint

CLOCK = SystemClock()
#: where a browser's signed cookie keeps the number of its sign-in
SIGN_IN = "sign_in"


class PersonDatastore(SQLAlchemyUserDatastore):
    """Looks people up before anybody is signed in: the one query that cannot know a scope."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Any:
        """Find an account by one attribute, its roles in the same query: every request of everybody asks for both."""
        ((name, value),) = kwargs.items()
        column = getattr(Person, name)
        same = func.lower(column) == func.lower(value) if case_insensitive else column == value
        with unscoped(self.db.session, "nobody is signed in yet"):
            found = self.db.session.scalars(select(Person).where(same).options(joinedload(Person.roles)))
            return found.unique().first()


class GuardedLoginForm(LoginForm):
    """Counts failed attempts by account name and refuses while the name is locked, known or not."""

    locked = False

    def validate(self, **kwargs: Any) -> bool:
        """Check the attempt; a locked name is refused before its password is looked at."""
        username = str(self.username.data or "")
        if sign_in.is_locked(db.session, username, clock=CLOCK):
            self.locked = True
            return False
        good = bool(super().validate(**kwargs))
        if not good and username:
            with unscoped(db.session, "nobody is signed in yet"):
                sign_in.note_failure(db.session, username, clock=CLOCK)
                db.session.commit()
            self.locked = sign_in.is_locked(db.session, username, clock=CLOCK)
        return good


def principal_of_signed_in(person: Any) -> Principal | None:
    """Return the principal of whoever this browser is signed in as, ``None`` when that sign-in was ended.

    A browser that kept its person for 72 hours gets a sign-in of its own when it comes back.
    """
    secret = session.get(SIGN_IN)
    if secret is not None and sign_in.has_ended(db.session, secret):
        session.clear()
        return None
    if secret is None and session.get("_fresh") is False:
        session[SIGN_IN] = secrets.token_urlsafe(24)
    return principal_of_person(person)


def principal_of_person(person: Any) -> Principal:
    """Return the principal of a signed-in account."""
    roles = frozenset(role.name for role in person.roles)
    return Principal(
        person_id=person.id,
        uid=person.uid,
        name=person.name,
        scope_path=person.scope_path,
        roles=roles,
        permissions=permissions_of(roles),
        agency_id=person.agency_id,
        language=person.language,
        facts={
            "username": person.username,
            "badge_number": person.badge_number,
            "theme": person.theme,
            "large_type": person.large_type,
        },
    )


def principal_of_id(person_id: int) -> Principal:
    """Return the principal of an account by its key, for jobs."""
    return principal_of_person(one_or_404(db.session, select(Person).where(Person.id == person_id)))


def install_security(app: Flask, settings: Settings) -> None:
    """Configure Flask-Security and declare who may use its three routes."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.SECRET_KEY[:24],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (the name of a scheme)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_USER_IDENTITY_ATTRIBUTES=[
            {"username": {"mapper": uia_username_mapper, "case_insensitive": True}}
        ],
        SECURITY_USERNAME_ENABLE=True,
        SECURITY_USERNAME_REQUIRED=True,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CHANGEABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_TRACKABLE=False,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_UNAUTHORIZED_VIEW=None,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_LOGIN_USER_TEMPLATE="accounts/login.html",
        SESSION_COOKIE_NAME="__Host-patrol" if settings.secure_cookies else "patrol",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        REMEMBER_COOKIE_NAME="__Host-patrol-stay" if settings.secure_cookies else "patrol-stay",
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Strict",
        REMEMBER_COOKIE_DURATION=dt.timedelta(hours=72),
        PERMANENT_SESSION_LIFETIME=dt.timedelta(hours=settings.SESSION_HOURS),
    )
    Security(app, PersonDatastore(db, Person, Role), login_form=GuardedLoginForm)
    _end_sign_in_on_logout(app)
    declare_endpoint(app, "security.login", Policy(anyone=True, reason="people sign in here", writes=True))
    declare_endpoint(app, "security.logout", Policy(anyone=True, reason="signing out never fails"))
    declare_endpoint(app, "security.verify", Policy())
    declare_endpoint(app, "security.static", Policy(anyone=True, reason="the library's own files"))
    declare_endpoint(
        app, "openapi.spec", Policy(anyone=True, reason="the description of the API holds no data")
    )
    user_authenticated.connect(_remember_login, app)


def _remember_login(app: Flask, user: Any, **extra: Any) -> None:
    """Begin a sign-in of its own: new number, new form token, failures forgotten."""
    session.pop("csrf_token", None)
    session[SIGN_IN] = secrets.token_urlsafe(24)
    with unscoped(db.session, "the moment of signing in"):
        sign_in.forget_failures(db.session, user.username)
        user.last_login_at = utc_now()
        db.session.commit()


def _end_sign_in_on_logout(app: Flask) -> None:
    leave: Any = app.view_functions["security.logout"]

    def logout() -> Any:
        secret = session.get(SIGN_IN)
        if secret is not None:
            now = CLOCK.now()
            sign_in.end_sign_in(db.session, secret)
            sign_in.forget_ended(
                db.session, now - dt.timedelta(hours=24 + app.config["SETTINGS"].SESSION_HOURS)
            )
            db.session.commit()
        return leave()

    app.view_functions["security.logout"] = logout
