"""The day plan: shortlist, greedy, search; never worse than greedy and never worse than staying at home."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from patrol.routes.planning.assembling import assemble, score
from patrol.routes.planning.domain import LeftOut, Plan, Problem
from patrol.routes.planning.faults import raise_faults
from patrol.routes.planning.greedy import Orders, greedy_orders, reindex, shortlist
from patrol.routes.planning.levelling import level_shifts
from patrol.routes.planning.model import Model, build_model, reachable_alone, reasons_alone

#: how many candidates the search looks at; the plan of 5,000 × 40 visits about 900
SHORTLIST = 1_500
#: how much of the time PyVRP has before our own search goes on from its plan: measured, PyVRP is the better of the
#: two where travel has a price, our own where only prizes of few venues count, both in turn where those are many
#: (docs/benchmarks.md)
VRP_SHARE_PRICED, VRP_SHARE_MANY, VRP_SHARE_FEW = 1.0, 0.5, 0.0
FEW = 320
#: seconds after the search, beside a tenth of its own, in which shifts are made equal
LEVEL_S = 0.5
#: (share of the time used 0 … 1, best plan so far) -> go on?
Progress = Callable[[float, Plan], bool]


def plan_day(given: Problem, *, seconds: float, seed: int, on_progress: Progress | None = None) -> Plan:
    """Plan the day of all teams within ``seconds`` of searching.

    The greedy plan is handed to ``on_progress`` at once, better ones as they are found (about twice a second
    at most); ``on_progress`` returning False ends the search with the best plan so far. The result is the
    best of staying at home, greedy and the search, its shifts made equal as far as the weights ask for it, and every
    number comes from the plan itself.

    Parameters
    ----------
    given : the problem; ``seconds`` : time for the search, ≥ 0 (0 = greedy only); ``seed`` : of every chance
    in it. Two runs with one seed differ only as far as the machine was slower or faster.

    Returns
    -------
    Plan, feasible by :func:`~patrol.routes.planning.checking.check_plan`, except that required stops that do
    not fit together are named in ``Plan.unmet``.

    Raises
    ------
    PatrolError : no team, an empty shift, a required stop nobody can visit …, all faults at once.
    ValueError : ``seconds`` negative.

    >>> from patrol.routes.planning import Candidate, TeamShift, straight_line_problem
    >>> a = Candidate("a", 114.30, 30.60, prize=5.0, service_s=600)
    >>> t = TeamShift("t", 0, 7200, (114.30, 30.60), (114.30, 30.60))
    >>> plan_day(straight_line_problem([a], [t]), seconds=0, seed=1).routes[0].keys
    ('a',)
    """
    if seconds < 0:
        raise ValueError("seconds must not be negative")
    began = time.perf_counter()
    raise_faults(given)
    model = build_model(given)
    return _Planning(given, model, began, seconds, seed, on_progress).run()


class _Planning:
    """One run: remembers the best plan and tells about it."""

    def __init__(
        self, given: Problem, model: Model, began: float, seconds: float, seed: int, tell: Progress | None
    ) -> None:
        self.given, self.model = given, model
        self.began, self.seconds, self.seed = began, seconds, seed
        self.tell, self.told_at = tell, 0.0
        self.impossible: Mapping[int, LeftOut] = reasons_alone(model)
        self.best = self.plan([[] for _ in model.vehicles], "do nothing")
        self.going = True

    def run(self) -> Plan:
        """Greedy first, then the search on a shortlist for the rest of the time."""
        nothing = self.best
        greedy_start = greedy_orders(self.model)
        greedy = self.plan(greedy_start, "greedy")
        self.best = replace(
            max(nothing, greedy, key=score),
            greedy_prize=greedy.prize,
            greedy_value=greedy.value,
            do_nothing_prize=nothing.prize,
            do_nothing_value=nothing.value,
        )
        self.report(0.0, force=True)
        left = self.began + self.seconds - time.perf_counter()
        if self.going and left > 0.05 and self.model.size:
            self.search(greedy_start if self.best.method == "greedy" else [[] for _ in greedy_start])
        self.best = level_shifts(self.given, self.best, seconds=LEVEL_S + 0.1 * self.seconds)
        self.report(1.0, force=True)
        return self.best

    def search(self, start: Orders) -> None:
        """Improve ``start`` on the shortlist until the time is over."""
        opened = time.perf_counter()
        # The search brings a compiler and PyVRP, 80 MB that a web server never needs.
        from patrol.routes.planning.ruin import compile_ahead, ruin_and_recreate
        from patrol.routes.planning.vrp import improve

        self.began += time.perf_counter() - opened
        part = _worth_searching(self.model, start)
        orders = reindex(start, self.model, part, to_part=True)
        share = VRP_SHARE_FEW if part.size <= FEW else VRP_SHARE_MANY
        if self.given.weights.travel > 0:
            share = VRP_SHARE_PRICED
        if share > 0:
            orders = improve(
                part,
                orders,
                seconds=share * self.left(),
                seed=self.seed,
                listener=lambda found: self.offer(part, found),
            )
            self.offer(part, orders)
        if not self.going or self.left() <= 0.02 * self.seconds:
            return
        # Only the first plan after an installation waits for the compiler; its time is not the search's.
        self.began += compile_ahead()
        orders = ruin_and_recreate(
            part, orders, seconds=self.left(), seed=self.seed, listener=lambda found: self.offer(part, found)
        )
        self.offer(part, orders)

    def left(self) -> float:
        """Seconds of the search that are left."""
        return max(0.0, self.began + self.seconds - time.perf_counter())

    def offer(self, part: Model, orders: Orders) -> bool:
        """Take a found plan if it is better; say whether to go on."""
        plan = self.plan(reindex(orders, self.model, part, to_part=False), "search")
        if score(plan) > score(self.best):
            self.best = replace(
                plan,
                greedy_prize=self.best.greedy_prize,
                greedy_value=self.best.greedy_value,
                do_nothing_prize=self.best.do_nothing_prize,
                do_nothing_value=self.best.do_nothing_value,
            )
        self.report((time.perf_counter() - self.began) / max(self.seconds, 1e-9))
        return self.going

    def plan(self, orders: Orders, method: str) -> Plan:
        """Orders of nodes as a plan."""
        keys = {
            self.given.teams[vehicle.team].key: self.model.keys(order)
            for vehicle, order in zip(self.model.vehicles, orders, strict=True)
        }
        return assemble(self.given, keys, self.impossible, method=method)

    def report(self, share: float, *, force: bool = False) -> None:
        """Tell the listener, about twice a second at most."""
        now = time.perf_counter()
        if self.tell is None or (not force and now - self.told_at < 0.5):
            return
        self.told_at = now
        if not self.tell(min(share, 1.0), self.best):
            self.going = False


def _worth_searching(model: Model, start: Orders) -> Model:
    possible = np.zeros(model.size, dtype=bool)
    for vehicle in model.vehicles:
        possible |= reachable_alone(model, vehicle)
    worth = possible & ((model.prize > 0) | model.must)
    # By way of other venues one may be where no way leads directly, or sooner than directly: what greedy visits stays.
    worth[[node for order in start for node in order]] = True
    kept = np.flatnonzero(worth)
    profiles = len({vehicle.profile for vehicle in model.vehicles})
    size = min(SHORTLIST, max(300, int(SHORTLIST * (4 / profiles) ** 0.5) if profiles > 4 else SHORTLIST))
    part = model.subset(kept)
    return shortlist(part, reindex(start, model, part, to_part=True), size)
