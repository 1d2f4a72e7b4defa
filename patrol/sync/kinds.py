"""Which entries a phone may send, how each is checked, and which room takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from patrol.clues import AcknowledgeIn, SightingIn, acknowledge_from_phone, report_sighting
from patrol.core.clock import Clock
from patrol.findings import FindingIn, PhotoIn, RecordingIn, attach_visit, record_finding
from patrol.infra.db import Principal
from patrol.patrols import (
    DeviceFacts,
    Step,
    StepIn,
    TrackIn,
    VisitIn,
    record_step,
    record_track,
    record_visit,
)
from patrol.sync.amendment import AmendmentIn
from patrol.venues import Edit, amend_venue

Told = dict[str, Any] | None
Apply = Callable[[Session, Principal, Any, DeviceFacts, Clock], Told]


@dataclass(frozen=True)
class Kind:
    """A kind of entry: the permission it needs, its schema, what applies it, and whether its body is archived.

    ``apply`` may return what the receipt says beyond "stored".
    """

    permission: str
    schema: type[BaseModel]
    apply: Apply
    archived: bool = False


def _step(step: Step) -> Apply:
    def apply(session: Session, actor: Principal, body: StepIn, device: DeviceFacts, clock: Clock) -> Told:
        record_step(session, actor, step, body, device=device, clock=clock)
        return None

    return apply


def _track(session: Session, actor: Principal, body: TrackIn, device: DeviceFacts, clock: Clock) -> Told:
    record_track(session, actor, body, device=device, clock=clock)
    return None


def _visit(session: Session, actor: Principal, body: VisitIn, device: DeviceFacts, clock: Clock) -> Told:
    visit = record_visit(session, actor, body, device=device, clock=clock)
    attach_visit(session, visit)
    return None


def _finding(session: Session, actor: Principal, body: FindingIn, device: DeviceFacts, clock: Clock) -> Told:
    with session.no_autoflush:  # the findings of a batch go to the database together
        record_finding(session, actor, body, device=device, clock=clock)
    return None


def _sighting(
    session: Session, actor: Principal, body: SightingIn, device: DeviceFacts, clock: Clock
) -> Told:
    report_sighting(session, actor, body, device=device, clock=clock)
    return None


def _acknowledgement(
    session: Session, actor: Principal, body: AcknowledgeIn, device: DeviceFacts, clock: Clock
) -> Told:
    acknowledge_from_phone(session, actor, body, clock=clock)
    return None


def _amendment(
    session: Session, actor: Principal, body: AmendmentIn, device: DeviceFacts, clock: Clock
) -> Told:
    edits = {name: Edit(pair["seen"], pair["wanted"]) for name, pair in body.pairs().items()}
    merged = amend_venue(
        session, actor, body.venue_uid, edits, entry_uid=device.entry_uid, clock=clock, remark=body.remark
    )
    return {"merged": {"taken": sorted(merged.taken), "review": sorted(merged.lost)}}


KINDS: dict[str, Kind] = {
    **{f"patrol.{step.value}": Kind("phone.patrol", StepIn, _step(step)) for step in Step},
    "track.points": Kind("phone.patrol", TrackIn, _track),
    "visit.record": Kind("phone.patrol", VisitIn, _visit, archived=True),
    "finding.record": Kind("phone.patrol", FindingIn, _finding, archived=True),
    "sighting.report": Kind("sightings.report", SightingIn, _sighting),
    "clue.acknowledge": Kind("clues.work", AcknowledgeIn, _acknowledgement),
    "venue.amend": Kind("venues.amend", AmendmentIn, _amendment, archived=True),
}


def files_in(body: BaseModel) -> dict[str, tuple[int, str]]:
    """Return every file that an entry declares, originals before copies: SHA-256 to size and media type."""
    photos: list[PhotoIn] = list(getattr(body, "photos", ()))
    sounds: list[RecordingIn] = list(getattr(body, "recordings", ()))
    declared: dict[str, tuple[int, str]] = {}
    for photo in photos:
        declared[photo.sha256_original] = (photo.size_original, photo.type_original)
        if photo.sha256_display:
            declared.setdefault(photo.sha256_display, (photo.size_display or 0, "image/jpeg"))
    return declared | {sound.sha256: (sound.size, sound.type) for sound in sounds}
