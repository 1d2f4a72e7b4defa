"""Two plans side by side: the same figures of both, and the venues that only one of them visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from patrol.routes.domain.meters import edge_overlap, hour_entropy, legs_of, spread
from patrol.routes.models import Plan, Route


@dataclass(frozen=True)
class PlanFigures:
    """What a plan is held up by; times in minutes, shares 0 … 1, ``None`` where nothing can be said."""

    stops: int
    worth: float
    overdue: int
    never: int
    sampled: int
    travel_min: float
    length_km: float
    travel_share: float | None
    spread_min: float
    grids_per_team: float | None
    hour_entropy: float | None


def orders_of_plan(plan: Plan) -> dict[str, list[str]]:
    """Return the venues of each team in order."""
    return {route.team.uid: [stop.venue.uid for stop in route.stops] for route in plan.routes}


def figures_for(plan: Plan, zone: dt.tzinfo) -> PlanFigures:
    """Return the figures of one plan, all of them from its stops as they are."""
    stops = [stop for route in plan.routes for stop in route.stops]
    codes = [{each.get("code") for each in stop.reasons if isinstance(each, dict)} for stop in stops]
    work = [_work_min(route) for route in plan.routes]
    busy = [route for route in plan.routes if route.stops]
    grids = [len({stop.venue.grid_id for stop in route.stops}) for route in busy]
    hours = [stop.planned_arrival.astimezone(zone).hour for stop in stops]
    possible = len({hour for route in busy for hour in _hours(route, zone)})
    travel = sum(route.travel_minutes for route in plan.routes)
    return PlanFigures(
        stops=len(stops),
        worth=sum(stop.prize for stop in stops),
        overdue=sum("overdue" in each for each in codes),
        never=sum("never" in each for each in codes),
        sampled=sum(stop.sampled for stop in stops),
        travel_min=travel,
        length_km=sum(route.length_m for route in plan.routes) / 1000,
        travel_share=travel / sum(work) if sum(work) else None,
        spread_min=spread(work),
        grids_per_team=sum(grids) / len(grids) if grids else None,
        hour_entropy=hour_entropy(hours, possible),
    )


def _work_min(route: Route) -> float:
    """Return the minutes from the start of the shift until the team is back, 0 without stops."""
    if not route.stops or "finish_s" not in route.figures:
        return 0.0
    return max(0.0, float(route.figures["finish_s"] - route.figures.get("start_s", 0)) / 60)


def _hours(route: Route, zone: dt.tzinfo) -> range:
    return range(route.start_at.astimezone(zone).hour, max(route.end_at.astimezone(zone).hour, 1))


def differences(a: Plan, b: Plan) -> dict[str, Any]:
    """Return the venues that only one plan visits, those that change the team, and the share of common legs."""
    teams_a = {stop.venue.uid: (stop.venue, route.team) for route in a.routes for stop in route.stops}
    teams_b = {stop.venue.uid: (stop.venue, route.team) for route in b.routes for stop in route.stops}
    both = teams_a.keys() & teams_b.keys()
    return {
        "only_a": [teams_a[key][0] for key in teams_a if key not in both],
        "only_b": [teams_b[key][0] for key in teams_b if key not in both],
        "moved": [
            (teams_a[key][0], teams_a[key][1].name, teams_b[key][1].name)
            for key in teams_a
            if key in both and teams_a[key][1].id != teams_b[key][1].id
        ],
        "overlap": edge_overlap(orders_of_plan(b), orders_of_plan(a)),
    }


def predictability(plan: Plan, walked: frozenset[frozenset[str]], zone: dt.tzinfo) -> dict[str, Any]:
    """Return what a look-out could learn of a plan, and what hiding it cost.

    ``walked``: legs of the branch's plans of the days before (:func:`patrol.routes.queries.legs_walked`). Shares 0 … 1:
    legs repeated (``None`` without legs or without an earlier plan), evenness of the hours; ``price``: what of the
    worth was given up, ``None`` where the plan was not varied.
    """
    mine = legs_of(orders_of_plan(plan))
    drawn = plan.figures.get("varied") or {}
    return {
        "overlap": len(mine & walked) / len(mine) if mine and walked else None,
        "aim": drawn.get("aim"),
        "price": drawn.get("loss"),
        "hours": figures_for(plan, zone).hour_entropy,
    }


def campaigns_of(plan: Plan) -> list[dict[str, Any]]:
    """Return the campaigns that a plan serves; of those that weighed in it, the stops that count for it as it is now.

    ``owner`` is the path of the division whose campaign it is; ``stops`` is ``None`` where a target was reached before.
    """
    said = [
        {each.get("zh") for each in stop.reasons if isinstance(each, dict) and each.get("code") == "campaign"}
        for route in plan.routes
        for stop in route.stops
    ]
    owners = {each.campaign_uid: each.owner_path for each in plan.serves}
    weighed = [
        {
            **kept,
            "ends": dt.date.fromisoformat(kept["ends"]),
            "stops": sum(kept["said"] in each for each in said),
            "owner": owners.get(kept["uid"], ""),
        }
        for kept in plan.figures.get("campaigns") or []
        if kept["uid"] in owners
    ]
    known = {each["uid"] for each in weighed}
    reached = [
        {
            "uid": each.campaign_uid,
            "title": each.title,
            "ends": each.ended_on,
            "stops": None,
            "owner": each.owner_path,
        }
        for each in plan.serves
        if each.campaign_uid not in known
    ]
    return weighed + reached
