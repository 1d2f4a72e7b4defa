"""Changes of a venue that come from phones, perhaps days late: merged by field, the losers kept for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal, one_or_404
from patrol.venues.domain import problems as p
from patrol.venues.domain.merging import AMENDABLE, Edit, Merge, merge
from patrol.venues.models import Venue, VenueAmendment

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
) -> Merge:
    """Take what still fits, keep what lost for review, and say which is which.

    Raises :class:`PatrolError` for a venue outside the actor's division and for an empty name.
    """
    venue = session.scalars(select(Venue).where(Venue.uid == venue_uid)).one_or_none()
    if venue is None:
        raise PatrolError(p.AMENDED_UNKNOWN, where="venue_uid")
    before = {name: getattr(venue, name) for name in AMENDABLE}
    merged = merge(before, edits)
    _write(session, venue, merged.taken, clock)
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
    venue = amendment.venue
    before = {amendment.field: getattr(venue, amendment.field)}
    _write(session, venue, {amendment.field: amendment.wanted}, clock)
    return _decide(
        session, actor, amendment, "taken", _told(before, {amendment.field: amendment.wanted}), clock
    )


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


def _write(session: Session, venue: Venue, values: Mapping[str, Any], clock: Clock) -> None:
    if not values:
        return
    for name, value in values.items():
        setattr(venue, name, value)
    venue.version, venue.updated_at = venue.version + 1, clock.now()
    session.flush()


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
