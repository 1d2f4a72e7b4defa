"""After actions: did it help, did it move next door, did it come back; for all of a period or for one."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.core.spreadsheets import inert
from patrol.enforcement import ACTIONS
from patrol.hotspots import queries
from patrol.hotspots.aftermath import WATCH, Aftermath, Mark, aftermath
from patrol.hotspots.charts import interval_chart, plan_chart
from patrol.hotspots.labels import periods
from patrol.hotspots.questions import Question, read_question
from patrol.hotspots.views.asked import blueprint, query_of, today, viewer
from patrol.infra.db import db
from patrol.infra.policy import allow
from patrol.ledgers import record_by_uid

#: rows of the table of actions that stand open
OPEN_ROWS = 8


@blueprint.get("/after-actions")
@allow("hotspots.read")
def after_actions() -> Any:
    """Show what changed round all actions of a period."""
    if request.args.get("days") and (request.args.get("begin") or request.args.get("end")):
        kept: Any = {name: value for name, value in request.args.items() if name != "days" and value}
        return redirect(url_for("hotspots.after_actions", **kept))
    asked = read_question(request.args, today())
    made = aftermath(db.session(), viewer(), asked, today())
    days = str(asked.days) if asked.end == today() else ""
    return render_template(
        "hotspots/after_actions.html", periods=periods(), days=days, row=None, **facts(made, asked)
    )


@blueprint.get("/after-actions/<action_uid>")
@allow("hotspots.read")
def after_action(action_uid: str) -> str:
    """Show what changed round one action."""
    row, asked = _one(action_uid)
    made = aftermath(db.session(), viewer(), asked, today(), action_uid)
    return render_template("hotspots/after_actions.html", row=row, **facts(made, asked))


@blueprint.get("/after-actions/export.<form>")
@allow("hotspots.read")
def after_export(form: str) -> Response:
    """Serve the rings and the actions as a workbook, or one of the two tables as CSV."""
    if form not in {"csv", "xlsx"}:
        abort(404)
    uid = request.args.get("action", "")
    asked = _one(uid)[1] if uid else read_question(request.args, today())
    made = aftermath(db.session(), viewer(), asked, today(), uid)
    tables = {_("Rings"): ring_table(made), _("Actions"): action_table(made)}
    name = f"after-actions-{asked.begin}-{asked.end}.{form}"
    if form == "xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        answer = Response(_xlsx(tables, made), mimetype=kind)
    else:
        chosen = list(tables.values())[request.args.get("part") == "actions"]
        answer = Response(_csv(chosen), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _one(action_uid: str) -> tuple[Any, Question]:
    """Return an action in scope and its day as a period."""
    row: Any = record_by_uid(db.session(), ACTIONS, action_uid)
    return row, Question(row.begun_on, row.begun_on)


def ring_names() -> dict[str, str]:
    """Return the rings by the distances that they reach to."""
    near, far = round(WATCH.near), round(WATCH.far)
    return {
        "site": _("The place itself (to %(m)s m)", m=round(WATCH.site)),
        "near": _("Next door (to %(m)s m)", m=near), "far": _("Farther off (to %(m)s m)", m=far),
    }  # fmt: skip


def short_names() -> dict[str, str]:
    """Return the rings as a chart names them."""
    return {"site": _("The place"), "near": _("Next door"), "far": _("Farther off")}


def verdict_names() -> dict[str, str]:
    """Return what is said of one ring."""
    return {
        "fell": _("fewer than expected"), "rose": _("more than expected"), "unclear": _("cannot be told"),
        "withheld": _("withheld"),
    }  # fmt: skip


def facts(made: Aftermath, asked: Question) -> dict[str, Any]:
    """Return what the page shows."""
    names = short_names()
    rows = [(names[r.name], r.ratio, r.low, r.high, f"is-{r.verdict}") for r in made.rings]
    numbers = sorted({venue for spot in made.again for venue in spot.again})
    venues = {each.id: each for each in queries.venues_by_id(db.session(), numbers, len(numbers))}
    return {
        "made": made, "question": asked, "query": query_of(asked), "watch": WATCH, "ring_names": ring_names(),
        "verdict_names": verdict_names(), "open_rows": OPEN_ROWS, "venues": venues,
        "dens": queries.dens_of_actions(db.session(), sorted({spot.uid for spot in made.spots})),
        "chart": interval_chart(rows, (_("fewer"), _("more"))),
        "plan": plan_chart(WATCH.radii, [_dot(mark) for mark in made.marks]) if made.marks else None,
    }  # fmt: skip


def _dot(mark: Mark) -> tuple[float, float, str, float]:
    """Say how a venue is drawn: by when something was found there, the larger the more."""
    before, after = mark.findings
    name = "is-after" if after else "is-before" if before else "is-went" if any(mark.visits) else "is-never"
    return mark.x, mark.y, name, min(3.0 + 1.2 * (before + after), 9.0)


def ring_table(made: Aftermath) -> list[list[Any]]:
    """Return the rings with a head line; empty fields are withheld or cannot be told."""
    head = [
        _("Ring"), _("Findings before"), _("Visits before"), _("Findings after"), _("Visits after"),
        _("Controls: findings before"), _("Controls: visits before"), _("Controls: findings after"),
        _("Controls: visits after"), _("Ratio to the controls"), _("95 % from"), _("95 % to"), _("In words"),
    ]  # fmt: skip
    names, said = ring_names(), verdict_names()
    return [head] + [
        [
            names[r.name], r.findings[0], r.visits[0], r.findings[1], r.visits[1], r.control_findings[0],
            r.control_visits[0], r.control_findings[1], r.control_visits[1], r.ratio, r.low, r.high, said[r.verdict],
        ]
        for r in made.rings
    ]  # fmt: skip


def action_table(made: Aftermath) -> list[list[Any]]:
    """Return the places of the actions with a head line."""
    head = [
        _("Action"), _("Day"), _("Longitude"), _("Latitude"), _("Days known after it"), _("Findings before"),
        _("Visits before"), _("Findings after"), _("Visits after"), _("First found again after days"),
    ]  # fmt: skip
    return [head] + [
        [
            inert(s.title), s.day.isoformat(), round(s.lon, 6), round(s.lat, 6), s.observed, s.findings[0],
            s.visits[0], s.findings[1], s.visits[1], s.first_again,
        ]
        for s in made.spots
    ]  # fmt: skip


def _csv(rows: list[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + out.getvalue()


def _xlsx(tables: dict[str, list[list[Any]]], made: Aftermath) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in tables.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
        page.column_dimensions["A"].width = 34
        page.freeze_panes = "B2"
    page = book[next(iter(tables))]
    page.append([])
    page.append([_("Records known until"), made.until.isoformat()])
    page.append([_("Matched places"), made.controls])
    page.append([_("Weighted displacement quotient"), made.quotient])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
