"""Published sets: team orienteering with time windows, prize-collecting and capacitated vehicle routing."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from patrol.core.figures import Figure
from patrol.routes.bench import peers
from patrol.routes.planning import Plan, Problem, check_plan, plan_day
from patrol.routes.planning.instances import Instance, parse_instance

#: the 11 instances of issue 3, four teams
TOPTW = ("pr01", "pr02", "pr03", "pr04", "pr05", "c101", "c105", "r101", "r105", "rc101", "rc104")
SECONDS_TOPTW, SECONDS_PCVRPTW, SECONDS_CVRP = 20.0, 60.0, 60.0


def _folder(name: str) -> Path | None:
    folder = Path(os.environ.get("PATROL_BENCH_DATA", "")) / "routing" / name
    return folder if os.environ.get("PATROL_BENCH_DATA") and folder.is_dir() else None


def _gap(instance: Instance, plan: Plan, best: float) -> float:
    sign = 1.0 if instance.sense == "max" else -1.0
    return 100.0 * sign * (best - instance.objective(plan)) / best + 0.0  # no minus zero


def ours(given: Problem, seconds: float, seed: int) -> Plan:
    """Plan, and have the plan checked before any figure is told."""
    plan = plan_day(given, seconds=seconds, seed=seed)
    if check_plan(given, plan):
        raise RuntimeError("the planner returned a plan that cannot be driven")
    return plan


def timed(given: Problem, seconds: float, seed: int, what: str) -> Plan:
    """Plan as :func:`ours`, and say on the error output what it took: a loaded machine has fewer CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    plan = ours(given, seconds, seed)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    click.echo(f"{what}, seed {seed}: {plan.prize:.10g} prize, {wall:.1f} s, {cpu:.1f} s of CPU", err=True)
    return plan


def toptw(seeds: int) -> Iterator[Figure]:
    """Gap to the best known value for every instance and seed, then the mean over the set; peers in the same run.

    OR-Tools and VROOM are deterministic, PyVRP runs once, with seed 1.
    """
    folder = _folder("toptw")
    if folder is None:
        yield Figure("TOPTW: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    with (folder / "best_known.csv").open(encoding="utf-8") as stream:
        best = {row["instance"]: float(row["bks"]) for row in csv.DictReader(stream) if row["m"] == "4"}
    table = np.zeros((len(TOPTW), seeds))
    theirs: dict[str, list[float]] = {}
    for row, name in enumerate(TOPTW):
        instance = parse_instance((folder / f"{name}.txt").read_text("utf-8"), teams=4)
        title = f"TOPTW {name} m=4, 20 s"
        for seed in range(1, seeds + 1):
            plan = timed(instance.given, SECONDS_TOPTW, seed, title)
            table[row, seed - 1] = _gap(instance, plan, best[name])
            greedy = 100.0 * (best[name] - plan.greedy_value) / best[name]
            yield Figure(f"{title}, seed {seed}, gap", float(table[row, seed - 1]), "%", "greedy", greedy)
        theirs.setdefault("greedy", []).append(greedy)
        theirs.setdefault("do nothing", []).append(100.0)
        for peer, solve in _toptw_peers(instance.given).items():
            gap = _gap(instance, solve(), best[name])
            theirs.setdefault(peer, []).append(gap)
            yield Figure(f"{title}, mean gap of {seeds} seeds", float(table[row].mean()), "%", peer, gap)
    yield from _over_the_set(table, theirs)


def _toptw_peers(given: Problem) -> dict[str, Callable[[], Plan]]:
    return {
        "PyVRP cold": lambda: peers.pyvrp_cold(given, SECONDS_TOPTW, 1),
        "OR-Tools": lambda: peers.or_tools(given, SECONDS_TOPTW),
        "VROOM": lambda: peers.vroom(given),
    }


def _over_the_set(table: NDArray[np.float64], theirs: Mapping[str, Sequence[float]]) -> Iterator[Figure]:
    """The mean over all instances and seeds beside the peers', with the spread over seeds."""
    name = f"TOPTW, {len(table)} instances, m=4, 20 s, {table.shape[1]} seeds"
    for peer, found in theirs.items():
        yield Figure(f"{name}, mean gap", float(table.mean()), "%", peer, float(np.mean(found)), "<= 1")
    means = table.mean(axis=0)
    yield Figure(f"{name}, mean of the best seed", float(means.min()), "%")
    yield Figure(f"{name}, mean of the worst seed", float(means.max()), "%", goal="<= 1")
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, table.shape[1], (4000, *table.shape))
    low, high = np.quantile(np.take_along_axis(table[None], drawn, axis=2).mean(axis=(1, 2)), [0.025, 0.975])
    yield Figure(f"{name}, mean gap, 95 % by bootstrap over seeds, low", float(low), "%")
    yield Figure(f"{name}, mean gap, 95 % by bootstrap over seeds, high", float(high), "%", goal="<= 1")


def pcvrptw(seeds: int) -> Iterator[Figure]:
    """Prize-collecting routing of 1,000 clients, where few visits pay: always with the empty plan beside it."""
    folder = _folder("pcvrptw")
    if folder is None:
        yield Figure("PCVRPTW: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    for name in ("C1_10_1", "R1_10_1", "RC1_10_1"):
        instance, best = _vrplib(folder / f"{name}.vrp")
        nothing = sum(one.prize for one in instance.given.candidates)
        idle = 100.0 * (nothing - best) / best
        title = f"PCVRPTW {name}, 60 s"
        gaps = []
        for seed in range(1, min(seeds, 2) + 1):
            plan = timed(instance.given, SECONDS_PCVRPTW, seed, title)
            gaps.append(_gap(instance, plan, best))
            yield Figure(f"{title}, seed {seed}, gap", gaps[-1], "%", "do nothing", idle, "<= 1")
        greedy = 100.0 * (nothing - plan.greedy_value - best) / best
        yield Figure(f"{title}, mean gap", float(np.mean(gaps)), "%", "greedy", greedy, "<= 1")
        cold = _gap(instance, peers.pyvrp_cold(instance.given, SECONDS_PCVRPTW, 1), best)
        yield Figure(f"{title}, mean gap", float(np.mean(gaps)), "%", "PyVRP cold", cold, "<= 1")


def cvrp(seeds: int) -> Iterator[Figure]:
    """Capacitated routing in which every client is required: told, not judged."""
    folder = _folder("cvrp")
    if folder is None:
        yield Figure("CVRP: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    for path in sorted(folder.glob("*.vrp")):
        instance, best = _vrplib(path)
        title = f"CVRP {path.stem}, 60 s"
        gap = _gap(instance, timed(instance.given, SECONDS_CVRP, 1, title), best)
        cold = _gap(instance, peers.pyvrp_cold(instance.given, SECONDS_CVRP, 1), best)
        yield Figure(f"{title}, seed 1, gap", gap, "%", "PyVRP cold", cold)


def _vrplib(path: Path) -> tuple[Instance, float]:
    cost = path.with_suffix(".sol").read_text("utf-8").split("Cost")[1].replace(":", " ").split()[0]
    return parse_instance(path.read_text("utf-8")), float(cost)
