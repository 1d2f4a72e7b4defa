"""The pages that every ledger has. A room above calls :func:`pages_of` and serves the blueprint among its own.

Stands apart from ``views.py`` because the front door hands it out: it is what a room above builds its views with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.jobs import enqueue
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow
from patrol.ledgers import domain as d
from patrol.ledgers import queries, services, showing
from patrol.ledgers.files import kept_file
from patrol.ledgers.importing import columns_of
from patrol.ledgers.ledger import TABS, Ledger, section_of
from patrol.ledgers.reading import form_values
from patrol.venues import keep_upload

CLOCK = SystemClock()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 20_000


def pages_of(ledger: Ledger) -> Blueprint:
    """Return the blueprint with all pages of a ledger under ``/<code>/``, guarded by its permissions."""
    blueprint = Blueprint(ledger.code, __name__, url_prefix=f"/{ledger.code}")
    one = f"/<{ledger.uid_param}>"

    def add(rule: str, name: str, view: Callable[..., Any], permission: str, *methods: str) -> None:
        named = update_wrapper(partial(view, ledger), view)  # the limiter asks every view for its name
        bound = allow(permission)(named)
        blueprint.add_url_rule(rule, name, bound, methods=list(methods or ("GET",)))

    add("/", "index", index, ledger.read)
    add("/export.xlsx", "export", export, ledger.read)
    add("/new", "new", new, ledger.edit, "GET", "POST")
    add("/import", "importing", importing, ledger.edit, "GET", "POST")
    if ledger.has_place:
        add("/points.json", "points", points, ledger.read)
        add(f"{one}/place.json", "place", place, ledger.read)
    add(one, "show", show, ledger.read)
    add(f"{one}/edit", "edit", edit, ledger.edit, "GET", "POST")
    add(f"{one}/withdraw", "withdraw", withdraw, ledger.edit, "POST")
    add(f"{one}/attach", "attach", attach, ledger.edit, "POST")
    return blueprint


def address(ledger: Ledger, uid: str) -> str:
    """Return the address of a record's page."""
    return f"/{ledger.code}/{uid}"


def tabs_of(section: str) -> list[dict[str, Any]]:
    """Return the tabs of a section, those that the reader may open."""
    ledgers = [(each.name, f"/{each.code}/", each.icon, each.read) for each in section_of(section)]
    further = [(tab.label, tab.url, tab.icon, tab.read) for tab in TABS.get(section, ())]
    return [
        {"label": showing.say(label), "url": url, "active": f"{request.path}/".startswith(url), "icon": icon}
        for label, url, icon, read in (*ledgers, *further)
        if g.principal.may(read)
    ]


def asked_search(ledger: Ledger) -> queries.Search:
    """Read the search from a list's address; what makes no sense counts as not asked."""
    filters = [f for f in ledger.fields if f.filtered]
    return queries.Search(
        q=request.args.get("q", "").strip()[:80],
        division=request.args.get("division", "")[:20],
        since=_day(request.args.get("since", "")),
        until=_day(request.args.get("until", "")),
        withdrawn=request.args.get("withdrawn") == "1",
        choices={f.name: request.args[f.name] for f in filters if request.args.get(f.name) in f.choices},
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _asked() -> dict[str, str]:
    return {name: text for name, text in request.args.items() if name not in {"page", "lang"} and text}


def index(ledger: Ledger) -> str:
    """List a ledger: filters, map where places matter, pages."""
    search, asked, session = asked_search(ledger), _asked(), db.session()
    found = page_of(
        session, queries.records_listed(session, ledger, search), asked_page(request.args.get("page"))
    )
    return render_template(
        "ledgers/index.html", ledger=ledger, search=search, page=found, tabs=tabs_of(ledger.section), asked=asked,
        listed=[f for f in ledger.fields if f.listed], filters=[f for f in ledger.fields if f.filtered],
        cell=partial(showing.cell, venues=showing.venues_named(session, ledger, found.rows)),
        divisions=showing.divisions_by_id(session), say=showing.say,
        choice_name=showing.choice_name, division_choices=queries.division_choices(session),
        page_url=lambda number: f"/{ledger.code}/?{urlencode({**asked, 'page': number})}",
        url=lambda row: address(ledger, row.uid),
        above=[(row, showing.facts_of(session, ledger, row)) for row in ledger.above(session)],
    )  # fmt: skip


def points(ledger: Ledger) -> Response:
    """Give the places of a list to its map."""
    rows = queries.points_found(db.session(), ledger, asked_search(ledger))
    return jsonify(
        [
            {"uid": uid, "name": title, "lon": lon, "lat": lat, "url": f"/{ledger.code}/{uid}"}
            for uid, title, lon, lat in rows
        ]
    )


def place(ledger: Ledger, **named: str) -> Response:
    """Give the place of one record, and of the venues it names, to its map."""
    row = queries.record_by_uid(db.session(), ledger, named[ledger.uid_param])
    found = queries.places_of(db.session(), ledger, row)
    return jsonify(
        [
            {"uid": f"{row.uid}-{at}", "lon": lon, "lat": lat, "name": name, "url": url}
            for at, (lon, lat, name, url) in enumerate(found)
        ]
    )


def export(ledger: Ledger) -> Response:
    """Send the list as a workbook."""
    session = db.session()
    rows = list(
        session.scalars(queries.records_listed(session, ledger, asked_search(ledger)).limit(MOST_EXPORTED))
    )
    named = showing.Named(
        showing.divisions_by_id(session), showing.venues_named(session, ledger, rows),
        showing.numbers_named(session, ledger, rows),
    )  # fmt: skip
    content = showing.workbook(ledger, rows, named)
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=f"{ledger.code}.xlsx")


def show(ledger: Ledger, **named: str) -> str:
    """Show one record with all that belongs to it."""
    session = db.session()
    row = queries.record_by_uid(session, ledger, named[ledger.uid_param])
    return render_template(
        "ledgers/show.html", ledger=ledger, row=row, say=showing.say, choice_name=showing.choice_name,
        groups=showing.facts_of(session, ledger, row), tabs=tabs_of(ledger.section), title=getattr(row, ledger.title),
        attachments=queries.attachments_of(session, ledger, row), history=queries.history_of(session, row),
        places=queries.places_of(session, ledger, row) if ledger.has_place else [],
        changes=partial(showing.changes_in_words, session, ledger),
        base=address(ledger, named[ledger.uid_param]), may_edit=g.principal.may(ledger.edit),
        **ledger.facts(session, row),
    )  # fmt: skip


def new(ledger: Ledger) -> Any:
    """Enter a record."""
    if request.method == "GET":
        given = {f.name: f.default for f in ledger.fields if f.default is not None}
        return _form(ledger, {**given, **request.args.to_dict()})
    given = given_values(ledger)
    try:
        doubts = services.doubts_of(db.session(), ledger, None, given, clock=CLOCK)
        if doubts:
            return _form(ledger, given, doubts=doubts), 409
        row = services.record_new(db.session(), g.principal, ledger, given, clock=CLOCK)
    except PatrolError as error:
        return _form_again(ledger, given, error, None)
    db.session.commit()
    flash(_("%(number)s is on record.", number=row.number), "success")
    return redirect(address(ledger, row.uid))


def edit(ledger: Ledger, **named: str) -> Any:
    """Change a record."""
    row = queries.record_by_uid(db.session(), ledger, named[ledger.uid_param])
    if request.method == "GET":
        return _form(ledger, form_values(db.session(), ledger, row), row=row)
    given = given_values(ledger)
    try:
        doubts = services.doubts_of(db.session(), ledger, row, given, clock=CLOCK)
        if doubts:
            return _form(ledger, given, row=row, doubts=doubts), 409
        services.change_record(db.session(), g.principal, ledger, row, given, clock=CLOCK)
    except PatrolError as error:
        return _form_again(ledger, given, error, named[ledger.uid_param])
    db.session.commit()
    flash(_("The changes are saved."), "success")
    return redirect(address(ledger, named[ledger.uid_param]))


def withdraw(ledger: Ledger, **named: str) -> Any:
    """Take a record out of lists and figures, for a reason."""
    row = queries.record_by_uid(db.session(), ledger, named[ledger.uid_param])
    try:
        services.withdraw_record(
            db.session(), g.principal, ledger, row, request.form.get("reason", ""), clock=CLOCK
        )
    except PatrolError as error:
        db.session.rollback()
        flash(error.sentence(current_language()), "error")
        return redirect(address(ledger, named[ledger.uid_param]))
    db.session.commit()
    flash(_("The record is withdrawn. It no longer counts, and stays readable with the reason."), "success")
    return redirect(address(ledger, named[ledger.uid_param]))


def attach(ledger: Ledger, **named: str) -> Any:
    """Attach documents and photos to a record."""
    row = queries.record_by_uid(db.session(), ledger, named[ledger.uid_param])
    try:
        uploads = [upload for upload in request.files.getlist("files") if upload.filename]
        if not uploads:
            raise PatrolError(d.NO_FILE, where="files")
        for upload in uploads:
            file = kept_file(upload, request.form.get("caption", ""))
            services.attach(db.session(), g.principal, ledger, row, file, clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        flash(error.sentence(current_language()), "error")
        return redirect(address(ledger, named[ledger.uid_param]))
    db.session.commit()
    flash(_("Attached."), "success")
    return redirect(address(ledger, named[ledger.uid_param]))


def importing(ledger: Ledger) -> Any:
    """Take a file of records and hand it to the worker."""
    faults: list[dict[str, str]] = []
    upload = request.files.get("file")
    if request.method == "POST" and upload and upload.filename:
        params = {
            "ledger": ledger.code, "sha256": keep_upload(upload.stream), "name": upload.filename[-120:],
            "partial": request.form.get("partial") == "1",
        }  # fmt: skip
        job = enqueue("ledgers.import", params, g.principal)
        return redirect(url_for("ledgers.imported", job_uid=job.uid))
    if request.method == "POST":
        faults = [{"where": "file", "message": d.NO_FILE.sentence(current_language(), {})}]
    page = render_template(
        "ledgers/import.html", ledger=ledger, say=showing.say, columns=columns_of(ledger), faults=faults,
        tabs=tabs_of(ledger.section), language=current_language(),
    )  # fmt: skip
    return (page, 422) if faults else page


def given_values(ledger: Ledger) -> dict[str, str]:
    """Return what a form holds: check boxes joined, everything else as typed."""
    given = {name: text.strip() for name, text in request.form.items()}
    for f in ledger.fields:
        if f.kind == "many":
            given[f.name] = "、".join(request.form.getlist(f.name))
    return given


def _form_again(ledger: Ledger, given: dict[str, str], error: PatrolError, uid: str | None) -> Any:
    db.session.rollback()
    row = queries.record_by_uid(db.session(), ledger, uid) if uid else None
    return _form(ledger, given, row=row, error=error), error.status


def _form(
    ledger: Ledger,
    values: dict[str, Any],
    *,
    row: Any = None,
    error: PatrolError | None = None,
    doubts: Sequence[str] = (),
) -> str:
    session, language = db.session(), current_language()
    faults = [{"where": f.where, "message": f.sentence(language)} for f in (error.faults if error else ())]
    groups: dict[str, list[d.Field]] = {}
    for f in ledger.fields:
        groups.setdefault(showing.say(f.group), []).append(f)
    return render_template(
        "ledgers/edit.html", ledger=ledger, row=row, values=values, say=showing.say, groups=groups, faults=faults,
        doubts=doubts,
        errors={each["where"]: each["message"] for each in reversed(faults)},
        division_choices=queries.division_choices(session), choice_name=showing.choice_name,
        suggestions={f.name: queries.recent_numbers(session, f.target) for f in ledger.fields if f.kind == "record"},
    )  # fmt: skip
