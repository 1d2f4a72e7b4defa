"""What surrounds a clue: taking it in, joining it with others, talking with its reporter, rewarding."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError

from patrol.clues import queries, services
from patrol.clues.domain import (
    MOST_NAMED,
    NO_DIVISION,
    NO_WORDS,
    SEVERAL_PLACES,
    TOO_LONG,
    UNKNOWN_KIND,
    UNKNOWN_PLACE,
    grouped,
    places_meant,
)
from patrol.clues.schemas import ClueIn
from patrol.clues.views.loop import CLOCK, blueprint, page
from patrol.clues.views.wording import choices, faults_of
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.crypto import keyring
from patrol.infra.db import db
from patrol.infra.policy import allow
from patrol.territory import Division, divisions_in_scope

RNG = secrets.SystemRandom()
UNKNOWN_NUMBER = problem(
    "clues.unknown_number",
    en="No clue in your division has the number “{number}”.",
    zh="您的辖区内没有编号为“{number}”的线索。",
)
UNREADABLE = problem(
    "clues.unreadable", en="This cannot be read; please correct it.", zh="内容无法识别，请更正。"
)
_TAKEN = (
    "channel", "kind", "text", "address", "seen_on", "division_uid", "source_number", "source_name",
    "reporter_name", "reporter_contact", "reporter_way",
)  # fmt: skip
_MISSING = {"kind": UNKNOWN_KIND, "division_uid": NO_DIVISION, "text": NO_WORDS}


@blueprint.get("/clues/new")
@allow("clues.take")
def take_form() -> str:
    """Show the operator's form: six fields, by keyboard alone."""
    return _form({"channel": request.args.get("channel", "telephone")})


@blueprint.post("/clues/new")
@allow("clues.take")
def take() -> Any:
    """Take a clue in and show its code once, to be read out."""
    given = {name: request.form.get(name, "").strip() for name in _TAKEN}
    urgent = bool(request.form.get("urgent"))
    try:
        clue, code = services.open_clue(
            db.session(), g.principal, _read({**given, "urgent": urgent}),
            keys=keyring(current_app.config["SETTINGS"]), clock=CLOCK, rng=RNG,
        )  # fmt: skip
        facts = (clue.uid, clue.number)
        db.session.commit()
    except PatrolError as error:
        db.session.rollback()
        return _form({**given, "urgent": urgent}, error), error.status
    return render_template("clues/taken.html", uid=facts[0], number=facts[1], code=grouped(code))


@blueprint.post("/sightings/<sighting_uid>/clue")
@allow("clues.manage")
def from_sighting(sighting_uid: str) -> Any:
    """Make a sighting a clue."""
    sighting = queries.sighting_by_uid(db.session(), sighting_uid)
    clue = services.open_from_sighting(
        db.session(), g.principal, sighting, urgent=bool(request.form.get("urgent")), clock=CLOCK
    )
    uid = clue.uid
    db.session.commit()
    return redirect(url_for("loop.show", clue_uid=uid))


@blueprint.post("/clues/<clue_uid>/join")
@allow("clues.manage")
def join(clue_uid: str) -> Any:
    """Link a clue with another, or merge it into that one."""
    session = db.session()
    clue = queries.clue_by_uid(session, clue_uid)
    number = request.form.get("number", "").strip()[:20]
    try:
        other = session.scalars(queries.clues_found(queries.ClueSearch(words=number))).unique().first()
        if not number or other is None or other.number != number:
            raise PatrolError(UNKNOWN_NUMBER, where="number", number=number)
        if request.form.get("how") == "merge":
            services.merge_clue(session, g.principal, clue, other, clock=CLOCK)
        else:
            services.link_clues(session, g.principal, clue, other, clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        return page(clue_uid, error), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    return redirect(url_for("loop.show", clue_uid=clue_uid))


@blueprint.post("/clues/<clue_uid>/ask")
@allow("clues.manage")
def ask(clue_uid: str) -> Any:
    """Ask whoever has the code."""
    clue = queries.clue_by_uid(db.session(), clue_uid)
    try:
        services.ask_reporter(db.session(), g.principal, clue, request.form.get("text", ""), clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        return page(clue_uid, error), error.status
    db.session.commit()
    flash(_("The question waits for whoever has the code."), "success")
    return redirect(url_for("loop.show", clue_uid=clue_uid, _anchor="talk"))


@blueprint.post("/clues/<clue_uid>/reporter")
@allow("clues.see_reporter", writes=True)
def reporter(clue_uid: str) -> Any:
    """Show who reported, for a stated purpose; the look is on record before anything is shown."""
    clue = queries.clue_by_uid(db.session(), clue_uid)
    keys = keyring(current_app.config["SETTINGS"])
    try:
        found = services.reveal_clue_reporter(
            db.session(), g.principal, keys, clue, request.form.get("purpose", ""), clock=CLOCK
        )
        db.session.commit()
    except PatrolError as error:
        db.session.rollback()
        return page(clue_uid, error), error.status
    return page(clue_uid, revealed=found or ())


@blueprint.post("/clues/<clue_uid>/reward")
@allow("clues.manage")
def reward(clue_uid: str) -> Any:
    """Grant a reward, or write down that it was handed over."""
    session = db.session()
    clue = queries.clue_by_uid(session, clue_uid)
    try:
        if request.form.get("pay"):
            services.pay_reward(session, g.principal, clue, clock=CLOCK)
        else:
            services.offer_reward(
                session, g.principal, clue, yuan=request.form.get("yuan", 0.0, type=float),
                shares=request.form.get("shares", 0, type=int), reason=request.form.get("reason", ""), clock=CLOCK,
            )  # fmt: skip
    except PatrolError as error:
        db.session.rollback()
        return page(clue_uid, error), error.status
    db.session.commit()
    flash(_("Recorded."), "success")
    return redirect(url_for("loop.show", clue_uid=clue_uid, _anchor="reward"))


def _form(given: dict[str, Any], error: PatrolError | None = None) -> str:
    faults, places = faults_of(error), _places()
    given = {
        **given,
        "division_uid": places.get(given.get("division_uid", ""), [given.get("division_uid", "")])[-1],
    }
    return render_template(
        "clues/take.html", given=given, faults=faults, errors={f["where"]: f["message"] for f in faults},
        kinds=choices("kind"), channels=choices("channel"),
        divisions=[names[-1] for names in places.values()],
    )  # fmt: skip


def _places() -> dict[str, tuple[str, ...]]:
    """Return what each division in scope is called: name, code, and as the list shows it (一元街道（江岸区）)."""
    found = divisions_in_scope(db.session())
    called = {row.scope_path: row.name for row in found}
    return {row.uid: (row.name, row.code, _with_upper(row, called)) for row in found}


def _with_upper(row: Division, called: dict[str, str]) -> str:
    upper = called.get(row.scope_path.rstrip("/").rpartition("/")[0] + "/")
    return f"{row.name}（{upper}）" if upper else row.name


def _place_meant(text: str, faults: Faults) -> str:
    """Return the uid of the place that was typed, or the text itself with a fault that says what to write."""
    if not text:
        return text
    places = _places()
    meant = places_meant(text, places)
    if len(meant) == 1:
        return meant[0]
    if meant:
        names = "、".join(places[uid][-1] for uid in meant[:MOST_NAMED])
        names += "……" if len(meant) > MOST_NAMED else ""
        faults.add(SEVERAL_PLACES, where="division_uid", text=text[:40], names=names)
    else:
        faults.add(UNKNOWN_PLACE, where="division_uid", text=text[:40])
    return text


def _read(given: dict[str, Any]) -> ClueIn:
    """Read the operator's form; all faults at once."""
    faults = Faults()
    given = {**given, "division_uid": _place_meant(given["division_uid"], faults)}
    try:
        new = ClueIn.model_validate(given)
        faults.raise_if_any()
        return new
    except ValidationError as error:
        for one in error.errors(include_url=False):
            where = str(one["loc"][0]) if one["loc"] else ""
            if any(fault.where == where for fault in faults.found):
                continue
            long = one["type"] == "string_too_long"
            what = TOO_LONG if long else _MISSING.get(where, UNREADABLE)
            faults.add(what, where=where, most=one.get("ctx", {}).get("max_length", ""))
    raise PatrolError.of(faults.found)
