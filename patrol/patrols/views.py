"""Patrols as they were walked: the list of a day, one patrol with its track, and one's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from patrol.core.clock import SystemClock
from patrol.infra.db import db, one_or_404
from patrol.infra.i18n import current_language, local_time, local_zone
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow
from patrol.patrols import queries
from patrol.patrols.domain import GAP_LABELS, OUTCOME_LABELS, STATE_LABELS, STEP_LABELS
from patrol.patrols.models import Patrol, Visit
from patrol.venues import venue_by_uid

blueprint = Blueprint("patrols", __name__)
blueprints = (blueprint,)
CLOCK = SystemClock()
OUTCOME_TONES = {
    "nothing_found": "ok", "no_answer": "quiet", "refused": "warn", "suspicious": "warn", "violation": "danger",
}  # fmt: skip
STATE_TONES = {"running": "ok", "paused": "warn", "ended": "quiet", "unknown": "warn"}
#: a patrol that is silent for so long has probably been forgotten
FORGOTTEN = dt.timedelta(hours=14)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the names of outcomes, steps and states in the reader's language."""
    return {"patrol_word": word, "outcome_tones": OUTCOME_TONES, "patrol_tones": STATE_TONES}


def word(table: str, code: str) -> str:
    """Name an outcome, a step, a state or the reason of a gap."""
    tables = {"outcome": OUTCOME_LABELS, "step": STEP_LABELS, "state": STATE_LABELS, "gap": GAP_LABELS}
    label = tables[table].get(code)
    return label.within(current_language()) if label else code


@blueprint.get("/patrols/")
@allow("patrols.read")
def index() -> str:
    """List the patrols of a day."""
    day, team = _asked_day(), request.args.get("team", "")
    start = dt.datetime.combine(day, dt.time(), local_zone())
    statement = queries.patrols_between(start, start + dt.timedelta(days=1), team)
    return _list(
        "patrols/index.html", statement, day=day, team=team, teams=queries.teams_to_choose(db.session())
    )


@blueprint.get("/patrols/mine")
@allow("patrols.read_own")
def mine() -> str:
    """List one's own patrols: a track belongs to the officer who walked it."""
    return _list("patrols/mine.html", queries.patrols_of(g.principal.person_id))


@blueprint.get("/patrols/mine/<patrol_uid>")
@allow("patrols.read_own")
def show_mine(patrol_uid: str) -> str:
    """Show one of one's own patrols."""
    return _page(_own(patrol_uid), url_for("patrols.my_track", patrol_uid=patrol_uid), own=True)


@blueprint.get("/patrols/mine/<patrol_uid>/track.json")
@allow("patrols.read_own")
def my_track(patrol_uid: str) -> Response:
    """Give one's own track to its map."""
    return jsonify(_track(_own(patrol_uid)))


@blueprint.get("/patrols/<patrol_uid>")
@allow("patrols.read")
def show(patrol_uid: str) -> str:
    """Show one patrol: track, gaps, visits, steps."""
    return _page(_one(patrol_uid), url_for("patrols.track", patrol_uid=patrol_uid), own=False)


@blueprint.get("/patrols/<patrol_uid>/track.json")
@allow("patrols.read")
def track(patrol_uid: str) -> Response:
    """Give the track of a patrol to its map."""
    return jsonify(_track(_one(patrol_uid)))


@blueprint.get("/patrols/venue/<venue_uid>.html")
@allow("venues.read")
def venue_history(venue_uid: str) -> str:
    """Give the visits of a venue as a part of its page."""
    venue = venue_by_uid(db.session(), venue_uid)
    page = page_of(db.session(), queries.visits_at(venue.id), asked_page(request.args.get("page")), 20)
    return render_template("patrols/_venue_history.html", venue=venue, page=page)


def _asked_day() -> dt.date:
    today = CLOCK.now().astimezone(local_zone()).date()
    try:
        return dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today


def _list(template: str, statement: Any, **facts: Any) -> str:
    page = page_of(db.session(), statement, asked_page(request.args.get("page")))
    counts = queries.visit_counts(db.session(), [patrol.id for patrol in page.rows])
    asked: dict[str, Any] = {name: request.args[name] for name in ("day", "team") if name in request.args}
    endpoint = str(request.endpoint)
    return render_template(
        template,
        page=page,
        counts=counts,
        forgotten=_forgotten,
        page_url=lambda number: url_for(endpoint, **asked, page=number),
        **facts,
    )


def _forgotten(patrol: Patrol) -> bool:
    return patrol.state != "ended" and CLOCK.now() - patrol.started_at > FORGOTTEN


def _one(patrol_uid: str) -> Patrol:
    return one_or_404(db.session(), select(Patrol).where(Patrol.uid == patrol_uid))


def _own(patrol_uid: str) -> Patrol:
    mine = Patrol.person_id == g.principal.person_id
    return one_or_404(db.session(), select(Patrol).where(Patrol.uid == patrol_uid, mine))


def _page(patrol: Patrol, track_url: str, *, own: bool) -> str:
    session = db.session()
    visits = queries.visits_of(session, patrol)
    points, gaps = queries.track_of(session, patrol)
    parts, holes = queries.track_parts(points, gaps)
    return render_template(
        "patrols/show.html",
        patrol=patrol,
        visits=visits,
        timeline=_timeline(patrol, visits),
        points=len(points),
        parts=parts,
        holes=holes,
        track_url=track_url,
        forgotten=_forgotten(patrol),
        own=own,
    )


def _timeline(patrol: Patrol, visits: list[Visit]) -> list[dict[str, Any]]:
    """Return steps and visits in time order."""
    items = [
        (
            dt.datetime.fromisoformat(event["at"]),
            word("step", event["step"]),
            _doubt(event.get("clock")),
            "info",
        )
        for event in patrol.events
    ]
    items += [
        (
            visit.arrived_at,
            f"{visit.venue.name} · {word('outcome', visit.outcome)}",
            _doubt(visit.presence.get("clock")) or visit.note,
            OUTCOME_TONES.get(visit.outcome, "quiet"),
        )
        for visit in visits
    ]
    return [
        {"time": local_time(at, "%H:%M"), "title": title, "text": text, "tone": tone, "done": True}
        for at, title, text, tone in sorted(items, key=lambda item: item[0])
    ]


def _doubt(clock: dict[str, Any] | None) -> str:
    return _("The phone's clock was wrong; the time was corrected on arrival.") if clock else ""


def _track(patrol: Patrol) -> dict[str, Any]:
    """Return pieces, gaps with their reason in words, and visits, as the page's map draws them."""
    session = db.session()
    points, gaps = queries.track_of(session, patrol)
    parts, holes = queries.track_parts(points, gaps)
    return {
        "parts": parts,
        "gaps": [
            {
                "line": hole["line"],
                "text": f"{local_time(hole['from'], '%H:%M')}–{local_time(hole['to'], '%H:%M')} "
                + (word("gap", hole["reason"]) or _("no reason known")),
            }
            for hole in holes
        ],
        "visits": [
            {
                "uid": visit.uid,
                "lon": visit.lon if visit.lon is not None else visit.venue.lon,
                "lat": visit.lat if visit.lat is not None else visit.venue.lat,
                "name": f"{visit.venue.name} · {word('outcome', visit.outcome)}",
                "tone": OUTCOME_TONES.get(visit.outcome, "quiet"),
            }
            for visit in queries.visits_of(session, patrol)
        ],
    }
