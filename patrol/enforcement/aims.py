"""What running campaigns want seen, for the planner: a lower room, which is handed :func:`campaign_aims`.

A campaign's target of “venues seen” says how many places, each once within its period; a campaign without one wants
every open place of its areas. Other targets (actions, dens, publicity) are no work of a patrol and weigh nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from patrol.core.clock import CHINA
from patrol.enforcement.models import Campaign, CampaignTarget
from patrol.infra.db import path_range, unscoped, within
from patrol.routes import Aim
from patrol.territory import Division, Grid
from patrol.venues import Venue

#: the indicator whose targets a patrol can reach
SEEN = "venues_seen"


@dataclass(frozen=True)
class Areas:
    """The areas of a campaign: paths of divisions, keys of grids, and names that are neither."""

    scopes: tuple[str, ...]
    grids: frozenset[int]
    unknown: tuple[str, ...]


def campaign_aims(session: Session, scope_path: str, day: dt.date) -> tuple[Aim, ...]:
    """Return the targets of the campaigns that run on ``day`` and count below ``scope_path``, the narrowest first.

    A campaign of an upper division counts for the plans below it, so campaigns are read beyond the reader's own
    division; of places beyond it nothing but their number comes back.
    """
    statement = (
        select(Campaign)
        .where(Campaign.begun_on <= day, Campaign.ended_on >= day, Campaign.withdrawn_at.is_(None))
        .order_by(Campaign.ended_on, Campaign.id)
    )
    with unscoped(session, "a campaign of an upper division counts for the plans below it"):
        found = [
            aim
            for campaign in session.scalars(statement)
            if within(campaign.scope_path, scope_path) or within(scope_path, campaign.scope_path)
            for aim in aims_of(session, campaign)
            if within(aim.within, scope_path) or within(scope_path, aim.within)
        ]
    return tuple(sorted(found, key=lambda aim: -len(aim.within)))


def aims_of(session: Session, campaign: Campaign) -> tuple[Aim, ...]:
    """Return a campaign's targets of places seen, of districts first; without one all places of its areas."""
    areas = areas_of(session, campaign)
    wanted = select(CampaignTarget.division_code, CampaignTarget.value).where(
        CampaignTarget.campaign_id == campaign.id, CampaignTarget.indicator == SEEN
    )
    targets: list[tuple[str, int | None]] = [(code, value) for code, value in session.execute(wanted)]
    codes = [code for code, _value in targets if code]
    known = select(Division.code, Division.scope_path).where(Division.code.in_(codes))
    paths = {code: path for code, path in session.execute(known)} | {"": campaign.scope_path}
    return tuple(
        _aim(session, campaign, paths[code], areas, value)
        for code, value in sorted(targets or [("", None)], key=lambda each: not each[0])
        if code in paths
    )


def _aim(session: Session, campaign: Campaign, path: str, areas: Areas, value: int | None) -> Aim:
    begun = dt.datetime.combine(campaign.begun_on, dt.time(), tzinfo=CHINA)
    reached = func.count().filter(Venue.last_visited_at >= begun)
    unseen = or_(Venue.last_visited_at.is_(None), Venue.last_visited_at < begun)
    left = func.count().filter(Venue.state == "open", unseen)
    seen, open_left = session.execute(select(reached, left).where(*inside(path, areas))).one()
    return Aim(
        campaign.uid, campaign.number, campaign.title, campaign.begun_on, campaign.ended_on,
        seen + open_left if value is None else value, seen, open_left, path, areas.scopes, areas.grids,
        campaign.scope_path,
    )  # fmt: skip


def inside(path: str, areas: Areas) -> list[ColumnElement[bool]]:
    """Return the conditions of a place that lies below a path and in some of the areas."""
    found = [_below(Venue, path)]
    if areas.scopes or areas.grids:
        parts = [_below(Venue, scope) for scope in areas.scopes]
        found.append(or_(false(), *parts, Venue.grid_id.in_(areas.grids)))
    return found


def _below(table: Any, path: str) -> ColumnElement[bool]:
    low, high = path_range(path)
    condition: ColumnElement[bool] = (table.scope_path >= low) & (table.scope_path < high)
    return condition


def areas_of(session: Session, campaign: Campaign) -> Areas:
    """Read a campaign's areas: names or codes of divisions and grids inside its own division.

    Where none of them is known (or none is given) the whole division is meant: ``scopes`` and ``grids`` are empty.
    """
    names = [name for name in dict.fromkeys(str(each).strip() for each in campaign.areas) if name]
    scopes: list[str] = []
    grids: set[int] = set()
    known: set[str] = set()
    if names:
        for division in session.execute(_named(Division, Division.scope_path, names, campaign)):
            scopes.append(division.scope_path)
            known |= {division.name, division.code}
        for grid in session.execute(_named(Grid, Grid.id, names, campaign).where(Grid.retired_at.is_(None))):
            grids.add(grid.id)
            known |= {grid.name, grid.code}
    return Areas(tuple(sorted(scopes)), frozenset(grids), tuple(name for name in names if name not in known))


def _named(table: Any, wanted: Any, names: list[str], campaign: Campaign) -> Any:
    return select(wanted, table.name, table.code).where(
        _below(table, campaign.scope_path), or_(table.name.in_(names), table.code.in_(names))
    )


def division_of_path(session: Session, path: str) -> str:
    """Return the name of the division with a path, or nothing where it is not the reader's to see."""
    return session.scalar(select(Division.name).where(Division.scope_path == path)) or ""
