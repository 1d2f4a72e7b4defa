"""PyVRP as one of the planner's engines: optional clients with prizes, always started from a known plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, Solution, VehicleType
from pyvrp import Route as VrpRoute
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks, IteratedLocalSearchParams
from pyvrp.solve import SolveParams, solve

from patrol.routes.planning.domain import UNREACHABLE_S
from patrol.routes.planning.greedy import Orders
from patrol.routes.planning.model import LAST_S, Floats, Model, Vehicle

#: in PyVRP's eyes, how many typical legs of travel the mean prize outweighs
PRIZE_PER_LEG = 40.0
FORBIDDEN = 50_000_000
#: told whenever PyVRP finds something better; False stops the search
Listener = Callable[[Orders], bool]


@dataclass(frozen=True)
class VrpModel:
    """PyVRP's data with the way back: which vehicle of ours each of its types stands for."""

    data: ProblemData
    members: tuple[tuple[int, ...], ...]  # vehicle numbers behind each vehicle type


def vrp_model(model: Model, prizes: Floats | None = None, *, required: bool = True) -> VrpModel:
    """Translate a model for PyVRP; ``prizes`` (N,) replaces the model's own, e.g. perturbed ones."""
    prizes = model.prize if prizes is None else prizes
    factor, price = cost_scale(model, prizes)
    kinds: dict[object, list[int]] = {}
    for number, vehicle in enumerate(model.vehicles):
        kinds.setdefault(vehicle.kind, []).append(number)
    members = tuple(tuple(numbers) for numbers in kinds.values())
    rows, places = _places(model)
    profiles: dict[object, int] = {}
    matrices: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    types = []
    for numbers in members:
        vehicle = model.vehicles[numbers[0]]
        if vehicle.profile not in profiles:
            profiles[vehicle.profile] = len(matrices)
            matrices.append(_matrices(model, vehicle, rows, factor, price))
        types.append(_vehicle_type(vehicle, len(numbers), places, profiles[vehicle.profile]))
    clients, groups = _clients(model, np.rint(prizes * factor).astype(np.int64), required)
    data = ProblemData(
        [Location(0, 0) for _ in rows],
        clients,
        [Depot(location) for location in places.values()],
        types,
        [distance for distance, _ in matrices],  # type: ignore[misc]
        [duration for _, duration in matrices],  # type: ignore[misc]
        groups,
    )
    return VrpModel(data, members)


def cost_scale(model: Model, prizes: Floats) -> tuple[float, float]:
    """Factor on prizes and factor on travel seconds, so that whole numbers say what the weights say.

    Where travel has no price it still costs a little: it guides the search to routes with room to spare.
    """
    price = model.given.weights.travel
    worth = prizes[prizes > 0]
    if price > 0:
        whole = float(price).is_integer() and bool(np.all(np.rint(prizes) == prizes))
        factor = 1.0 if whole else 10_000.0 / max(float(worth.mean()) if len(worth) else 1.0, price)
        return factor, price * factor
    leg = typical_leg(model)
    mean = float(worth.mean()) if len(worth) else 1.0
    return PRIZE_PER_LEG * leg / mean, 1.0


def typical_leg(model: Model) -> float:
    """Median travel to the tenth nearest venue: the scale of a step in a dense plan, in seconds."""
    matrix = model.travel[model.vehicles[0].mode] if model.vehicles else np.zeros((1, 1), dtype=np.int32)
    rows = np.unique(model.group)[:: max(1, len(np.unique(model.group)) // 200)]
    if len(rows) < 2:
        return 1.0
    legs = np.sort(matrix[np.ix_(rows, np.unique(model.group))], axis=1)
    return max(1.0, float(np.median(legs[:, min(10, legs.shape[1] - 1)])))


def _places(model: Model) -> tuple[NDArray[np.int64], dict[int, int]]:
    """Matrix row of every PyVRP location (nodes first, then depots), and the location of each depot row."""
    depots = list(dict.fromkeys(row for v in model.vehicles for row in (v.start_row, v.end_row)))
    rows = np.concatenate([model.group, np.array(depots, dtype=np.int64)])
    return rows, {row: model.size + i for i, row in enumerate(depots)}


def _matrices(
    model: Model, vehicle: Vehicle, rows: NDArray[np.int64], factor: float, price: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    seconds = model.travel[vehicle.mode][np.ix_(rows, rows)].astype(np.int64)
    seconds[seconds >= UNREACHABLE_S] = FORBIDDEN
    forbidden = np.flatnonzero(~vehicle.allowed)
    seconds[:, forbidden] = FORBIDDEN
    seconds[forbidden, :] = FORBIDDEN
    np.fill_diagonal(seconds, 0)
    cost = np.rint(seconds * price).astype(np.int64)
    cost[:, : model.size] += np.rint(vehicle.penalty * factor).astype(np.int64)[None, :]
    np.fill_diagonal(cost, 0)
    return np.minimum(cost, FORBIDDEN), seconds


def _vehicle_type(vehicle: Vehicle, count: int, places: dict[int, int], profile: int) -> VehicleType:
    depots = list(places)
    return VehicleType(
        count,
        capacity=[vehicle.capacity],
        start_depot=depots.index(vehicle.start_row),
        end_depot=depots.index(vehicle.end_row),
        tw_early=vehicle.start_s,
        tw_late=vehicle.end_s,
        profile=profile,
    )


def _clients(
    model: Model, prizes: NDArray[np.int64], required: bool
) -> tuple[list[Client], list[ClientGroup]]:
    copies = np.bincount(model.group, minlength=len(model.given.candidates))
    numbers: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    clients = []
    plenty = int(prizes.sum()) + 1
    for node, row in enumerate(model.group.tolist()):
        single = copies[row] == 1
        must = bool(model.must[node])
        if not single:
            numbers.setdefault(row, len(numbers))
            members.setdefault(row, []).append(node)
        clients.append(
            Client(
                node,
                delivery=[int(model.load[node])],
                service_duration=int(model.service[node]),
                tw_early=max(0, int(model.opens[node])),
                tw_late=min(LAST_S, int(model.closes[node])),
                prize=int(prizes[node]) + (plenty if must and not required else 0),
                required=single and must and required,
                group=None if single else numbers[row],
            )
        )
    groups = [
        ClientGroup(nodes, required=bool(model.must[nodes[0]]) and required) for nodes in members.values()
    ]
    return clients, groups


def as_solution(model: Model, vrp: VrpModel, orders: Orders) -> Solution:
    """Our orders as PyVRP's solution (empty routes are left out, as it wants them)."""
    routes = [
        VrpRoute(vrp.data, orders[number], kind)
        for kind, numbers in enumerate(vrp.members)
        for number in numbers
        if orders[number]
    ]
    return Solution(vrp.data, routes)


def as_orders(model: Model, vrp: VrpModel, solution: Solution) -> Orders:
    """PyVRP's solution as our orders; equal vehicles are filled in their order."""
    orders: Orders = [[] for _ in model.vehicles]
    waiting = [list(numbers) for numbers in vrp.members]
    for route in solution.routes():
        orders[waiting[route.vehicle_type()].pop(0)] = [stop.idx for stop in route if stop.is_client()]
    return orders


class _Stop:
    """Ends the search at a moment, or when the listener has said so."""

    def __init__(self, until: float) -> None:
        self.until, self.stopped = until, False

    def __call__(self, best_cost: float) -> bool:
        return self.stopped or time.perf_counter() >= self.until


class _Tell(IteratedLocalSearchCallbacks):
    """Passes every new best solution on."""

    def __init__(self, tell: Callable[[Solution], None]) -> None:
        self.tell = tell

    def on_best(self, best: Solution) -> None:
        """Called by PyVRP."""
        if best.is_feasible():
            self.tell(best)


def improve(
    model: Model, start: Orders, *, seconds: float, seed: int, listener: Listener | None = None
) -> Orders:
    """Improve ``start`` by PyVRP for ``seconds``; return its best feasible orders, else ``start``.

    Never cold: a search from a random plan was measured worse than staying at home where few visits pay.
    """
    until = time.perf_counter() + seconds
    if model.size == 0 or not model.vehicles:
        return start
    visited = np.zeros(len(model.given.candidates), dtype=bool)
    visited[[int(model.group[node]) for order in start for node in order]] = True
    vrp = vrp_model(model, required=bool(visited[model.group[model.must]].all()))
    stop = _Stop(until)

    def tell(best: Solution) -> None:
        if listener is not None and not listener(as_orders(model, vrp, best)):
            stop.stopped = True

    params = SolveParams(ils=IteratedLocalSearchParams(callbacks=_Tell(tell)))
    first = as_solution(model, vrp, start)
    result = solve(
        vrp.data, stop, seed=seed, collect_stats=False, display=False, params=params, initial_solution=first
    )
    return as_orders(model, vrp, result.best) if result.best.is_feasible() else start
