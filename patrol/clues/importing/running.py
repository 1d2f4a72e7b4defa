"""The runs of an import of reports: slow reading first, then one short write that the caller commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from patrol.clues.domain import due_days
from patrol.clues.importing.rows import KNOWN, TWICE, Report, read_report
from patrol.clues.models import Clue, ClueNumber
from patrol.clues.queries import calendar_of, terms_of
from patrol.core.clock import Clock, china_date
from patrol.core.datum import Datum, convert
from patrol.core.errors import Fault, PatrolError, problem
from patrol.core.ids import Rng, new_uid
from patrol.infra.db import Principal, db, unscoped
from patrol.infra.spatial import to_geom
from patrol.territory import Division, divisions_in_scope
from patrol.venues import (
    Progress,
    as_data,
    claim_apply,
    division_uid,
    finish,
    import_by_uid,
    keep_checked,
    mapping_of,
    read_rows,
    reading,
    table_of,
    upload_path,
    wanted_rows,
)

NOTHING_LEFT = problem(
    "clues.import_nothing", en="No row is left to be stored.", zh="没有可以入库的行。", status=409
)
_BATCH = 1000


def run_check(import_uid: str, actor: Principal, progress: Progress, *, zone: ZoneInfo, clock: Clock) -> None:
    """Judge every row of an uploaded file and keep the judgement; nothing is stored yet."""
    with reading() as session:
        row = import_by_uid(session, import_uid)
        home, names = (
            division_uid(session, row.division_id),
            {d.name: d.uid for d in divisions_in_scope(session)},
        )
        mapping, sha256 = mapping_of(row), row.sha256
        known = _known_keys(session)
    table = table_of(sha256)
    now = clock.now()
    rows, notes = read_rows(
        table, mapping, lambda given: read_report(given, names, home, zone, now), progress
    )
    kept, counts = _judged(rows, known)
    session = db.session()
    keep_checked(
        session, actor, import_by_uid(session, import_uid), rows=kept, counts=counts,
        notes=[*table.notes, *notes], progress=progress, clock=clock,
    )  # fmt: skip


def _known_keys(session: Session) -> set[str]:
    with unscoped(session, "a number of the platform is taken wherever it was registered"):
        return {key for key in session.scalars(select(Clue.source_key)) if key}


def _judged(rows: Sequence[Any], known: set[str]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    seen: dict[str, int] = {}
    counts = {"ok": 0, "bad": 0, "repeat": 0, "total": len(rows)}
    kept = []
    for number, given, _features, faults, report in rows:
        reasons, state = list(faults), "bad" if faults else "ok"
        if report is not None:
            reasons = _repeated(report, number, known, seen)
            state = "repeat" if reasons else "ok"
        counts[state] += 1
        kept.append({
            "number": number, "state": state, "data": {"given": given},
            "reasons": [as_data(fault) for fault in reasons], "duplicate_of_id": None, "decision": "",
        })  # fmt: skip
    return kept, counts


def _repeated(report: Report, number: int, known: set[str], seen: dict[str, int]) -> list[Fault]:
    if f"hotline:{report.number}" in known:
        return [Fault(KNOWN)]
    first = seen.setdefault(report.number, number)
    return [] if first == number else [Fault(TWICE, "", {"row": first})]


def run_store(
    import_uid: str, actor: Principal, progress: Progress, *, zone: ZoneInfo, clock: Clock, rng: Rng
) -> int:
    """Store every good row as a clue, all or nothing, then remove the file; returns how many."""
    with reading() as session:
        row = import_by_uid(session, import_uid)
        home, datum, sha256 = division_uid(session, row.division_id), Datum(row.datum), row.sha256
        divisions = {d.uid: d for d in divisions_in_scope(session)}
        reports = _reports(session, row.id, {d.name: d.uid for d in divisions.values()}, home, zone, clock)
        calendar, terms = calendar_of(session), terms_of(session)
        made = []
        for done, report in enumerate(reports):
            if done % 500 == 0:
                progress(done, 2 * len(reports), "正在准备线索", "Preparing the clues")
            due = due_days(report.at, urgent=False, extended_days=0, terms=terms, calendar=calendar)
            facts = {"accept_due": due.accept, "close_due": due.close, "due_provisional": due.provisional}
            made.append(_clue(report, divisions[report.division_uid], datum, new_uid(clock, rng)) | facts)
    session = db.session()
    row = claim_apply(session, import_uid)
    _number(session, made)
    for start in range(0, len(made), _BATCH):
        progress(len(made) + start, 2 * len(made), f"正在入库第{start}条", f"Storing record {start}")
        session.execute(insert(Clue), made[start : start + _BATCH])
    finish(session, actor, row, {"stored": len(made)}, clock=clock)
    upload_path(sha256).unlink(missing_ok=True)
    return len(made)


def _reports(
    session: Session, import_id: int, names: Mapping[str, str], home: str, zone: ZoneInfo, clock: Clock
) -> list[Report]:
    wanted = wanted_rows(session, import_id)
    if not wanted:
        raise PatrolError(NOTHING_LEFT)
    return [read_report(each.data["given"], names, home, zone, clock.now()) for each in wanted]


def _clue(report: Report, division: Division, datum: Datum, uid: str) -> dict[str, Any]:
    place = None
    if report.lon is not None and report.lat is not None:
        place = to_geom(shapely.Point(*convert(report.lon, report.lat, datum, Datum.WGS84)))
    return {
        "uid": uid, "channel": "hotline", "kind": report.kind.value, "text": report.text,
        "address": report.address, "source_number": report.number, "source_key": f"hotline:{report.number}",
        "source_name": "12315", "division_id": division.id, "scope_path": division.scope_path,
        "received_at": report.at, "state": "received", "geom": place,
    }  # fmt: skip


def _number(session: Session, clues: list[dict[str, Any]]) -> None:
    """Give every clue its running number of the year it was received in; taken in one go, none skipped."""
    by_year: dict[int, list[dict[str, Any]]] = {}
    for clue in clues:
        received: dt.datetime = clue["received_at"]
        by_year.setdefault(china_date(received).year, []).append(clue)
    for year, some in by_year.items():
        row = session.get(ClueNumber, year, with_for_update=True)
        if row is None:
            row = ClueNumber(year=year, last=0)
            session.add(row)
        for clue in some:
            row.last += 1
            clue["number"] = f"{year}-{row.last:05d}"
    session.flush()
