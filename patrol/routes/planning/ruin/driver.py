"""Runs the compiled search against the clock: annealing, recombination, and word of every better plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from patrol.routes.planning.domain import Candidate, TeamShift
from patrol.routes.planning.greedy import Orders
from patrol.routes.planning.model import Floats, Ints, Model, build_model
from patrol.routes.planning.ruin import kernel
from patrol.routes.planning.ruin.layout import Data, empty_state, lay_out, orders_in
from patrol.routes.planning.ruin.places import retime
from patrol.routes.planning.ruin.recombine import KnownRoute, recombine
from patrol.routes.planning.travel import straight_line_problem
from patrol.routes.planning.vrp import typical_leg

Listener = Callable[[Orders], bool]
#: temperatures at the start and the end, in mean prizes (prizes only) or typical legs (where travel has a price)
HOT, COLD = 0.5, 0.01
HOT_WAY, COLD_WAY = 1.0, 0.01
#: where travel is free, a typical leg still costs this share of a mean prize, so that detours are avoided
FREE_LEG = 5e-4
#: seconds of one cooling from hot to cold for each node; a longer search cools several times and recombines all
COOLING = 0.025
#: a search of at most so many venues ends early, after so many coolings that found nothing better (docs/benchmarks.md)
SMALL, SETTLED = 40, 2
#: shares of a cooling at which routes seen so far are recombined, and from which on the search goes on from the result
#: (earlier it would lose its freedom: measured 2.2 instead of 0.9 % on pr04)
RECOMBINE_AT = (0.3, 0.5, 0.65, 0.75, 0.8, 0.84, 0.87, 0.9, 0.92, 0.94, 0.96, 0.98)
GO_ON = 0.8
#: routes remembered, stops in the longest of them, and how many of the best plans' routes are recombined
POOL, LONGEST, MOST_KNOWN = 1 << 15, 80, 2_000
#: a recombination has to gain this share of a mean prize
WORTH_IT = 0.02
MOST_ROUNDS = 2_000


class Pool(NamedTuple):
    """Routes seen, in slots by the hash of their nodes."""

    names: NDArray[np.uint64]
    routes: NDArray[np.int32]
    sizes: Ints
    costs: Floats
    owner: Ints
    ratings: Floats


def ruin_and_recreate(
    model: Model, start: Orders, *, seconds: float, seed: int, listener: Listener | None = None
) -> Orders:
    """Improve ``start`` for ``seconds`` and return the best orders found, never worse than ``start``.

    A search of few venues is over when it has settled: nobody waits for the rest of the time.

    Parameters: a model; feasible ``start``; ``seed`` of all chance. ``listener`` hears better orders and may
    return False to end the search. Same seed and same number of rounds give the same result; how many rounds
    fit into the time depends on the machine.
    """
    if model.size == 0 or not model.vehicles:
        return start
    return _Search(model, start, np.random.default_rng(seed), listener).run(seconds)


def compile_ahead() -> float:
    """Have the kernel compiled, or its compiled form loaded, in every shape it is used in; return the seconds it took.

    The compiled form is kept beside the source, so that only the first call after an installation takes long.
    """
    began = time.perf_counter()
    if not _READY:
        teams = [TeamShift("a", 0, 9000, (0.0, 0.0), (0.0, 0.0), mode="foot")]
        venues = [Candidate(str(i), 0.001 * i, 0.0, 1.0, 600) for i in range(4)]
        model = build_model(straight_line_problem(venues, teams))
        _Search(model, [[]], np.random.default_rng(0), None).anneal(0.5, 3)
        _READY.append(True)
    return time.perf_counter() - began


_READY: list[bool] = []


class _Search:
    def __init__(
        self, model: Model, start: Orders, rng: np.random.Generator, listener: Listener | None
    ) -> None:
        self.model, self.listener = model, listener
        price, leg = model.given.weights.travel, typical_leg(model)
        worth = model.prize[model.prize > 0]
        mean = float(worth.mean()) if len(worth) else 1.0
        self.unit = price * leg if price > 0 else mean
        self.heat = (HOT_WAY, COLD_WAY) if price > 0 else (HOT, COLD)
        self.data: Data = lay_out(model, price=price if price > 0 else FREE_LEG * mean / leg, rng=rng)
        groups = len(model.given.candidates)
        self.state, self.old, self.best = (empty_state(self.data, groups, rng) for _ in range(3))
        longest = min(model.size, LONGEST)
        self.pool = Pool(
            np.zeros(POOL, dtype=np.uint64),
            np.zeros((POOL, longest), dtype=np.int32),
            np.zeros(POOL, dtype=np.int64),
            np.zeros(POOL),
            np.zeros(POOL, dtype=np.int64),
            np.zeros(POOL),
        )
        self.enter(start)
        kernel.copy_routes(self.state, self.best)

    def run(self, seconds: float) -> Orders:
        """Anneal until the time is over, or few venues have settled."""
        began, rounds, told = time.perf_counter(), 50, kernel.total(self.best)
        better_at, patience = began, SETTLED * COOLING * self.model.size
        coolings = max(1, round(seconds / (COOLING * self.model.size)))
        moments = [(k + at) / coolings for k in range(coolings) for at in RECOMBINE_AT]
        while True:
            at = time.perf_counter()
            share = (at - began) / max(seconds, 1e-9)
            if share >= 1.0 or (self.model.size <= SMALL and at - better_at > patience):
                break
            if moments and share >= moments[0]:
                moments.pop(0)
                limit = min(0.05 * seconds, 0.9 * (began + seconds - at))
                self.recombine(limit, go_on=share * coolings % 1.0 >= GO_ON)
            self.anneal(share * coolings % 1.0, rounds)
            took = time.perf_counter() - at
            # Rounds are quick while routes are empty and slow once they are full: never plan far ahead.
            wanted = rounds * min(0.01 * seconds, 0.2) / max(took, 1e-6)
            rounds = int(np.clip(wanted, rounds / 4, min(rounds * 4, MOST_ROUNDS))) + 1
            least = kernel.total(self.best)
            if least < told - 1e-9:
                told, better_at = least, at
                if self.listener is not None and not self.listener(orders_in(self.best)):
                    break
        return orders_in(self.best)

    def anneal(self, share: float, rounds: int) -> None:
        """One step of cooling."""
        hot, cold = self.heat
        begin = self.unit * hot * (cold / hot) ** share
        end = self.unit * hot * (cold / hot) ** min(1.0, share + 0.01)
        slack = 0.06 * abs(float(kernel.total(self.best)))
        kernel.anneal(self.data, self.state, self.old, self.best, self.pool, begin, end, rounds, slack)

    def enter(self, orders: Orders) -> None:
        """Replace the current routes."""
        state = self.state
        state.size[:], state.vehicle[:], state.taken[:] = 0, -1, False
        for v, order in enumerate(orders):
            state.seq[v, : len(order)] = order
            state.size[v] = len(order)
            state.taken[self.data.group[order]] = True
            if not retime(self.data, state, v):
                raise ValueError("the search has to start from a feasible plan")

    def recombine(self, seconds: float, go_on: bool) -> None:
        """Put routes seen so far together anew; go on from there when that is better."""
        least = float(kernel.total(self.best))
        kinds = self.data.kind
        fleet = {int(k): int((kinds == k).sum()) for k in np.unique(kinds)}
        found = recombine(self.known(), fleet, better_than=least - WORTH_IT * self.unit, seconds=seconds)
        if found is None:
            return
        free = {kind: [int(v) for v in np.flatnonzero(kinds == kind)] for kind in fleet}
        orders: Orders = [[] for _ in range(len(kinds))]
        for route in found:
            orders[free[route.kind].pop(0)] = list(route.nodes)
        now = orders_in(self.state)
        self.enter(orders)
        if kernel.total(self.state) < least:
            kernel.copy_routes(self.state, self.best)
        if not go_on:
            self.enter(now)

    def known(self) -> list[KnownRoute]:
        """The pool, and the routes of the best plan."""
        slots = np.flatnonzero(self.pool.names)
        slots = slots[np.argsort(self.pool.ratings[slots], kind="stable")[:MOST_KNOWN]]
        seen = [
            (int(self.pool.owner[s]), self.pool.routes[s, : self.pool.sizes[s]], float(self.pool.costs[s]))
            for s in slots
        ]
        seen += [
            (int(self.data.kind[v]), self.best.seq[v, : self.best.size[v]], float(self.best.cost[v]))
            for v in range(len(self.best.size))
            if self.best.size[v]
        ]
        return [
            KnownRoute(kind, tuple(self.data.group[nodes].tolist()), tuple(nodes.tolist()), cost)
            for kind, nodes, cost in seen
        ]
