"""Published test instances as ordinary problems, so that the engine of every day can be measured on them.

Read: team orienteering with time windows (TOPTW: Solomon and Cordeau sets), and VRPLIB files of type CVRP,
VRPTW, PCVRP and PCVRPTW (``vrplib``). Nothing here looks at an instance's name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.core.errors import PatrolError, problem
from patrol.routes.planning.domain import (
    UNREACHABLE_S,
    Candidate,
    Plan,
    Problem,
    TeamShift,
    TravelMatrix,
    Weights,
)
from patrol.routes.planning.vrplib import Nodes, read_vrplib

BAD_INSTANCE = problem(
    "routes.instance.unreadable",
    en="This is not a TOPTW or VRPLIB (CVRP, VRPTW, PCVRPTW) file: {reason}.",
    zh="无法识别该文件，仅支持TOPTW与VRPLIB格式（CVRP、VRPTW、PCVRPTW）：{reason}。",
)


@dataclass(frozen=True)
class Instance:
    """A problem with what its objective means: ``sense`` "max" (prize) or "min" (cost).

    ``unit``: whole steps of the planner to one unit of the file.
    """

    kind: str
    sense: str
    given: Problem
    unit: int = 1

    def objective(self, plan: Plan) -> float:
        """The published objective of a plan: prize (TOPTW), distance (CVRP), distance + prizes missed (PCVRPTW)."""
        if self.sense == "max":
            return plan.prize
        missed = sum(self.given.candidates[self.given.index[key]].prize for key, _ in plan.left_out)
        return (plan.travel_s + missed) / self.unit


def parse_instance(text: str, *, teams: int | None = None) -> Instance:
    """Read an instance from the text of its file.

    Parameters: ``teams`` – number of teams; TOPTW files do not name it (default 1), VRPLIB files may (default:
    their ``VEHICLES``, else a quarter more than the total load needs). Returns: the instance. Raises
    ``PatrolError`` when the text is neither format, or ``teams`` is below 1.
    """
    if teams is not None and teams < 1:
        raise PatrolError(BAD_INSTANCE, reason="teams < 1")
    try:
        return _vrplib(text, teams) if "DIMENSION" in text.upper() else _toptw(text, teams or 1)
    except (ValueError, IndexError, KeyError) as error:
        raise PatrolError(BAD_INSTANCE, reason=f"{type(error).__name__} {error}") from error


def _toptw(text: str, teams: int) -> Instance:
    lines = [line.split() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    count = int(lines[0][2]) + 1
    rows = [[float(word) for word in line] for line in lines[2:]][:count]
    if len(rows) != count or min(len(row) for row in rows) < 7:
        raise ValueError(f"{count} points announced, {len(rows)} found")
    xy = np.array([row[1:3] for row in rows])
    # Solomon's points have whole coordinates and distances cut after one decimal, Cordeau's after two.
    scale = 10 if np.all(xy == np.rint(xy)) else 100
    column = {name: np.array([row[at] for row in rows]) for name, at in _TOPTW.items()}
    if not all(np.isfinite(values).all() for values in (xy, *column.values())):
        raise ValueError("a number is missing")
    # Times with more decimals than distances make the steps finer; the distances stay cut as published.
    fine = next((f for f in (1, 10, 100) if all(_whole(column[n] * scale * f) for n in _TIMES)), 100)
    cut = _cut(xy, scale) * fine
    if cut.max() >= UNREACHABLE_S:
        raise ValueError("the distances are too long")
    opens = np.ceil(column["opens"] * scale * fine - 1e-6).astype(np.int64)
    closes = np.floor(column["closes"] * scale * fine + 1e-6).astype(np.int64)
    service = np.ceil(column["service"] * scale * fine - 1e-6).astype(np.int64)
    nodes = Nodes(xy, cut, column["prize"], service, opens, closes, load=np.zeros(count, dtype=np.int64))
    return Instance("TOPTW", "max", _problem(nodes, teams, None, required=False, travel_price=0.0))


def _whole(values: NDArray[np.float64]) -> bool:
    return bool(np.abs(values - np.rint(values)).max() < 1e-6)


_TIMES = ("service", "opens", "closes")
_TOPTW = {"service": 3, "prize": 4, "opens": -2, "closes": -1}


def _cut(xy: NDArray[np.float64], scale: int) -> NDArray[np.int32]:
    """Distances cut (not rounded) after a decimal; the small addition keeps 3-4-5 triangles whole."""
    straight = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    return np.floor(straight * scale + 1e-7).astype(np.int32)


def _vrplib(text: str, teams: int | None) -> Instance:
    file = read_vrplib(text)
    required = not file.kind.startswith("PC")
    given = _problem(file.nodes, teams or file.vehicles, file.capacity, required=required, travel_price=1.0)
    return Instance(file.kind, "min", given, file.nodes.unit)


def _problem(
    nodes: Nodes, teams: int, capacity: int | None, *, required: bool, travel_price: float
) -> Problem:
    """Depot first becomes start and end rows last, as our travel matrices want them."""
    count = len(nodes.xy) - 1
    rows = np.concatenate([np.arange(1, count + 1), np.zeros(2 * teams, dtype=np.int64)])
    candidates = tuple(
        Candidate(
            str(i),
            float(nodes.xy[i, 0]),
            float(nodes.xy[i, 1]),
            float(nodes.prize[i]),
            int(nodes.service[i]),
            ((int(nodes.opens[i]), int(nodes.closes[i])),),
            required=required,
            load=int(nodes.load[i]),
        )
        for i in range(1, count + 1)
    )
    depot = (float(nodes.xy[0, 0]), float(nodes.xy[0, 1]))
    begin, end = int(nodes.opens[0]), int(nodes.closes[0])
    shifts = tuple(
        TeamShift(f"team {k + 1}", begin, end, depot, depot, mode="straight", capacity=capacity)
        for k in range(teams)
    )
    matrix = TravelMatrix({"straight": nodes.matrix[np.ix_(rows, rows)]})
    return Problem(candidates, shifts, matrix, Weights(travel=travel_price))
