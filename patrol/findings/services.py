"""Every change of a finding: it is recorded once and never altered; a correction supersedes it."""

from __future__ import annotations

from typing import Any, Protocol

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import RoleName
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.findings.checklist_versions import checklist_of, ensure_checklist
from patrol.findings.domain import (
    FINDING_TWICE,
    NO_REASON,
    UNKNOWN_CHECKLIST,
    UNKNOWN_SUPERSEDED,
    WITHDRAWN_ALREADY,
    FindingKind,
    acts_in,
    check_answers,
)
from patrol.findings.foresight import is_taken, venue_of
from patrol.findings.models import Finding, Photo
from patrol.findings.schemas import AnswersIn, FindingIn, ManualPinIn, PhotoIn, RecordingIn
from patrol.infra.audit import record
from patrol.infra.db import Principal
from patrol.infra.spatial import to_geom
from patrol.patrols import FOUND, UNKNOWN_VENUE, DeviceFacts, PositionIn, Visit, position_facts
from patrol.venues import Venue, note_finding

_OFFICERS = {RoleName.INSPECTOR, RoleName.POLICE_LIAISON, RoleName.BRANCH_MANAGER, RoleName.CITY_MANAGER}


def record_finding(
    session: Session, actor: Principal, new: FindingIn, *, device: DeviceFacts, clock: Clock
) -> Finding:
    """Store what a visit established, with its photos as declared; the flush is the caller's.

    Raises :class:`PatrolError` for a venue outside the officer's division, answers that no checklist asks for,
    a correction of somebody else's finding, or a number already taken.
    """
    if is_taken(session, new.finding_uid):
        raise PatrolError(FINDING_TWICE, where="finding_uid")
    venue = venue_of(session, new.venue_uid)
    if venue is None:
        raise PatrolError(UNKNOWN_VENUE, where="venue_uid")
    version, acts = _read_checklist(session, new.checklist)
    visit = _visit_of(session, new.visit_uid, venue)
    found = device.made()
    finding = Finding(
        uid=new.finding_uid,
        scope_path=venue.scope_path,
        venue_id=venue.id,
        grid_id=venue.grid_id,
        visit_id=visit.id if visit else None,
        visit_uid=new.visit_uid or "",
        person_id=actor.person_id,
        kind=_kind_of(new, visit),
        found_at=found.at,
        text=new.text.strip(),
        checklist_version=version,
        answers=new.checklist.answers,
        acts=acts,
        geom=_place(new, venue),
        position=placed_facts(new, device, found.facts()),
        witness=new.witness.strip(),
        # A liaison assists and reports: what a liaison photographs is a clue, not evidence (article 12).
        is_clue=not (actor.roles & _OFFICERS),
        device_uid=device.device_uid,
        clock_offset_s=device.clock_offset_s,
        entry_sha256=device.entry_sha256,
        supersedes_id=_superseded(session, actor, new.supersedes_uid),
        received_at=device.received_at,
        photos=[
            *(_photo(photo, device) for photo in _distinct(new.photos)),
            *(_recording(sound, device) for sound in {each.sha256: each for each in new.recordings}.values()),
        ],
    )
    session.add(finding)
    note_finding(venue)
    detail = {"venue": venue.uid, "photos": len(finding.photos), "sha256": device.entry_sha256}
    record(session, actor, "findings.record", finding.uid, detail, at=clock.now())
    return finding


def withdraw_finding(
    session: Session, actor: Principal, finding: Finding, reason: str, *, clock: Clock
) -> Finding:
    """Take a finding out of every list; what it said stays sealed, and a phone that sends it again is told.

    Raises :class:`PatrolError` without a reason, and for one withdrawn before.
    """
    if not reason.strip():
        raise PatrolError(NO_REASON, where="reason")
    if finding.withdrawn_at is not None:
        raise PatrolError(WITHDRAWN_ALREADY)
    finding.withdrawn_at, finding.withdrawn_by_id = clock.now(), actor.person_id
    finding.withdrawn_reason = reason.strip()[:400]
    note_finding(finding.venue, -1)
    session.flush()
    record(
        session, actor, "findings.withdraw", finding.uid, {"reason": finding.withdrawn_reason}, at=clock.now()
    )
    return finding


def attach_visit(session: Session, visit: Visit) -> int:
    """Tie findings that arrived before their visit to it; return how many there were."""
    waiting = session.scalars(
        select(Finding).where(
            Finding.visit_uid == visit.uid,
            Finding.visit_id.is_(None),
            Finding.venue_id == visit.venue_id,
            Finding.person_id == visit.person_id,
        )
    ).all()
    for finding in waiting:
        finding.visit_id = visit.id
        if visit.outcome in FOUND:
            finding.kind = visit.outcome
    session.flush()
    return len(waiting)


def _visit_of(session: Session, uid: str | None, venue: Venue) -> Visit | None:
    if not uid:
        return None
    return session.scalars(select(Visit).where(Visit.uid == uid, Visit.venue_id == venue.id)).one_or_none()


def _kind_of(new: FindingIn, visit: Visit | None) -> str:
    if new.kind is not None:
        return new.kind.value
    return visit.outcome if visit is not None and visit.outcome in FOUND else FindingKind.SUSPICIOUS.value


def _read_checklist(session: Session, given: AnswersIn) -> tuple[int | None, list[str]]:
    """Return the version answered and the acts of article 7 that the answers point to."""
    if not given.version and not given.answers:
        return None, []
    ensure_checklist(session)
    version = int(given.version) if given.version.isascii() and given.version.isdigit() else None
    checklist = checklist_of(session, version)
    if checklist is None:
        raise PatrolError(UNKNOWN_CHECKLIST, where="checklist.version", version=given.version)
    check_answers(checklist, given.answers)
    return version, acts_in(checklist, given.answers)


def _place(new: FindingIn, venue: Venue) -> Any:
    """Return the point of a finding: the pin set by hand, else the fix, else the venue."""
    for place in (new.manual_pin, new.position):
        if place is not None:
            return to_geom(shapely.Point(place.lon, place.lat))
    return to_geom(shapely.Point(venue.lon, venue.lat))  # type: ignore[attr-defined]


class Placed(Protocol):
    """Whatever a phone sends with where it was: by satellites, and by a pin set by hand."""

    position: PositionIn | None
    manual_pin: ManualPinIn | None


def placed_facts(new: Placed, device: DeviceFacts, clock_facts: dict[str, Any]) -> dict[str, Any]:
    """Return all that is kept of where something was seen: the fix, the pin, and what the clock said."""
    facts: dict[str, Any] = {"fix": position_facts(new.position, device)} if new.position else {}
    if new.manual_pin is not None:
        facts["manual_pin"] = new.manual_pin.model_dump()
    if clock_facts:
        facts["clock"] = clock_facts
    return facts


def _superseded(session: Session, actor: Principal, uid: str | None) -> int | None:
    if not uid:
        return None
    found = session.scalar(select(Finding.id).where(Finding.uid == uid, Finding.person_id == actor.person_id))
    if found is None:
        raise PatrolError(UNKNOWN_SUPERSEDED, where="supersedes_uid")
    return int(found)


def _distinct(photos: list[PhotoIn]) -> list[PhotoIn]:
    return list({photo.sha256_original: photo for photo in photos}.values())


def _photo(photo: PhotoIn, device: DeviceFacts) -> Photo:
    return Photo(
        sha256_original=photo.sha256_original,
        size_original=photo.size_original,
        type_original=photo.type_original,
        sha256_display=photo.sha256_display or "",
        size_display=photo.size_display or 0,
        camera_or_album=photo.source,
        taken_at=device.judged(photo.taken_at).at if photo.taken_at else None,
    )


def _recording(sound: RecordingIn, device: DeviceFacts) -> Photo:
    """A recording stands beside the photos: sealed like them, never re-encoded."""
    return Photo(
        sha256_original=sound.sha256,
        size_original=sound.size,
        type_original=sound.type,
        camera_or_album="sound",
        taken_at=device.judged(sound.taken_at).at if sound.taken_at else None,
    )
