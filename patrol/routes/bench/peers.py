"""Other solvers on the same problem: their orders come back as plans and are judged by the same checker."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from pyvrp.stop import MaxRuntime

from patrol.routes.planning import Plan, Problem, check_plan
from patrol.routes.planning.assembling import assemble
from patrol.routes.planning.model import build_model, reasons_alone
from patrol.routes.planning.vrp import as_orders, vrp_model

#: OR-Tools works on whole numbers: prizes are multiplied by this so that they outweigh travel
PRIZE_SCALE = 1000


def checked(given: Problem, orders: Sequence[Sequence[int]], name: str) -> Plan:
    """Orders of candidate numbers as a plan; a plan that the checker refuses is a fault of the bench."""
    keys = {
        team.key: [given.candidates[i].key for i in order]
        for team, order in zip(given.teams, orders, strict=True)
    }
    plan = assemble(given, keys, reasons_alone(build_model(given)), method=name)
    if [v for v in check_plan(given, plan) if v.key not in plan.unmet]:
        raise RuntimeError(f"{name} returned a plan that cannot be driven")
    return plan


def pyvrp_cold(given: Problem, seconds: float, seed: int) -> Plan:
    """PyVRP as it comes: a random start, no shortlist."""
    from pyvrp import solve

    model = build_model(given)
    vrp = vrp_model(model)
    found = solve(vrp.data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    orders: list[list[int]] = [[] for _ in model.vehicles]
    if found.best.is_feasible():
        orders = as_orders(model, vrp, found.best)
    return checked(given, [[int(model.group[n]) for n in order] for order in orders], "PyVRP cold")


def or_tools(given: Problem, seconds: float) -> Plan:
    """OR-Tools 9.15: disjunctions with penalties, guided local search."""
    api: Any = importlib.import_module("ortools.constraint_solver.pywrapcp")
    enums: Any = importlib.import_module("ortools.constraint_solver.routing_enums_pb2")
    count, seconds_of = len(given.candidates), _matrix(given)
    manager = api.RoutingIndexManager(count + 1, len(given.teams), count)
    routing = api.RoutingModel(manager)
    stay = [one.service_s for one in given.candidates] + [0]
    price = given.weights.travel

    def time(i: int, j: int) -> int:
        a, b = manager.IndexToNode(i), manager.IndexToNode(j)
        return int(seconds_of[a, b]) + stay[a]

    def cost(i: int, j: int) -> int:
        return int(seconds_of[manager.IndexToNode(i), manager.IndexToNode(j)])

    timed = routing.RegisterTransitCallback(time)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(cost))
    team = given.teams[0]
    routing.AddDimension(timed, team.end_s, team.end_s, False, "time")
    clock = routing.GetDimensionOrDie("time")
    if team.capacity is not None:
        load = [one.load for one in given.candidates] + [0]
        carried = routing.RegisterUnaryTransitCallback(lambda i: load[manager.IndexToNode(i)])
        routing.AddDimension(carried, 0, team.capacity, True, "load")
    for number, one in enumerate(given.candidates):
        index = manager.NodeToIndex(number)
        if one.windows:
            clock.CumulVar(index).SetRange(*one.windows[0])
        worth = one.prize if price > 0 else one.prize * PRIZE_SCALE
        if not one.must_go:
            routing.AddDisjunction([index], round(worth))
    options = api.DefaultRoutingSearchParameters()
    options.first_solution_strategy = enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    options.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    options.time_limit.FromMilliseconds(int(seconds * 1000))
    found = routing.SolveWithParameters(options)
    return checked(given, _or_orders(routing, manager, found, len(given.teams), count), "OR-Tools")


def _or_orders(routing: Any, manager: Any, found: Any, teams: int, depot: int) -> list[list[int]]:
    orders: list[list[int]] = [[] for _ in range(teams)]
    if found is None:
        return orders
    for team in range(teams):
        index = routing.Start(team)
        while not routing.IsEnd(index):
            node = manager.IndexToNode(index)
            if node != depot:
                orders[team].append(node)
            index = found.Value(routing.NextVar(index))
    return orders


def vroom(given: Problem) -> Plan:
    """VROOM 1.15 by pyvroom: priorities 0 … 100 from the prizes, exploration level 5, one thread."""
    api: Any = importlib.import_module("vroom")
    count, top = len(given.candidates), max(one.prize for one in given.candidates)
    task = api.Input()
    task.set_durations_matrix("car", _matrix(given).astype(np.uint32))
    for number, team in enumerate(given.teams):
        shift = api.TimeWindow(team.start_s, team.end_s)
        extra = {} if team.capacity is None else {"capacity": [team.capacity]}
        task.add_vehicle(api.Vehicle(number, start=count, end=count, time_window=shift, **extra))
    for number, one in enumerate(given.candidates):
        windows = [api.TimeWindow(opens, closes) for opens, closes in one.windows]
        extra = {} if given.teams[0].capacity is None else {"delivery": [one.load]}
        task.add_job(
            api.Job(
                number,
                location=number,
                default_service=one.service_s,
                priority=round(100 * one.prize / top) if top else 0,
                **({"time_windows": windows} if windows else {}),
                **extra,
            )
        )
    answer = task.solve(exploration_level=5, nb_threads=1)
    orders: list[list[int]] = [[] for _ in given.teams]
    for _, step in answer.routes.iterrows():
        if step["type"] == "job":
            orders[int(step["vehicle_id"])].append(int(step["id"]))
    return checked(given, orders, "VROOM")


def _matrix(given: Problem) -> np.ndarray:
    """Travel seconds between the candidates and, last, the one place where all teams start and end."""
    rows = [*range(len(given.candidates)), given.start_row(0)]
    return given.travel.seconds[given.teams[0].mode][np.ix_(rows, rows)]
