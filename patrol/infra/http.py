"""What every answer has in common: one error shape, security headers, health."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings
from patrol.infra.db import check_database, db
from patrol.infra.i18n import current_language
from patrol.infra.openapi import install_openapi
from patrol.infra.policy import SESSION_OVER, allow_anyone, wants_json

BUSY = problem(
    "http.busy",
    en="The database is busy. Nothing was changed; please try again.",
    zh="数据库繁忙，未作任何更改，请重试。",
    status=503,
)
TOO_LARGE = problem(
    "http.too_large",
    en="This is larger than what is accepted at once: {most_mb} MB of files, 0.5 MB of typed text. Nothing was "
    "stored. Divide the file, or choose fewer or smaller photos.",
    zh="内容过大：一次最多接收{most_mb} MB文件、0.5 MB文字，本次未保存任何内容。请拆分文件，或减少、压缩照片后重试。",
    status=413,
)
FAILED = problem(
    "http.failed",
    en="Something went wrong on our side. Nothing was changed. Reference: {reference}",
    zh="系统出现错误，未作任何更改。编号：{reference}",
    status=500,
)
GENERIC = problem(
    "http.refused",
    en="This request cannot be answered ({status}).",
    zh="无法处理该请求（{status}）。",
    status=400,
)
NOT_FOUND_PAGE = problem("http.no_page", en="There is no such page.", zh="没有这个页面。", status=404)
TOO_MANY = problem(
    "http.too_many",
    en="Too many requests. Please wait a minute.",
    zh="请求过于频繁，请稍候一分钟再试。",
    status=429,
)

_BY_STATUS = {404: NOT_FOUND_PAGE, 413: TOO_LARGE, 429: TOO_MANY}


def csp(settings: Settings) -> str:
    """Return the content security policy: own files only, plus the configured tile server's pictures."""
    tiles = " https://*.tianditu.gov.cn" if settings.TIANDITU_KEY else ""
    if settings.TILE_TEMPLATE:
        scheme, _, rest = settings.TILE_TEMPLATE.partition("://")
        host = rest.split("/")[0]
        tiles += f" {scheme}://{host.replace('{s}', '*') if not host.startswith('t{s}') else '*' + host[4:]}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src 'self' data: blob:{tiles}; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
        "frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )


def problem_json(error: PatrolError) -> Response:
    """Render an error as ``application/problem+json`` (RFC 9457) with all its faults."""
    language = current_language()
    body: dict[str, Any] = {
        "type": f"urn:patrol:problem:{error.code}",
        "title": error.faults[0].sentence(language),
        "status": error.status,
        "code": error.code,
        # A phone shows a refusal later, perhaps in the other language.
        "message_zh": error.sentence("zh"),
        "message_en": error.sentence("en"),
        "faults": [
            {"code": f.problem.code, "where": f.where, "message": f.sentence(language)} for f in error.faults
        ],
    }
    response = jsonify(body)
    response.status_code = error.status
    response.mimetype = "application/problem+json"
    if error.status in {429, 503}:
        response.headers["Retry-After"] = str(error.faults[0].facts.get("retry_after_s", 5))
    return response


def render_error(error: PatrolError) -> Any:
    """Answer a person's situation as a page or as a problem, whichever was asked for."""
    db.session.rollback()
    if wants_json():
        return problem_json(error)
    sentences = [f.sentence(current_language()) for f in error.faults]
    page = render_template(
        "error.html", status=error.status, code=error.code, sentences=sentences, written=written(error)
    )
    return page, error.status


def written(error: PatrolError) -> list[str]:
    """Return what somebody wrote into a form whose sign-in had ended, to be copied; only to the program's own pages."""
    if error.code != SESSION_OVER.code or request.headers.get("Sec-Fetch-Site") not in (None, "same-origin"):
        return []
    secret = ("csrf_token", "password", "pin", "code")
    fields = ((name, text.strip()) for name, text in request.form.items(multi=True))
    return [text for name, text in fields if text and not any(word in name for word in secret)]


def install_http(app: Flask, settings: Settings) -> None:
    """Install error pages, headers and the two health routes."""
    app.register_error_handler(PatrolError, render_error)
    app.register_error_handler(HTTPException, _render_http_exception)
    app.register_error_handler(OperationalError, _render_busy)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _render_failure)
    policy = csp(settings)

    @app.after_request
    def headers(response: Response) -> Response:
        return _security_headers(response, policy, settings.secure_cookies)

    if isinstance(app, APIFlask):
        install_openapi(app)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", _readyz)


def _security_headers(response: Response, policy: str, https: bool) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self)")
    if https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if g.get("principal") else "no-cache"
    return response


def _render_http_exception(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    code = error.code or 500
    known = _BY_STATUS.get(code)
    most_mb = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // 1_000_000
    answer = PatrolError(known, most_mb=most_mb) if known else PatrolError(GENERIC, status=code)
    rendered = render_error(answer)
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    if isinstance(rendered, Response):
        rendered.status_code = code
        rendered.headers.update(headers)
        return rendered
    return rendered[0], code, headers


def _render_busy(error: OperationalError) -> Any:
    return render_error(PatrolError(BUSY))


def _render_failure(error: Exception) -> Any:
    import flask
    import uuid6

    reference = str(uuid6.uuid7())[-12:]
    flask.current_app.logger.exception("failure %s at %s %s", reference, request.method, request.endpoint)
    return render_error(PatrolError(FAILED, reference=reference))


@allow_anyone("a load balancer asks whether the process lives")
def _healthz() -> Response:
    """Answer while the process lives."""
    return jsonify(status="ok")


@allow_anyone("a load balancer asks whether the database can be used")
def _readyz() -> Any:
    """Answer 200 once the database is migrated and sound."""
    check_database(db.session.connection())
    return jsonify(status="ready")
