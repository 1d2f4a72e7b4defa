"""SELECTs of enforcement beyond what every ledger has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from patrol.accounts import Agency
from patrol.core.clock import china_date
from patrol.enforcement.aims import Areas, inside
from patrol.enforcement.domain import WATCH_DAYS
from patrol.enforcement.models import Action, ActionVenue, Campaign, Den
from patrol.findings import Finding
from patrol.infra import spatial
from patrol.infra.db import principal_of, unscoped, utc_now
from patrol.patrols import Patrol, Visit
from patrol.routes import Plan, PlanCampaign, PlanState, Route, Stop
from patrol.territory import Division
from patrol.venues import Venue

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


def plans_serving(session: Session, campaign: Campaign) -> Sequence[Any]:
    """Return key, uid, day, state and agency of the plans that serve a campaign, the latest day first; those that were
    put aside or never came about are left out.
    """
    statement = (
        select(Plan.id, Plan.uid, Plan.day, Plan.state, Plan.agency_id)
        .join(PlanCampaign, PlanCampaign.plan_id == Plan.id)
        .where(
            PlanCampaign.campaign_uid == campaign.uid,
            Plan.state.in_((PlanState.PLANNED, PlanState.PUBLISHED)),
        )
    )
    return session.execute(statement.order_by(Plan.day.desc(), Plan.id.desc())).all()


def stops_serving(session: Session, campaign: Campaign, areas: Areas) -> Sequence[Any]:
    """Return (plan, path of a place's division, stops, stops done) of the plans that serve a campaign.

    Only stops at places in the campaign's areas; one is done when a visit was paid to it.
    """
    paid = exists().where(Visit.stop_id == Stop.id)
    statement = (
        select(Route.plan_id, Venue.scope_path, func.count(Stop.id), func.sum(case((paid, 1), else_=0)))
        .select_from(PlanCampaign)
        .join(Route, Route.plan_id == PlanCampaign.plan_id)
        .join(Stop, Stop.route_id == Route.id)
        .join(Venue, Venue.id == Stop.venue_id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(
            PlanCampaign.campaign_uid == campaign.uid,
            Plan.state.in_((PlanState.PLANNED, PlanState.PUBLISHED)),
            *inside(campaign.scope_path, areas),
        )
        .group_by(Route.plan_id, Venue.scope_path)
    )
    return session.execute(statement).all()


def patrols_serving(session: Session, campaign: Campaign) -> Sequence[Any]:
    """Return (patrol, key of its plan) of the patrols of published plans that serve a campaign, the newest first."""
    statement = (
        select(Patrol, Route.plan_id)
        .join(Route, Route.id == Patrol.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanCampaign, PlanCampaign.plan_id == Plan.id)
        .where(PlanCampaign.campaign_uid == campaign.uid, Plan.state == PlanState.PUBLISHED)
        .options(joinedload(Patrol.team), joinedload(Patrol.person))
    )
    return session.execute(statement.order_by(Patrol.started_at.desc(), Patrol.id.desc())).all()


def divisions_below(session: Session, campaign: Campaign) -> dict[str, str]:
    """Return path and name of the divisions right below that of a campaign, within the reader's scope, by code."""
    statement = select(Division.scope_path, Division.name).where(Division.parent_id == campaign.division_id)
    return {path: name for path, name in session.execute(statement.order_by(Division.code))}


def agency_names(session: Session, keys: set[int]) -> dict[int, str]:
    """Return the names of agencies within scope by key."""
    rows = session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(keys)))
    return {key: name for key, name in rows}


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
