"""SELECTs of enforcement beyond what every ledger has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from patrol.core.clock import china_date
from patrol.enforcement.domain import WATCH_DAYS
from patrol.enforcement.models import Action, ActionVenue, Campaign, Den
from patrol.findings import Finding
from patrol.infra import spatial
from patrol.infra.db import principal_of, unscoped, utc_now

#: how far a den that was closed is looked for, in metres
RELOCATION_M = 2000.0


def findings_near_den(session: Session, den: Den, most: int = 12) -> list[tuple[Any, int]]:
    """Return suspicious findings around a den since it was closed (or found), with metres, nearest first.

    They suggest a relocation or a return: within 2 km and, after a closing, within the 90 days of watching.
    """
    shape: Any = spatial.to_shapely(den.geom) if den.geom is not None else None
    if shape is None:
        return []
    since = den.closed_at or den.found_at
    metres = spatial.distance_m_to(session, Finding, shape.x, shape.y)
    statement = (
        select(Finding, metres)
        .where(
            spatial.within_m(session, Finding, shape.x, shape.y, RELOCATION_M),
            Finding.found_at > since,
            Finding.found_at <= since + dt.timedelta(days=WATCH_DAYS),
            Finding.kind.in_(("suspicious", "violation")),
            Finding.withdrawn_at.is_(None),
        )
        .order_by(metres)
        .limit(most)
        .options(joinedload(Finding.venue))
    )
    return [(finding, round(away)) for finding, away in session.execute(statement)]


#: how long after its end a campaign of an area above is still shown and named below
STILL_NAMED_DAYS = 180


def campaigns_above(session: Session) -> Sequence[Campaign]:
    """Return the campaigns of areas above the reader's own that run, come, or ended lately; the newest first."""
    own, since = principal_of(session).scope_path, china_date(utc_now()) - dt.timedelta(days=STILL_NAMED_DAYS)
    parts = own.strip("/").split("/")
    paths = ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]
    statement = select(Campaign).where(
        Campaign.scope_path.in_(paths), Campaign.ended_on >= since, Campaign.withdrawn_at.is_(None)
    )
    with unscoped(session, "a campaign of an upper division binds those below it"):
        return session.scalars(statement.order_by(Campaign.begun_on.desc(), Campaign.id.desc())).all()


def actions_outside(session: Session, campaign_id: int, begun: dt.date, ended: dt.date) -> Sequence[Action]:
    """Return a campaign's living actions before ``begun`` or after ``ended``, the earliest first."""
    statement = select(Action).where(
        Action.campaign_id == campaign_id,
        or_(Action.begun_on < begun, Action.begun_on > ended),
        Action.withdrawn_at.is_(None),
    )
    return session.scalars(statement.order_by(Action.begun_on, Action.id)).all()


def actions_at(session: Session, venue_id: int, most: int = 20) -> Sequence[Action]:
    """Return the living actions that named a venue, the newest first."""
    statement = (
        select(Action)
        .join(ActionVenue, ActionVenue.action_id == Action.id)
        .where(ActionVenue.venue_id == venue_id, Action.withdrawn_at.is_(None))
    )
    return session.scalars(statement.order_by(Action.begun_on.desc(), Action.id.desc()).limit(most)).all()


def dens_at(session: Session, venue_id: int, most: int = 20) -> Sequence[Den]:
    """Return the living dens at a venue, the newest first."""
    statement = select(Den).where(Den.venue_id == venue_id, Den.withdrawn_at.is_(None))
    return session.scalars(statement.order_by(Den.found_on.desc(), Den.id.desc()).limit(most)).all()


def open_seals(session: Session) -> Sequence[Action]:
    """Return the actions whose sealing was not lifted yet, oldest first."""
    statement = (
        select(Action)
        .where(Action.sealed_on.is_not(None), Action.seal_lifted_on.is_(None), Action.withdrawn_at.is_(None))
        .order_by(Action.sealed_on)
    )
    return session.scalars(statement).all()


def dens_watched(session: Session) -> Sequence[Den]:
    """Return the dens that are being watched, the one whose watch ends first at the top."""
    statement = (
        select(Den)
        .where(Den.state.in_(("closed", "watched")), Den.withdrawn_at.is_(None))
        .order_by(Den.closed_on)
    )
    return session.scalars(statement).all()
