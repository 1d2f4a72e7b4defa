"""Pages of figures: the dashboard, the registry, the records behind a figure, a campaign's progress."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, send_file
from flask_babel import gettext as _

from patrol.core.clock import SystemClock, china_date
from patrol.core.errors import Faults, PatrolError
from patrol.enforcement import CAMPAIGNS
from patrol.infra.db import db
from patrol.infra.i18n import current_language, local_date
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow
from patrol.ledgers import (
    LEDGERS,
    division_choices,
    division_named,
    division_of,
    divisions_by_id,
    record_by_uid,
    say,
)
from patrol.reports import boards, queries, summary_views
from patrol.reports.assessment import pages as assessment
from patrol.reports.computing import records_of, source_of, value_of
from patrol.reports.domain import UNKNOWN_INDICATOR, Indicator, Period, comparison, figure_text
from patrol.reports.imbalances import imbalances
from patrol.reports.registry import BY_CODE, GROUPS, INDICATORS
from patrol.reports.services import read_period, set_targets
from patrol.territory import Division

blueprint = Blueprint("reports", __name__)
blueprints = (blueprint, assessment.blueprint, summary_views.blueprint)
CLOCK = SystemClock()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the way figures and labels are said."""
    return {"figure_text": figure_text, "label_say": say}


def tabs(active: str) -> list[dict[str, Any]]:
    """Return the tabs of the room."""
    pages = (
        ("dashboard", _("Dashboard"), "/reports/", "chart"),
        ("indicators", _("Indicators"), "/reports/indicators", "table"),
        ("assessment", _("Assessment"), "/assessment/", "scale"),
        ("summaries", _("Summaries"), "/summaries/", "document"),
    )  # fmt: skip
    return [
        {"label": label, "url": url, "active": code == active, "icon": icon}
        for code, label, url, icon in pages
    ]


def asked() -> tuple[Division, Period, list[str]]:
    """Read area and period from a page's address: by default the reader's own division and this year so far."""
    session, today, faults = db.session(), china_date(CLOCK.now()), Faults()
    code = request.args.get("division", "")
    area = division_named(session, code) if code else queries.home_division(session)
    if area is None:
        area = queries.home_division(session)
    if area is None:
        raise PatrolError(UNKNOWN_INDICATOR)
    since = request.args.get("since") or today.replace(month=1, day=1).isoformat()
    period = read_period(since, request.args.get("until") or today.isoformat(), faults)
    said = [fault.sentence(current_language()) for fault in faults.found]
    return area, period or Period(today.replace(month=1, day=1), today), said


def _covered(area: Division, period: Period) -> dict[str, str]:
    return {"division": area.code, "since": period.since.isoformat(), "until": period.until.isoformat()}


@blueprint.get("/reports/")
@allow("reports.read")
def dashboard() -> str:
    """Show an area in figures: small charts, its districts side by side, stated problems."""
    area, period, faults = asked()
    session = db.session()
    board = boards.board(session, area, period)
    return render_template(
        "reports/dashboard.html", area=area, period=period, faults=faults, tabs=tabs("dashboard"),
        trail=queries.trail_of(session, area), cards=board.cards, comparison=comparison,
        shown=[BY_CODE[code] for code in boards.SHOWN], rows=board.rows,
        findings=[f.within(current_language()) for f in imbalances(session, period, area.scope_path)],
        division_choices=division_choices(session), covered=_covered(area, period),
    )  # fmt: skip


@blueprint.get("/reports/export.xlsx")
@allow("reports.read")
def export() -> Response:
    """Send the districts' figures as a workbook."""
    area, period, _faults = asked()
    rows = [(each.name, values) for each, values in boards.district_table(db.session(), area, period)]
    rows.append(
        (area.name, [value_of(db.session(), BY_CODE[c], period, area.scope_path) for c in boards.SHOWN])
    )
    heads = [_("Division"), *(say(BY_CODE[code].label) for code in boards.SHOWN)]
    content = boards.workbook(area, period, rows, heads, _("Dashboard"))
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name="figures.xlsx")


@blueprint.get("/reports/indicators")
@allow("reports.read")
def indicators() -> str:
    """List every indicator with its definition and its value."""
    area, period, faults = asked()
    session = db.session()
    rows = [(each, value_of(session, each, period, area.scope_path)) for each in INDICATORS]
    return render_template(
        "reports/indicators.html", area=area, period=period, faults=faults, rows=rows, groups=GROUPS,
        tabs=tabs("indicators"), division_choices=division_choices(session), covered=_covered(area, period),
    )  # fmt: skip


def _indicator(code: str) -> Indicator:
    if code not in BY_CODE:
        raise PatrolError(UNKNOWN_INDICATOR)
    return BY_CODE[code]


@blueprint.get("/reports/indicators/<indicator_code>")
@allow("reports.read")
def indicator(indicator_code: str) -> str:
    """Open a figure to its definition and to every record behind it within the reader's scope."""
    found = _indicator(indicator_code)
    area, period, faults = asked()
    session, source = db.session(), source_of(found.source)
    records = records_of(session, found, period, area.scope_path)
    page = page_of(session, records, asked_page(request.args.get("page")))
    covered = _covered(area, period)
    column = found.measure.partition(":")[2]
    return render_template(
        "reports/indicator.html", indicator=found, area=area, period=period, faults=faults, source=source, page=page,
        value=value_of(session, found, period, area.scope_path), tabs=tabs("indicators"), column=column,
        divisions=divisions_by_id(session), division_choices=division_choices(session), covered=covered,
        ledger=LEDGERS.get(found.source), page_url=lambda n: _address(indicator_code, covered, n), groups=GROUPS,
    )  # fmt: skip


def _address(code: str, covered: dict[str, str], page: int) -> str:
    query = "&".join(f"{name}={text}" for name, text in covered.items())
    return f"/reports/indicators/{code}?{query}&page={page}"


@blueprint.get("/campaigns/<campaign_uid>/progress")
@allow("reports.read")
def progress(campaign_uid: str) -> str:
    """Show how far a campaign is: targets, districts, daily brief, before, during and after."""
    return _progress(campaign_uid)


def _progress(
    campaign_uid: str, given: dict[str, Any] | None = None, error: PatrolError | None = None
) -> str:
    session, today = db.session(), china_date(CLOCK.now())
    campaign = record_by_uid(session, CAMPAIGNS, campaign_uid)
    area = division_of(session, campaign.division_id)
    if area is None:
        raise PatrolError(UNKNOWN_INDICATOR)
    targets = queries.targets_of(session, campaign.id)
    faults = [
        {"where": f.where, "message": f.sentence(current_language())} for f in (error.faults if error else ())
    ]
    found = boards.progress(session, campaign, area, targets, today)
    covered = {
        "division": area.code,
        "since": local_date(campaign.begun_on),
        "until": local_date(campaign.ended_on),
    }
    return render_template(
        "reports/progress.html", campaign=campaign, area=area, today=today, faults=faults,
        targets=targets if given is None else given,
        errors={each["where"]: each["message"] for each in faults}, covered=covered,
        brief=boards.brief(campaign, area, found["rows"], found["day"], today).within(current_language()),
        **found,
    )  # fmt: skip


@blueprint.post("/campaigns/<campaign_uid>/targets")
@allow("enforcement.plan")
def targets(campaign_uid: str) -> Any:
    """Set a campaign's targets."""
    campaign = record_by_uid(db.session(), CAMPAIGNS, campaign_uid)
    try:
        set_targets(db.session(), g.principal, campaign, request.form.to_dict(), clock=CLOCK)
    except PatrolError as error:
        db.session.rollback()
        return _progress(campaign_uid, request.form.to_dict(), error), error.status
    db.session.commit()
    flash(_("The targets are saved."), "success")
    return redirect(f"/campaigns/{campaign_uid}/progress")
