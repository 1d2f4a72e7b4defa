"""Every change of a patrol: its steps, its track, its visits. Entries may come late, twice or out of order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.core.geo import distance_m
from patrol.infra.audit import record
from patrol.infra.db import Principal
from patrol.patrols.domain import NOT_YOURS, UNKNOWN_VENUE, VISIT_TWICE, DeviceFacts, Step, life_of
from patrol.patrols.models import Patrol, TrackGap, TrackPoint, Visit
from patrol.patrols.queries import patrol_by_uid, visit_exists
from patrol.patrols.schemas import PositionIn, StepIn, TrackIn, VisitIn
from patrol.routes import Route, Stop, TeamMember
from patrol.venues import Venue, note_visit


def record_step(
    session: Session, actor: Principal, step: Step, new: StepIn, *, device: DeviceFacts, clock: Clock
) -> Patrol:
    """Add a step to a patrol; the state follows from all steps, in whatever order they came."""
    judged = device.judged(new.at)
    patrol = _own_patrol(session, actor, new.patrol_uid, judged.at, device)
    event: dict[str, Any] = {"step": step.value, "at": judged.at.isoformat()}
    if new.position is not None:
        event["position"] = position_facts(new.position, device)
    if judged.doubt:
        event["clock"] = judged.facts()
    patrol.events = [*patrol.events, event]
    life = life_of(patrol.events)
    patrol.state, patrol.ended_at = life.state, life.ended_at
    patrol.started_at = life.started_at or min(patrol.started_at, judged.at)
    if patrol.route_id is None and new.route_uid:
        _attach_route(session, actor, patrol, new.route_uid)
    session.flush()
    record(session, actor, f"patrols.{step.value}", patrol.uid, {"at": event["at"]}, at=clock.now())
    return patrol


def start_patrol(
    session: Session, actor: Principal, new: StepIn, *, device: DeviceFacts, clock: Clock
) -> Patrol:
    """Begin a patrol."""
    return record_step(session, actor, Step.START, new, device=device, clock=clock)


def record_track(
    session: Session, actor: Principal, new: TrackIn, *, device: DeviceFacts, clock: Clock
) -> int:
    """Add points and gaps to the officer's own track; return how many points were new."""
    stamps = [device.judged(point.at).at for point in new.points]
    first = min(stamps, default=device.received_at)
    patrol = _own_patrol(session, actor, new.patrol_uid, first, device)
    known = _known_instants(session, patrol, stamps)
    added = 0
    for point, at in zip(new.points, stamps, strict=True):
        if at in known:
            continue
        known.add(at)
        added += 1
        session.add(
            TrackPoint(
                patrol_id=patrol.id,
                at=at,
                lon=point.lon,
                lat=point.lat,
                accuracy_m=point.accuracy_m,
                source=point.source,
            )
        )
    _add_gaps(session, patrol, new, device)
    session.flush()
    record(session, actor, "patrols.track", patrol.uid, {"points": added}, at=clock.now())
    return added


def record_visit(
    session: Session, actor: Principal, new: VisitIn, *, device: DeviceFacts, clock: Clock
) -> Visit:
    """Store one stop done, with its proof of presence, and tell the venue.

    Raises :class:`PatrolError` for a venue outside the officer's division or a number already taken.
    """
    if visit_exists(session, new.visit_uid):
        raise PatrolError(VISIT_TWICE, where="visit_uid")
    venue = session.scalars(select(Venue).where(Venue.uid == new.venue_uid)).one_or_none()
    if venue is None:
        raise PatrolError(UNKNOWN_VENUE, where="venue_uid")
    arrived = device.judged(new.arrived_at)
    patrol = None
    if new.patrol_uid:
        patrol = _own_patrol(session, actor, new.patrol_uid, arrived.at, device)
    stop = _stop_of(session, new.stop_uid, venue)
    position = new.position
    visit = Visit(
        uid=new.visit_uid,
        scope_path=venue.scope_path,
        venue_id=venue.id,
        grid_id=venue.grid_id,
        patrol_id=patrol.id if patrol else None,
        stop_id=stop.id if stop else None,
        person_id=actor.person_id,
        outcome=new.outcome.value,
        arrived_at=arrived.at,
        left_at=device.judged(new.left_at).at if new.left_at else None,
        lon=position.lon if position else None,
        lat=position.lat if position else None,
        accuracy_m=position.accuracy_m if position else None,
        presence=_presence(new, venue, device, arrived.facts()),
        sampled=bool(stop and stop.sampled),
        note=new.note.strip(),
        received_at=device.received_at,
    )
    session.add(visit)
    session.flush()
    note_visit(session, venue, outcome=visit.outcome, arrived_at=visit.arrived_at)
    detail = {"venue": venue.uid, "outcome": visit.outcome, "sha256": device.entry_sha256}
    record(session, actor, "patrols.visit", visit.uid, detail, at=clock.now())
    return visit


def position_facts(position: PositionIn, device: DeviceFacts) -> dict[str, Any]:
    """Return what is kept of a fix, its age judged by the same clock."""
    return {
        "lon": position.lon,
        "lat": position.lat,
        "accuracy_m": position.accuracy_m,
        "source": position.source,
        "datum": position.datum,
        "at": device.judged(position.at).at.isoformat(),
    }


def _presence(new: VisitIn, venue: Venue, device: DeviceFacts, clock_facts: dict[str, Any]) -> dict[str, Any]:
    presence = new.presence.model_dump()
    if new.position is not None:
        # The distance is measured again here: a phone's own figure is a claim.
        here = distance_m(new.position.lon, new.position.lat, venue.lon, venue.lat)  # type: ignore[attr-defined]
        presence["distance_m"] = round(float(here), 1)
        presence["position_at"] = device.judged(new.position.at).at.isoformat()
    return {**presence, "clock": clock_facts} if clock_facts else presence


def _own_patrol(session: Session, actor: Principal, uid: str, at: dt.datetime, device: DeviceFacts) -> Patrol:
    """Return the officer's patrol; one whose start has not arrived yet is opened by what came first."""
    patrol = patrol_by_uid(session, uid)
    if patrol is None:
        patrol = Patrol(
            uid=uid,
            scope_path=actor.scope_path,
            person_id=actor.person_id,
            state="unknown",
            started_at=at,
            events=[],
            device_uid=device.device_uid,
        )
        session.add(patrol)
        session.flush()
    elif patrol.person_id != actor.person_id:
        raise PatrolError(NOT_YOURS, where="patrol_uid")
    return patrol


def _attach_route(session: Session, actor: Principal, patrol: Patrol, route_uid: str) -> None:
    """Link a patrol to the planned route if the officer walks in its team; a foreign route is left out."""
    route = session.scalars(
        select(Route)
        .join(TeamMember, TeamMember.team_id == Route.team_id)
        .where(Route.uid == route_uid, TeamMember.person_id == actor.person_id)
    ).one_or_none()
    if route is not None:
        patrol.route_id, patrol.team_id = route.id, route.team_id


def _stop_of(session: Session, stop_uid: str | None, venue: Venue) -> Stop | None:
    """Return the planned stop, if it still stands and is of this venue: plans change while phones are offline."""
    if not stop_uid:
        return None
    return session.scalars(select(Stop).where(Stop.uid == stop_uid, Stop.venue_id == venue.id)).one_or_none()


def _known_instants(session: Session, patrol: Patrol, stamps: list[dt.datetime]) -> set[dt.datetime]:
    if not stamps:
        return set()
    return set(
        session.scalars(
            select(TrackPoint.at).where(
                TrackPoint.patrol_id == patrol.id, TrackPoint.at >= min(stamps), TrackPoint.at <= max(stamps)
            )
        )
    )


def _add_gaps(session: Session, patrol: Patrol, new: TrackIn, device: DeviceFacts) -> None:
    known = set(session.scalars(select(TrackGap.from_at).where(TrackGap.patrol_id == patrol.id)))
    for gap in new.gaps:
        from_at, to_at = device.judged(gap.from_at).at, device.judged(gap.to_at).at
        if from_at in known or to_at < from_at:
            continue
        known.add(from_at)
        session.add(TrackGap(patrol_id=patrol.id, from_at=from_at, to_at=to_at, reason=gap.reason))
