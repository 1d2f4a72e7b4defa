"""Every change to the register, one function for each verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError
from patrol.core.identifiers import new_report_code
from patrol.core.ids import Rng, new_uid
from patrol.infra import audit, spatial
from patrol.infra.db import Principal
from patrol.venues import queries
from patrol.venues.domain import VenueFacts, VenueState
from patrol.venues.domain import problems as p
from patrol.venues.models import Venue
from patrol.venues.placing import Place, place_within

#: columns of a venue that are taken from the facts as they are
PLAIN = (
    "name",
    "address",
    "owner_name",
    "owner_phone",
    "capacity",
    "opening_hours",
    "service_minutes",
    "revisit_interval_days",
    "needs_duty",
    "note",
    "external_id",
)
OWNER_LETTER = "owner_letter_on"


def register_venue(
    session: Session, actor: Principal, facts: VenueFacts, *, clock: Clock, rng: Rng, invented: bool = False
) -> Venue:
    """Enter one venue; division, grid and code follow from its position.

    Raises :class:`PatrolError` for a position outside the actor's division or a code that is taken.
    """
    place = place_within(session, actor.scope_path, facts.lon, facts.lat)
    _require_free_code(session, facts.code)
    code = facts.code or f"{place.division_code}-{queries.next_code(session, place.division_code):06d}"
    row = new_row(facts, place, code, clock=clock, rng=rng)
    venue = Venue(**row | {"invented": invented})
    session.add(venue)
    session.flush()
    audit.record(
        session, actor, "venues.register", venue.uid, {"name": venue.name, "code": code}, at=clock.now()
    )
    return venue


def change_venue(
    session: Session, actor: Principal, venue: Venue, facts: VenueFacts, *, version: int, clock: Clock
) -> Venue:
    """Replace a venue's facts; ``version`` is the one the editor saw.

    Raises :class:`PatrolError` when somebody else changed it meanwhile, for a position outside the actor's
    division, or a code that is taken.
    """
    if version != venue.version:
        raise PatrolError(p.CHANGED_MEANWHILE)
    place = place_within(session, actor.scope_path, facts.lon, facts.lat)
    if facts.code and facts.code != venue.code:
        _require_free_code(session, facts.code)
    before = _state_of(venue)
    for name in PLAIN:
        setattr(venue, name, getattr(facts, name))
    venue.kind, venue.code = facts.kind.value, facts.code or venue.code
    venue.features = _features(venue.features, facts)
    venue.geom, venue.datum_given = spatial.point(facts.lon, facts.lat), facts.datum_given.value
    venue.grid_id, venue.division_id, venue.scope_path = place.grid_id, place.division_id, place.scope_path
    venue.version, venue.updated_at = venue.version + 1, clock.now()
    session.flush()
    after = _state_of(venue)
    changed = {
        name: "changed" if name.startswith("owner_") else [before[name], after[name]]
        for name in before
        if before[name] != after[name]
    }
    audit.record(session, actor, "venues.change", venue.uid, {"changed": changed}, at=clock.now())
    return venue


def close_venue(session: Session, actor: Principal, venue: Venue, *, clock: Clock, reason: str = "") -> Venue:
    """Take a venue out of patrol; its history stays."""
    return _set_state(session, actor, venue, VenueState.CLOSED, "venues.close", reason, clock)


def reopen_venue(
    session: Session, actor: Principal, venue: Venue, *, clock: Clock, reason: str = ""
) -> Venue:
    """Put a closed venue back on patrol."""
    return _set_state(session, actor, venue, VenueState.OPEN, "venues.reopen", reason, clock)


def renew_label(session: Session, actor: Principal, venue: Venue, *, clock: Clock, rng: Rng) -> Venue:
    """Give a venue a new label: every label printed before stops working."""
    venue.qr_token = new_report_code(rng)
    audit.record(session, actor, "venues.renew_label", venue.uid, at=clock.now())
    return venue


def note_history(session: Session, history: Mapping[int, Mapping[str, Any]]) -> None:
    """Set what the register remembers of visits: by venue id, ``last_visited_at``, ``last_outcome``,
    ``visit_count`` and ``finding_count``. Rooms above call this after they stored visits.
    """
    allowed = {"last_visited_at", "last_outcome", "visit_count", "finding_count"}
    rows = [{"id": key, **facts} for key, facts in history.items()]
    if any(set(facts) - allowed for facts in history.values()):
        raise ValueError("only the history of a venue may be noted")
    if rows:
        session.execute(update(Venue), rows)


def new_row(facts: VenueFacts, place: Place, code: str, *, clock: Clock, rng: Rng) -> dict[str, Any]:
    """Return the columns of a new venue, for one or for a bulk insert."""
    now = clock.now()
    return {
        **{name: getattr(facts, name) for name in PLAIN},
        "uid": new_uid(clock, rng),
        "scope_path": place.scope_path,
        "division_id": place.division_id,
        "grid_id": place.grid_id,
        "code": code,
        "kind": facts.kind.value,
        "geom": spatial.point(facts.lon, facts.lat),
        "datum_given": facts.datum_given.value,
        "qr_token": new_report_code(rng),
        "features": _features({}, facts),
        "state": VenueState.OPEN.value,
        "created_at": now,
        "updated_at": now,
    }


def _features(before: Mapping[str, Any], facts: VenueFacts) -> dict[str, Any]:
    features = {**before, **facts.features}
    features.pop(OWNER_LETTER, None)
    if facts.owner_letter_on:
        features[OWNER_LETTER] = facts.owner_letter_on.isoformat()
    return features


def _require_free_code(session: Session, code: str) -> None:
    if not code:
        return
    taken = session.scalars(select(Venue.name).where(Venue.code == code).limit(1)).first()
    faults = Faults()
    if taken is not None:
        faults.add(p.CODE_TAKEN, where="code", code=code, name=taken)
    faults.raise_if_any()


def _set_state(
    session: Session, actor: Principal, venue: Venue, state: VenueState, verb: str, reason: str, clock: Clock
) -> Venue:
    if venue.state == state.value:
        return venue
    venue.state, venue.version, venue.updated_at = state.value, venue.version + 1, clock.now()
    audit.record(session, actor, verb, venue.uid, {"reason": reason.strip()[:200]}, at=clock.now())
    return venue


def _state_of(venue: Venue) -> dict[str, Any]:
    """What the audit compares: the plain columns, the kind, the code and whether the point moved."""
    values = {name: getattr(venue, name) for name in (*PLAIN, "kind", "code", "grid_id")}
    shape = spatial.to_shapely(venue.geom)
    values["position"] = None if shape is None else [round(shape.x, 7), round(shape.y, 7)]
    return values
