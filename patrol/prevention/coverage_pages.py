"""Pages of coverage: which communities prevention reached, on a map and in lists, and what reached one of them."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, send_file
from flask_babel import gettext as _
from shapely.geometry import mapping

from patrol.core.errors import Faults
from patrol.core.spreadsheets import inert
from patrol.infra import spatial
from patrol.infra.db import db, principal_of
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow
from patrol.ledgers import division_choices, division_named, divisions_by_id, say, tabs_of
from patrol.prevention import domain as d
from patrol.prevention.coverage import Coverage, coverage, records_reaching
from patrol.prevention.facts import today
from patrol.prevention.publicity import EVENTS, LETTERS
from patrol.prevention.telling import TEXTS
from patrol.territory import Division, division_by_uid

blueprint = Blueprint("coverage", __name__, url_prefix="/prevention/coverage")
LEDGER_OF = {"events": EVENTS, "letters": LETTERS, "texts": TEXTS}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked() -> tuple[dict[str, str], dt.date, dt.date, str, list[str]]:
    """Read area and days from the address: by default the reader's own area and this year so far."""
    faults, now = Faults(), today()
    since, until = now.replace(month=1, day=1), now
    try:
        since = dt.date.fromisoformat(request.args.get("since") or since.isoformat())
        until = dt.date.fromisoformat(request.args.get("until") or until.isoformat())
    except ValueError:
        faults.add(
            d.DAYS_UNREADABLE, text=f"{request.args.get('since', '')} {request.args.get('until', '')}"[:40]
        )
    if until < since:
        faults.add(d.DAYS_BACKWARDS)
        since = until.replace(month=1, day=1)
    area = division_named(db.session(), request.args.get("division", ""))
    path = area.scope_path if area else principal_of(db.session()).scope_path
    covered = {"division": area.code if area else "", "since": since.isoformat(), "until": until.isoformat()}
    return covered, since, until, path, [fault.sentence(current_language()) for fault in faults.found]


@blueprint.get("")
@allow("prevention.read")
def index() -> str:
    """Show which communities were reached: the share, a map, who was not, and what reached the others."""
    covered, since, until, path, faults = _asked()
    session = db.session()
    found = coverage(session, since, until, path, with_shape=True)
    return render_template(
        "prevention/coverage.html", found=found, covered=covered, faults=faults, tabs=tabs_of("publicity"),
        division_choices=division_choices(session), apart=sum(found.apart.values()), above=_districts(session, found),
        bounds=_bounds(session, found), say=say,
    )  # fmt: skip


def _districts(session: Any, found: Coverage) -> dict[int, str]:
    """Return the name of what lies directly above each unit, by the unit's key."""
    names = divisions_by_id(session)
    return {unit.division.id: names.get(unit.division.parent_id or 0, "") for unit in found.units}


def _bounds(session: Any, found: Coverage) -> str:
    """Return "west,south,east,north" of the units that have a shape, for the map; empty without one."""
    shapes = [shape for shape in _shaped(session, found).values() if shape is not None]
    if not shapes:
        return ""
    boxes = [shape.bounds for shape in shapes]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return f"{west:.5f},{south:.5f},{max(box[2] for box in boxes):.5f},{max(box[3] for box in boxes):.5f}"


def _shaped(session: Any, found: Coverage) -> dict[int, Any]:
    return {
        unit.division.id: spatial.to_shapely(unit.division.geom)
        for unit in found.units
        if unit.division.geom is not None
    }


@blueprint.get("/shapes.json")
@allow("prevention.read")
def shapes() -> Response:
    """Return the units as GeoJSON, each with whether it was reached."""
    covered, since, until, path, _faults = _asked()
    session = db.session()
    found = coverage(session, since, until, path, with_shape=True)
    shaped = _shaped(session, found)
    features = [
        {
            "type": "Feature", "geometry": mapping(shaped[unit.division.id]),
            "properties": {
                "uid": unit.division.uid, "look": "cold-2" if unit.covered else "hot-2",
                "name": f"{unit.division.name}: {_('reached') if unit.covered else _('not reached')}",
                "url": f"/prevention/coverage/{unit.division.uid}?since={covered['since']}&until={covered['until']}",
            },
        }
        for unit in found.units
        if unit.division.id in shaped
    ]  # fmt: skip
    return jsonify(type="FeatureCollection", features=features)


@blueprint.get("/export.xlsx")
@allow("prevention.read")
def export() -> Response:
    """Send the units and what reached them as a workbook."""
    from openpyxl import Workbook

    covered, since, until, path, _faults = _asked()
    found = coverage(db.session(), since, until, path)
    book, above = Workbook(), _districts(db.session(), found)
    sheet = book.active
    sheet.append([f"{covered['since']} – {covered['until']}", f"{len(found.covered)} / {len(found.units)}"])
    heads = (_("Code"), _("Community or township"), _("Part of"), _("reached"), _("Events"), _("Materials"))
    sheet.append([*heads, _("Letters"), _("Copies"), _("Text messages")])
    for unit in found.units:
        named = (
            unit.division.code,
            inert(unit.division.name),
            inert(above[unit.division.id]),
            int(unit.covered),
        )
        sheet.append([*named, unit.events, unit.materials, unit.letters, unit.copies, unit.texts])
    out = BytesIO()
    book.save(out)
    return send_file(BytesIO(out.getvalue()), XLSX, as_attachment=True, download_name="coverage.xlsx")


@blueprint.get("/<division_uid>")
@allow("prevention.read")
def unit(division_uid: str) -> str:
    """Show everything that reached one community."""
    division: Division = division_by_uid(db.session(), division_uid)
    covered, since, until, _path, faults = _asked()
    return render_template(
        "prevention/coverage_unit.html", division=division, covered=covered, faults=faults, ledgers=LEDGER_OF, say=say,
        records=records_reaching(db.session(), division, since, until), tabs=tabs_of("publicity"),
    )  # fmt: skip
