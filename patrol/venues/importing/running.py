"""The runs of an import, as jobs and commands call them: slow reading first, then one short write.

Nobody commits here: the caller's transaction is stored or rolled back as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from patrol.core.clock import Clock
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError
from patrol.core.ids import Rng
from patrol.infra.db import Principal, db
from patrol.infra.jobs import JobContext
from patrol.venues.importing import queries as asked
from patrol.venues.importing import services, storing
from patrol.venues.importing.checks import Progress, check_venues
from patrol.venues.importing.problems import FILE_GONE
from patrol.venues.importing.records import record_of
from patrol.venues.importing.table import Table, read_table
from patrol.venues.placing import load_placer
from patrol.venues.storage import upload_path


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


def run_check(import_uid: str, actor: Principal, progress: Progress, *, clock: Clock) -> None:
    """Judge every row of an uploaded venue list and keep the judgement; the register is not touched."""
    with reading() as session:
        row = asked.import_by_uid(session, import_uid)
        placer = load_placer(session, asked.division_uid(session, row.division_id))
        known, codes = asked.known_venues(session), asked.known_codes(session)
        mapping, datum, kind = services.mapping_of(row), Datum(row.datum), services.default_kind_of(row)
        sha256 = row.sha256
    checked = check_venues(table_of(sha256), mapping, datum, kind, placer, known, progress, codes=codes)
    records = [record_of(each) for each in checked.rows]
    session = db.session()
    services.keep_checked(
        session, actor, asked.import_by_uid(session, import_uid), rows=records, counts=checked.counts(),
        notes=checked.notes, progress=progress, clock=clock,
    )  # fmt: skip


def run_store(
    import_uid: str,
    actor: Principal,
    progress: Progress,
    *,
    clock: Clock,
    rng: Rng,
    made_at: Clock | None = None,
) -> int:
    """Store what was checked and decided; returns how many venues.

    ``made_at`` stamps the venues where their own time is known to be another than now.
    """
    with reading() as session:
        row = asked.import_by_uid(session, import_uid)
        placer = load_placer(session, asked.division_uid(session, row.division_id))
        venues = storing.prepare_venues(
            session, actor, row, placer, progress=progress, clock=made_at or clock, rng=rng
        )
    session = db.session()
    row = services.claim_apply(session, import_uid)
    return storing.store_venues(session, actor, row, venues, progress=progress, clock=clock)
