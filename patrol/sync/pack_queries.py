"""Every SELECT of the day pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from patrol.accounts import GridDuty
from patrol.routes import Plan, Route, Stop, Team, TeamMember
from patrol.territory import Grid
from patrol.venues import Venue


def team_uids_of(session: Session, person_id: int) -> list[str]:
    """Return the active teams that a person belongs to."""
    statement = (
        select(Team.uid)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.person_id == person_id, Team.active.is_(True))
        .order_by(Team.uid)
    )
    return list(session.scalars(statement))


def routes_of_day(session: Session, person_id: int, day: dt.date, now: dt.datetime) -> list[Route]:
    """Return the routes of a day that this person's teams walk: published, and visible by now."""
    visible = or_(Plan.visible_from.is_(None), Plan.visible_from <= now)
    statement = (
        select(Route)
        .join(Plan, Plan.id == Route.plan_id)
        .join(TeamMember, TeamMember.team_id == Route.team_id)
        .where(Route.day == day, Plan.state == "published", visible, TeamMember.person_id == person_id)
        .options(
            joinedload(Route.plan),
            joinedload(Route.team).selectinload(Team.members).joinedload(TeamMember.person),
            selectinload(Route.stops).joinedload(Stop.venue),
        )
        .order_by(Route.start_at, Route.id)
    )
    return list(session.scalars(statement).unique())


def grids_of_person(session: Session, person_id: int) -> list[Grid]:
    """Return the living grids that a person answers for."""
    statement = (
        select(Grid)
        .join(GridDuty, GridDuty.grid_id == Grid.id)
        .where(GridDuty.person_id == person_id, Grid.retired_at.is_(None))
        .options(undefer(Grid.geom))
        .order_by(Grid.code)
    )
    return list(session.scalars(statement).unique())


def venues_of_grids(session: Session, grid_ids: Sequence[int], most: int) -> list[Venue]:
    """Return the open venues of grids, those not visited for longest first."""
    statement = (
        select(Venue)
        .where(Venue.grid_id.in_(grid_ids), Venue.state == "open")
        .order_by(Venue.last_visited_at.asc().nulls_first(), Venue.id)
        .limit(most)
    )
    return list(session.scalars(statement))
