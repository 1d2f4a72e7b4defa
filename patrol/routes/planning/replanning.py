"""An urgent visit in the middle of the day: who takes it, what gives way, and nothing else changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from patrol.core.errors import PatrolError, problem
from patrol.routes.planning.assembling import assemble
from patrol.routes.planning.domain import Plan, Problem, orders_of
from patrol.routes.planning.model import build_model, reasons_alone
from patrol.routes.planning.schedule import evaluate_route

URGENT_IMPOSSIBLE = problem(
    "routes.plan.urgent_impossible",
    en="No team can still take the urgent visit {key} today, whatever gives way.",
    zh="今天已没有巡查组能够前往紧急点位“{key}”，即使取消其他点位也无法安排。",
)


@dataclass(frozen=True)
class Moved:
    """A stop that changed team."""

    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What is different in one plan against another: keys, and seconds of work for every team whose route changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[Moved, ...]
    reordered: tuple[str, ...]
    later_s: dict[str, int]

    @property
    def teams_changed(self) -> tuple[str, ...]:
        """Teams that have to be told."""
        return tuple(self.later_s)


def difference(before: Plan, after: Plan) -> Difference:
    """Compare two plans stop by stop: added, removed, moved to another team, another order within a team.

    ``later_s``: for every team whose order changed, how many seconds later (earlier: negative) it is back.
    """
    was = {key: route.team for route in before.routes for key in route.keys}
    now = {key: route.team for route in after.routes for key in route.keys}
    reordered = []
    later: dict[str, int] = {}
    for route in after.routes:
        old = next((one for one in before.routes if one.team == route.team), None)
        if old is None or old.keys == route.keys:
            continue
        later[route.team] = route.finish_s - old.finish_s
        stayed = set(old.keys) & set(route.keys)
        if [k for k in old.keys if k in stayed] != [k for k in route.keys if k in stayed]:
            reordered.append(route.team)
    return Difference(
        added=tuple(key for key in now if key not in was),
        removed=tuple(key for key in was if key not in now),
        moved=tuple(Moved(key, was[key], now[key]) for key in now if key in was and was[key] != now[key]),
        reordered=tuple(reordered),
        later_s=later,
    )


def replan(
    given: Problem, before: Plan, urgent: Sequence[str], *, among: Collection[str] | None = None
) -> tuple[Plan, Difference]:
    """Take urgent venues into a running day, changing as little as possible.

    ``given`` describes the rest of the day: its teams' ``locked`` beginnings are what was visited or is on its way, and
    the urgent venues are among its candidates. Each urgent venue goes where it costs the least prize of stops that have
    to give way, then the least extra work; the order of all other stops stays. Deterministic and quick: no search.

    ``among``: teams whose routes may change; all by default.

    Returns: the new plan and its :class:`Difference` from ``before``. Raises ``PatrolError`` when no team can take an
    urgent venue even if everything not locked gives way; ``KeyError`` for a venue that is not a candidate.
    """
    orders = {team.key: list(orders_of(before.routes).get(team.key, ())) for team in given.teams}
    for key in urgent:
        for team_key in orders:
            if key in orders[team_key]:
                orders[team_key].remove(key)
    kept: set[str] = set(urgent)
    for key in urgent:
        options = [
            option
            for team in given.teams
            if (among is None or team.key in among)
            and (option := _cheapest(given, team.key, orders[team.key], key, kept))
        ]
        if not options:
            raise PatrolError(URGENT_IMPOSSIBLE, where=key, key=key)
        _, _, team_key, order = min(options, key=lambda option: option[:3])
        orders[team_key] = order
    after = _assembled(given, orders)
    return after, difference(before, after)


def _cheapest(
    given: Problem, team: str, order: list[str], key: str, kept: set[str]
) -> tuple[float, int, str, list[str]] | None:
    """(prize given up, extra seconds, team, order) of the best way for one team to take ``key``; ``None`` = no way."""
    fixed = len(given.teams[given.team_index[team]].locked)
    finish = evaluate_route(given, team, order).route.finish_s
    options: list[tuple[float, int, str, list[str]]] = []
    for place in range(fixed, len(order) + 1):
        tried, given_up = [*order[:place], key, *order[place:]], 0.0
        evaluation = evaluate_route(given, team, tried)
        while not evaluation.feasible:
            weak = [
                k for k in tried[fixed:] if k not in kept and not given.candidates[given.index[k]].must_go
            ]
            if not weak:
                break
            least = min(weak, key=lambda k: given.candidates[given.index[k]].prize)
            tried.remove(least)
            given_up += given.candidates[given.index[least]].prize
            evaluation = evaluate_route(given, team, tried)
        if evaluation.feasible:
            options.append((given_up, evaluation.route.finish_s - finish, team, tried))
    return min(options, key=lambda option: option[:3], default=None)


def _assembled(given: Problem, orders: dict[str, list[str]]) -> Plan:
    free = {team.key: [key for key in orders[team.key] if key not in team.locked] for team in given.teams}
    return assemble(given, free, reasons_alone(build_model(given)), method="replan")
