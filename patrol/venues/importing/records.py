"""Checked rows as they lie in the database, and their faults as plain data."""

from __future__ import annotations

from typing import Any

from patrol.core.errors import Fault
from patrol.venues.importing import problems as p
from patrol.venues.importing.checks import CheckedRow


def as_data(fault: Fault) -> dict[str, str]:
    """Return a fault as plain data in both languages."""
    return {
        "code": fault.problem.code,
        "where": fault.where,
        "zh": fault.sentence("zh"),
        "en": fault.sentence("en"),
    }


def record_of(row: CheckedRow) -> dict[str, Any]:
    """Return the columns of an ``import_row``."""
    faults = list(row.faults)
    if row.repeats and not faults:
        faults = [Fault(p.REPEATED, "", {"row": row.repeats})]
    twin = row.twin_of_venue or row.twin_of_row
    data: dict[str, Any] = {"given": row.given}
    if row.features:
        data["features"] = row.features
    if twin:
        data |= {"why": twin.why.value, "distance_m": twin.distance_m}
        if row.twin_of_row:
            data["of_row"] = twin.key
    return {
        "number": row.number, "state": row.state, "data": data, "reasons": [as_data(fault) for fault in faults],
        "duplicate_of_id": row.twin_of_venue.key if row.twin_of_venue else None, "decision": "",
    }  # fmt: skip
