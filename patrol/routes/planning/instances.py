"""Published test instances as ordinary problems, so that the engine of every day can be measured on them.

Read: team orienteering with time windows (TOPTW: Solomon and Cordeau sets), and VRPLIB files of type CVRP,
VRPTW and PCVRPTW. Nothing here looks at an instance's name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.core.errors import PatrolError, problem
from patrol.routes.planning.domain import Candidate, Plan, Problem, TeamShift, TravelMatrix, Weights

BAD_INSTANCE = problem(
    "routes.instance.unreadable",
    en="This is not a TOPTW or VRPLIB (CVRP, VRPTW, PCVRPTW) file: {reason}.",
    zh="无法识别该文件，仅支持TOPTW与VRPLIB格式（CVRP、VRPTW、PCVRPTW）：{reason}。",
)
HORIZON = 900_000


@dataclass(frozen=True)
class Instance:
    """A problem with what its objective means: ``sense`` "max" (prize) or "min" (cost)."""

    kind: str
    sense: str
    given: Problem

    def objective(self, plan: Plan) -> float:
        """The published objective of a plan: prize (TOPTW), distance (CVRP), distance + prizes missed (PCVRPTW)."""
        if self.sense == "max":
            return plan.prize
        missed = sum(self.given.candidates[self.given.index[key]].prize for key, _ in plan.left_out)
        return plan.travel_s + missed


@dataclass(frozen=True)
class _Nodes:
    """The columns of a file, depot first, times and distances already whole numbers."""

    xy: NDArray[np.float64]
    matrix: NDArray[np.int32]
    prize: NDArray[np.float64]
    service: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    load: NDArray[np.int64]


def parse_instance(text: str, *, teams: int | None = None) -> Instance:
    """Read an instance from the text of its file.

    Parameters: ``teams`` – number of teams; TOPTW files do not name it (default 1), VRPLIB files may (default:
    their ``VEHICLES``, else a quarter more than the total load needs). Returns: the instance. Raises
    ``PatrolError`` when the text is neither format, or ``teams`` is below 1.
    """
    if teams is not None and teams < 1:
        raise PatrolError(BAD_INSTANCE, reason="teams < 1")
    try:
        return _vrplib(text, teams) if "DIMENSION" in text else _toptw(text, teams or 1)
    except (ValueError, IndexError, KeyError) as error:
        raise PatrolError(BAD_INSTANCE, reason=f"{type(error).__name__} {error}") from error


def _toptw(text: str, teams: int) -> Instance:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    count = int(lines[0][2]) + 1
    rows = [[float(word) for word in line] for line in lines[2:]][:count]
    if len(rows) != count or min(len(row) for row in rows) < 7:
        raise ValueError(f"{count} points announced, {len(rows)} found")
    xy = np.array([row[1:3] for row in rows])
    # Solomon's points have whole coordinates and distances cut after one decimal, Cordeau's after two.
    scale = 10 if np.all(xy == np.rint(xy)) else 100
    column = {name: np.array([row[at] for row in rows]) for name, at in _TOPTW.items()}
    times = {name: np.rint(column[name] * scale).astype(np.int64) for name in ("service", "opens", "closes")}
    nodes = _Nodes(xy, _cut(xy, scale), column["prize"], load=np.zeros(count, dtype=np.int64), **times)
    return Instance("TOPTW", "max", _problem(nodes, teams, None, required=False, travel_price=0.0))


_TOPTW = {"service": 3, "prize": 4, "opens": -2, "closes": -1}


def _cut(xy: NDArray[np.float64], scale: int) -> NDArray[np.int32]:
    """Distances cut (not rounded) after a decimal; the small addition keeps 3-4-5 triangles whole."""
    straight = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    return np.floor(straight * scale + 1e-7).astype(np.int32)


def _vrplib(text: str, teams: int | None) -> Instance:
    head, sections = _sections(text)
    kind = head.get("TYPE", "CVRP")
    if kind not in ("CVRP", "VRPTW", "PCVRPTW"):
        raise ValueError(f"TYPE {kind}")
    if head.get("EDGE_WEIGHT_TYPE", "EUC_2D") != "EUC_2D":
        raise ValueError(f"EDGE_WEIGHT_TYPE {head['EDGE_WEIGHT_TYPE']}")
    scale = 1 if kind == "CVRP" else 10
    xy = _column(sections, "NODE_COORD", width=2)
    count = len(xy)
    straight = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    matrix = np.floor(straight * scale + (0.5 if kind == "CVRP" else 1e-7)).astype(np.int32)
    load = np.rint(_column(sections, "DEMAND")[:, 0]).astype(np.int64)
    windows = _column(sections, "TIME_WINDOW", width=2, default=(count, 0.0, HORIZON / scale)) * scale
    service = np.full(count, float(head.get("SERVICE_TIME", 0)) * scale)
    service[0] = 0
    prize = _column(sections, "PRIZE", default=(count, 0.0))[:, 0] * scale
    whole = [np.rint(column).astype(np.int64) for column in (service, *windows.T)]
    nodes = _Nodes(xy, matrix, prize, whole[0], whole[1], whole[2], load)
    capacity = int(float(head["CAPACITY"]))
    needed = math.ceil(int(load.sum()) / capacity)
    fleet = teams or int(head.get("VEHICLES", 0)) or math.ceil(needed * 1.25) + 2
    required = kind != "PCVRPTW"
    return Instance(kind, "min", _problem(nodes, fleet, capacity, required=required, travel_price=1.0))


def _sections(text: str) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    head: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for line in text.splitlines():
        if line.strip().endswith("_SECTION"):
            rows = sections.setdefault(line.strip().removesuffix("_SECTION"), [])
        elif line.strip() == "EOF":
            break
        elif rows is None and ":" in line:
            name, _, value = line.partition(":")
            head[name.strip()] = value.strip()
        elif rows is not None and line.strip():
            rows.append(line.split())
    depots = [row[0] for row in sections.get("DEPOT", [["1"], ["-1"]])]
    if depots[0] != "1" or len(depots) > 2:
        raise ValueError("one depot, as node 1, is expected")
    return head, sections


def _column(
    sections: dict[str, list[list[str]]],
    name: str,
    *,
    width: int = 1,
    default: tuple[float, ...] | None = None,
) -> NDArray[np.float64]:
    if name not in sections and default is not None:
        return np.tile(np.array(default[1:], dtype=float), (int(default[0]), 1))
    return np.array([[float(word) for word in row[1 : width + 1]] for row in sections[name]])


def _problem(
    nodes: _Nodes, teams: int, capacity: int | None, *, required: bool, travel_price: float
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
