"""Every change of a sighting. Who reported goes into a table of its own and nowhere else, not into the audit."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import Agency
from patrol.clues.domain import NO_PLACE, SIGHTING_TWICE, Channel, State
from patrol.clues.models import Sighting, SightingPhoto, SightingReporter, SightingStep
from patrol.clues.queries import division_around, grid_around, sighting_exists
from patrol.clues.schemas import SightingIn
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.findings import placed_facts
from patrol.infra.audit import record
from patrol.infra.db import Principal
from patrol.infra.spatial import to_geom
from patrol.patrols import UNKNOWN_VENUE, DeviceFacts
from patrol.territory import Division, Grid
from patrol.venues import Venue


def report_sighting(
    session: Session, actor: Principal, new: SightingIn, *, device: DeviceFacts, clock: Clock
) -> Sighting:
    """Store what a person with an account saw; the reporter stands apart from it.

    Raises :class:`PatrolError` where no place is given, the venue lies outside the division, or the number is taken.
    """
    if sighting_exists(session, new.sighting_uid):
        raise PatrolError(SIGHTING_TWICE, where="sighting_uid")
    venue = _venue(session, new)
    point = _point(new, venue)
    if point is None:
        raise PatrolError(NO_PLACE, where="position")
    grid = grid_around(session, point) if venue is None else None
    made = device.made()
    sighting = Sighting(
        uid=new.sighting_uid,
        channel=Channel.LIAISON.value,
        kind=new.kind.value,
        text=new.text.strip(),
        address=new.address.strip() or (venue.address if venue else ""),
        seen_on=made.at.isoformat(),
        geom=to_geom(point),
        position=placed_facts(new, device, made.facts()),
        venue_id=venue.id if venue else None,
        grid_id=venue.grid_id if venue else (grid.id if grid else None),
        **_whereabouts(session, actor, point, venue, grid),
        received_at=device.received_at,
        photos=[_photo(photo, device) for photo in {p.sha256_original: p for p in new.photos}.values()],
        steps=[SightingStep(state=State.RECEIVED.value, at=device.received_at)],
    )
    session.add(sighting)
    session.flush()
    session.add(SightingReporter(sighting_id=sighting.id, person_id=actor.person_id))
    # The audit names no reporter: reports are kept secret even from those who read the audit (article 6).
    record(session, None, "clues.report", sighting.uid, {"channel": sighting.channel}, at=clock.now())
    return sighting


def _venue(session: Session, new: SightingIn) -> Venue | None:
    if not new.venue_uid:
        return None
    venue = session.scalars(select(Venue).where(Venue.uid == new.venue_uid)).one_or_none()
    if venue is None:
        raise PatrolError(UNKNOWN_VENUE, where="venue_uid")
    return venue


def _point(new: SightingIn, venue: Venue | None) -> shapely.Point | None:
    for place in (new.manual_pin, new.position):
        if place is not None:
            return shapely.Point(place.lon, place.lat)
    return shapely.Point(venue.lon, venue.lat) if venue else None  # type: ignore[attr-defined]


def _whereabouts(
    session: Session, actor: Principal, point: shapely.Point, venue: Venue | None, grid: Grid | None
) -> dict[str, Any]:
    """Return division and scope: of the venue, the grid, the division around the point, or the reporter's own.

    A report from beyond the reporter's division is still taken, by the reporter's own agency.
    """
    for known in (venue, grid):
        if known is not None:
            return {"division_id": known.division_id, "scope_path": known.scope_path}
    around = division_around(session, point)
    if around is None:
        home = session.scalars(
            select(Division)
            .join(Agency, Agency.division_id == Division.id)
            .where(Agency.id == actor.agency_id)
        ).one_or_none()
        around = home or session.scalars(select(Division).order_by(Division.scope_path).limit(1)).one()
    return {"division_id": around.id, "scope_path": around.scope_path}


def _photo(photo: Any, device: DeviceFacts) -> SightingPhoto:
    return SightingPhoto(
        sha256_original=photo.sha256_original,
        size_original=photo.size_original,
        type_original=photo.type_original,
        sha256_display=photo.sha256_display or "",
        size_display=photo.size_display or 0,
        taken_at=device.judged(photo.taken_at).at if photo.taken_at else None,
    )
