"""How predictable are our patrols to a look-out? Pairs of stops that return, and the hours of visits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from patrol.routes.planning.domain import Plan

Edge = frozenset[str]


@dataclass(frozen=True)
class Meter:
    """What a look-out could learn: 0 = nothing repeats, 1 = everything does; ``hours``: 1 = any hour alike."""

    edge_overlap: float
    hours: float
    same_team: float


def edges_of(plan: Plan) -> frozenset[Edge]:
    """Pairs of venues visited one after the other, whatever the direction and the team."""
    return frozenset(
        frozenset(pair) for route in plan.routes for pair in zip(route.keys, route.keys[1:], strict=False)
    )


def edge_overlap(plan: Plan, before: Iterable[Edge]) -> float:
    """Share of the pairs of a plan that an earlier plan had too, 0 … 1; 0 for a plan without pairs.

    Parameters: the plan; pairs of the earlier plan (:func:`edges_of`). Direction and team do not matter: whoever
    watches two doors sees the same either way.
    """
    edges, known = edges_of(plan), set(before)
    return len(edges & known) / len(edges) if edges else 0.0


def hour_entropy(starts_s: Mapping[str, Sequence[int]], *, first_s: int, last_s: int) -> float:
    """How evenly visits to a venue spread over the hours it could be visited in, 0 … 1, mean over venues.

    Parameters: for each venue the starts of its visits in seconds of the day; ``first_s``, ``last_s``: the span of
    possible starts. Shannon entropy of the hours divided by the largest that so few visits could have; venues with
    fewer than two visits say nothing. Returns 0 where no venue has two visits.

    >>> hour_entropy({"a": [0, 3600], "b": [0, 60]}, first_s=0, last_s=7200)
    0.5
    """
    hours = max(1, math.ceil((last_s - first_s) / 3600))
    found = []
    for starts in starts_s.values():
        if len(starts) < 2:
            continue
        bins: dict[int, int] = {}
        for start in starts:
            bins[(start - first_s) // 3600] = bins.get((start - first_s) // 3600, 0) + 1
        shares = [count / len(starts) for count in bins.values()]
        most = math.log(min(hours, len(starts)))
        found.append(-sum(p * math.log(p) for p in shares) / most if most > 0 else 0.0)
    return sum(found) / len(found) if found else 0.0


def same_team_share(plan: Plan, before: Plan) -> float:
    """Share of venues visited in both plans that the same team visits again; 0 when none is in both."""
    was = {key: route.team for route in before.routes for key in route.keys}
    again = [was[key] == route.team for route in plan.routes for key in route.keys if key in was]
    return sum(again) / len(again) if again else 0.0


def meter(plans: Sequence[Plan], *, first_s: int, last_s: int) -> Meter:
    """The predictability of successive plans: overlap and teams of each with the one before, hours over all."""
    steps = list(zip(plans[1:], plans, strict=False))
    starts: dict[str, list[int]] = {}
    for plan in plans:
        for route in plan.routes:
            for stop in route.stops:
                starts.setdefault(stop.key, []).append(stop.start_s)
    overlap = [edge_overlap(now, edges_of(before)) for now, before in steps]
    teams = [same_team_share(now, before) for now, before in steps]
    return Meter(
        sum(overlap) / len(overlap) if overlap else 0.0,
        hour_entropy(starts, first_s=first_s, last_s=last_s),
        sum(teams) / len(teams) if teams else 0.0,
    )


#: a look-out remembers so many days
REMEMBERED_DAYS = 90


@dataclass
class LookOut:
    """Counts pairs of successive stops, whatever the direction, and those seen within the last 90 days."""

    last: dict[frozenset[int], int] = field(default_factory=dict)
    seen: int = 0
    repeated: int = 0

    def see(self, day: int, routes: Sequence[Sequence[int]]) -> None:
        """Watch a day; it counts once there is something to remember."""
        pairs = {frozenset(pair) for route in routes for pair in pairwise(route)}
        if day >= REMEMBERED_DAYS:
            self.seen += len(pairs)
            self.repeated += sum(
                day - self.last.get(pair, -day - REMEMBERED_DAYS) <= REMEMBERED_DAYS for pair in pairs
            )
        self.last |= dict.fromkeys(pairs, day)
