"""The runs of an import of past inspections: slow reading first, then one short write that the caller commits."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from patrol.core.clock import Clock
from patrol.core.ids import Rng
from patrol.findings.importing.rows import venue_book
from patrol.findings.importing.services import check_past, imported_keys, prepare_past, store_past
from patrol.infra.db import Principal, db
from patrol.venues import (
    Progress,
    claim_apply,
    import_by_uid,
    keep_checked,
    known_venues,
    mapping_of,
    reading,
    table_of,
)


def run_check(import_uid: str, actor: Principal, progress: Progress, *, zone: ZoneInfo, clock: Clock) -> None:
    """Judge every row of an uploaded file and keep the judgement; nothing is stored yet."""
    with reading() as session:
        row = import_by_uid(session, import_uid)
        book, known = venue_book(known_venues(session)), imported_keys(session)
        mapping, sha256 = mapping_of(row), row.sha256
    rows, counts, notes = check_past(
        table_of(sha256), mapping, book, known, zone=zone, now=clock.now(), progress=progress
    )
    session = db.session()
    row = import_by_uid(session, import_uid)
    keep_checked(session, actor, row, rows=rows, counts=counts, notes=notes, progress=progress, clock=clock)


def run_store(
    import_uid: str,
    actor: Principal,
    progress: Progress,
    *,
    zone: ZoneInfo,
    clock: Clock,
    rng: Rng,
    made_at: Clock | None = None,
) -> int:
    """Store every good row as a visit, and as a finding where something was found; returns how many visits."""
    with reading() as session:
        row = import_by_uid(session, import_uid)
        visits, findings = prepare_past(
            session, actor, row, zone=zone, clock=made_at or clock, rng=rng, progress=progress
        )
    session = db.session()
    row = claim_apply(session, import_uid)
    return store_past(session, actor, row, visits, findings, progress=progress, clock=clock)
