"""Long work of the register: labels of a grid, checking a file, storing it."""

from __future__ import annotations

import secrets
from typing import Any

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.jobs import JobContext, job
from patrol.venues import queries
from patrol.venues.domain.problems import LABELS_NONE
from patrol.venues.importing.running import actor_of, reading, run_check, run_store
from patrol.venues.printing import label_sheet
from patrol.venues.storage import labels_path, write_whole

CLOCK = SystemClock()
RNG = secrets.SystemRandom()


@job("venues.print_labels")
def print_labels(context: JobContext) -> dict[str, Any]:
    """Make the labels of every open venue of a grid."""
    with reading() as session:
        grid = queries.grid_by_uid(session, context.params["grid_uid"])
        venues = queries.venues_to_label(session, grid.id)
    if not venues:
        raise PatrolError(LABELS_NONE)
    context.progress(0, len(venues), f"正在排版{len(venues)}张标签", f"Setting {len(venues)} labels")
    write_whole(labels_path(context.uid), label_sheet(venues, context.params["base_url"]))
    return {"result_url": f"/venues/labels/{context.uid}.pdf", "labels": len(venues)}


@job("venues.check_import")
def check_import(context: JobContext) -> dict[str, Any]:
    """Judge every row of an uploaded venue list; the register is not touched."""
    uid = context.params["import_uid"]
    run_check(uid, actor_of(context), context.progress, clock=CLOCK)
    return {"result_url": f"/venues/import/{uid}"}


@job("venues.apply_import")
def apply_import(context: JobContext) -> dict[str, Any]:
    """Store what was checked and decided, all of it or nothing."""
    uid = context.params["import_uid"]
    stored = run_store(uid, actor_of(context), context.progress, clock=CLOCK, rng=RNG)
    return {"result_url": f"/venues/import/{uid}", "stored": stored}
