"""Long work of the register."""

from __future__ import annotations

from typing import Any

from patrol.core.errors import PatrolError
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job
from patrol.venues import queries
from patrol.venues.domain.problems import LABELS_NONE
from patrol.venues.printing import label_sheet
from patrol.venues.storage import labels_path, write_whole


@job("venues.print_labels")
def print_labels(context: JobContext) -> dict[str, Any]:
    """Make the labels of every open venue of a grid."""
    db.session.info["readonly"] = True
    grid = queries.grid_by_uid(db.session(), context.params["grid_uid"])
    venues = queries.venues_to_label(db.session(), grid.id)
    db.session.rollback()
    db.session.info["readonly"] = False
    if not venues:
        raise PatrolError(LABELS_NONE)
    context.progress(0, len(venues), f"正在排版{len(venues)}张标签", f"Setting {len(venues)} labels")
    write_whole(labels_path(context.uid), label_sheet(venues, context.params["base_url"]))
    return {"result_url": f"/venues/labels/{context.uid}.pdf", "labels": len(venues)}
