"""What an import asks of the register, and its pages of the import."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.infra.db import one_or_404
from patrol.infra.jobs import Job
from patrol.territory import Division
from patrol.venues.domain.likeness import Entry
from patrol.venues.importing.twins import Known
from patrol.venues.models import OTHER_NUMBERS, ImportRow, Venue, VenueImport

BAD_PAGE, TWIN_PAGE = 100, 20


def import_by_uid(session: Session, uid: str) -> VenueImport:
    """Return one import or raise 404."""
    return one_or_404(session, select(VenueImport).where(VenueImport.uid == uid))


def imports_of(session: Session, purpose: str, count: int = 50) -> list[VenueImport]:
    """Return the newest imports of a purpose within scope."""
    statement = (
        select(VenueImport).where(VenueImport.purpose == purpose).order_by(VenueImport.id.desc()).limit(count)
    )
    return list(session.scalars(statement))


def division_uid(session: Session, division_id: int) -> str:
    """Return the uid of the division that an import goes into; 404 out of scope."""
    return one_or_404(session, select(Division).where(Division.id == division_id)).uid


def known_venues(session: Session) -> list[Known]:
    """Return every venue in scope as an entry to compare rows with, once for each number it goes by."""
    rows = session.execute(
        select(
            Venue.id, Venue.name, Venue.address, Venue.external_id, Venue.features,
            func.ST_X(Venue.geom), func.ST_Y(Venue.geom),
        ).order_by(Venue.id)
    )  # fmt: skip
    return [
        Known(key, Entry(name, address, number), lon, lat)
        for key, name, address, own, features, lon, lat in rows
        for number in (own, *(features or {}).get(OTHER_NUMBERS, ()))
    ]


def known_codes(session: Session) -> dict[str, str]:
    """Return the codes of the register with the names they belong to."""
    return {code: name for code, name in session.execute(select(Venue.code, Venue.name))}


def job_is_active(session: Session, uid: str) -> bool:
    """Say whether a job is still waiting or at work."""
    state = session.scalars(select(Job.state).where(Job.uid == uid)).one_or_none() if uid else None
    return state in {"queued", "running"}


def failed_job(session: Session, uid: str) -> Job | None:
    """Return a job that failed or was cancelled."""
    job = session.scalars(select(Job).where(Job.uid == uid)).one_or_none() if uid else None
    return job if job is not None and job.state in {"failed", "cancelled"} else None


def rows_in_state(session: Session, import_id: int, state: str, page: int, size: int) -> list[ImportRow]:
    """Return one page of an import's rows in a state, in the order of the file."""
    statement = (
        select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state == state)
        .order_by(ImportRow.number).offset((max(page, 1) - 1) * size).limit(size)
    )  # fmt: skip
    return list(session.scalars(statement))


def bad_rows(session: Session, import_id: int) -> list[Any]:
    """Return number, texts and reasons of every bad row."""
    statement = (
        select(ImportRow.number, ImportRow.data, ImportRow.reasons)
        .where(ImportRow.import_id == import_id, ImportRow.state == "bad").order_by(ImportRow.number)
    )  # fmt: skip
    return list(session.execute(statement))


def twin_reasons(session: Session, import_id: int) -> dict[str, int]:
    """Count the undecided likely duplicates by reason."""
    found: dict[str, int] = {}
    statement = select(ImportRow.data).where(
        ImportRow.import_id == import_id, ImportRow.state == "twin", ImportRow.decision == ""
    )
    for data in session.scalars(statement):
        why = str(data.get("why", ""))
        found[why] = found.get(why, 0) + 1
    return found


def twin_counts(session: Session, import_id: int) -> dict[str, int]:
    """Count the likely duplicates by decision; the key is empty for those that wait for one."""
    rows = session.execute(
        select(ImportRow.decision, func.count(ImportRow.id))
        .where(ImportRow.import_id == import_id, ImportRow.state == "twin").group_by(ImportRow.decision)
    )  # fmt: skip
    return {str(decision): int(count) for decision, count in rows}


def twins_beside(session: Session, rows: list[ImportRow]) -> dict[int, dict[str, Any]]:
    """Return what each likely duplicate is compared with: by row id, the venue's or the earlier row's facts."""
    venues = {
        venue.id: venue
        for venue in session.scalars(
            select(Venue).where(Venue.id.in_([r.duplicate_of_id for r in rows if r.duplicate_of_id]))
        )
    }
    numbers = [r.data["of_row"] for r in rows if r.data.get("of_row")]
    earlier = {
        row.number: row
        for row in session.scalars(
            select(ImportRow).where(ImportRow.import_id == rows[0].import_id, ImportRow.number.in_(numbers))
        )
    } if rows else {}  # fmt: skip
    beside: dict[int, dict[str, Any]] = {}
    for row in rows:
        venue = venues.get(row.duplicate_of_id or 0)
        if venue is not None:
            beside[row.id] = {
                "uid": venue.uid, "name": venue.name, "address": venue.address, "kind": venue.kind,
                "owner_name": venue.owner_name, "external_id": venue.external_id,
            }  # fmt: skip
        elif row.data.get("of_row") in earlier:
            beside[row.id] = {"row": row.data["of_row"], **earlier[row.data["of_row"]].data["given"]}
    return beside
