"""No other site acts in a person's name: form tokens for pages, a header and the origin for programs."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from patrol.core.errors import PatrolError, problem

STALE_FORM = problem(
    "http.stale_form",
    en="This form is too old or was opened elsewhere. Please reload the page and try again.",
    zh="表单已过期或来自其他页面，请刷新后重试。",
    status=400,
)
FOREIGN = problem(
    "http.foreign_origin",
    en="This request did not come from the program itself.",
    zh="该请求不是由本系统页面发出的。",
    status=403,
)

protect = CSRFProtect()
SAFE = {"GET", "HEAD", "OPTIONS"}


def install_csrf(app: Flask) -> None:
    """Set up the form tokens; :func:`check` is called by the policy guard."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    protect.init_app(app)


def check() -> None:
    """Refuse an unsafe request without our header (programs) or our token (forms)."""
    if request.method in SAFE:
        return
    if request.path.startswith("/api/"):
        _check_program()
        return
    if "X-Patrol" in request.headers:
        _check_program()
        return
    try:
        protect.protect()
    except CSRFError as error:
        raise PatrolError(STALE_FORM) from error


def _check_program() -> None:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if "X-Patrol" not in request.headers or foreign or site not in {"same-origin", "none"}:
        raise PatrolError(FOREIGN)
