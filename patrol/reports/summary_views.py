"""Pages of summaries: list and draft, read and edit with live figures, freeze, documents."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import SystemClock, china_date
from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, db, one_or_404
from patrol.infra.i18n import current_language
from patrol.infra.jobs import Job, enqueue
from patrol.infra.policy import allow
from patrol.ledgers import division_choices, division_named, division_of
from patrol.reports import queries, services
from patrol.reports.domain import SCORES, Period, numbered
from patrol.reports.drafting import TEMPLATES, template_data
from patrol.reports.registry import BY_CODE
from patrol.reports.rendering import FINDINGS, LISTS, Figures, render
from patrol.reports.work import KINDS, document_path, lines_of

blueprint = Blueprint("summaries", __name__, url_prefix="/summaries")
CLOCK = SystemClock()


def _tabs() -> list[dict[str, Any]]:
    from patrol.reports.views import tabs

    return tabs("summaries")


def _templates() -> list[tuple[str, str]]:
    return [(code, template_data(code)["zh" if current_language() == "zh" else "en"]) for code in TEMPLATES]


def _faults(error: PatrolError | None) -> list[dict[str, str]]:
    return [
        {"where": f.where, "message": f.sentence(current_language())} for f in (error.faults if error else ())
    ]


@blueprint.get("/")
@allow("reports.read")
def index() -> str:
    """List the summaries and offer a new draft."""
    return _index({}, None)


def _index(given: dict[str, str], error: PatrolError | None) -> str:
    session, today = db.session(), china_date(CLOCK.now())
    home = queries.home_division(session)
    values = {
        "since": today.replace(month=1, day=1).isoformat(), "until": today.isoformat(), "template": "yearly",
        "division": home.code if home else "", **given,
    }  # fmt: skip
    faults = _faults(error)
    return render_template(
        "reports/summaries.html", summaries=queries.summaries(session), values=values, faults=faults, tabs=_tabs(),
        errors={f["where"]: f["message"] for f in faults}, templates=_templates(), template_names=dict(_templates()),
        division_choices=division_choices(session),
    )  # fmt: skip


@blueprint.post("/new")
@allow("reports.edit")
def new() -> Any:
    """Draft a summary for a period, an area and a template."""
    given = request.form.to_dict()
    try:
        area = division_named(db.session(), given.get("division", ""))
        summary = services.begin_summary(db.session(), g.principal, given, area, clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        return _index(given, error), error.status
    db.session.commit()
    return redirect(f"/summaries/{summary.uid}")


@blueprint.get("/<summary_uid>")
@allow("reports.read")
def show(summary_uid: str) -> str:
    """Read a draft with its figures of now, each open to its records."""
    return _show(summary_uid)


def _show(summary_uid: str, error: PatrolError | None = None, text: str | None = None) -> str:
    session = db.session()
    summary = queries.summary_by_uid(session, summary_uid)
    figures = Figures(session, summary.scope_path, Period(summary.since, summary.until))
    lines = render(summary.text, figures)
    area = division_of(session, summary.division_id)
    return render_template(
        "reports/summary.html", summary=summary, area=area, lines=list(zip(lines, numbered(lines), strict=True)),
        text=summary.text if text is None else text, faults=_faults(error),
        signature=summary.signature if error is None else request.form.get("signature", ""),
        editions=queries.editions_of(session, summary),
        indicators=list(BY_CODE.values()), lists=LISTS, findings=FINDINGS, template_names=dict(_templates()),
        editing=error is not None or request.args.get("edit") == "1",
    )  # fmt: skip


@blueprint.post("/<summary_uid>/edit")
@allow("reports.edit")
def edit(summary_uid: str) -> Any:
    """Change a draft's text; the figures in it stay tokens and stay live."""
    summary, form = queries.summary_by_uid(db.session(), summary_uid), request.form
    text = form.get("text", "")
    try:
        services.edit_summary(
            db.session(), g.principal, summary, text, form.get("signature", ""), form.get("version", 0, type=int),
            clock=CLOCK,
        )  # fmt: skip
    except PatrolError as error:
        db.session.rollback()
        return _show(summary_uid, error, text), error.status
    db.session.commit()
    flash(_("The changes are saved."), "success")
    return redirect(f"/summaries/{summary_uid}")


@blueprint.post("/<summary_uid>/freeze")
@allow("reports.edit")
def freeze(summary_uid: str) -> Any:
    """Freeze a summary as it reads now."""
    summary = queries.summary_by_uid(db.session(), summary_uid)
    edition = services.freeze(db.session(), g.principal, summary, clock=CLOCK)
    db.session.commit()
    flash(_("Frozen as edition %(number)s.", number=edition.number), "success")
    return redirect(f"/summaries/editions/{edition.uid}")


@blueprint.get("/editions/<edition_uid>")
@allow("reports.read")
def edition(edition_uid: str) -> Any:
    """Read a frozen edition, and see which of its figures read differently now and why."""
    session = db.session()
    found = queries.edition_by_uid(session, edition_uid)
    if found.content["template"] == SCORES:
        return redirect(f"/assessment/announced/{edition_uid}")
    summary = queries.summary_of(session, found)
    lines = lines_of(found.content)
    figures = Figures(session, summary.scope_path, Period(summary.since, summary.until))
    now = {key: figures.value(*key.partition("@")[::2]) for key in found.content["figures"]}
    changed = services.differences(found.content["figures"], now)
    return render_template(
        "reports/edition.html", edition=found, summary=summary, lines=list(zip(lines, numbered(lines), strict=True)),
        changed=changed, indicators=BY_CODE, area_names=_area_names(session),
        area=division_of(session, summary.division_id),
        changes=queries.changes_since(session, found) if changed else [],
    )  # fmt: skip


def _area_names(session: Session) -> dict[str, str]:
    """Return the name of every division in scope by its code, for figures of one district."""
    return {code: name.strip("　") for code, name in division_choices(session)}


@blueprint.post("/<summary_uid>/document")
@allow("reports.edit")
def document(summary_uid: str) -> Any:
    """Have the draft, or one of its editions, made into a document."""
    summary = queries.summary_by_uid(db.session(), summary_uid)
    kind, wanted = request.form.get("kind", "docx"), request.form.get("edition", "")
    if kind not in KINDS:
        raise PatrolError(NOT_FOUND)
    params = {"kind": kind, "summary": summary.uid, "title": summary.title}
    if wanted:
        edition = queries.edition_by_uid(db.session(), wanted)
        if edition.summary_id != summary.id:
            raise PatrolError(NOT_FOUND)
        params["edition"] = edition.uid
    job = enqueue("reports.document", params, g.principal)
    return redirect(f"/summaries/making/{job.uid}")


@blueprint.get("/making/<job_uid>")
@allow("reports.read")
def making(job_uid: str) -> str:
    """Show how far a document is."""
    return render_template("reports/making.html", job=_own_job(job_uid), language=current_language())


@blueprint.get("/files/<job_uid>")
@allow("reports.read")
def file(job_uid: str) -> Any:
    """Send a document to the person it was made for."""
    job = _own_job(job_uid)
    kind = job.params["kind"]
    path = document_path(job.uid, kind)
    if not path.exists():
        raise PatrolError(NOT_FOUND)
    return send_file(
        BytesIO(path.read_bytes()),
        KINDS[kind],
        as_attachment=True,
        download_name=f"{job.params['title']}.{kind}",
    )


def _own_job(job_uid: str) -> Job:
    own = select(Job).where(
        Job.uid == job_uid, Job.kind == "reports.document", Job.person_id == g.principal.person_id
    )
    return one_or_404(db.session, own)
