"""What can be taken away: CSV, GeoJSON, XLSX, PNG and the brief as PDF; the same rows, withheld alike."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import shapely
from flask import Response, abort, render_template
from flask_babel import gettext as _

from patrol.core.spreadsheets import inert
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.labels import class_names
from patrol.hotspots.rows import Row, rows
from patrol.hotspots.sheet import sheet_png
from patrol.hotspots.views.asked import blueprint, tagged
from patrol.hotspots.views.pages import brief_facts
from patrol.infra.policy import allow
from patrol.infra.typeset import pdf_apart

COLUMNS = (
    "key", "title", "name", "findings", "visits", "expected", "observed_around", "visits_around", "p", "q", "risk",
    "low", "high", "venues",
)  # fmt: skip


@blueprint.get("/export.<form>")
@allow("hotspots.read_own")
def export(form: str) -> Response:
    """Serve the answer as a file."""
    if form not in WRITERS:
        abort(404)

    def make(who: Viewer, given: Answer) -> Response:
        mimetype, write = WRITERS[form]
        response = Response(write(who, given), mimetype=mimetype)
        asked = given.question
        name = f"hotspots-{asked.begin}-{asked.end}-{asked.by}.{form}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    return tagged(make)


def headings() -> dict[str, str]:
    """Return the columns in the reader's language."""
    return {
        "key": _("Key"), "title": _("Unit"), "name": _("Class"), "findings": _("Findings"),
        "visits": _("Visits (denominator)"), "expected": _("Expected here and around"),
        "observed_around": _("Found here and around"), "visits_around": _("Visits here and around"), "p": _("p"),
        "q": _("q after FDR"), "risk": _("Relative risk"), "low": _("95 % from"), "high": _("95 % to"),
        "venues": _("Venues"),
    }  # fmt: skip


def _values(row: Row) -> list[Any]:
    return [class_names()[row.name] if name == "name" else inert(getattr(row, name)) for name in COLUMNS]


def _csv(who: Viewer, given: Answer) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings().values())
    writer.writerows(_values(row) for row in rows(given, who))
    return "\ufeff" + out.getvalue()


def _geojson(who: Viewer, given: Answer) -> str:
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(
                shapely.to_geojson(shapely.set_precision(given.units.shapes[row.index], 1e-6))
            ),
            "properties": {name: getattr(row, name) for name in COLUMNS},
        }
        for row in rows(given, who)
    ]
    about = {
        "begin": given.question.begin.isoformat(),
        "end": given.question.end.isoformat(),
        "denominator": "visits",
    }
    return json.dumps(
        {"type": "FeatureCollection", "patrol": about, "features": features}, ensure_ascii=False
    )


def _xlsx(who: Viewer, given: Answer) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = _("Hotspots")
    page.append([given.question.begin.isoformat(), given.question.end.isoformat()])
    page.append(list(headings().values()))
    for row in rows(given, who):
        page.append(_values(row))
    page.freeze_panes = "C3"
    for column, width in (("B", 22), ("C", 40)):
        page.column_dimensions[column].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _png(who: Viewer, given: Answer) -> bytes:
    return sheet_png(given, who)


def _pdf(who: Viewer, given: Answer) -> bytes:
    inline = base64.b64encode(sheet_png(given, who)).decode()
    page = render_template(
        "hotspots/brief_pdf.html", picture=f"data:image/png;base64,{inline}", **brief_facts(who, given)
    )
    return pdf_apart(page)


WRITERS: dict[str, tuple[str, Callable[[Viewer, Answer], str | bytes]]] = {
    "csv": ("text/csv", _csv),
    "geojson": ("application/geo+json", _geojson),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "png": ("image/png", _png),
    "pdf": ("application/pdf", _pdf),
}
