"""The manager's inbox: what came in, where, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from patrol.clues import queries
from patrol.clues.domain import CHANNEL_LABELS, CLOSE_REASONS, KIND_LABELS, NEXT, STATE_LABELS, State
from patrol.clues.services import Move, add_note, move_sighting, reveal_reporter
from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.core.labels import Label
from patrol.infra.db import db
from patrol.infra.i18n import current_language, local_time
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow

blueprint = Blueprint("clues", __name__)
CLOCK = SystemClock()
DAYS = (7, 30, 90, 365)
MOST_POINTS = 2000
_TONES = {"received": "warn", "accepted": "info", "assigned": "info", "checked": "ok", "closed": "quiet"}


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the names of kinds, states and channels in the reader's language."""
    return {"sighting_word": _word}


def _word(table: str, code: str) -> str:
    tables: dict[str, dict[str, Label]] = {
        "kind": KIND_LABELS, "state": STATE_LABELS, "channel": CHANNEL_LABELS, "reason": CLOSE_REASONS,
    }  # fmt: skip
    label = tables[table].get(code)
    return label.within(current_language()) if label else code


def _search() -> queries.Search:
    days = request.args.get("days", "90")
    since = CLOCK.now() - dt.timedelta(days=int(days)) if days in {str(d) for d in DAYS} else None
    return queries.Search(
        state=request.args.get("state", "open"),
        channel=request.args.get("channel", ""),
        kind=request.args.get("kind", ""),
        since=since,
    )


def _choices(table: dict[str, Label]) -> list[tuple[str, str]]:
    return [(code, label.within(current_language())) for code, label in table.items()]


@blueprint.get("/sightings/")
@allow("sightings.read")
def index() -> str:
    """List what came in, on a map and as a list."""
    search = _search()
    asked: dict[str, Any] = {
        name: request.args[name] for name in ("state", "channel", "kind", "days") if name in request.args
    }
    return render_template(
        "clues/index.html",
        search=search,
        page=page_of(db.session(), queries.sightings_found(search), asked_page(request.args.get("page"))),
        kinds=_choices(KIND_LABELS),
        states=[("open", _("Not closed")), *_choices(STATE_LABELS)],
        channels=_choices(CHANNEL_LABELS),
        days=DAYS,
        tones=_TONES,
        page_url=lambda number: url_for("clues.index", **asked, page=number),
        points_url=url_for("clues.points", **asked),
    )


@blueprint.get("/sightings/points.json")
@allow("sightings.read")
def points() -> Response:
    """Give the places of the inbox to its map."""
    rows = db.session.execute(queries.sighting_points(_search(), MOST_POINTS))
    return jsonify(
        [
            {
                "uid": uid, "lon": lon, "lat": lat, "name": _word("kind", kind), "tone": _TONES.get(state, "info"),
                "url": url_for("clues.show", sighting_uid=uid),
            }
            for uid, kind, state, lon, lat in rows
        ]
    )  # fmt: skip


@blueprint.get("/sightings/<sighting_uid>")
@allow("sightings.read")
def show(sighting_uid: str) -> str:
    """Show one sighting; who reported it stands elsewhere."""
    return _page(sighting_uid)


@blueprint.get("/sightings/<sighting_uid>/place.json")
@allow("sightings.read")
def place(sighting_uid: str) -> Response:
    """Give the place of one sighting to its map."""
    sighting = queries.sighting_by_uid(db.session(), sighting_uid)
    found = queries.place_of(db.session(), sighting)
    name = _word("kind", sighting.kind)
    return jsonify([{"uid": sighting.uid, "lon": found[0], "lat": found[1], "name": name}] if found else [])


@blueprint.app_template_filter("seen_when")
def seen_when(said: str) -> str:
    """Show when something was seen: an instant of a phone in local time, or a resident's own words."""
    try:
        return local_time(dt.datetime.fromisoformat(said))
    except ValueError:
        return said


@blueprint.post("/sightings/<sighting_uid>/step")
@allow("sightings.triage")
def step(sighting_uid: str) -> Any:
    """Bring a sighting to its next state, or write a note."""
    sighting = queries.sighting_by_uid(db.session(), sighting_uid)
    asked = request.form.get("state", "")
    public, internal, reason = (
        request.form.get(name, "") for name in ("public_note", "internal_note", "reason")
    )
    try:
        if asked == "note":
            add_note(db.session(), g.principal, sighting, internal, clock=CLOCK)
        elif asked in set(State):
            move = Move(State(asked), public, internal, reason)
            move_sighting(db.session(), g.principal, sighting, move, clock=CLOCK)
        else:
            raise BadRequest
    except PatrolError as error:
        db.session.rollback()
        return _page(sighting_uid, error=error), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    return redirect(url_for("clues.show", sighting_uid=sighting_uid))


@blueprint.post("/sightings/<sighting_uid>/reporter")
@allow("sightings.see_reporter", writes=True)
def reporter(sighting_uid: str) -> Any:
    """Show who reported, for a stated purpose; the look is on record before anything is shown."""
    sighting = queries.sighting_by_uid(db.session(), sighting_uid)
    try:
        person = reveal_reporter(
            db.session(), g.principal, sighting, request.form.get("purpose", ""), clock=CLOCK
        )
        facts = None if person is None else (person.name, person.agency.name, person.phone)
        db.session.commit()
    except PatrolError as error:
        db.session.rollback()
        return _page(sighting_uid, error=error), error.status
    return _page(sighting_uid, revealed=facts or ())


def _page(
    sighting_uid: str, *, error: PatrolError | None = None, revealed: tuple[str, ...] | None = None
) -> str:
    session = db.session()
    sighting = queries.sighting_by_uid(session, sighting_uid)
    language = current_language()
    faults = [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]
    return render_template(
        "clues/show.html",
        sighting=sighting,
        clue=queries.clue_of_sighting(session, sighting.id),
        place=queries.place_of(session, sighting),
        next_states=[(state.value, _word("state", state.value)) for state in NEXT[sighting.state]],
        reasons=_choices(CLOSE_REASONS),
        known_reporter=queries.has_reporter(session, sighting),
        revealed=revealed,
        faults=faults,
        tones=_TONES,
    )
