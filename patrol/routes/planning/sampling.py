"""Stops drawn at random from the places least looked at: they keep the statistics honest, and are marked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from patrol.routes.planning.assembling import reassemble
from patrol.routes.planning.domain import Because, Candidate, Plan, Problem, orders_of
from patrol.routes.planning.schedule import evaluate_route

#: the part of all places that counts as least looked at
POOL = 0.25
#: a drawn place is offered to so many routes, the nearest, and there to so many stops that it could replace
ROUTES, STOPS = 3, 8
#: so many places, those worth most, are tried in the time that a drawn place gives back
OTHERS = 40


def lot_of(least: Sequence[str], wanted: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Return places in a random order: those drawn first, then those that follow where one cannot be visited.

    Parameters: all places, the one least looked at first; ``wanted`` how many will be needed about. Every place of
    the pool (a quarter of all, at least three times as many as wanted) is equally likely at every position, so that
    what is found at the places drawn estimates the whole pool without bias.

    >>> lot_of([f"v{i}" for i in range(40)], 2, np.random.default_rng(1))[:2]
    ('v8', 'v4')
    """
    pool = least[: max(3 * wanted, math.ceil(POOL * len(least)))]
    return tuple(pool[i] for i in rng.permutation(len(pool)).tolist())


def with_drawn(candidates: Sequence[Candidate], drawn: Iterable[str]) -> tuple[Candidate, ...]:
    """Mark drawn venues (``Because.DRAWN``) and give them twice the largest prize there is, so that they are visited.

    They are not *required*: a drawn venue that is closed or too far is left out like any other, with its reason.
    """
    top = max((candidate.prize for candidate in candidates), default=0.0)
    wanted = set(drawn)
    return tuple(
        replace(one, prize=2.0 * top + 1.0, why=(*one.why, Because.DRAWN)) if one.key in wanted else one
        for one in candidates
    )


@dataclass(frozen=True)
class Sample:
    """A plan with its share of stops drawn: ``wanted`` by the share, ``failed`` = drawn, but no route could take it."""

    plan: Plan
    drawn: frozenset[str]
    wanted: int
    failed: int


def keep_share(given: Problem, plan: Plan, lot: Sequence[str], share: float) -> Sample:
    """Make ``share`` of the stops of a finished plan those that come first in the lot.

    How many stops a day has is known only when it is planned. A place of the lot that is in the plan already is
    drawn; others are put where they fit, or replace the stop of least prize they can; what was raised for the lot
    (``Because.DRAWN``) beyond the share gives its time to what is worth most, if anything can use it.

    Parameters: the problem, of which every place of ``lot`` is a candidate or ignored; ``share`` 0 … 1.
    Returns: a plan as feasible as before. ``drawn`` has round(share × stops) places, one more or less where the last
    exchange changed the number of stops; fewer where the lot is used up (``failed``), more where nothing else is
    worth a visit.
    Raises ``ValueError`` when ``share`` is not in 0 … 1.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError("share must lie between 0 and 1")
    work = _Exchange(given, plan)
    drawn: list[str] = []
    failed = 0
    for key in (key for key in lot if key in given.index):
        if len(drawn) >= work.share(share):
            break
        if key in work.stops or work.put(key):
            drawn.append(key)
            work.kept.add(key)
        else:
            failed += 1
    for key in reversed([key for key in lot if key in work.raised & work.stops and key not in drawn]):
        if not work.give_back(key):
            drawn.append(key)
    made = reassemble(given, work.orders, plan) if work.changed else plan
    return Sample(made, frozenset(drawn), work.share(share), failed)


class _Exchange:
    """Routes being changed one stop at a time, each of them possible after every step."""

    def __init__(self, given: Problem, plan: Plan) -> None:
        self.given = given
        self.orders = {team: list(keys) for team, keys in orders_of(plan.routes).items()}
        self.stops = {key for keys in self.orders.values() for key in keys}
        self.raised = {one.key for one in given.candidates if Because.DRAWN in one.why}
        self.must = {key for team in given.teams for key in team.locked}
        self.must |= {one.key for one in given.candidates if one.must_go}
        self.kept = self.must | self.raised  # what no drawn place may replace
        self.changed = False

    def share(self, share: float) -> int:
        """Return how many of the stops there are now the share means."""
        return math.floor(share * len(self.stops) + 0.5)

    def prize(self, key: str) -> float:
        return self.given.candidates[self.given.index[key]].prize

    def put(self, key: str) -> bool:
        """Put a place where it fits without taking anything out, else for the cheapest stop it can replace."""
        teams = self.nearest(key)
        return any(self.insert(team, key) for team in teams) or self.replace_cheapest(teams, key)

    def nearest(self, key: str) -> list[str]:
        """Return the teams whose way leads nearest to a place."""
        at, found = self.given.index[key], []
        for number, team in enumerate(self.given.teams):
            if team.closed:
                continue
            seconds = self.given.travel.seconds[team.mode]
            stops = [self.given.index[each] for each in self.orders.get(team.key, ())]
            start = len(self.given.candidates) + number
            found.append((int(seconds[[*stops, start], at].min()), team.key))
        return [team for _seconds, team in sorted(found)[:ROUTES]]

    def insert(self, team: str, key: str) -> bool:
        """Insert a place where the route ends soonest; ``False`` where it fits nowhere."""
        return self.inserted(team, self.orders.setdefault(team, []), key)

    def inserted(self, team: str, keys: Sequence[str], key: str) -> bool:
        best: tuple[int, list[str]] | None = None
        for place in range(self.locked(team), len(keys) + 1):
            tried = [*keys[:place], key, *keys[place:]]
            done = evaluate_route(self.given, team, tried)
            if done.feasible and (best is None or done.route.finish_s < best[0]):
                best = (done.route.finish_s, tried)
        if best is not None:
            self.set(team, best[1])
        return best is not None

    def replace_cheapest(self, teams: Sequence[str], key: str) -> bool:
        """Let a place take the time of the stop of least prize for which it can."""
        stops = [
            (self.prize(each), team, place)
            for team in teams
            for place, each in enumerate(self.orders.get(team, ()))
            if each not in self.kept and place >= self.locked(team)
        ]
        for _prize, team, place in sorted(stops)[:STOPS]:
            keys = self.orders[team]
            if self.inserted(team, [*keys[:place], *keys[place + 1 :]], key):
                return True
        return False

    def give_back(self, key: str) -> bool:
        """Let what is worth most take the time of a place; ``False`` where nothing else could use it: it stays."""
        team = next(team for team, keys in self.orders.items() if key in keys)
        before = self.orders[team]
        keys = [each for each in before if each != key]
        if key in self.must or not evaluate_route(self.given, team, keys).feasible:
            return False
        others = self.others(team, keys)
        self.set(team, keys)
        if any(self.insert(team, other) for other in others):
            return True
        self.set(team, before)
        return False

    def others(self, team: str, keys: Sequence[str]) -> list[str]:
        """Return places outside the plan, those first that are worth most for their time and the way to a route."""
        shift = self.given.teams[self.given.team_index[team]]
        rows = [self.given.index[key] for key in keys]
        rows.append(len(self.given.candidates) + self.given.team_index[team])
        way = self.given.travel.seconds[shift.mode][rows, : len(self.given.candidates)].min(axis=0)
        free = [
            (one.prize / (float(way[row]) + one.service_s + 1.0), one.key)
            for row, one in enumerate(self.given.candidates)
            if one.prize > 0 and one.key not in self.stops and one.key not in self.raised
        ]
        return [key for _worth, key in sorted(free, reverse=True)[:OTHERS]]

    def locked(self, team: str) -> int:
        """Return how many stops at the beginning of a route must stay."""
        return len(self.given.teams[self.given.team_index[team]].locked)

    def set(self, team: str, keys: list[str]) -> None:
        """Give a route its new order."""
        self.orders[team] = keys
        self.stops = {key for order in self.orders.values() for key in order}
        self.changed = True
