"""Judge a file of past inspections, and store it whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Fault, PatrolError, problem
from patrol.core.ids import Rng, new_uid
from patrol.findings.importing.rows import (
    ALREADY_THERE,
    TWICE_IN_FILE,
    PastVisit,
    VenueBook,
    read_moment,
    read_outcome,
    read_past,
)
from patrol.findings.models import Finding
from patrol.infra import spatial
from patrol.infra.db import OUT_OF_SCOPE, Principal, within
from patrol.patrols import FOUND, Outcome, Visit
from patrol.venues import (
    Progress,
    Table,
    Venue,
    VenueImport,
    as_data,
    finish,
    note_history,
    read_rows,
    wanted_rows,
)

SOURCE = "import"
_BATCH = 1000
NOTHING_LEFT = problem(
    "findings.import_nothing", en="No row is left to be stored.", zh="没有可以入库的行。", status=409
)

Key = tuple[int, dt.datetime, str, str]


def imported_keys(session: Session) -> set[Key]:
    """Return what makes each visit that came from a file the same as another."""
    rows = session.execute(
        select(Visit.venue_id, Visit.arrived_at, Visit.outcome, Visit.presence).where(Visit.source == SOURCE)
    )
    return {
        (venue, at, outcome, str((presence or {}).get("reference", "")))
        for venue, at, outcome, presence in rows
    }


def check_past(
    table: Table,
    mapping: Mapping[int, str],
    book: VenueBook,
    known: set[Key],
    *,
    zone: ZoneInfo,
    now: dt.datetime,
    progress: Progress,
) -> tuple[list[dict[str, Any]], dict[str, int], list[Fault]]:
    """Judge every row of a file of past inspections.

    ``known`` are the visits already imported (:func:`imported_keys`). Returns: the rows as they are kept, how
    many are in each state (ok, bad, repeat), and notes on the file.
    """
    rows, notes = read_rows(table, mapping, lambda given: read_past(given, book, zone, now), progress)
    seen: dict[Key, int] = {}
    counts = {"ok": 0, "bad": 0, "repeat": 0, "total": len(rows)}
    kept = []
    for number, given, _features, faults, past in rows:
        reasons, state = list(faults), "bad" if faults else "ok"
        if past is not None:
            reasons = _repeated(past, number, known, seen)
            state = "repeat" if reasons else "ok"
        counts[state] += 1
        data = {"given": given, "venue_id": past.venue_id if past else None}
        kept.append({
            "number": number, "state": state, "data": data, "reasons": [as_data(fault) for fault in reasons],
            "duplicate_of_id": None, "decision": "",
        })  # fmt: skip
    return kept, counts, [*table.notes, *notes]


def _repeated(past: PastVisit, number: int, known: set[Key], seen: dict[Key, int]) -> list[Fault]:
    if past.key in known:
        return [Fault(ALREADY_THERE)]
    first = seen.setdefault(past.key, number)
    return [] if first == number else [Fault(TWICE_IN_FILE, "", {"row": first})]


def prepare_past(
    session: Session,
    actor: Principal,
    row: VenueImport,
    *,
    zone: ZoneInfo,
    clock: Clock,
    rng: Rng,
    progress: Progress,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Turn the good rows into visits and findings, ready for bulk inserts; changes nothing.

    Raises :class:`PatrolError` when nothing is left, or a venue has left the actor's division meanwhile.
    """
    wanted = wanted_rows(session, row.id)
    if not wanted:
        raise PatrolError(NOTHING_LEFT)
    venues = _venues(session, {int(each.data["venue_id"]) for each in wanted})
    visits, findings = [], []
    for done, each in enumerate(wanted):
        if done % 500 == 0:
            progress(done, 2 * len(wanted), "正在准备记录", "Preparing the records")
        venue = venues.get(int(each.data["venue_id"]))
        if venue is None or not within(venue.scope_path, actor.scope_path):
            raise PatrolError(OUT_OF_SCOPE)
        given = each.data["given"]
        outcome = read_outcome(given["outcome"]) or Outcome.NOTHING_FOUND
        at = read_moment(given["date"], zone).astimezone(dt.UTC)
        visit = _visit(venue, given, outcome, at, new_uid(clock, rng), row, clock.now())
        visits.append(visit)
        if outcome in FOUND:
            findings.append(_finding(venue, given, visit, new_uid(clock, rng)))
    return visits, findings


def _venues(session: Session, ids: set[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), 500):
        statement = select(
            Venue.id,
            Venue.scope_path,
            Venue.grid_id,
            func.ST_X(Venue.geom).label("lon"),
            func.ST_Y(Venue.geom).label("lat"),
        ).where(Venue.id.in_(ordered[start : start + 500]))
        found |= {venue.id: venue for venue in session.execute(statement)}
    return found


def _visit(
    venue: Any,
    given: Mapping[str, str],
    outcome: Outcome,
    at: dt.datetime,
    uid: str,
    row: VenueImport,
    now: dt.datetime,
) -> dict[str, Any]:
    presence = {"import": row.uid, "reference": given.get("reference", "").strip()[:60]}
    group = " ".join(given.get("group", "").split())[:80]
    return {
        "uid": uid, "scope_path": venue.scope_path, "venue_id": venue.id, "grid_id": venue.grid_id,
        "outcome": outcome.value, "arrived_at": at, "left_at": None, "source": SOURCE, "received_at": now,
        "presence": presence | ({"group": group} if group else {}),
        "note": "" if outcome in FOUND else given.get("text", "").strip()[:4000],
    }  # fmt: skip


def _finding(venue: Any, given: Mapping[str, str], visit: Mapping[str, Any], uid: str) -> dict[str, Any]:
    return {
        "uid": uid, "scope_path": venue.scope_path, "venue_id": venue.id, "grid_id": venue.grid_id,
        "visit_uid": visit["uid"], "kind": visit["outcome"], "found_at": visit["arrived_at"],
        "text": given.get("text", "").strip()[:4000], "geom": spatial.point(venue.lon, venue.lat),
        "position": {"source": "venue"}, "source": SOURCE, "received_at": visit["received_at"],
        "witness": visit["presence"].get("group", "")[:80],
    }  # fmt: skip


def store_past(
    session: Session,
    actor: Principal,
    row: VenueImport,
    visits: Sequence[dict[str, Any]],
    findings: Sequence[dict[str, Any]],
    *,
    progress: Progress,
    clock: Clock,
) -> int:
    """Insert prepared records and tell the venues, in the caller's one transaction; returns how many visits."""
    total = 2 * len(visits)
    for start in range(0, len(visits), _BATCH):
        progress(len(visits) + start, total, f"正在入库第{start}条", f"Storing record {start}")
        session.execute(insert(Visit), list(visits[start : start + _BATCH]))
    ids = _visit_ids(session, [str(finding["visit_uid"]) for finding in findings])
    for start in range(0, len(findings), _BATCH):
        some = [{**each, "visit_id": ids[each["visit_uid"]]} for each in findings[start : start + _BATCH]]
        session.execute(insert(Finding), some)
    _tell_venues(session, visits, findings)
    finish(session, actor, row, {"stored": len(visits), "findings": len(findings)}, clock=clock)
    return len(visits)


def _visit_ids(session: Session, uids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(uids), 500):
        rows = session.execute(select(Visit.uid, Visit.id).where(Visit.uid.in_(uids[start : start + 500])))
        found |= {uid: key for uid, key in rows}
    return found


def _tell_venues(
    session: Session, visits: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> None:
    """Add to what each venue remembers; a past visit never hides a newer one."""
    newest: dict[int, Mapping[str, Any]] = {}
    added: dict[int, list[int]] = {}
    for visit in visits:
        added.setdefault(visit["venue_id"], [0, 0])[0] += 1
        if visit["venue_id"] not in newest or visit["arrived_at"] >= newest[visit["venue_id"]]["arrived_at"]:
            newest[visit["venue_id"]] = visit
    for finding in findings:
        added[finding["venue_id"]][1] += 1
    ids = sorted(added)
    for start in range(0, len(ids), 500):
        statement = select(
            Venue.id, Venue.visit_count, Venue.finding_count, Venue.last_visited_at, Venue.last_outcome
        ).where(Venue.id.in_(ids[start : start + 500]))
        history = {}
        for key, visited, found, last_at, last_outcome in session.execute(statement):
            last = newest[key]
            newer = last_at is None or last["arrived_at"] >= last_at
            history[key] = {
                "visit_count": visited + added[key][0], "finding_count": found + added[key][1],
                "last_visited_at": last["arrived_at"] if newer else last_at,
                "last_outcome": last["outcome"] if newer else last_outcome,
            }  # fmt: skip
        note_history(session, history)
