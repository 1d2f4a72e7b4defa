"""Pages of assessment: the schemes, their form, and the scores that follow from them."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, send_file
from flask_babel import gettext as _

from patrol.core.clock import SystemClock, china_date
from patrol.core.errors import Faults, PatrolError
from patrol.infra.db import db, unscoped
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow
from patrol.ledgers import division_choices, division_named, division_of, say
from patrol.reports.assessment import announcing, queries, services
from patrol.reports.assessment import domain as d
from patrol.reports.assessment.models import AssessmentScheme
from patrol.reports.assessment.sheets import scores_workbook
from patrol.reports.domain import Period
from patrol.reports.imbalances import imbalances
from patrol.reports.queries import edition_of_summary
from patrol.reports.registry import BY_CODE, GROUPS, INDICATORS
from patrol.reports.services import read_period

blueprint = Blueprint("assessment", __name__, url_prefix="/assessment")
CLOCK = SystemClock()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMPTY_ROWS = 2


def _tabs() -> list[dict[str, Any]]:
    from patrol.reports.views import tabs

    return tabs("assessment")


def _faults(error: PatrolError | None) -> list[dict[str, str]]:
    return [
        {"where": f.where, "message": f.sentence(current_language())} for f in (error.faults if error else ())
    ]


def _words() -> dict[str, Any]:
    return {
        "rules": d.RULES,
        "periods": d.PERIODS,
        "unit_kinds": d.UNITS,
        "states": d.STATES,
        "tabs": _tabs(),
    }


@blueprint.get("/")
@allow("reports.read")
def index() -> str:
    """List the schemes and offer a new one."""
    return _index({}, None)


def _index(given: dict[str, str], error: PatrolError | None) -> str:
    session, faults = db.session(), _faults(error)
    choices = division_choices(session)
    shipped = services.shipped()
    title = shipped["title_zh" if current_language() == "zh" else "title_en"]
    home = choices[0][0] if choices else ""
    values = {"title": title, "division": home, "units": "divisions", "begun_from": "shipped", **given}
    return render_template(
        "assessment/index.html", schemes=queries.schemes(session), above=queries.schemes_above(session),
        division_choices=choices, values=values,
        faults=faults, errors={f["where"]: f["message"] for f in faults}, **_words(),
    )  # fmt: skip


@blueprint.post("/new")
@allow("reports.edit")
def new() -> Any:
    """Begin a scheme: from the shipped one, or with no item."""
    given = request.form.to_dict()
    items = services.shipped_items() if given.get("begun_from", "shipped") == "shipped" else []
    try:
        area = division_named(db.session(), given.get("division", ""))
        scheme = services.begin_scheme(
            db.session(),
            g.principal,
            given.get("title", ""),
            area,
            given.get("units", ""),
            items,
            clock=CLOCK,
        )
    except PatrolError as error:
        db.session.rollback()
        return _index(given, error), error.status
    db.session.commit()
    return redirect(f"/assessment/{scheme.uid}/edit")


def _period() -> tuple[Period, list[str]]:
    """Read the assessed period from the address: by default this year so far."""
    today, faults = china_date(CLOCK.now()), Faults()
    since = request.args.get("since") or today.replace(month=1, day=1).isoformat()
    period = read_period(since, request.args.get("until") or today.isoformat(), faults)
    said = [fault.sentence(current_language()) for fault in faults.found]
    return period or Period(today.replace(month=1, day=1), today), said


@blueprint.get("/<scheme_uid>")
@allow("reports.read")
def show(scheme_uid: str) -> str:
    """Show a scheme and how far each district or branch comes by it, each figure open to its records."""
    session = db.session()
    scheme = queries.scheme_to_read(session, scheme_uid)
    period, faults = _period()
    items, above = queries.known_items(scheme), queries.is_above(session, scheme)
    return render_template(
        "assessment/show.html", scheme=scheme, period=period, faults=faults, items=items, indicators=BY_CODE,
        area=_area_of(scheme), scores=queries.scores(session, scheme, period),
        versions=[] if above else queries.versions_of(session, scheme), above=above,
        announced=announcing.announced(session, scheme), lost=len(scheme.items) - len(items),
        days={n: queries.days_of(item, period) for n, item in enumerate(items)},
        findings=[f.within(current_language()) for f in imbalances(session, period, scheme.scope_path)],
        covered={"since": period.since.isoformat(), "until": period.until.isoformat()}, groups=GROUPS, **_words(),
    )  # fmt: skip


def _area_of(scheme: AssessmentScheme) -> Any:
    """Return the area whose parts are assessed; it may lie above the reader."""
    with unscoped(db.session(), "the name of the area by whose scheme the reader is assessed"):
        return division_of(db.session(), scheme.division_id)


@blueprint.post("/<scheme_uid>/announce")
@allow("reports.edit")
def announce(scheme_uid: str) -> Any:
    """Keep the scores of a period as they are announced."""
    session, faults = db.session(), Faults()
    scheme = queries.scheme_by_uid(session, scheme_uid)
    period = read_period(request.form.get("since", ""), request.form.get("until", ""), faults)
    try:
        faults.raise_if_any()
        if period is None:
            raise ValueError("faults were raised before")
        edition = announcing.announce_scores(session, g.principal, scheme, period, clock=CLOCK)
    except PatrolError as error:
        session.rollback()
        flash(error.sentence(current_language()), "error")
        return redirect(f"/assessment/{scheme_uid}")
    session.commit()
    flash(_("Announced. These scores are kept as they stand."), "success")
    return redirect(f"/assessment/announced/{edition.uid}")


@blueprint.get("/announced/<edition_uid>")
@allow("reports.read")
def announcement(edition_uid: str) -> Any:
    """Read scores as they were announced, and what the records say differently now."""
    session = db.session()
    if edition_of_summary(session, edition_uid):
        return redirect(f"/summaries/editions/{edition_uid}")
    found, scheme = announcing.announcement(session, edition_uid)
    items = [d.Item.of(each) for each in found.content["items"]]
    own = g.principal.scope_path
    return render_template(
        "assessment/announced.html", edition=found, scheme=scheme, items=items, indicators=BY_CODE,
        scores=announcing.scores_in(found.content, own), asked=len(found.content["scores"]),
        restated=[each for each in found.content["restated"] if each["path"].startswith(own)],
        changed=announcing.reads_differently(session, found, scheme), area=_area_of(scheme), **_words(),
    )  # fmt: skip


@blueprint.get("/announced/<edition_uid>/scores.xlsx")
@allow("reports.read")
def announced_file(edition_uid: str) -> Any:
    """Send scores as they were announced as a workbook."""
    if edition_of_summary(db.session(), edition_uid):
        return redirect(f"/summaries/editions/{edition_uid}")
    found, scheme = announcing.announcement(db.session(), edition_uid)
    content = found.content
    period = Period(*(dt.date.fromisoformat(content[name]) for name in ("since", "until")))
    book = scores_workbook(
        scheme, [d.Item.of(each) for each in content["items"]],
        announcing.scores_in(content, g.principal.scope_path), period, found.frozen_at, found.sha256,
    )  # fmt: skip
    return send_file(BytesIO(book), XLSX, as_attachment=True, download_name="announced.xlsx")


@blueprint.get("/<scheme_uid>/export.xlsx")
@allow("reports.read")
def export(scheme_uid: str) -> Response:
    """Send ranking, points, values and the scheme itself as a workbook."""
    scheme = queries.scheme_to_read(db.session(), scheme_uid)
    period, _said = _period()
    content = scores_workbook(
        scheme, queries.known_items(scheme), queries.scores(db.session(), scheme, period), period, CLOCK.now()
    )
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name="assessment.xlsx")


@blueprint.route("/<scheme_uid>/edit", methods=["GET", "POST"])
@allow("reports.edit")
def edit(scheme_uid: str) -> Any:
    """Change a draft: its items, points, targets and rules."""
    scheme = queries.scheme_by_uid(db.session(), scheme_uid)
    if request.method == "GET":
        if scheme.state != "draft":
            flash(d.IS_PUBLISHED.sentence(current_language(), {}), "error")
            return redirect(f"/assessment/{scheme.uid}")
        return _form(
            scheme, form_of(scheme), {n: list(i.areas) for n, i in enumerate(queries.items_of(scheme))}
        )
    areas = {name: request.form.getlist(name) for name in request.form if name.startswith("area_")}
    try:
        services.edit_scheme(db.session(), g.principal, scheme, request.form.to_dict(), areas, clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        scheme = queries.scheme_by_uid(db.session(), scheme_uid)
        ticked = {int(name[5:]): codes for name, codes in areas.items() if name[5:].isdigit()}
        return _form(scheme, request.form.to_dict(), ticked, error), error.status
    db.session.commit()
    flash(_("The changes are saved."), "success")
    return redirect(f"/assessment/{scheme_uid}" if request.form.get("then") != "more" else request.path)


def form_of(scheme: AssessmentScheme) -> dict[str, str]:
    """Return a draft as its form shows it."""
    said = {"title": scheme.title, "note": scheme.note, "units": scheme.units, "version": str(scheme.version)}
    for n, item in enumerate(queries.items_of(scheme)):
        said |= {f"indicator_{n}": item.indicator, f"rule_{n}": item.rule, f"period_{n}": item.period}
        for name, value in (("points", item.points), ("target", item.target), ("step", item.step)):
            said[f"{name}_{n}"] = f"{value:g}" if value else ""
        said |= {f"target_{n}@{code}": f"{value:g}" for code, value in item.targets.items()}
    return said


def _form(
    scheme: AssessmentScheme,
    values: dict[str, str],
    ticked: dict[int, list[str]],
    error: PatrolError | None = None,
) -> str:
    session, faults = db.session(), _faults(error)
    rows = [int(name[10:]) for name in values if name.startswith("indicator_") and name[10:].isdigit()]
    filled = (
        max((row for row in rows if values[f"indicator_{row}"] or values.get(f"points_{row}")), default=-1)
        + 1
    )
    return render_template(
        "assessment/edit.html", scheme=scheme, values=values, ticked=ticked, faults=faults,
        errors={f["where"]: f["message"] for f in faults}, rows=range(max(filled + EMPTY_ROWS, 1)), filled=filled,
        units=queries.units_of(session, values.get("units", scheme.units), scheme.scope_path),
        choices=_indicator_choices(),
        area=division_of(session, scheme.division_id), total=_sum(values, filled), **_words(),
    )  # fmt: skip


def _indicator_choices() -> dict[str, list[tuple[str, str]]]:
    return {
        say(label): [(i.code, f"{say(i.label)}（{say(i.unit)}）") for i in INDICATORS if i.group == group]
        for group, label in GROUPS.items()
    }


def _sum(values: dict[str, str], rows: int) -> float:
    return sum(services.number(values.get(f"points_{row}", "")) or 0.0 for row in range(rows))


def _changed(scheme_uid: str, verb: Any, said: str) -> Any:
    """Do what one button asks, or say why not; lead to the version that came of it."""
    scheme = queries.scheme_by_uid(db.session(), scheme_uid)
    try:
        made: AssessmentScheme = verb(db.session(), g.principal, scheme, clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        flash(error.sentence(current_language()), "error")
        return redirect(f"/assessment/{scheme_uid}")
    db.session.commit()
    flash(said, "success")
    ending = "/edit" if made.state == "draft" else ""
    return redirect("/assessment/" if made.state == "dropped" else f"/assessment/{made.uid}{ending}")


@blueprint.post("/<scheme_uid>/copy")
@allow("reports.edit")
def copy(scheme_uid: str) -> Any:
    """Begin a scheme of its own with the same items."""
    return _changed(scheme_uid, services.copy_scheme, _("This is a copy. Give it a name of its own."))


@blueprint.post("/<scheme_uid>/version")
@allow("reports.edit")
def version(scheme_uid: str) -> Any:
    """Begin the next version of a published scheme."""
    said = _("This is a draft of the next version. The published one stays in force until you publish this.")
    return _changed(scheme_uid, services.new_version, said)


@blueprint.post("/<scheme_uid>/publish")
@allow("reports.edit")
def publish(scheme_uid: str) -> Any:
    """Freeze a draft and put it in force."""
    return _changed(
        scheme_uid, services.publish_scheme, _("Published. This version can no longer be changed.")
    )


@blueprint.post("/<scheme_uid>/drop")
@allow("reports.edit")
def drop(scheme_uid: str) -> Any:
    """Take a draft out of the list."""
    return _changed(scheme_uid, services.drop_scheme, _("The draft is dropped."))
