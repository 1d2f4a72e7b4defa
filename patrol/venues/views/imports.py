"""Files on their way in: upload, match columns, watch the check, decide, store.

One set of pages serves venue lists, past findings and reports of the 12315 platform; ``purpose`` chooses the
fields and the job. The room above registers the jobs of its purpose, so nothing here reaches up to it.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.clock import SystemClock
from patrol.core.errors import Fault, PatrolError
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.jobs import enqueue
from patrol.infra.policy import allow
from patrol.venues.importing import problems as p
from patrol.venues.importing import queries as asked
from patrol.venues.importing import services
from patrol.venues.importing.preview import preview_points
from patrol.venues.importing.records import as_data
from patrol.venues.importing.reports import report_csv, report_xlsx
from patrol.venues.importing.table import read_table
from patrol.venues.models import VenueImport
from patrol.venues.placing import division_choices, home_division_uid, load_placer
from patrol.venues.storage import keep_upload, upload_path
from patrol.venues.views.blueprint import blueprint
from patrol.venues.views.forms import datum_of
from patrol.venues.wording import datum_choices, kind_choices

CLOCK = SystemClock()
#: purpose -> the page where its files are taken, and the list where its records end up
PAGES = {"venues": "venues.imports", "findings": "venues.finding_imports", "clues": "venues.clue_imports"}
LISTS = {"venues": "venues.index", "findings": "findings.index", "clues": "loop.index"}


@blueprint.get("/venues/import")
@allow("venues.import")
def imports() -> str:
    """Show what was imported, and take a new file."""
    return _start("venues")


@blueprint.get("/findings/import")
@allow("venues.import")
def finding_imports() -> str:
    """Show which past findings were imported, and take a new file."""
    return _start("findings")


@blueprint.get("/clues/import")
@allow("venues.import")
def clue_imports() -> str:
    """Show which reports of the 12315 platform were imported, and take a new file."""
    return _start("clues")


@blueprint.post("/venues/import")
@allow("venues.import")
def upload() -> Any:
    """Keep an uploaded file and guess what its columns mean."""
    asked_for = request.form.get("purpose", "")
    purpose = asked_for if asked_for in PAGES else "venues"
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise PatrolError(p.NO_FILE, where="file")
        sha256 = keep_upload(file.stream)
        row = services.start_import(
            db.session(), g.principal, purpose=purpose, filename=file.filename, sha256=sha256,
            table=read_table(upload_path(sha256)), division_uid=request.form.get("division", ""), clock=CLOCK,
        )  # fmt: skip
    except PatrolError as error:
        if error.status >= 500 or error.status == 404:
            raise
        db.session.rollback()
        return _start(purpose, error), error.status
    db.session.commit()
    return redirect(url_for("venues.import_columns", import_uid=row.uid))


@blueprint.route("/venues/import/<import_uid>/columns", methods=["GET", "POST"])
@allow("venues.import")
def import_columns(import_uid: str) -> Any:
    """Match the columns, choose datum and division, and have the file checked."""
    row = asked.import_by_uid(db.session(), import_uid)
    if request.method == "GET":
        return _columns(row)
    mapping, active = chosen_columns(row), asked.job_is_active(db.session(), row.job_uid)
    try:
        services.settle(row, job_active=active)
        services.choose_columns(
            db.session(), row, mapping, datum=datum_of(request.form.get("datum", "")),
            default_kind=request.form.get("default_kind", ""), division_uid=request.form.get("division", ""),
        )  # fmt: skip
        services.begin_check(row)
    except PatrolError as error:
        if error.status == 404:
            raise
        db.session.rollback()
        return _columns(asked.import_by_uid(db.session(), import_uid), mapping, error), error.status
    return _run(row, f"{row.purpose}.check_import")


@blueprint.get("/venues/import/<import_uid>/preview.json")
@allow("venues.import")
def import_preview(import_uid: str) -> Response:
    """Return where the first rows lie under the columns and the datum being tried, with warnings."""
    row = asked.import_by_uid(db.session(), import_uid)
    division = request.args.get("division") or asked.division_uid(db.session(), row.division_id)
    placer = load_placer(db.session(), division)
    table = read_table(upload_path(row.sha256))
    points, notes = preview_points(
        table, chosen_columns(row), datum_of(request.args.get("datum", "")), placer
    )
    language = current_language()
    return jsonify(points=points, notes=[note.sentence(language) for note in notes])


@blueprint.get("/venues/import/<import_uid>")
@allow("venues.import")
def import_show(import_uid: str) -> Any:
    """Show how far an import is: work under way, what was found, what is to be decided, what was stored."""
    row = asked.import_by_uid(db.session(), import_uid)
    session = db.session()
    state = services.settled_state(row, job_active=asked.job_is_active(session, row.job_uid))
    failed = asked.failed_job(session, row.job_uid)
    if state == "uploaded" and failed is None:
        return redirect(url_for("venues.import_columns", import_uid=row.uid))
    page = request.args.get("page", 1, type=int)
    bad_page = request.args.get("bad", 1, type=int)
    twins = asked.rows_in_state(session, row.id, "twin", page, asked.TWIN_PAGE)
    return render_template(
        "venues/import_show.html", row=row, state=state, failed=failed, language=current_language(),
        bad=asked.rows_in_state(session, row.id, "bad", bad_page, asked.BAD_PAGE), bad_page=bad_page,
        repeats=asked.rows_in_state(session, row.id, "repeat", 1, 20), twins=twins, page=page,
        beside=asked.twins_beside(session, twins), decided=asked.twin_counts(session, row.id),
        reasons=asked.twin_reasons(session, row.id) if state == "checked" else {},
        sizes=(asked.BAD_PAGE, asked.TWIN_PAGE), fields=services.FIELDS[row.purpose], list_url=_list_url(row),
        back_url=url_for(PAGES[row.purpose]),
    )  # fmt: skip


@blueprint.post("/venues/import/<import_uid>/decide")
@allow("venues.import")
def import_decide(import_uid: str) -> Any:
    """Keep decisions on likely duplicates: each row's own, or one for all that still wait."""
    row = asked.import_by_uid(db.session(), import_uid)
    bulk = request.form.get("all", "")
    if bulk in services.DECISIONS:
        services.decide(db.session(), row, None, bulk, why=request.form.get("why", ""))
    else:
        chosen: dict[str, list[int]] = {}
        for name, decision in request.form.items():
            if name.startswith("row-") and name[4:].isdigit() and decision in (*services.DECISIONS, ""):
                chosen.setdefault(decision, []).append(int(name[4:]))
        for decision, numbers in chosen.items():
            services.decide(db.session(), row, numbers, decision)
    db.session.commit()
    return redirect(url_for("venues.import_show", import_uid=row.uid, _anchor="twins"))


@blueprint.post("/venues/import/<import_uid>/store")
@allow("venues.import")
def import_store(import_uid: str) -> Any:
    """Store everything that is good or was decided, in one go."""
    session = db.session()
    row = asked.import_by_uid(session, import_uid)
    services.settle(row, job_active=asked.job_is_active(session, row.job_uid))
    services.begin_apply(session, row)
    return _run(row, f"{row.purpose}.apply_import")


@blueprint.post("/venues/import/<import_uid>/drop")
@allow("venues.import")
def import_drop(import_uid: str) -> Any:
    """Discard a file that was not stored."""
    session = db.session()
    row = asked.import_by_uid(session, import_uid)
    services.settle(row, job_active=asked.job_is_active(session, row.job_uid))
    services.drop_import(session, g.principal, row, clock=CLOCK)
    purpose, sha256 = row.purpose, row.sha256
    db.session.commit()
    if purpose == "clues":  # such a file may name reporters; nothing of it stays
        upload_path(sha256).unlink(missing_ok=True)
    flash(_("The file was discarded; nothing was stored."), "success")
    return redirect(url_for(PAGES[purpose]))


@blueprint.get("/venues/import/<import_uid>/errors.<ending>")
@allow("venues.import")
def import_errors(import_uid: str, ending: str) -> Response:
    """Return the bad rows with their reasons in both languages, as CSV or XLSX."""
    row = asked.import_by_uid(db.session(), import_uid)
    make = report_xlsx if ending == "xlsx" else report_csv
    content = make(asked.bad_rows(db.session(), row.id), services.FIELDS[row.purpose])
    kind = "text/csv; charset=utf-8"
    if ending == "xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = Response(content, content_type=kind)
    name = f"{row.filename.rpartition('.')[0] or row.filename}-errors.{'xlsx' if ending == 'xlsx' else 'csv'}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _run(row: VenueImport, kind: str) -> Any:
    """Hand the work to a job and remember which; both are committed together."""
    uid = row.uid
    job = enqueue(kind, {"import_uid": uid}, g.principal)
    job_uid = job.uid
    fresh = asked.import_by_uid(db.session(), uid)
    fresh.job_uid = job_uid
    db.session.commit()
    return redirect(url_for("venues.import_show", import_uid=uid))


def chosen_columns(row: VenueImport) -> dict[int, str]:
    """Return the columns chosen in a form or an address: ``c0=name`` …; what is left out is not used."""
    known = {field.name for field in services.FIELDS[row.purpose]}
    given = request.values
    pairs = ((at, given.get(f"c{at}", "")) for at in range(len(row.columns)))
    return {at: name for at, name in pairs if name in known}


def _start(purpose: str, error: PatrolError | None = None) -> str:
    session = db.session()
    rows = asked.imports_of(session, purpose)
    home = home_division_uid(session, g.principal.scope_path)
    return render_template(
        "venues/imports.html", purpose=purpose, pages=PAGES, rows=rows, divisions=division_choices(session), home=home,
        faults=_told(error.faults if error else ()),
        limit_mb=current_app.config["SETTINGS"].UPLOAD_MAX_BYTES // 1_000_000,
        states={
            row.uid: services.settled_state(row, job_active=asked.job_is_active(session, row.job_uid))
            for row in rows
        },
    )  # fmt: skip


def _columns(
    row: VenueImport, mapping: dict[int, str] | None = None, error: PatrolError | None = None
) -> str:
    session = db.session()
    path = upload_path(row.sha256)
    if not path.exists():
        raise PatrolError(p.FILE_GONE)
    table = read_table(path)
    chosen = services.mapping_of(row) if mapping is None else mapping
    division = request.form.get("division") or asked.division_uid(session, row.division_id)
    datum = request.form.get("datum") or row.datum
    guessed = ""
    if request.method == "GET" and row.state == "uploaded":
        guessed = services.guess_datum(table, chosen, load_placer(session, division)).value
    return render_template(
        "venues/import_columns.html", row=row, back_url=url_for(PAGES[row.purpose]),
        table=table, sample=table.sample(), chosen=chosen,
        fields=services.FIELDS[row.purpose], datums=datum_choices(), kinds=kind_choices(), language=current_language(),
        datum=guessed or datum, guessed=guessed, divisions=division_choices(session), division=division,
        default_kind=request.form.get("default_kind", row.mapping.get("default_kind", "")),
        faults=_told(error.faults if error else ()), notes=[as_data(note) for note in table.notes],
    )  # fmt: skip


def _told(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"where": "file", "message": fault.sentence(current_language())} for fault in faults]


def _list_url(row: VenueImport) -> str:
    endpoint = LISTS[row.purpose]
    return url_for(endpoint) if endpoint in current_app.view_functions else url_for("venues.index")
