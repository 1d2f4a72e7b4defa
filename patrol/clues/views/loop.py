"""The pages of the loop: inbox, kanban, live board, one clue and every move of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from patrol.accounts import agencies, people
from patrol.clues import queries, services
from patrol.clues.domain import KIND_LABELS, MoveKind
from patrol.clues.models import Clue, ClueReporter, ClueReward
from patrol.clues.views.wording import TONES, choices, clock_of, clue_word, faults_of, moves_for
from patrol.core.clock import SystemClock, china_date
from patrol.core.errors import PatrolError
from patrol.infra.crypto import Keyring, keyring
from patrol.infra.db import db
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow

blueprint = Blueprint("loop", __name__)
CLOCK = SystemClock()
DAYS = (7, 30, 90, 365)
MOST_POINTS = 2000
FIELDS = ("reason", "answer", "verdict", "close_reason", "agency", "person", "days")


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words and tones of clues."""
    return {"clue_word": clue_word, "clue_tones": TONES}


def today() -> dt.date:
    """Return the day in China."""
    return china_date(CLOCK.now())


def asked() -> queries.ClueSearch:
    """Read the inbox's filter; what makes no sense counts as not asked."""
    days = request.args.get("days", "")
    return queries.ClueSearch(
        state=request.args.get("state", "open"), channel=request.args.get("channel", ""),
        kind=request.args.get("kind", "") if request.args.get("kind", "") in KIND_LABELS else "",
        words=request.args.get("q", "").strip()[:60], urgent=bool(request.args.get("urgent")),
        late_on=today() if request.args.get("late") else None,
        since=CLOCK.now() - dt.timedelta(days=int(days)) if days in {str(d) for d in DAYS} else None,
    )  # fmt: skip


@blueprint.get("/clues/")
@allow("clues.read")
def index() -> str:
    """List what is being followed, with its clocks, figures and a map."""
    search, session = asked(), db.session()
    given: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    now = CLOCK.now()
    return render_template(
        "clues/loop.html", search=search, states=[("open", _("Not closed")), *choices("state")],
        channels=choices("channel"), kinds=choices("kind"), days=DAYS,
        page=page_of(session, queries.clues_found(search), asked_page(request.args.get("page"))),
        figures=queries.loop_figures(session, since=now - dt.timedelta(days=365), until=now, today=today()),
        clock=_clock(), page_url=lambda number: url_for("loop.index", **given, page=number),
        points_url=url_for("loop.points", **given),
    )  # fmt: skip


@blueprint.get("/clues/points.json")
@allow("clues.read")
def points() -> Response:
    """Give the places of the inbox to its map."""
    rows = db.session.execute(queries.clue_points(asked(), MOST_POINTS))
    return jsonify(
        [
            {
                "uid": uid, "lon": lon, "lat": lat, "name": f"{number} {clue_word('kind', kind)}",
                "tone": "danger" if urgent and state != "closed" else TONES.get(state, "info"),
                "url": url_for("loop.show", clue_uid=uid),
            }
            for uid, number, kind, state, urgent, lon, lat in rows
        ]
    )  # fmt: skip


@blueprint.get("/clues/kanban")
@allow("clues.read")
def kanban() -> str:
    """Show the open clues in columns by state."""
    found = (
        db.session.scalars(queries.clues_found(queries.ClueSearch(state="open")).limit(300)).unique().all()
    )
    columns = [
        (state, name, [clue for clue in found if clue.state == state])
        for state, name in choices("state") if state != "closed"
    ]  # fmt: skip
    return render_template("clues/kanban.html", columns=columns, clock=_clock())


@blueprint.get("/clues/board")
@allow("clues.read")
def board() -> str:
    """Show urgent clues live: since when, where, who has acknowledged."""
    return render_template("clues/board.html", **_board())


@blueprint.get("/clues/board-rows")
@allow("clues.read")
def board_rows() -> str:
    """Give the live board's rows anew."""
    return render_template("clues/_board.html", **_board())


@blueprint.get("/clues/mine")
@allow("clues.work")
def mine() -> str:
    """Show an officer the clues they were sent to, urgent ones first."""
    session = db.session()
    return render_template(
        "clues/mine.html", clues=queries.clues_of_person(session, g.principal.person_id),
        urgent=queries.urgent_for(session, g.principal, CLOCK.now()), clock=_clock(),
    )  # fmt: skip


@blueprint.get("/clues/<clue_uid>")
@allow("clues.work")
def show(clue_uid: str) -> str:
    """Show one clue: what was said, its clock, its way, what may follow."""
    return page(clue_uid)


@blueprint.get("/clues/<clue_uid>/place.json")
@allow("clues.work")
def place(clue_uid: str) -> Response:
    """Give the place of one clue to its map."""
    clue = queries.clue_by_uid(db.session(), clue_uid)
    found = queries.place_of(db.session(), clue)
    rows = [{"uid": clue.uid, "lon": found[0], "lat": found[1], "name": clue.number}] if found else []
    return jsonify(rows)


@blueprint.post("/clues/<clue_uid>/move")
@allow("clues.work")
def move(clue_uid: str) -> Any:
    """Do one move of the loop."""
    session = db.session()
    clue = queries.clue_by_uid(session, clue_uid)
    kind = request.form.get("move", "")
    given = {name: request.form.get(name, "") for name in FIELDS}
    try:
        if kind not in set(MoveKind):
            return page(clue_uid), 422
        doing = services.doing_of(clue, g.principal, MoveKind(kind), given)
        services.move_clue(
            session, g.principal, clue, doing, version=request.form.get("version", 0, type=int), clock=CLOCK
        )
        words = services.words_due(session, _keys(), g.principal, clue, doing.kind)
    except PatrolError as error:
        db.session.rollback()
        return page(clue_uid, error), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    tell(clue_uid, words)
    return redirect(url_for("loop.show", clue_uid=clue_uid))


@blueprint.post("/clues/<clue_uid>/tell")
@allow("clues.manage")
def tell_again(clue_uid: str) -> Any:
    """Send the word to a reporter that did not go out with its feedback."""
    clue = queries.clue_by_uid(db.session(), clue_uid)
    try:
        words = services.word_again(db.session(), _keys(), clue)
    except PatrolError as error:
        db.session.rollback()
        return page(clue_uid, error), error.status
    db.session.commit()
    tell(clue_uid, words)
    return redirect(url_for("loop.show", clue_uid=clue_uid))


def tell(clue_uid: str, words: list[services.Word]) -> None:
    """Send the words of a move that is on record, note what became of them, and say so."""
    if not words:
        return
    sent = services.send_words(current_app.config["SETTINGS"], words, clock=CLOCK)
    clue = queries.clue_by_uid(db.session(), clue_uid)
    services.note_sent(db.session(), g.principal, clue, sent, clock=CLOCK)
    db.session.commit()
    names, missing = "、".join(filter(None, sent.told)), "、".join(filter(None, sent.missed))
    if "" in sent.told:
        flash(_("The reporter was told that there is news."), "success")
    if "" in sent.missed:
        flash(_("No message reached the reporter. Send it again below."), "error")
    if names:
        flash(_("A message was sent to %(names)s.", names=names), "success")
    if missing:
        flash(_("No message reached %(names)s: call them.", names=missing), "error")


@blueprint.post("/clues/<clue_uid>/acknowledge")
@allow("clues.work")
def acknowledge(clue_uid: str) -> Any:
    """Say that an urgent clue has arrived at the team on duty."""
    clue = queries.clue_by_uid(db.session(), clue_uid)
    services.acknowledge_clue(db.session(), g.principal, clue, clock=CLOCK)
    db.session.commit()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(receipt_of="patrol", acknowledged=clue_uid)  # a phone
    flash(_("Acknowledged."), "success")
    return redirect(
        url_for("loop.board")
        if request.form.get("back") == "board"
        else url_for("loop.show", clue_uid=clue_uid)
    )


def _keys() -> Keyring:
    return keyring(current_app.config["SETTINGS"])


def _clock() -> Any:
    calendar, day = queries.calendar_of(db.session()), today()
    return lambda clue: clock_of(clue, day, calendar)


def _board() -> dict[str, Any]:
    session, now = db.session(), CLOCK.now()
    clues, watches = queries.board(session), queries.watches_now(session, now)
    minutes = queries.terms_of(session).urgent_ack_minutes
    return {
        "clues": clues, "now": now, "clock": _clock(), "ack_minutes": minutes,
        "late": {clue.id for clue in clues if queries.call_of(clue, now, minutes).late},
        "reached": queries.reached(session, clues), "duty": {c.id: queries.on_duty_for(c, watches) for c in clues},
    }  # fmt: skip


def page(clue_uid: str, error: PatrolError | None = None, **more: Any) -> str:
    """Render the page of one clue, with what went wrong or was revealed."""
    session = db.session()
    clue = queries.clue_by_uid(session, clue_uid)
    manages = g.principal.may("clues.manage")
    reward = session.get(ClueReward, clue.id) if manages else None
    facts: dict[str, Any] = {
        "clue": clue, "place": queries.place_of(session, clue), "clock": _clock()(clue), "moves": moves_for(clue),
        "agencies": [(row.uid, row.name) for row in agencies(session)] if manages else [],
        "people": [(row.uid, f"{row.name} · {row.agency.name}") for row in people(session) if row.active]
        if manages else [],
        "verdicts": choices("verdict"), "close_reasons": choices("reason"), "faults": faults_of(error),
        "errors": {f["where"]: f["message"] for f in faults_of(error)},
        "alike": queries.alike(session, clue) if manages and clue.state != "closed" else [],
        "linked": queries.linked(session, clue), "reward": reward,
        "into": session.get(Clue, clue.merged_into_id) if clue.merged_into_id else None,
        "untold": manages and services.has_word_waiting(session, clue),
        "known_reporter": session.get(ClueReporter, clue.id) is not None, "revealed": None,
    }  # fmt: skip
    return render_template("clues/clue.html", **{**facts, **more})
