"""Plans that a look-out cannot foresee: yesterday's ways made long, directions and teams drawn, the loss told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from patrol.routes.planning.assembling import reassemble, score
from patrol.routes.planning.domain import UNREACHABLE_S, Plan, Problem, TravelMatrix, orders_of
from patrol.routes.planning.planner import Progress, plan_day
from patrol.routes.planning.predictability import Edge, edge_overlap
from patrol.routes.planning.schedule import evaluate_route

#: seconds by which a way of an earlier plan is lengthened while the new one is sought, at first; three times more when
#: too much still repeats, a third when it costs too much
FIRST_S, TIMES = 30, 3
#: shares of the time for each attempt
SHARES = (0.5, 0.3, 0.2)


@dataclass(frozen=True)
class Varied:
    """A plan drawn to be hard to foresee, and its price: ``loss`` is the share of the best plan's value given up."""

    plan: Plan
    overlap: float
    loss: float
    most_overlap: float
    most_loss: float

    @property
    def kept(self) -> bool:
        """Whether both promises hold."""
        return self.overlap <= self.most_overlap + 1e-9 and self.loss <= self.most_loss + 1e-9


def vary_plan(
    given: Problem,
    best: Plan,
    before: Iterable[Edge],
    *,
    seconds: float,
    seed: int,
    most_overlap: float = 0.5,
    most_loss: float = 0.02,
    on_progress: Progress | None = None,
) -> Varied:
    """Plan a day that shares few pairs of stops with earlier plans and loses little.

    Ways between stops that followed each other before are made longer while planning, in up to three strengths:
    stronger while the overlap is too large, gentler when the loss is; every plan is then timed on the true ways,
    where it can only be quicker. Directions of routes and equal teams are exchanged at
    random afterwards (:func:`draw_order`).

    Parameters
    ----------
    given : the problem; ``best`` : its best plan (for the price); ``before`` : pairs of earlier plans
    (:func:`~.predictability.edges_of`); ``seconds`` : for all strengths together; ``seed`` : of every chance in it;
    ``on_progress`` as for :func:`~.planner.plan_day`, heard for each strength.

    Returns
    -------
    Varied: the plan of smallest loss among those with little overlap, else that of smallest overlap; ``kept`` says
    whether both promises hold. Feasible on the true problem.
    """
    known = frozenset(before)
    tried = [_tried(given, best, best, known, most_overlap, most_loss)]
    extra_s = FIRST_S
    for number, share in enumerate(SHARES):
        if tried[-1].kept:
            break
        if number:
            extra_s = extra_s * TIMES if tried[-1].overlap > most_overlap else max(extra_s // TIMES, 1)
        longer = lengthened(given, known, extra_s)
        found = plan_day(longer, seconds=seconds * share, seed=seed + number, on_progress=on_progress)
        plan = _on_true_ways(given, found)
        tried.append(_tried(given, plan, best, known, most_overlap, most_loss))
    chosen = min(tried, key=lambda one: (not one.kept, max(one.overlap - most_overlap, 0.0), one.loss))
    drawn = draw_order(given, chosen.plan, np.random.default_rng(seed))
    # What greedy and staying at home are worth was reckoned on the lengthened ways; the true ones stand in ``best``.
    told = replace(
        drawn,
        greedy_prize=best.greedy_prize,
        greedy_value=best.greedy_value,
        do_nothing_prize=best.do_nothing_prize,
        do_nothing_value=best.do_nothing_value,
    )
    return replace(chosen, plan=told)


def lengthened(given: Problem, edges: frozenset[Edge], extra_s: int) -> Problem:
    """Return the same problem with the ways between these pairs ``extra_s`` seconds longer, in both directions."""
    pairs = [tuple(given.index[key] for key in edge if key in given.index) for edge in edges]
    both = np.array([pair for pair in pairs if len(pair) == 2], dtype=np.int64).reshape(-1, 2)
    seconds = {}
    for mode, matrix in given.travel.seconds.items():
        longer = matrix.copy()
        for a, b in ((0, 1), (1, 0)):
            way = longer[both[:, a], both[:, b]]
            longer[both[:, a], both[:, b]] = np.where(way < UNREACHABLE_S, way + extra_s, way)
        seconds[mode] = longer
    return replace(given, travel=TravelMatrix(seconds))


def draw_order(given: Problem, plan: Plan, rng: np.random.Generator) -> Plan:
    """Turn routes round and exchange them between teams, at random, where both stay possible and lose nothing."""
    orders = {team: list(keys) for team, keys in orders_of(plan.routes).items()}
    for team in given.teams:
        keys = [key for key in orders.get(team.key, []) if key not in team.locked]
        if len(keys) > 1 and rng.random() < 0.5:
            turned = [*team.locked, *reversed(keys)]
            if evaluate_route(given, team.key, turned).feasible:
                orders[team.key] = turned
    for first in given.teams:
        other = given.teams[int(rng.integers(0, len(given.teams)))]
        if other.key == first.key or first.locked or other.locked:
            continue
        here, there = orders.get(first.key, []), orders.get(other.key, [])
        swapped = ((first.key, there), (other.key, here))
        if all(evaluate_route(given, team, keys).feasible for team, keys in swapped):
            orders[first.key], orders[other.key] = there, here
    drawn = reassemble(given, orders, plan)
    return drawn if score(drawn)[:2] >= score(plan)[:2] else plan


def _on_true_ways(given: Problem, found: Plan) -> Plan:
    return reassemble(given, orders_of(found.routes), found)


def _tried(
    given: Problem, plan: Plan, best: Plan, known: frozenset[Edge], most_overlap: float, most_loss: float
) -> Varied:
    loss = 1.0 - plan.value / best.value if best.value > 0 else 0.0
    return Varied(plan, edge_overlap(plan, known), loss, most_overlap, most_loss)
