"""Which entries a phone may send, how each is checked, and which room takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from patrol.clues import SightingIn, report_sighting
from patrol.core.clock import Clock
from patrol.findings import FindingIn, PhotoIn, attach_visit, record_finding
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

Apply = Callable[[Session, Principal, Any, DeviceFacts, Clock], None]


@dataclass(frozen=True)
class Kind:
    """A kind of entry: the permission it needs, its schema, what applies it, and whether its body is archived."""

    permission: str
    schema: type[BaseModel]
    apply: Apply
    archived: bool = False


def _step(step: Step) -> Apply:
    def apply(session: Session, actor: Principal, body: StepIn, device: DeviceFacts, clock: Clock) -> None:
        record_step(session, actor, step, body, device=device, clock=clock)

    return apply


def _track(session: Session, actor: Principal, body: TrackIn, device: DeviceFacts, clock: Clock) -> None:
    record_track(session, actor, body, device=device, clock=clock)


def _visit(session: Session, actor: Principal, body: VisitIn, device: DeviceFacts, clock: Clock) -> None:
    visit = record_visit(session, actor, body, device=device, clock=clock)
    attach_visit(session, visit)


def _finding(session: Session, actor: Principal, body: FindingIn, device: DeviceFacts, clock: Clock) -> None:
    record_finding(session, actor, body, device=device, clock=clock)


def _sighting(
    session: Session, actor: Principal, body: SightingIn, device: DeviceFacts, clock: Clock
) -> None:
    report_sighting(session, actor, body, device=device, clock=clock)


KINDS: dict[str, Kind] = {
    **{f"patrol.{step.value}": Kind("phone.patrol", StepIn, _step(step)) for step in Step},
    "track.points": Kind("phone.patrol", TrackIn, _track),
    "visit.record": Kind("phone.patrol", VisitIn, _visit, archived=True),
    "finding.record": Kind("phone.patrol", FindingIn, _finding, archived=True),
    "sighting.report": Kind("sightings.report", SightingIn, _sighting),
}


def photos_in(body: BaseModel) -> list[PhotoIn]:
    """Return the photos that an entry declares."""
    return list(getattr(body, "photos", ()))
