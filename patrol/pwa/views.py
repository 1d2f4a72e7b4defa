"""The shell: front page, phone app, service worker, preferences, job status, style guide."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import format_date
from sqlalchemy import select

from patrol.accounts import role_names
from patrol.infra.assets import send_built
from patrol.infra.db import db, one_or_404
from patrol.infra.i18n import COOKIE, LANGUAGES, current_language
from patrol.infra.jobs import Job, cancel, status
from patrol.infra.policy import allow, allow_anyone, allow_signed_in
from patrol.infra.resources import resource
from patrol.pwa import rescue
from patrol.pwa.dashboard import agency_name, overview
from patrol.pwa.navigation import TEAM_ICONS, TEAM_TONES, navigation, plan_states, team_states
from patrol.pwa.preferences import choose_language

blueprint = Blueprint("pwa", __name__)
blueprints = (blueprint, rescue.blueprint)


@blueprint.app_context_processor
def shell() -> dict[str, Any]:
    """Give every template the navigation, the person and the settings."""
    principal = g.get("principal")
    return {
        "nav_items": navigation(principal),
        "current_person": principal,
        "person_role": "、".join(role_names()[role] for role in sorted(principal.roles)) if principal else "",
        "settings": current_app.config["SETTINGS"],
        "basemap_url": "/basemap/streets.json" if principal else "",
    }


@blueprint.get("/")
@allow_signed_in()
def home() -> Any:
    """Lead people to where they work: managers to the overview, everyone else to the phone or their first page."""
    if g.principal.may("dashboard.read"):
        return redirect(url_for("pwa.dashboard"))
    if g.principal.may("phone.use"):
        return redirect(url_for("pwa.phone"))
    items = navigation(g.principal)
    return redirect(str(items[0]["url"])) if items else abort(404)


@blueprint.get("/overview")
@allow("dashboard.read")
def dashboard() -> str:
    """Show who walks today, what waits, and how the last days stand."""
    seen = overview(db.session)
    return render_template(
        "pwa/dashboard.html",
        plan_states=plan_states(),
        team_states=team_states(),
        team_tones=TEAM_TONES,
        team_icons=TEAM_ICONS,
        today_in_words=format_date(seen["today"], "full"),
        agency=agency_name(db.session, g.principal),
        **seen,
    )


@blueprint.get("/m/")
@blueprint.get("/m/<path:inside>")
@allow_anyone("the phone shell holds no data; what it shows comes from the phone itself or the API")
def phone(inside: str = "") -> str:
    """Serve the phone app's shell; its own router reads the rest of the path."""
    return render_template("pwa/shell.html")


@blueprint.get("/offline")
@allow_anyone("the page that a phone keeps for when another cannot be reached names nobody")
def no_network() -> str:
    """Serve what the service worker shows, in both languages, for a page it does not have."""
    return render_template("offline.html")


@blueprint.get("/sw.js")
@allow_anyone("the service worker is code, not data")
def service_worker() -> Response:
    """Serve the service worker from the root, so that it may control every page."""
    return send_built("sw.js")


@blueprint.get("/manifest.webmanifest")
@allow_anyone("the web manifest is code, not data")
def web_manifest() -> Response:
    """Serve the web manifest that makes the phone app installable."""
    return send_built("manifest.webmanifest")


@blueprint.post("/account/language")
@allow_anyone("a visitor may choose a language before signing in")
def language() -> Any:
    """Keep the reader's language with the account and in this browser."""
    wanted = request.form.get("language", current_language())
    choose_language(db.session, g.principal, wanted)
    db.session.commit()
    back = request.form.get("next") or "/"
    answer = redirect(back if back.startswith("/") and not back.startswith("//") else "/")
    if wanted in LANGUAGES:
        answer.set_cookie(
            COOKIE,
            wanted,
            max_age=31_536_000,
            samesite="Strict",
            httponly=True,
            secure=current_app.config["SETTINGS"].secure_cookies,
        )
    return answer


@blueprint.get("/jobs/<job_uid>.json")
@allow_signed_in()
def job_status(job_uid: str) -> Response:
    """Tell the owner how far a piece of long work is."""
    return jsonify(status(_own_job(job_uid), current_language()))


@blueprint.post("/jobs/<job_uid>/cancel")
@allow_signed_in()
def job_cancel(job_uid: str) -> Any:
    """Ask a piece of long work to stop."""
    row = _own_job(job_uid)
    cancel(row)
    db.session.commit()
    return jsonify(status(row, current_language()))


@blueprint.get("/styleguide")
@allow_anyone("it shows components with invented content")
def styleguide() -> str:
    """Show every component in every state (development only)."""
    if not (current_app.debug or current_app.testing):
        abort(404)
    icons = sorted(path.stem for path in resource("static", "icons").glob("*.svg"))
    return render_template("pwa/styleguide.html", icon_names=icons)


def _own_job(job_uid: str) -> Job:
    return one_or_404(
        db.session, select(Job).where(Job.uid == job_uid, Job.person_id == g.principal.person_id)
    )
