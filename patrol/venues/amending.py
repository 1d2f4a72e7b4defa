"""Changes of a venue that come from phones, perhaps days late: merged by field, the losers kept for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.core.geo import distance_m
from patrol.infra import audit, spatial
from patrol.infra.db import Principal, one_or_404
from patrol.venues.domain import VenueState, hours_text, read_hours
from patrol.venues.domain import problems as p
from patrol.venues.domain.merging import AMENDABLE, FAR_M, Edit, Merge, merge
from patrol.venues.models import Venue, VenueAmendment
from patrol.venues.placing import place_within
from patrol.venues.services import close_venue

#: how many links of a venue's history are searched for who changed a field
LOOK_BACK = 200


def amend_venue(
    session: Session,
    actor: Principal,
    venue_uid: str,
    edits: Mapping[str, Edit],
    *,
    entry_uid: str,
    clock: Clock,
    remark: str = "",
) -> Merge:
    """Take what still fits, keep for review what does not, and say which is which.

    That a place is closed or gone, and a pin that moves far, is never taken without a person: either would carry
    a place off the rounds. Raises :class:`PatrolError` for a venue or a pin outside the actor's division and for
    opening hours that cannot be read.
    """
    venue = session.scalars(select(Venue).where(Venue.uid == venue_uid)).one_or_none()
    if venue is None:
        raise PatrolError(p.AMENDED_UNKNOWN, where="venue_uid")
    asked = {name: Edit(_plain(name, edit.seen), _plain(name, edit.wanted)) for name, edit in edits.items()}
    before = _facts_of(venue)
    if before["state"] != VenueState.OPEN.value:
        asked.pop("state", None)  # off the rounds already
    if "position" in asked:  # a pin that nobody could take is said at once, not when it is decided
        pin = asked["position"].wanted
        place_within(session, actor.scope_path, pin["lon"], pin["lat"])
    merged = merge(before, asked, waiting=_waiting(before, asked))
    _write(session, actor, venue, merged.taken, clock)
    for name, edit in merged.lost.items():
        by, at = _last_change(session, venue, name)
        session.add(
            VenueAmendment(
                scope_path=venue.scope_path,
                venue_id=venue.id,
                field=name,
                seen=edit.seen,
                kept=before[name],
                wanted=edit.wanted,
                kept_by_uid=by,
                kept_at=at,
                person_id=actor.person_id,
                entry_uid=entry_uid,
                remark=remark,
                made_at=clock.now(),
            )
        )
    session.flush()
    detail = {"changed": _told(before, merged.taken), "review": sorted(merged.lost)}
    audit.record(session, actor, "venues.amend", venue.uid, detail, at=clock.now())
    return merged


def take_amendment(
    session: Session, actor: Principal, amendment: VenueAmendment, *, clock: Clock
) -> VenueAmendment:
    """Write the value that had lost: somebody looked at both and says it is the right one."""
    wanted = {amendment.field: amendment.wanted}
    before = _facts_of(amendment.venue)
    _write(session, actor, amendment.venue, wanted, clock)
    return _decide(session, actor, amendment, "taken", _told(before, wanted), clock)


def keep_against(
    session: Session, actor: Principal, amendment: VenueAmendment, *, clock: Clock
) -> VenueAmendment:
    """Leave the register as it stands: the late change is laid aside."""
    return _decide(session, actor, amendment, "kept", {}, clock)


def amendment_by_uid(session: Session, uid: str) -> VenueAmendment:
    """Return one amendment within scope, or raise the 404."""
    return one_or_404(
        session,
        select(VenueAmendment).where(VenueAmendment.uid == uid).options(joinedload(VenueAmendment.venue)),
    )


def amendments(state: str) -> Select[VenueAmendment]:
    """Return the amendments in a state, the newest first."""
    return (
        select(VenueAmendment)
        .where(VenueAmendment.state == state)
        .options(joinedload(VenueAmendment.venue))
        .order_by(VenueAmendment.made_at.desc(), VenueAmendment.id.desc())
    )


def open_amendments(session: Session) -> int:
    """Count what waits for a decision within scope."""
    counted = select(func.count()).select_from(VenueAmendment).where(VenueAmendment.state == "open")
    return int(session.scalar(counted) or 0)


def _decide(
    session: Session, actor: Principal, amendment: VenueAmendment, state: str, changed: Any, clock: Clock
) -> VenueAmendment:
    if amendment.state != "open":
        raise PatrolError(p.AMENDMENT_DECIDED)
    amendment.state, amendment.decided_by_id, amendment.decided_at = state, actor.person_id, clock.now()
    session.flush()
    verb = "venues.amendment_taken" if state == "taken" else "venues.amendment_kept"
    detail = {"changed": changed, "field": amendment.field, "amendment": amendment.uid}
    audit.record(session, actor, verb, amendment.venue.uid, detail, at=clock.now())
    return amendment


def _facts_of(venue: Any) -> dict[str, Any]:
    """What may be amended, in the form in which phones send it."""
    facts = {name: getattr(venue, name) for name in AMENDABLE if name not in {"opening_hours", "position"}}
    return facts | {
        "opening_hours": hours_text(venue.opening_hours),
        "position": _plain("position", {"lon": venue.lon, "lat": venue.lat}),
    }


def _plain(name: str, value: Any) -> Any:
    """Return a value as :func:`_facts_of` writes it, so that the same hours or the same place compare equal."""
    if name == "position":
        return {"lon": round(value["lon"], 6), "lat": round(value["lat"], 6)}
    if name != "opening_hours":
        return value
    try:
        return hours_text(read_hours(value))
    except ValueError as error:
        raise PatrolError(p.HOURS_UNREADABLE, where=name, text=value[:60]) from error


def _waiting(before: Mapping[str, Any], edits: Mapping[str, Edit]) -> set[str]:
    """Name the fields that a person decides even when nobody else touched them."""
    waiting = {"state"}
    if "position" in edits and moved_m(before["position"], edits["position"].wanted) > FAR_M:
        waiting.add("position")
    return waiting


def moved_m(start: Mapping[str, float], end: Mapping[str, float]) -> float:
    """Return how far apart two pins ``{lon, lat}`` are, in metres."""
    return float(distance_m(start["lon"], start["lat"], end["lon"], end["lat"]))


def _write(session: Session, actor: Principal, venue: Any, values: Mapping[str, Any], clock: Clock) -> None:
    plain = {name: value for name, value in values.items() if name not in {"position", "state"}}
    if "opening_hours" in plain:
        plain["opening_hours"] = read_hours(plain["opening_hours"])
    for name, value in plain.items():
        setattr(venue, name, value)
    if "position" in values:
        _move(session, actor, venue, values["position"])
    if plain or "position" in values:
        venue.version, venue.updated_at = venue.version + 1, clock.now()
    if values.get("state", VenueState.OPEN.value) != VenueState.OPEN.value:
        close_venue(session, actor, venue, clock=clock, reason=values["state"])
    session.flush()
    if "position" in values:
        session.expire(venue, ["lon", "lat"])  # the database computes both from the point


def _move(session: Session, actor: Principal, venue: Any, pin: Mapping[str, float]) -> None:
    place = place_within(session, actor.scope_path, pin["lon"], pin["lat"])
    venue.geom, venue.datum_given = spatial.point(pin["lon"], pin["lat"]), "wgs84"
    venue.grid_id, venue.division_id, venue.scope_path = place.grid_id, place.division_id, place.scope_path


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit says of a change; who owns a place is not repeated there."""
    return {
        name: "changed" if name.startswith("owner_") else [before[name], value]
        for name, value in after.items()
    }


def _last_change(session: Session, venue: Venue, name: str) -> tuple[str, Any]:
    """Return who wrote a field last and when, as far as the audit says."""
    links = session.scalars(
        select(audit.AuditEntry)
        .where(audit.AuditEntry.subject == venue.uid)
        .order_by(audit.AuditEntry.number.desc())
        .limit(LOOK_BACK)
    )
    for entry in links:
        if name in entry.detail.get("changed", {}):
            return entry.person_uid, audit.instant_of(entry)
    return "", None
