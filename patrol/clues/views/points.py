"""Contact points with their posters, and what a bureau set: terms and calendar."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError

from patrol.clues import queries, services
from patrol.clues.domain import NO_DIVISION, TERM_LABELS, TOO_LONG
from patrol.clues.models import ContactPoint
from patrol.clues.posters import SIZES, poster
from patrol.clues.schemas import ContactPointIn
from patrol.clues.views.wording import choices, faults_of
from patrol.core.clock import SystemClock, china_date, read_calendar
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.db import db
from patrol.infra.i18n import LANGUAGES, current_language
from patrol.infra.policy import allow
from patrol.territory import divisions_in_scope

blueprint = Blueprint("points", __name__)
CLOCK = SystemClock()
RNG = secrets.SystemRandom()
NO_POINT_NAME = problem("clues.point_no_name", en="Give the contact point a name.", zh="请填写联系点名称。")
BAD_POSITION = problem(
    "clues.point_position",
    en="“{text}” is not a position in degrees: write for example 114.3100 and 30.6000, or leave both empty.",
    zh="“{text}”不是有效的经纬度，请按114.3100、30.6000的形式填写，或都留空。",
)
UNREADABLE_POINT = problem(
    "clues.point_unreadable",
    en="“{text}” cannot be read; please correct it.",
    zh="“{text}”无法识别，请更正。",
)
_WRONG = {"name": NO_POINT_NAME, "division_uid": NO_DIVISION, "lon": BAD_POSITION, "lat": BAD_POSITION}
_FIELDS = ("name", "division_uid", "address", "telephone", "person_name")


@blueprint.get("/contact-points/")
@allow("clues.read")
def index() -> str:
    """List the contact points with what came through their posters."""
    return render_template("clues/points.html", points=queries.contact_points(db.session()))


@blueprint.get("/contact-points/places.json")
@allow("clues.read")
def places() -> Response:
    """Give the contact points to the map."""
    return jsonify(
        [
            {
                "uid": row.uid, "lon": row.lon, "lat": row.lat, "name": row.name,
                "tone": "info" if row.active else "quiet", "url": url_for("points.edit", contact_point_uid=row.uid),
            }
            for row in queries.contact_points(db.session()) if row.lon is not None
        ]
    )  # fmt: skip


@blueprint.route("/contact-points/new", methods=["GET", "POST"])
@allow("clues.manage")
def new() -> Any:
    """Register a contact point."""
    return _keep(None) if request.method == "POST" else _form({}, None)


@blueprint.route("/contact-points/<contact_point_uid>", methods=["GET", "POST"])
@allow("clues.manage")
def edit(contact_point_uid: str) -> Any:
    """Show and change a contact point; print its poster."""
    point = queries.contact_point_by_uid(db.session(), contact_point_uid)
    return _keep(point) if request.method == "POST" else _form(_given(point), point)


@blueprint.post("/contact-points/<contact_point_uid>/use")
@allow("clues.manage")
def use(contact_point_uid: str) -> Any:
    """Take a contact point out of use, or back into it."""
    point = queries.contact_point_by_uid(db.session(), contact_point_uid)
    services.retire_contact_point(db.session(), g.principal, point, clock=CLOCK)
    db.session.commit()
    return redirect(url_for("points.index"))


@blueprint.get("/contact-points/<contact_point_uid>/poster-<size>-<language>.pdf")
@allow("clues.read")
def print_poster(contact_point_uid: str, size: str, language: str) -> Response:
    """Return the poster of a contact point as PDF, A3 or A4, Chinese or English."""
    point = queries.contact_point_by_uid(db.session(), contact_point_uid)
    chosen = size if size in SIZES else "a4"
    speaks = language if language in LANGUAGES else "zh"
    url = url_for("report.form", at=point.token, lang=speaks, _external=True)
    answer = Response(poster(point, url, size=chosen, language=speaks), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="poster-{point.token}-{chosen}-{speaks}.pdf"'
    return answer


@blueprint.get("/clues/settings")
@allow("clues.settings")
def settings() -> str:
    """Show terms and calendar."""
    return _settings()


@blueprint.post("/clues/settings")
@allow("clues.settings")
def change_settings() -> Any:
    """Set terms, add or drop days, settle a year."""
    session, what = db.session(), request.form.get("what", "")
    try:
        if what == "terms":
            services.set_terms(session, g.principal, request.form, clock=CLOCK)
        elif what == "days":
            services.set_days(session, g.principal, _days(request.form.get("days", "")), clock=CLOCK)
        elif what == "drop":
            services.drop_day(session, g.principal, _day(request.form.get("day", "")), clock=CLOCK)
        elif what == "year":
            services.settle_year(
                session, g.principal, request.form.get("year", 0, type=int),
                settled=request.form.get("settled") == "1", clock=CLOCK,
            )  # fmt: skip
    except PatrolError as error:
        db.session.rollback()
        return _settings(error), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    return redirect(url_for("points.settings"))


def _days(text: str) -> dict[dt.date, bool]:
    """Read "2027-02-15, off" line by line; every bad line at once."""
    lines = [line.replace("，", ",").partition(",") for line in text.splitlines() if line.strip()]
    return read_calendar([(day, word) for day, _comma, word in lines])


def _day(text: str) -> dt.date:
    return next(iter(read_calendar([(text, "work")])))


def _settings(error: PatrolError | None = None) -> str:
    session, faults = db.session(), faults_of(error)
    terms, calendar = queries.terms_of(session), queries.calendar_of(session)
    year = china_date(CLOCK.now()).year
    language = current_language()
    return render_template(
        "clues/settings.html",
        terms=[(code, label.within(language), getattr(terms, code)) for code, label in TERM_LABELS.items()],
        days=queries.calendar_days(session),
        years=[(y, calendar.is_provisional(y), y in calendar.settled_years) for y in (year, year + 1)],
        faults=faults,
        errors={f["where"]: f["message"] for f in faults},
        given=request.form,
    )


def _given(point: ContactPoint) -> dict[str, Any]:
    division = next((d for d in divisions_in_scope(db.session()) if d.id == point.division_id), None)
    return {
        **{name: getattr(point, name) for name in ("name", "address", "telephone", "person_name", "lon", "lat")},
        "division_uid": division.uid if division else "",
    }  # fmt: skip


def _form(given: dict[str, Any], point: ContactPoint | None, error: PatrolError | None = None) -> str:
    faults = faults_of(error)
    return render_template(
        "clues/point.html", given=given, point=point, faults=faults, sizes=SIZES,
        errors={f["where"]: f["message"] for f in faults}, kinds=choices("kind"),
        divisions=[(row.uid, row.name) for row in divisions_in_scope(db.session())],
    )  # fmt: skip


def _keep(point: ContactPoint | None) -> Any:
    given: dict[str, Any] = {name: request.form.get(name, "").strip() for name in (*_FIELDS, "lon", "lat")}
    uid = "" if point is None else point.uid
    try:
        facts = {**given, **{name: given[name] or None for name in ("lon", "lat")}}
        services.keep_contact_point(db.session(), g.principal, _read(facts), point, clock=CLOCK, rng=RNG)
    except PatrolError as error:
        db.session.rollback()
        again = queries.contact_point_by_uid(db.session(), uid) if uid else None
        return _form(given, again, error), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    return redirect(url_for("points.index"))


def _read(facts: dict[str, Any]) -> ContactPointIn:
    try:
        return ContactPointIn.model_validate(facts)
    except ValidationError as error:
        faults = Faults()
        for one in error.errors(include_url=False):
            where = str(one["loc"][0])
            long = one["type"] == "string_too_long"
            what = TOO_LONG if long else _WRONG.get(where, UNREADABLE_POINT)
            faults.add(
                what,
                where=where,
                text=str(facts[where] or "")[:20],
                most=one.get("ctx", {}).get("max_length", ""),
            )
        raise PatrolError.of(faults.found) from error
