"""The problem as the solvers see it: whole-number arrays, one node for each (venue, window, kind of break).

Two reductions make the solvers' world small, both exact: *locked beginnings* are driven first, the vehicle
then starts where and when they end; *breaks* are cut out of the time axis. A break that may begin from ``b``
and lasts ``d`` removes ``[b, b + d)`` from the day: a visit that would straddle ``b`` is finished first and
the break follows, which leaves everything after it exactly ``d`` later. Teams with different breaks see
different time axes, hence one copy of a venue for each kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from patrol.routes.planning.domain import UNREACHABLE_S, Break, LeftOut, Problem
from patrol.routes.planning.schedule import evaluate_route

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
LAST_S = 10_000_000


@dataclass(frozen=True)
class Vehicle:
    """One team after its locked beginning, on its own time axis."""

    team: int
    mode: str
    start_row: int
    end_row: int
    start_s: int
    end_s: int
    capacity: int
    allowed: Bools
    penalty: Floats

    @property
    def kind(self) -> tuple[str, int, int, int, int, int, bytes, bytes]:
        """Equal for vehicles that a solver need not tell apart."""
        places = (self.start_row, self.end_row)
        return (self.mode, *places, self.start_s, self.end_s, self.capacity, *self.profile[1:])

    @property
    def profile(self) -> tuple[str, bytes, bytes]:
        """Equal for vehicles with the same travel and the same permitted nodes."""
        return (self.mode, np.packbits(self.allowed).tobytes(), self.penalty.tobytes())


@dataclass(frozen=True)
class Model:
    """Nodes as arrays of shape (N,), the vehicles, and the travel matrices of the problem."""

    given: Problem
    group: Ints  # candidate of each node; nodes of one candidate exclude each other
    prize: Floats
    must: Bools
    service: Ints
    opens: Ints
    closes: Ints
    load: Ints
    vehicles: tuple[Vehicle, ...]
    travel: dict[str, NDArray[np.int32]]

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.group)

    def keys(self, nodes: Sequence[int]) -> tuple[str, ...]:
        """The candidates behind nodes."""
        return tuple(self.given.candidates[self.group[node]].key for node in nodes)

    def subset(self, nodes: Ints) -> Model:
        """The same model with only these nodes (a shortlist)."""
        vehicles = tuple(
            replace(v, allowed=v.allowed[nodes], penalty=v.penalty[nodes]) for v in self.vehicles
        )
        return Model(
            given=self.given,
            group=self.group[nodes],
            prize=self.prize[nodes],
            must=self.must[nodes],
            service=self.service[nodes],
            opens=self.opens[nodes],
            closes=self.closes[nodes],
            load=self.load[nodes],
            vehicles=vehicles,
            travel=self.travel,
        )


def squeeze(time_s: int, breaks: Sequence[Break]) -> int:
    """A moment of the day on the time axis without breaks.

    >>> [squeeze(t, [Break(100, 200, 50)]) for t in (90, 120, 160)]
    [90, 100, 110]
    """
    cut = sum(min(max(time_s - rest.earliest_s, 0), rest.duration_s) for rest in breaks)
    return time_s - cut


def squeeze_window(window: tuple[int, int], breaks: Sequence[Break]) -> tuple[int, int] | None:
    """An opening time on the axis without breaks; ``None`` when it lies wholly inside a break."""
    opens, closes = window
    for rest in breaks:
        if rest.earliest_s < opens and closes < rest.earliest_s + rest.duration_s:
            return None
    return squeeze(opens, breaks), squeeze(closes, breaks)


def build_model(given: Problem) -> Model:
    """Lay a checked problem out for the solvers; locked stops leave the candidates."""
    heads = [evaluate_route(given, team.key, team.locked).route for team in given.teams]
    pending = [team.breaks[_taken(given, k, heads[k].keys) :] for k, team in enumerate(given.teams)]
    kinds = list(dict.fromkeys(pending))
    locked = {key for team in given.teams for key in team.locked}
    nodes = [
        (row, kind, opens, closes)
        for row, candidate in enumerate(given.candidates)
        if candidate.key not in locked
        for kind, breaks in enumerate(kinds)
        for opens, closes in _windows(candidate.windows, breaks)
    ]
    table = np.array(nodes, dtype=np.int64).reshape(-1, 4)
    group = table[:, 0]
    chosen = [given.candidates[row] for row in group]
    vehicles = tuple(
        _vehicle(given, k, table, kinds.index(pending[k]), pending[k]) for k in range(len(given.teams))
    )
    return Model(
        given=given,
        group=group,
        prize=np.array([c.prize for c in chosen], dtype=float),
        must=np.array([c.must_go for c in chosen], dtype=bool),
        service=np.array([c.service_s for c in chosen], dtype=np.int64),
        opens=table[:, 2],
        closes=table[:, 3],
        load=np.array([c.load for c in chosen], dtype=np.int64),
        vehicles=vehicles,
        travel=dict(given.travel.seconds),
    )


def _windows(windows: Sequence[tuple[int, int]], breaks: Sequence[Break]) -> list[tuple[int, int]]:
    if not windows:
        return [(0, LAST_S)]
    squeezed = (squeeze_window(window, breaks) for window in windows)
    return sorted({window for window in squeezed if window is not None})


def _taken(given: Problem, number: int, keys: tuple[str, ...]) -> int:
    """How many breaks were taken before the last locked stop was left."""
    if not keys:
        return 0
    route = evaluate_route(given, given.teams[number].key, keys).route
    return sum(start < route.stops[-1].leave_s for start, _ in route.breaks)


def _vehicle(given: Problem, number: int, table: Ints, kind: int, breaks: Sequence[Break]) -> Vehicle:
    team = given.teams[number]
    start_row, start_s, load = _first_alike(given, number, "start"), team.start_s, 0
    if team.locked:
        start_row = given.index[team.locked[-1]]
        start_s = evaluate_route(given, team.key, team.locked).route.stops[-1].leave_s
        load = sum(given.candidates[given.index[key]].load for key in team.locked)
    candidates = [given.candidates[row] for row in table[:, 0]]
    allowed = np.array(
        [c.skills_needed <= team.skills and c.pinned_team in (None, team.key) for c in candidates], dtype=bool
    ).reshape(-1)
    if team.closed:
        allowed = np.zeros_like(allowed)
    outside = np.array([bool(team.grids) and c.grid not in team.grids for c in candidates], dtype=bool)
    return Vehicle(
        team=number,
        mode=team.mode,
        start_row=start_row,
        end_row=_first_alike(given, number, "end"),
        start_s=squeeze(start_s, breaks),
        end_s=squeeze(team.end_s, breaks),
        capacity=LAST_S if team.capacity is None else team.capacity - load,
        allowed=allowed & (table[:, 1] == kind),
        penalty=outside.reshape(-1) * given.weights.outside_grid,
    )


def _first_alike(given: Problem, number: int, side: str) -> int:
    """The matrix row of the first team that starts (ends) at the same point: equal teams look equal."""
    points = [(t.start_lonlat,) if side == "start" else (t.end_lonlat,) for t in given.teams]
    first = points.index(points[number])
    return given.start_row(first) if side == "start" else given.end_row(first)


def reachable_alone(model: Model, vehicle: Vehicle) -> Bools:
    """Nodes that a vehicle could visit if it had nothing else to do, shape (N,)."""
    go, back = _there_and_back(model, vehicle)
    start = np.maximum(vehicle.start_s + go, model.opens)
    fits = (start <= model.closes) & (start + model.service + back <= vehicle.end_s)
    connected = (go < UNREACHABLE_S) & (back < UNREACHABLE_S)
    done: Bools = vehicle.allowed & connected & fits & (model.load <= vehicle.capacity)
    return done


def _there_and_back(model: Model, vehicle: Vehicle) -> tuple[Ints, Ints]:
    matrix = model.travel[vehicle.mode]
    go = matrix[vehicle.start_row, model.group].astype(np.int64)
    return go, matrix[model.group, vehicle.end_row].astype(np.int64)


def reasons_alone(model: Model) -> dict[int, LeftOut]:
    """For every candidate that no vehicle can visit alone: the reason nearest to being possible.

    Vehicles of closed teams are not asked; where all teams are closed nothing is impossible, there is just no time.
    """
    rank = np.zeros(len(model.given.candidates), dtype=np.int64)
    asked = [vehicle for vehicle in model.vehicles if not model.given.teams[vehicle.team].closed]
    if not asked:
        return {}
    for vehicle in asked:
        go, back = _there_and_back(model, vehicle)
        connected = vehicle.allowed & (go < UNREACHABLE_S) & (back < UNREACHABLE_S)
        carried = connected & (model.load <= vehicle.capacity)
        start = np.maximum(vehicle.start_s + go, model.opens)
        opened = carried & (start <= model.closes) & (model.opens <= vehicle.end_s)
        fits = opened & (start + model.service + back <= vehicle.end_s)
        for level, mask in enumerate((vehicle.allowed, connected, carried, opened, fits), start=1):
            np.maximum.at(rank, model.group[mask], level)
    order = (LeftOut.NO_SKILL, LeftOut.UNREACHABLE, LeftOut.NO_CAPACITY, LeftOut.CLOSED, LeftOut.TOO_FAR)
    # A candidate whose every window lies inside the breaks has no node at all: it is closed to us.
    present = np.zeros(len(rank), dtype=bool)
    present[model.group] = True
    return {
        row: order[level] if present[row] else LeftOut.CLOSED
        for row, level in enumerate(rank.tolist())
        if level < 5
    }
