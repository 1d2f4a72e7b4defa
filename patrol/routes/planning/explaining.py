"""Why is this stop in the plan today, and why is that venue not? Facts for sentences, from the plan itself."""

from __future__ import annotations

from dataclasses import dataclass

from patrol.routes.planning.domain import LeftOut, Plan, Problem
from patrol.routes.planning.schedule import evaluate_route


@dataclass(frozen=True)
class WhyNot:
    """A venue left out: the reason, and where it would fit best if one stop gave way.

    ``team``, ``instead_of``: the cheapest exchange (its prize ``gives_up``); empty where not even that is possible.
    """

    key: str
    reason: LeftOut
    prize: float
    team: str = ""
    instead_of: str = ""
    gives_up: float = 0.0


@dataclass(frozen=True)
class WhyToday:
    """A stop of the plan: its reasons, its share of the day's prize, and the minutes that leaving it out would free."""

    key: str
    reasons: tuple[str, ...]
    prize: float
    share: float
    frees_s: int


def why_today(given: Problem, plan: Plan) -> tuple[WhyToday, ...]:
    """For every stop in order of the routes: why it is there, what it is worth, and what it costs in time."""
    told = []
    for route in plan.routes:
        for place, stop in enumerate(route.stops):
            without = [*route.keys[:place], *route.keys[place + 1 :]]
            frees = route.finish_s - evaluate_route(given, route.team, without).route.finish_s
            prize = given.candidates[given.index[stop.key]].prize
            share = prize / plan.prize if plan.prize > 0 else 0.0
            told.append(WhyToday(stop.key, stop.reasons, prize, share, max(frees, 0)))
    return tuple(told)


def why_not(given: Problem, plan: Plan, key: str) -> WhyNot:
    """Why a venue is left out, and which single stop would have to give way for it.

    Raises ``KeyError`` when the venue is in the plan or not a candidate.
    """
    reason = dict(plan.left_out)[key]
    prize = given.candidates[given.index[key]].prize
    best: tuple[float, str, str] | None = None
    if reason in (LeftOut.NO_TIME, LeftOut.NOT_WORTH_IT):
        for route in plan.routes:
            fixed = len(given.teams[given.team_index[route.team]].locked)
            for place in range(fixed, len(route.keys)):
                other = given.candidates[given.index[route.keys[place]]]
                changed = [*route.keys[:place], key, *route.keys[place + 1 :]]
                cheaper = best is None or other.prize < best[0]
                if not other.must_go and cheaper and evaluate_route(given, route.team, changed).feasible:
                    best = (other.prize, route.team, other.key)
    if best is None:
        return WhyNot(key, reason, prize)
    return WhyNot(key, reason, prize, best[1], best[2], best[0])
