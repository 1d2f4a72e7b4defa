"""The first rows of a file on the map, before anything is decided."""

from __future__ import annotations

from typing import Any

import numpy as np

from patrol.core.datum import Datum, convert
from patrol.core.errors import Fault
from patrol.venues.domain.facts import one_line, read_degrees
from patrol.venues.importing.columns import Mapping_, pick
from patrol.venues.importing.datums import datum_notes, fit_datum
from patrol.venues.importing.table import Table
from patrol.venues.placing import Placer

ROWS = 400


def preview_points(
    table: Table, mapping: Mapping_, datum: Datum, placer: Placer
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the first rows as map points (WGS-84 degrees; outside the division in a warning tone), and warnings.

    Rows whose position cannot be read are left out here; the check names them.
    """
    found: list[tuple[int, str, float, float]] = []
    for row in table.sample(ROWS):
        given = pick(row, mapping, table.columns)[0]
        x, y = read_degrees(given.get("lon", "")), read_degrees(given.get("lat", ""))
        if x is not None and y is not None and abs(x) <= 180 and abs(y) <= 180:
            found.append((row.number, one_line(given.get("name", "")) or f"#{row.number}", x, y))
    lon_given = np.array([each[2] for each in found], dtype=float)
    lat_given = np.array([each[3] for each in found], dtype=float)
    on_earth = np.abs(lat_given) <= 90
    lon, lat = convert(lon_given, lat_given, datum, Datum.WGS84)
    inside = placer.inside(lon, lat) & on_earth
    points = [
        _point(number, name, float(lon[at]), float(lat[at]), bool(inside[at]))
        for at, (number, name, _, _) in enumerate(found)
        if on_earth[at]
    ]
    if placer.outline is None:
        return points, []
    return points, datum_notes(fit_datum(lon_given, lat_given, placer.inside), datum, placer.name)


def _point(number: int, name: str, lon: float, lat: float, inside: bool) -> dict[str, Any]:
    tone = "info" if inside else "danger"
    return {"uid": str(number), "name": name[:60], "lon": round(lon, 6), "lat": round(lat, 6), "tone": tone}
