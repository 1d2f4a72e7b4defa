"""The life of an import: uploaded, matched, checked, decided, stored — or discarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.datum import Datum
from patrol.core.errors import Fault, PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal, one_or_404
from patrol.territory import Division
from patrol.venues.domain import VenueKind
from patrol.venues.importing import problems as p
from patrol.venues.importing.checks import Progress, given_degrees
from patrol.venues.importing.columns import (
    CLUE_FIELDS,
    FINDING_FIELDS,
    VENUE_FIELDS,
    Field,
    check_mapping,
    guess_columns,
    pick,
)
from patrol.venues.importing.datums import fit_datum
from patrol.venues.importing.records import as_data
from patrol.venues.importing.table import Table
from patrol.venues.models import ImportRow, VenueImport
from patrol.venues.placing import Placer

#: what each purpose's columns can be
FIELDS: dict[str, tuple[Field, ...]] = {
    "venues": VENUE_FIELDS,
    "findings": FINDING_FIELDS,
    "clues": CLUE_FIELDS,
}
#: states in which columns and datum may still be changed
OPEN_STATES = ("uploaded", "checking", "checked", "failed")
DECISIONS = ("same", "new", "skip")
_BATCH = 1000


def start_import(
    session: Session,
    actor: Principal,
    *,
    purpose: str,
    filename: str,
    sha256: str,
    table: Table,
    division_uid: str,
    clock: Clock,
) -> VenueImport:
    """Remember an uploaded file with guesses at what its columns mean; 404 for a division out of scope."""
    division = one_or_404(session, select(Division).where(Division.uid == division_uid))
    guessed = guess_columns(table.columns, FIELDS[purpose])
    notes = [*table.notes, *_stored_before(session, purpose, sha256)]
    row = VenueImport(
        purpose=purpose, filename=filename[-200:], sha256=sha256, division_id=division.id,
        scope_path=division.scope_path, person_id=actor.person_id, state="uploaded",
        encoding=table.source.encoding, columns=list(table.columns), warnings=[as_data(note) for note in notes],
        mapping={"columns": {str(at): name for at, name in guessed.items()}, "default_kind": ""},
        created_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor, "imports.upload", row.uid, {"file": row.filename, "sha256": sha256}, at=clock.now()
    )
    return row


def _stored_before(session: Session, purpose: str, sha256: str) -> list[Fault]:
    earlier = session.scalars(
        select(VenueImport.created_at)
        .where(VenueImport.sha256 == sha256, VenueImport.purpose == purpose, VenueImport.state == "done")
        .order_by(VenueImport.id.desc()).limit(1)
    ).first()  # fmt: skip
    return [] if earlier is None else [Fault(p.ALREADY, "", {"day": f"{earlier:%Y-%m-%d}"})]


def mapping_of(row: VenueImport) -> dict[int, str]:
    """Return the chosen columns: index → field."""
    return {int(at): str(name) for at, name in row.mapping.get("columns", {}).items()}


def default_kind_of(row: VenueImport) -> VenueKind | None:
    """Return the kind that stands in for an empty or unknown one, if one was chosen."""
    chosen = row.mapping.get("default_kind", "")
    return VenueKind(chosen) if chosen else None


def choose_columns(
    session: Session,
    row: VenueImport,
    mapping: Mapping[int, str],
    *,
    datum: Datum,
    default_kind: str,
    division_uid: str,
) -> VenueImport:
    """Set what the columns mean, the coordinate system and the division; every fault at once."""
    _require_state(row, OPEN_STATES)
    check_mapping(mapping, FIELDS[row.purpose])
    division = one_or_404(session, select(Division).where(Division.uid == division_uid))
    row.mapping = {"columns": {str(at): name for at, name in mapping.items()}, "default_kind": default_kind}
    row.datum, row.division_id, row.scope_path = datum.value, division.id, division.scope_path
    return row


def guess_datum(table: Table, mapping: Mapping[int, str], placer: Placer) -> Datum:
    """Return the coordinate system under which most of the first rows lie inside the division."""
    if placer.outline is None:
        return Datum.WGS84
    given = [pick(row, mapping, table.columns)[0] for row in table.sample(2000)]
    return fit_datum(*given_degrees(given), placer.inside).best


def settle(row: VenueImport, *, job_active: bool) -> VenueImport:
    """Put an import whose job failed, was cancelled or died back to where it can be gone on with."""
    row.state = settled_state(row, job_active=job_active)
    return row


def settled_state(row: VenueImport, *, job_active: bool) -> str:
    """Return the state an import is really in: a job that ended without an end changed nothing."""
    if row.state == "checking" and not job_active:
        return "uploaded"
    if row.state == "applying" and not job_active:
        return "checked"
    return row.state


def begin_check(row: VenueImport) -> VenueImport:
    """Say that the file is being checked."""
    _require_state(row, OPEN_STATES)
    row.state, row.counts = "checking", {}
    return row


def begin_apply(session: Session, row: VenueImport) -> VenueImport:
    """Say that the rows are being stored; refuses while somebody must still decide."""
    _require_state(row, ("checked",))
    undecided = count_rows(session, row.id, "twin", decision="")
    if undecided:
        raise PatrolError(p.UNDECIDED, count=undecided)
    row.state = "applying"
    return row


def keep_checked(
    session: Session,
    actor: Principal,
    row: VenueImport,
    *,
    rows: Sequence[dict[str, Any]],
    counts: Mapping[str, Any],
    notes: Sequence[Fault],
    progress: Progress,
    clock: Clock,
) -> None:
    """Replace what is kept of a file's rows by a new check, in the caller's transaction."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    for start in range(0, len(rows), _BATCH):
        progress(start, len(rows), "正在保存检查结果", "Keeping the result of the check")
        session.execute(
            insert(ImportRow), [{"import_id": row.id, **each} for each in rows[start : start + _BATCH]]
        )
    row.counts = {**counts, "checked_at": clock.now().isoformat()}
    already = [note for note in row.warnings if note.get("code") == p.ALREADY.code]
    row.warnings = [*already, *(as_data(note) for note in notes)]
    row.state = "checked"
    audit.record(session, actor, "imports.check", row.uid, dict(counts), at=clock.now())


def decide(
    session: Session, row: VenueImport, numbers: Sequence[int] | None, decision: str, *, why: str = ""
) -> int:
    """Decide on likely duplicates: the rows of ``numbers``, or all undecided ones (of one reason ``why``).

    Returns how many rows were decided. ``same``: it is the known place; ``new``: a place of its own;
    ``skip``: leave the row out; empty: take the decision back.
    """
    if decision not in (*DECISIONS, ""):
        raise ValueError(f"no decision is called {decision}")
    _require_state(row, ("checked",))
    wanted = [ImportRow.import_id == row.id, ImportRow.state == "twin"]
    if numbers is not None:
        wanted.append(ImportRow.number.in_(list(numbers)))
    else:
        wanted.append(ImportRow.decision == "")
    found = session.execute(select(ImportRow.id, ImportRow.data).where(*wanted)).all()
    ids = [key for key, data in found if not why or data.get("why") == why]
    for start in range(0, len(ids), 500):
        session.execute(
            update(ImportRow).where(ImportRow.id.in_(ids[start : start + 500])).values(decision=decision)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return len(ids)


def drop_import(session: Session, actor: Principal, row: VenueImport, *, clock: Clock) -> None:
    """Discard an import that was not stored; its rows go, the fact that it was there stays."""
    _require_state(row, OPEN_STATES)
    session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    row.state = "dropped"
    audit.record(session, actor, "imports.drop", row.uid, at=clock.now())


def count_rows(session: Session, import_id: int, state: str, *, decision: str | None = None) -> int:
    """Count the rows of an import in one state, and with one decision."""
    statement = select(func.count(ImportRow.id)).where(
        ImportRow.import_id == import_id, ImportRow.state == state
    )
    if decision is not None:
        statement = statement.where(ImportRow.decision == decision)
    return session.execute(statement).scalar_one()


def claim_apply(session: Session, import_uid: str) -> VenueImport:
    """Take an import for storing, once: whoever comes second is told that it has moved on."""
    row = one_or_404(session, select(VenueImport).where(VenueImport.uid == import_uid).with_for_update())
    _require_state(row, ("applying",))
    checked_at = str(row.counts.get("checked_at", ""))
    others = session.execute(
        select(VenueImport.counts).where(
            VenueImport.state == "done", VenueImport.purpose == row.purpose, VenueImport.id != row.id
        )
    ).scalars()
    if any(str(counts.get("stored_at", "")) > checked_at for counts in others):
        raise PatrolError(p.STALE)
    return row


def finish(
    session: Session, actor: Principal, row: VenueImport, facts: Mapping[str, Any], *, clock: Clock
) -> None:
    """Say that an import is stored."""
    row.state = "done"
    row.counts = {**row.counts, **facts, "stored_at": clock.now().isoformat()}
    session.flush()
    audit.record(session, actor, "imports.store", row.uid, dict(facts), at=clock.now())


def _require_state(row: VenueImport, states: Sequence[str]) -> None:
    if row.state not in states:
        raise PatrolError(p.WRONG_STATE)
