"""Long work of the register: labels of a grid, checking a file, storing it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from patrol.core.clock import SystemClock
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError
from patrol.infra.db import Principal, db
from patrol.infra.jobs import JobContext, job
from patrol.venues import queries
from patrol.venues.domain.problems import LABELS_NONE
from patrol.venues.importing import queries as asked
from patrol.venues.importing import services
from patrol.venues.importing.checks import check_venues
from patrol.venues.importing.problems import FILE_GONE
from patrol.venues.importing.records import record_of
from patrol.venues.importing.table import Table, read_table
from patrol.venues.placing import load_placer
from patrol.venues.printing import label_sheet
from patrol.venues.storage import labels_path, upload_path, write_whole

CLOCK = SystemClock()
RNG = secrets.SystemRandom()


@contextmanager
def reading() -> Iterator[Any]:
    """Give a session that only reads, so that slow work before the one write never holds up other writers."""
    session = db.session()
    session.info["readonly"] = True
    try:
        yield session
    finally:
        session.rollback()
        session.info["readonly"] = False


def actor_of(context: JobContext) -> Principal:
    """Return the person a job works for."""
    if context.principal is None:
        raise ValueError("an import works for somebody")
    return context.principal


def table_of(sha256: str) -> Table:
    """Open an uploaded file again; raises :class:`PatrolError` when it is gone."""
    path = upload_path(sha256)
    if not path.exists():
        raise PatrolError(FILE_GONE)
    return read_table(path)


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
    with reading() as session:
        row = asked.import_by_uid(session, uid)
        placer = load_placer(session, asked.division_uid(session, row.division_id))
        known, codes = asked.known_venues(session), asked.known_codes(session)
        mapping, datum, kind = services.mapping_of(row), Datum(row.datum), services.default_kind_of(row)
        sha256 = row.sha256
    checked = check_venues(
        table_of(sha256), mapping, datum, kind, placer, known, context.progress, codes=codes
    )
    records = [record_of(each) for each in checked.rows]
    services.keep_checked(
        db.session(), actor_of(context), asked.import_by_uid(db.session(), uid), rows=records,
        counts=checked.counts(), notes=checked.notes, progress=context.progress, clock=CLOCK,
    )  # fmt: skip
    return {"result_url": f"/venues/import/{uid}"}


@job("venues.apply_import")
def apply_import(context: JobContext) -> dict[str, Any]:
    """Store what was checked and decided, all of it or nothing."""
    uid, actor = context.params["import_uid"], actor_of(context)
    with reading() as session:
        row = asked.import_by_uid(session, uid)
        placer = load_placer(session, asked.division_uid(session, row.division_id))
        venues = services.prepare_venues(
            session, actor, row, placer, progress=context.progress, clock=CLOCK, rng=RNG
        )
    session = db.session()
    row = services.claim_apply(session, uid)
    stored = services.store_venues(session, actor, row, venues, progress=context.progress, clock=CLOCK)
    return {"result_url": f"/venues/import/{uid}", "stored": stored}
