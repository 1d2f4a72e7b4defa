"""What plans and patrols did for a campaign: which plans serve it, and how far they are, district by district.

A plan serves the campaigns that ran on its day and had places in its area when it was made (:class:`PlanCampaign`). Of
its stops those count that lie in the campaign's areas; one is done when somebody was there, whatever the visit found,
also nobody at home. Drafts are listed, and count for nothing until they are published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from patrol.enforcement import queries
from patrol.enforcement.aims import areas_of
from patrol.enforcement.models import Campaign
from patrol.infra.db import within
from patrol.routes import PlanState

#: as many plans and patrols as the page lists, the newest
MOST_LISTED = 100


@dataclass
class Done:
    """Stops planned and done, with the plans and patrols they belong to."""

    name: str
    plans: set[int] = field(default_factory=set)
    patrols: set[int] = field(default_factory=set)
    stops: int = 0
    done: int = 0


@dataclass(frozen=True)
class PlanLine:
    """A plan that serves the campaign, with its stops in the campaign's areas."""

    uid: str
    day: dt.date
    state: str
    branch: str
    stops: int
    done: int


@dataclass(frozen=True)
class Work:
    """All that plans and patrols did for a campaign, as far as the reader's area goes."""

    plans: Sequence[PlanLine]
    patrols: Sequence[Any]
    districts: Sequence[Done]
    total: Done
    plan_count: int


def work_for(session: Session, campaign: Campaign) -> Work:
    """Return what plans and patrols did for a campaign."""
    plans = queries.plans_serving(session, campaign)
    patrols = queries.patrols_serving(session, campaign)
    below = queries.divisions_below(session, campaign)
    areas = areas_of(session, campaign)
    districts = {
        path: Done(name) for path, name in below.items() if not areas.scopes or _touched(path, areas.scopes)
    }
    total, of_plan = Done(""), {plan.id: Done("") for plan in plans}
    published = {plan.id for plan in plans if plan.state == PlanState.PUBLISHED}
    for plan_id, path, stops, done in queries.stops_serving(session, campaign, areas):
        lines = [of_plan[plan_id]]
        if plan_id in published:
            lines += [total, _district(districts, below, campaign, path)]
        for line in lines:
            line.plans.add(plan_id)
            line.stops, line.done = line.stops + stops, line.done + done
    for patrol, plan_id in patrols:
        for line in (total, *districts.values()):
            if plan_id in line.plans:
                line.patrols.add(patrol.id)
    branches = queries.agency_names(session, {plan.agency_id for plan in plans})
    listed = [
        PlanLine(plan.uid, plan.day, plan.state, branches.get(plan.agency_id, ""), of_plan[plan.id].stops,
                 of_plan[plan.id].done)
        for plan in plans[:MOST_LISTED]
    ]  # fmt: skip
    return Work(
        listed,
        [patrol for patrol, _plan in patrols[:MOST_LISTED]],
        list(districts.values()),
        total,
        len(plans),
    )


def _touched(path: str, scopes: Iterable[str]) -> bool:
    """Say whether a division and one of the areas lie in each other."""
    return any(within(path, scope) or within(scope, path) for scope in scopes)


def _district(districts: dict[str, Done], below: dict[str, str], campaign: Campaign, path: str) -> Done:
    """Return the line of the district that a place lies in; of the campaign's own division where it lies in none."""
    found = next((each for each in below if within(path, each)), campaign.scope_path)
    return districts.setdefault(found, Done(below.get(found, "")))
