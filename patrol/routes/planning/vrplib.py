"""Reads VRPLIB files (CVRP, VRPTW, PCVRP, PCVRPTW): coordinates or explicit weights, any depot, any numbering.

What would change the problem and is not understood (several depots, backhauls, vehicles of several kinds) is
refused, never skipped. Source of the format: Reinelt (1995), "TSPLIB 95", and its extensions at CVRPLIB.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.routes.planning.domain import UNREACHABLE_S

Floats = NDArray[np.float64]
HORIZON = 9_000_000
KINDS = ("CVRP", "VRPTW", "PCVRP", "PCVRPTW")
READ = ("NODE_COORD", "DEMAND", "TIME_WINDOW", "SERVICE_TIME", "PRIZE", "DEPOT", "EDGE_WEIGHT")
IGNORED = ("DISPLAY_DATA", "NODE_TYPE")
#: headers that limit the length of a route, visiting times included
LIMITS = ("DISTANCE", "DURATION", "MAX_DURATION", "VEHICLES_MAX_DURATION")
REFUSED = ("VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_REROUTES", "BACKHAUL", "RELEASE_TIME")


@dataclass(frozen=True)
class Nodes:
    """The columns of a file, depot first; times, distances and prizes in whole steps.

    ``unit``: what an objective in steps is divided by to be one in the units of the best known values.
    """

    xy: Floats
    matrix: NDArray[np.int32]
    prize: Floats
    service: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    load: NDArray[np.int64]
    unit: int = 1


@dataclass(frozen=True)
class VrplibFile:
    """What a file says: its kind, its nodes, the capacity (None = no limit) and the number of vehicles."""

    kind: str
    nodes: Nodes
    capacity: int | None
    vehicles: int


class _Text:
    """Headers and sections of a file; nodes are known by their names."""

    def __init__(self, text: str) -> None:
        self.head: dict[str, str] = {}
        self.sections: dict[str, list[list[str]]] = {}
        rows: list[list[str]] | None = None
        for line in text.splitlines():
            words = line.replace(":", " : ").split()
            if not words or words[0].startswith("#"):
                continue
            name = words[0].upper()
            if name == "EOF":
                break
            if name.endswith("_SECTION"):
                rows = self.sections.setdefault(name.removesuffix("_SECTION"), [])
            elif name[0].isalpha() and _number(name) is None:
                rows = None
                self.head[name] = " ".join(word for word in words[1:] if word != ":")
            elif rows is not None:
                rows.append(words)
        self._refuse_what_changes_the_problem()
        self.names = [row[0] for row in self.sections.get("NODE_COORD", [])]
        count = int(self.head["DIMENSION"])
        if not self.names:
            self.names = [str(i + 1) for i in range(count)]
        if len(self.names) != count or len(set(self.names)) != count:
            raise ValueError(f"DIMENSION {count}, nodes found {len(set(self.names))}")
        self._depot_first()

    def _refuse_what_changes_the_problem(self) -> None:
        for section in self.sections:
            if section not in READ and section not in IGNORED:
                raise ValueError(f"section {section}_SECTION")
        for name in REFUSED:
            if name in self.head:
                raise ValueError(f"header {name}")

    def _depot_first(self) -> None:
        depots = [word for row in self.sections.get("DEPOT", []) for word in row]
        depots = depots[: depots.index("-1")] if "-1" in depots else depots
        if len(depots) > 1:
            raise ValueError("several depots")
        at = self.names.index(depots[0]) if depots else 0
        #: rows of the file in our order
        self.order = [at, *(i for i in range(len(self.names)) if i != at)]

    def column(self, section: str, width: int, default: Sequence[float]) -> Floats:
        """Values (nodes, width) of a section, depot first; the depot may be missing, others may not."""
        rows = self.sections.get(section)
        table = np.tile(np.array(default, dtype=float), (len(self.names), 1))
        if rows is None:
            return table
        values = {row[0]: [float(word) for word in row[1 : width + 1]] for row in rows}
        for to, at in enumerate(self.order):
            name = self.names[at]
            if name in values and len(values[name]) == width:
                table[to] = values[name]
            elif to > 0 or name in values:
                raise ValueError(f"{section}_SECTION, node {name}")
        if not np.isfinite(table).all():
            raise ValueError(f"{section}_SECTION holds what is no number")
        return table

    def number(self, *names: str) -> float | None:
        """The first of these headers that is there, as a number."""
        return next((float(self.head[name]) for name in names if self.head.get(name)), None)


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def read_vrplib(text: str) -> VrplibFile:
    """Read the text of a file; ``ValueError`` or ``KeyError`` names what is not understood.

    Distances: ``EUC_2D`` rounded to whole numbers for CVRP, and as tenths cut off for the kinds with time windows
    (both as their best known values are published); ``EXACT_2D`` and fractions of explicit weights in thousandths.
    """
    file = _Text(text)
    kind = file.head.get("TYPE", "CVRP").upper()
    if kind not in KINDS:
        raise ValueError(f"TYPE {kind}")
    timed = "TIME_WINDOW" in file.sections
    published = 10 if kind.endswith("TW") and file.head.get("EDGE_WEIGHT_TYPE", "EUC_2D") == "EUC_2D" else 1
    xy = file.column("NODE_COORD", 2, (0.0, 0.0)) if "NODE_COORD" in file.sections else _nowhere(file)
    weights = _weights(file, xy, published)
    windows = file.column("TIME_WINDOW", 2, (0.0, math.nan if timed else 0.0)) if timed else None
    service = file.column("SERVICE_TIME", 1, (file.number("SERVICE_TIME") or 0.0,))[:, 0]
    service[0] = 0.0
    limit = file.number(*LIMITS)
    if limit is not None and timed:
        raise ValueError("time windows together with a limit on the length of a route")
    times = [service, np.array([limit or 0.0]), np.zeros(1) if windows is None else windows.ravel()]
    unit = _steps(weights, np.concatenate(times) * published)
    step = unit * published
    nodes = Nodes(
        xy,
        np.rint(weights * unit).astype(np.int32),
        file.column("PRIZE", 1, (0.0,))[:, 0] * step,
        np.rint(service * step).astype(np.int64),
        *_open(windows, limit, len(xy), step),
        _loads(file),
        unit,
    )
    return VrplibFile(kind, nodes, *_fleet(file, nodes.load))


def _open(
    windows: Floats | None, limit: float | None, count: int, step: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    end = HORIZON if limit is None else math.floor(limit * step + 1e-6)
    if windows is None:
        return np.zeros(count, dtype=np.int64), np.full(count, end, dtype=np.int64)
    opens, closes = np.ceil(windows * step - 1e-6).T, np.floor(windows * step + 1e-6).T
    return opens[0].astype(np.int64), np.minimum(closes[1], HORIZON).astype(np.int64)


def _loads(file: _Text) -> NDArray[np.int64]:
    load = file.column("DEMAND", 1, (0.0,))[:, 0]
    load[0] = 0.0
    if np.any(load < 0) or np.any(load != np.rint(load)):
        raise ValueError("DEMAND_SECTION: whole numbers from 0 are expected")
    return load.astype(np.int64)


def _fleet(file: _Text, load: NDArray[np.int64]) -> tuple[int | None, int]:
    """Capacity, and the vehicles named; else a quarter more than the loads need, or one for each node."""
    capacity, named = file.number("CAPACITY"), file.number("VEHICLES", "TRUCKS")
    needed = len(load) - 1 if capacity is None else math.ceil(int(load.sum()) / max(capacity, 1))
    vehicles = int(named) if named else min(math.ceil(needed * 1.25) + 2, max(len(load) - 1, 1))
    return None if capacity is None else math.floor(capacity), vehicles


def _nowhere(file: _Text) -> Floats:
    """Points for files that have only weights: the engine never looks at them."""
    return np.zeros((len(file.names), 2))


def _steps(weights: Floats, times: Floats) -> int:
    """The smallest power of ten that makes everything whole; less where distances would be too long for the planner."""
    largest = float(weights.max(initial=0.0))
    unit = 1
    for unit in (1, 10, 100, 1000):
        if largest * unit >= UNREACHABLE_S:
            break
        if all(np.abs(x * unit - np.rint(x * unit)).max(initial=0.0) < 1e-6 for x in (weights, times)):
            return unit
    unit = unit if largest * unit < UNREACHABLE_S else unit // 10
    if unit == 0:
        raise ValueError(f"a distance of {largest:.10g}; the longest read is {UNREACHABLE_S - 1}")
    return unit


def _weights(file: _Text, xy: Floats, published: int) -> Floats:
    kind = file.head.get("EDGE_WEIGHT_TYPE", "EUC_2D").upper()
    if kind == "EXPLICIT":
        weights = _explicit(file)
    elif kind in _METRICS and "NODE_COORD" in file.sections:
        weights = _METRICS[kind](xy)
        if published > 1:
            weights = np.floor(_straight(xy) * published + 1e-7)
    else:
        raise ValueError(f"EDGE_WEIGHT_TYPE {kind}")
    if not np.isfinite(weights).all() or weights.min(initial=0.0) < 0:
        raise ValueError("distances have to be numbers from 0")
    return weights


def _straight(xy: Floats) -> Floats:
    dx, dy = (xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)
    return np.hypot(dx, dy)


def _att(xy: Floats) -> Floats:
    """Pseudo-Euclidean distances of TSPLIB: rounded, and up where rounding went down."""
    exact = _straight(xy) / math.sqrt(10.0)
    return np.ceil(exact - 1e-9)


def _geo(xy: Floats) -> Floats:
    """Whole kilometres on TSPLIB's idealised sphere (degrees and minutes as DDD.MM)."""
    degrees = np.trunc(xy)
    lat, lon = (math.pi * (degrees + 5.0 * (xy - degrees) / 3.0) / 180.0).T
    q1 = np.cos(lon[:, None] - lon[None, :])
    q2, q3 = np.cos(lat[:, None] - lat[None, :]), np.cos(lat[:, None] + lat[None, :])
    far = np.floor(6378.388 * np.arccos(np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1)) + 1.0)
    np.fill_diagonal(far, 0.0)
    return np.asarray(far, dtype=float)


_METRICS: dict[str, Callable[[Floats], Floats]] = {
    "EUC_2D": lambda xy: np.floor(_straight(xy) + 0.5),
    "CEIL_2D": lambda xy: np.ceil(_straight(xy) - 1e-9),
    "FLOOR_2D": lambda xy: np.floor(_straight(xy) + 1e-9),
    "EXACT_2D": _straight,
    "MAN_2D": lambda xy: np.floor(np.abs(xy[:, None, :] - xy[None, :, :]).sum(axis=2) + 0.5),
    "MAX_2D": lambda xy: np.floor(np.abs(xy[:, None, :] - xy[None, :, :]).max(axis=2) + 0.5),
    "ATT": _att,
    "GEO": _geo,
}


def _explicit(file: _Text) -> Floats:
    values = np.array([float(word) for row in file.sections["EDGE_WEIGHT"] for word in row])
    form, count = file.head.get("EDGE_WEIGHT_FORMAT", "FULL_MATRIX").upper(), len(file.names)
    weights = np.zeros((count, count))
    if form == "FULL_MATRIX":
        rows, columns = np.divmod(np.arange(count * count), max(count, 1))
    elif form in _TRIANGLES:
        lower, skip = _TRIANGLES[form]
        rows, columns = np.tril_indices(count, -skip) if lower else np.triu_indices(count, skip)
    else:
        raise ValueError(f"EDGE_WEIGHT_FORMAT {form}")
    if len(values) != len(rows):
        raise ValueError(f"EDGE_WEIGHT_SECTION: {len(rows)} weights expected, {len(values)} found")
    weights[rows, columns] = values
    if form != "FULL_MATRIX":
        weights[columns, rows] = values
    np.fill_diagonal(weights, 0.0)
    return weights[np.ix_(file.order, file.order)]


#: format -> (lower triangle row by row?, 1 without the diagonal); columns of one triangle are rows of the other
_TRIANGLES = {
    "LOWER_ROW": (True, 1),
    "LOWER_DIAG_ROW": (True, 0),
    "UPPER_ROW": (False, 1),
    "UPPER_DIAG_ROW": (False, 0),
    "LOWER_COL": (False, 1),
    "LOWER_DIAG_COL": (False, 0),
    "UPPER_COL": (True, 1),
    "UPPER_DIAG_COL": (True, 0),
}
