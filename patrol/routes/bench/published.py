"""Published sets: team orienteering with time windows, prize-collecting and capacitated vehicle routing."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

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
    return 100.0 * sign * (best - instance.objective(plan)) / best


def ours(given: Problem, seconds: float, seed: int) -> Plan:
    """Plan, and have the plan checked before any figure is told."""
    plan = plan_day(given, seconds=seconds, seed=seed)
    if check_plan(given, plan):
        raise RuntimeError("the planner returned a plan that cannot be driven")
    return plan


def toptw(seeds: int) -> Iterator[Figure]:
    """Mean gap to the best known value over the set, ours and peers in the same run."""
    folder = _folder("toptw")
    if folder is None:
        yield Figure("TOPTW: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    with (folder / "best_known.csv").open(encoding="utf-8") as stream:
        best = {row["instance"]: float(row["bks"]) for row in csv.DictReader(stream) if row["m"] == "4"}
    all_ours: list[float] = []
    all_peers: dict[str, list[float]] = {"PyVRP cold": [], "OR-Tools": [], "VROOM": []}
    for name in TOPTW:
        instance = parse_instance((folder / f"{name}.txt").read_text("utf-8"), teams=4)
        given, bks = instance.given, best[name]
        plans = [ours(given, SECONDS_TOPTW, seed) for seed in range(1, seeds + 1)]
        gaps = [_gap(instance, plan, bks) for plan in plans]
        all_ours += gaps
        others: dict[str, Callable[[], Plan]] = {
            "PyVRP cold": lambda given=given: peers.pyvrp_cold(given, SECONDS_TOPTW, 1),  # type: ignore[misc]
            "OR-Tools": lambda given=given: peers.or_tools(given, SECONDS_TOPTW),  # type: ignore[misc]
            "VROOM": lambda given=given: peers.vroom(given),  # type: ignore[misc]
        }
        for peer, solve in others.items():
            gap = _gap(instance, solve(), bks)
            all_peers[peer].append(gap)
            yield Figure(
                f"TOPTW {name} m=4, 20 s, mean gap of {seeds} seeds", float(np.mean(gaps)), "%", peer, gap
            )
        greedy = 100.0 * (bks - plans[0].greedy_value) / bks
        yield Figure(f"TOPTW {name} m=4, worst seed", max(gaps), "%", "greedy (do nothing 100)", greedy)
    for peer, found in all_peers.items():
        yield Figure(
            "TOPTW, 11 instances, m=4, 20 s, mean gap",
            float(np.mean(all_ours)),
            "%",
            peer,
            float(np.mean(found)),
            "<= 1",
        )


def pcvrptw(seeds: int) -> Iterator[Figure]:
    """Prize-collecting routing of 1,000 clients, where few visits pay: always with the empty plan beside it."""
    folder = _folder("pcvrptw")
    if folder is None:
        yield Figure("PCVRPTW: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    for name in ("C1_10_1", "R1_10_1", "RC1_10_1"):
        instance, best = _vrplib(folder / f"{name}.vrp")
        gaps = [
            _gap(instance, ours(instance.given, SECONDS_PCVRPTW, seed), best)
            for seed in range(1, min(seeds, 2) + 1)
        ]
        nothing = sum(one.prize for one in instance.given.candidates)
        idle = 100.0 * (nothing - best) / best
        cold = _gap(instance, peers.pyvrp_cold(instance.given, SECONDS_PCVRPTW, 1), best)
        yield Figure(f"PCVRPTW {name}, 60 s, gap", float(np.mean(gaps)), "%", "do nothing", idle, "<= 1")
        yield Figure(f"PCVRPTW {name}, 60 s, gap", float(np.mean(gaps)), "%", "PyVRP cold", cold)


def cvrp(seeds: int) -> Iterator[Figure]:
    """Capacitated routing in which every client is required: told, not judged."""
    folder = _folder("cvrp")
    if folder is None:
        yield Figure("CVRP: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    for path in sorted(folder.glob("*.vrp")):
        instance, best = _vrplib(path)
        began = time.perf_counter()
        gap = _gap(instance, ours(instance.given, SECONDS_CVRP, 1), best)
        took = time.perf_counter() - began
        cold = _gap(instance, peers.pyvrp_cold(instance.given, SECONDS_CVRP, 1), best)
        yield Figure(f"CVRP {path.stem}, {took:.0f} s, gap", gap, "%", "PyVRP cold", cold)


def _vrplib(path: Path) -> tuple[Instance, float]:
    cost = path.with_suffix(".sol").read_text("utf-8").split("Cost")[1].replace(":", " ").split()[0]
    return parse_instance(path.read_text("utf-8")), float(cost)
