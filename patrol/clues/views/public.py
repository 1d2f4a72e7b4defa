"""The resident's pages: no account, no cookie, no script, no address kept."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from pydantic import ValidationError
from werkzeug.datastructures import FileStorage

from patrol.clues.domain import (
    BAD_PHOTO,
    KIND_LABELS,
    LARGE_PHOTO,
    LEAVE_EMPTY,
    NO_DIVISION,
    NO_WORDS,
    PHOTOS_PER_PUBLIC_REPORT,
    TOO_LONG,
    TOO_MANY_PHOTOS,
    UNKNOWN_KIND,
    grouped,
)
from patrol.clues.queries import contact_point_by_token, divisions_to_choose
from patrol.clues.schemas import PublicReportIn
from patrol.clues.services import report_publicly
from patrol.clues.tokens import make_token, read_token
from patrol.core.clock import SystemClock
from patrol.core.errors import Faults, PatrolError, Problem
from patrol.core.ids import new_uid
from patrol.findings import display_copy, keep_bytes
from patrol.infra.config import Settings
from patrol.infra.db import db
from patrol.infra.files import require_space
from patrol.infra.i18n import current_language
from patrol.infra.limits import limiter
from patrol.infra.policy import allow_anyone

blueprint = Blueprint("report", __name__)
RNG = secrets.SystemRandom()
CLOCK = SystemClock()
#: made at every start and kept in memory only: what the limiter counts cannot be turned back into an address
_SALT = secrets.token_bytes(32)
_FIELDS = ("kind", "division", "address", "text", "seen_on", "at")
_BY_FIELD: dict[str, tuple[str, Problem]] = {
    "kind": ("kind", UNKNOWN_KIND), "division_uid": ("division", NO_DIVISION),
    "address": ("address", NO_WORDS), "text": ("text", NO_WORDS), "seen_on": ("seen_on", NO_WORDS),
}  # fmt: skip


def salted_address() -> str:
    """Return what the limiter counts by: a keyed hash of the address that dies with this process."""
    return hmac.digest(_SALT, (request.remote_addr or "").encode(), "sha256").hex()


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def public_page(template: str, status: int = 200, **facts: Any) -> Response:
    """Render a page that nobody keeps and that tells no other site where its reader came from."""
    response = make_response(render_template(template, **facts), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/report")
@allow_anyone("residents report without an account")
def form() -> Response:
    """Show the resident's form; a poster's code fills the community in."""
    point = contact_point_by_token(db.session(), request.args.get("at", "")[:12])
    return _form({} if point is None else {"at": point.token, "division": _division_uid(point.division_id)})


@blueprint.post("/report")
@limiter.limit("60 per minute", key_func=lambda: "report")
@limiter.limit("10 per hour", key_func=salted_address)
@allow_anyone("residents report without an account", own_token=True)
def send() -> Response:
    """Take a report in and show its code once."""
    given = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        uid = read_token(current_app.config["SECRET_KEY"], request.form.get("token", ""))
        new = _read(given)
        require_space(_settings())
        photos = _photos(request.files.getlist("photos"))
        point = contact_point_by_token(db.session(), given["at"][:12])
        code = report_publicly(
            db.session(), new, uid=uid, photos=photos, contact_point=point, clock=CLOCK, rng=RNG
        )
        db.session.commit()
    except PatrolError as error:
        db.session.rollback()
        return _form(given, error)
    return public_page("clues/public_code.html", code=grouped(code))


def _form(given: dict[str, str], error: PatrolError | None = None) -> Response:
    language = current_language()
    faults = [
        {"where": fault.where, "message": fault.sentence(language)}
        for fault in (error.faults if error else ())
    ]
    return public_page(
        "clues/public_form.html",
        error.status if error else 200,
        given=given,
        faults=faults,
        errors={fault["where"]: fault["message"] for fault in faults},
        kinds=[(code, label.within(language)) for code, label in KIND_LABELS.items()],
        divisions=_division_options(language),
        most_photos=PHOTOS_PER_PUBLIC_REPORT,
        token=make_token(current_app.config["SECRET_KEY"], new_uid(CLOCK, RNG)),
    )


def _division_uid(division_id: int) -> str:
    every = ((district, streets) for district, streets in divisions_to_choose(db.session()))
    return next(
        (row.uid for district, streets in every for row in (district, *streets) if row.id == division_id), ""
    )


def _division_options(language: str) -> dict[str, list[tuple[str, str]]]:
    whole = "（街道不清楚）" if language == "zh" else " (street not known)"
    return {
        district.name: [
            (district.uid, district.name + whole),
            *((street.uid, street.name) for street in streets),
        ]
        for district, streets in divisions_to_choose(db.session())
    }


def _read(given: dict[str, str]) -> PublicReportIn:
    """Read the form; all faults at once."""
    faults = Faults()
    if request.form.get("website"):
        faults.add(LEAVE_EMPTY, where="website")
    try:
        new = PublicReportIn.model_validate(
            {
                **{name: given[name].strip() for name in _FIELDS if name not in ("division", "at")},
                "division_uid": given["division"],
            }
        )
    except ValidationError as error:
        for one in error.errors(include_url=False):
            where, what = _BY_FIELD[str(one["loc"][0])]
            faults.add(
                _too_long(one["type"]) or what, where=where, most=one.get("ctx", {}).get("max_length", "")
            )
    faults.raise_if_any()
    return new


def _too_long(kind: str) -> Problem | None:
    return TOO_LONG if kind == "string_too_long" else None


def _photos(files: list[FileStorage]) -> list[tuple[str, int]]:
    """Re-encode photos before anything is stored; the originals are gone with the request."""
    chosen = [file for file in files if file.filename]
    faults = Faults()
    if len(chosen) > PHOTOS_PER_PUBLIC_REPORT:
        faults.add(TOO_MANY_PHOTOS, where="photos", most=PHOTOS_PER_PUBLIC_REPORT)
    copies = []
    for file in chosen[:PHOTOS_PER_PUBLIC_REPORT]:
        try:
            copies.append(display_copy(file.read(), _settings()))
        except PatrolError as error:
            what = LARGE_PHOTO if error.status == 413 else BAD_PHOTO
            faults.add(what, where="photos", **error.faults[0].facts, name=(file.filename or "")[:40])
    faults.raise_if_any()
    return [(keep_bytes(copy, _settings()), len(copy)) for copy in copies]
