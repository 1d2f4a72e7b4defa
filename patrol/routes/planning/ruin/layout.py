"""A planning model as flat arrays, the form in which the compiled search reads it and remembers its routes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from patrol.routes.planning.domain import UNREACHABLE_S
from patrol.routes.planning.greedy import Orders
from patrol.routes.planning.model import Bools, Floats, Ints, Model

#: neighbours that a ruin spreads over, and that an insertion is tried beside where there are many nodes
NEIGHBOURS = 100
#: up to this many nodes every position of every route is tried
EVERY_POSITION = 320


class Data(NamedTuple):
    """What does not change: N nodes, V vehicles, P travel profiles, R rows."""

    travel: NDArray[np.int32]  # (P, R, R) seconds
    back: NDArray[np.int32]  # (P, R, R) the same from the other side: back[p, j, i] = travel[p, i, j]
    row: Ints  # (N,) row of each node
    group: Ints  # (N,) nodes of one venue exclude each other
    gain: Floats  # (N,) what a visit is worth, required visits more than all others together
    service: Ints
    opens: Ints
    closes: Ints
    load: Ints
    near: NDArray[np.int32]  # (N, K) neighbours, nearest first
    mode: Ints  # (V,) travel profile
    start: Ints  # (V,) row where the vehicle starts
    end: Ints
    begin_s: Ints
    until_s: Ints
    capacity: Ints
    kind: Ints  # equal for vehicles that need not be told apart
    allowed: Bools  # (V, N)
    penalty: Floats  # (V, N)
    price: float  # of a second of travel
    thorough: bool  # try every position
    salt: NDArray[np.uint64]  # (N,) random numbers whose sum names a set of nodes


class State(NamedTuple):
    """Routes under change; position 0 … size − 1 of each row counts."""

    seq: NDArray[np.int32]  # (V, L) nodes
    size: Ints  # (V,)
    begins: Ints  # (V, L) earliest start of each visit
    leaves: Ints  # (V, L) end of each visit
    rows: Ints  # (V, L) row of each node
    ways: Ints  # (V, L) travel to each visit and, last, to the end
    late: Ints  # (V, L) latest start that still keeps everything after it
    load: Ints  # (V,)
    cost: Floats  # (V,)
    vehicle: NDArray[np.int32]  # (N,) −1 = not visited
    place: NDArray[np.int32]  # (N,)
    taken: Bools  # (G,)
    dice: NDArray[np.uint64]  # (1,) state of the random numbers


def lay_out(model: Model, *, price: float, rng: np.random.Generator) -> Data:
    """Flatten a model; ``price`` is what a second of travel costs in prize (> 0, else detours would be free).

    Every array is contiguous: another layout would be another type to the compiler, and a plan would wait for it.
    """
    rows, index = _rows(model)
    modes = list(dict.fromkeys(vehicle.mode for vehicle in model.vehicles))
    travel = np.stack([model.travel[mode][np.ix_(rows, rows)] for mode in modes]).astype(np.int32)
    worth = model.prize + model.must * (1.0 + model.prize.sum() + price * float(UNREACHABLE_S))
    kinds: dict[object, int] = {}
    kind = [kinds.setdefault(vehicle.kind, len(kinds)) for vehicle in model.vehicles]

    def column(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    row = np.searchsorted(index, model.group).astype(np.int64)
    vehicles = model.vehicles
    return Data(
        travel=travel,
        back=np.ascontiguousarray(travel.transpose(0, 2, 1)),
        row=row,
        group=model.group.astype(np.int64),
        gain=worth.astype(np.float64),
        service=np.ascontiguousarray(model.service, dtype=np.int64),
        opens=np.ascontiguousarray(model.opens, dtype=np.int64),
        closes=np.ascontiguousarray(model.closes, dtype=np.int64),
        load=np.ascontiguousarray(model.load, dtype=np.int64),
        near=_near(model, travel[0], row),
        mode=column([modes.index(v.mode) for v in vehicles]),
        start=column([rows.index(v.start_row) for v in vehicles]),
        end=column([rows.index(v.end_row) for v in vehicles]),
        begin_s=column([v.start_s for v in vehicles]),
        until_s=column([v.end_s for v in vehicles]),
        capacity=column([v.capacity for v in vehicles]),
        kind=column(kind),
        allowed=np.array([v.allowed for v in vehicles], dtype=np.bool_),
        penalty=np.array([v.penalty for v in vehicles], dtype=np.float64),
        price=price,
        thorough=model.size <= EVERY_POSITION,
        salt=rng.integers(1, 2**63, model.size, dtype=np.uint64),
    )


def _rows(model: Model) -> tuple[list[int], Ints]:
    """Matrix rows in use: the venues' (sorted), then the starts and ends of the vehicles."""
    venues = np.unique(model.group)
    depots = dict.fromkeys(row for v in model.vehicles for row in (v.start_row, v.end_row))
    return [*venues.tolist(), *(row for row in depots if row not in set(venues.tolist()))], venues


def _near(model: Model, seconds: NDArray[np.int32], row: Ints) -> NDArray[np.int32]:
    """Neighbours of each node by travel, waiting and lateness (after Vidal et al. 2013), (N, K)."""
    count = model.size
    k = min(NEIGHBOURS, max(count - 1, 0))
    near = np.zeros((count, k), dtype=np.int32)
    for node in range(count):
        go = seconds[row[node], row].astype(np.float64)
        reach = model.opens[node] + model.service[node] + go
        wait = np.maximum(model.opens - (model.closes[node] + model.service[node] + go), 0)
        late = np.maximum(reach - model.closes, 0)
        far = go + 0.2 * wait + late
        back = seconds[row, row[node]].astype(np.float64)
        wait_back = np.maximum(model.opens[node] - (model.closes + model.service + back), 0)
        late_back = np.maximum(model.opens + model.service + back - model.closes[node], 0)
        far = np.minimum(far, back + 0.2 * wait_back + late_back)
        far[node] = np.inf
        near[node] = np.argpartition(far, k - 1)[:k][np.argsort(np.partition(far, k - 1)[:k])] if k else 0
        near[node] = near[node][np.argsort(far[near[node]], kind="stable")]
    return near


def empty_state(data: Data, groups: int, rng: np.random.Generator) -> State:
    """Return a state in which nobody goes anywhere."""
    vehicles, nodes = data.allowed.shape
    return State(
        seq=np.zeros((vehicles, nodes + 1), dtype=np.int32),
        size=np.zeros(vehicles, dtype=np.int64),
        begins=np.zeros((vehicles, nodes + 1), dtype=np.int64),
        leaves=np.zeros((vehicles, nodes + 1), dtype=np.int64),
        rows=np.zeros((vehicles, nodes + 1), dtype=np.int64),
        ways=np.zeros((vehicles, nodes + 1), dtype=np.int64),
        late=np.zeros((vehicles, nodes + 1), dtype=np.int64),
        load=np.zeros(vehicles, dtype=np.int64),
        cost=np.zeros(vehicles),
        vehicle=np.full(nodes, -1, dtype=np.int32),
        place=np.zeros(nodes, dtype=np.int32),
        taken=np.zeros(groups, dtype=np.bool_),
        dice=rng.integers(1, 2**63, 1, dtype=np.uint64),
    )


def orders_in(state: State) -> Orders:
    """Read the orders of nodes out of a state."""
    return [state.seq[v, : state.size[v]].tolist() for v in range(len(state.size))]
