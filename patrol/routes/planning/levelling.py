"""Shifts of equal length: stops of the teams that are back late go to others, or give way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from patrol.routes.planning.assembling import reassemble
from patrol.routes.planning.domain import LeftOut, Plan, Problem, RoutePlan, TeamShift
from patrol.routes.planning.schedule import evaluate_route

#: at ``balance`` 1 a second beyond the mean costs so many times what a second of patrol gains
STRICT = 2.0
#: of each stop so many teams, those with the shortest shifts, are asked, each at so many places with the least detour
TAKERS, PLACES = 3, 3
#: a step has to gain this share of what a second of patrol gains, or it is not taken
LEAST_S = 30.0
#: prizes added up in another order may differ by so much
ROUNDING = 1e-10


@dataclass(frozen=True)
class _Step:
    """Routes that replace those of their teams, and what that gains."""

    gain: float
    routes: tuple[RoutePlan, ...]
    dropped: str = ""


def level_shifts(given: Problem, plan: Plan, *, seconds: float) -> Plan:
    """Press the longest shifts of a finished plan towards the mean, as far as ``Weights.balance`` asks for it.

    Sought is the largest value − price × seconds beyond the mean, step by step: a stop moves from a long shift to a
    shorter one, or gives way (``LeftOut.LEVELLED``). The mean is a share of each shift, equal for all teams, so that
    half a shift is not asked to last as long as a whole one; price = ``STRICT`` × balance × the plan's prize for a
    second of work. Deterministic apart from ``seconds``, after which it stops where it is.

    Returns: a plan as feasible as before, its value never below greedy or staying at home; required and locked stops
    stay, teams whose route is ``closed`` keep it. The same plan where ``balance`` is 0 or fewer than two teams can be
    changed.
    """
    work = _Levelling(given, plan)
    if given.weights.balance <= 0 or len(work.open) < 2 or work.price <= 0:
        return plan
    until = time.perf_counter() + seconds
    while time.perf_counter() < until and (step := work.best_step()) is not None:
        work.take(step)
    if not work.changed:
        return plan
    orders = {team: route.keys for team, route in work.routes.items()}
    made = reassemble(given, orders, plan)
    told = ((key, LeftOut.LEVELLED if key in work.dropped else why) for key, why in made.left_out)
    return replace(made, left_out=tuple(told))


class _Levelling:
    def __init__(self, given: Problem, plan: Plan) -> None:
        self.given = given
        self.routes = {route.team: route for route in plan.routes}
        self.open = [team.key for team in given.teams if not team.closed]
        worked = sum(route.work_s for route in plan.routes)
        self.rate = plan.prize / worked if worked else 0.0
        self.price = STRICT * given.weights.balance * self.rate
        self.value, self.floor = plan.value, max(plan.greedy_value, plan.do_nothing_value)
        self.dropped: set[str] = set()
        self.changed = False
        self.late = self.beyond()

    def beyond(self, changed: Sequence[RoutePlan] = ()) -> float:
        """Seconds that shifts last beyond the mean share of a shift, with some routes replaced."""
        routes = self.routes | {route.team: route for route in changed}
        lasts = {team: routes[team].work_s for team in self.open}
        whole = {team: self._team(team).end_s - self._team(team).start_s for team in self.open}
        share = sum(lasts.values()) / max(sum(whole.values()), 1)
        return sum(max(0.0, lasts[team] - share * whole[team]) for team in self.open)

    def best_step(self) -> _Step | None:
        """Return the step that gains most for the team furthest beyond the mean that can be helped."""
        filled = sorted(self.open, key=self._filled, reverse=True)
        for team in filled[: (len(filled) + 1) // 2]:
            takers = [other for other in reversed(filled) if self._filled(other) < self._filled(team)]
            best = max(self._steps(team, takers[:TAKERS]), key=lambda step: step.gain, default=None)
            if best is not None and best.gain > LEAST_S * self.rate:
                return best
        return None

    def take(self, step: _Step) -> None:
        """Replace the routes of a step."""
        self.value += sum(self._value(route) - self._value(self.routes[route.team]) for route in step.routes)
        self.routes |= {route.team: route for route in step.routes}
        self.dropped |= {step.dropped} - {""}
        self.changed, self.late = True, self.beyond()

    def _steps(self, team: str, takers: Sequence[str]) -> Iterator[_Step]:
        keys = self.routes[team].keys
        for place in range(len(self._team(team).locked), len(keys)):
            rest = evaluate_route(self.given, team, [*keys[:place], *keys[place + 1 :]])
            if not rest.feasible:
                continue
            if not self.given.candidates[self.given.index[keys[place]]].must_go:
                yield from self._worth_it([rest.route], keys[place])
            for taker in takers:
                for longer in self._with(taker, keys[place]):
                    yield from self._worth_it([rest.route, longer])

    def _with(self, team: str, key: str) -> Iterator[RoutePlan]:
        """Return the routes of a team that takes one more stop, at the places with the least detour."""
        keys, first = list(self.routes[team].keys), len(self._team(team).locked)
        places = sorted(range(first, len(keys) + 1), key=lambda place: self._detour(team, keys, place, key))
        for place in places[:PLACES]:
            done = evaluate_route(self.given, team, [*keys[:place], key, *keys[place:]])
            if done.feasible:
                yield done.route

    def _worth_it(self, routes: Sequence[RoutePlan], dropped: str = "") -> Iterator[_Step]:
        change = sum(self._value(route) - self._value(self.routes[route.team]) for route in routes)
        if self.value + change >= self.floor - ROUNDING:
            gain = change + self.price * (self.late - self.beyond(routes))
            yield _Step(gain, tuple(routes), dropped)

    def _value(self, route: RoutePlan) -> float:
        """Return what a route adds to the plan's value."""
        grids, weights = self._team(route.team).grids, self.given.weights
        venues = [self.given.candidates[self.given.index[key]] for key in route.keys]
        outside = sum(venue.grid not in grids for venue in venues) if grids else 0
        prize = sum(venue.prize for venue in venues)
        return prize - weights.travel * route.travel_s * bool(venues) - weights.outside_grid * outside

    def _detour(self, team: str, keys: Sequence[str], place: int, key: str) -> int:
        number, new = self.given.team_index[team], self.given.index[key]
        before = self.given.index[keys[place - 1]] if place else self.given.start_row(number)
        after = self.given.index[keys[place]] if place < len(keys) else self.given.end_row(number)

        def way(a: int, b: int) -> int:
            return self.given.travel_s(number, a, b)

        return way(before, new) + way(new, after) - way(before, after)

    def _filled(self, team: str) -> float:
        return self.routes[team].work_s / (self._team(team).end_s - self._team(team).start_s)

    def _team(self, key: str) -> TeamShift:
        return self.given.teams[self.given.team_index[key]]
