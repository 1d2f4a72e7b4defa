"""What the pages' addresses and forms hold, as the services want it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from patrol.core.datum import Datum
from patrol.core.errors import Fault, PatrolError
from patrol.infra import spatial
from patrol.infra.i18n import current_language
from patrol.venues.domain import VenueFacts, hours_text, read_facts
from patrol.venues.domain import problems as p
from patrol.venues.models import Venue
from patrol.venues.queries import SORTS, Box, Search
from patrol.venues.services import OWNER_LETTER, PLAIN

FIELDS = (*PLAIN, "kind", "code", "lon", "lat", OWNER_LETTER)
#: rows of the opening-hours editor
SPANS = 3


def search_of(args: MultiDict[str, str]) -> Search:
    """Read the search from a page's address; what makes no sense counts as not asked."""
    sort = args.get("sort", "name")
    return Search(
        q=args.get("q", "").strip()[:80],
        kind=args.get("kind", ""),
        grid=args.get("grid", ""),
        state=args.get("state", "open"),
        overdue="1" if args.get("overdue") else "",
        risk=args.get("risk", ""),
        sort=sort if sort in SORTS else "name",
        page=args.get("page", 1, type=int),
    )


def box_of(text: str) -> Box:
    """Read ``west,south,east,north`` in degrees; raises :class:`PatrolError`."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise PatrolError(p.BOX_UNREADABLE, where="bbox") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise PatrolError(p.BOX_UNREADABLE, where="bbox")
    return west, south, east, north


def datum_of(text: str) -> Datum:
    """Read a coordinate system; raises :class:`PatrolError`."""
    try:
        return Datum(text)
    except ValueError as error:
        raise PatrolError(p.DATUM_UNKNOWN, where="datum") from error


def given_facts(form: MultiDict[str, str]) -> dict[str, str]:
    """Return what a form holds, its opening hours joined from their rows."""
    given = {name: form.get(name, "") for name in FIELDS}
    spans = [(form.get(f"opens_{n}", ""), form.get(f"closes_{n}", "")) for n in range(1, SPANS + 1)]
    if any(opens or closes for opens, closes in spans):
        given["opening_hours"] = ", ".join(f"{opens}-{closes}" for opens, closes in spans if opens or closes)
    return given


def facts_from(form: MultiDict[str, str]) -> VenueFacts:
    """Read a form into facts; raises :class:`PatrolError` with all its faults."""
    return read_facts(given_facts(form), datum_of(form.get("datum", "wgs84")))


def form_of(venue: Venue) -> dict[str, Any]:
    """Return a venue's facts as a form shows them."""
    shape: Any = spatial.to_shapely(venue.geom)
    values: dict[str, Any] = {name: getattr(venue, name) for name in PLAIN}
    return values | {
        "kind": venue.kind,
        "code": venue.code,
        "opening_hours": hours_text(venue.opening_hours),
        "lon": f"{shape.x:.6f}",
        "lat": f"{shape.y:.6f}",
        OWNER_LETTER: venue.features.get(OWNER_LETTER, ""),
        "version": venue.version,
        "datum": "wgs84",
    }


def spans_of(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the rows of the opening-hours editor for a form's values."""
    pairs = [part.strip().partition("-") for part in str(values.get("opening_hours") or "").split(",")]
    spans = [(opens, closes) for opens, _dash, closes in pairs if opens or closes]
    return (spans + [("", "")] * SPANS)[: max(SPANS, len(spans))]


def told(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    """Return faults as the form macros show them."""
    return [{"where": fault.where, "message": fault.sentence(current_language())} for fault in faults]


def asked_search() -> Search:
    """Return the search of the page that is being asked for."""
    return search_of(request.args)
