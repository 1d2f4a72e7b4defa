"""Emerging hot spots: what each cell's history of hot and cold steps is called, 17 names in all.

Source: Esri, "How Emerging Hot Spot Analysis works". Two of its names overlap as written (persistent and
historical: 90 % hot, the last step not); here the last step decides, so the 17 names exclude each other and
leave nothing out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from patrol.hotspots.statistics.effort import MIN_VISITS, classify_cells
from patrol.hotspots.statistics.neighbours import Floats, Neighbourhood
from patrol.hotspots.statistics.trend import mann_kendall

#: Share of steps from which a cell counts as hot nearly always.
OFTEN = 0.9


@dataclass(frozen=True)
class History:
    """What the rules look at, each (cells,), for one side (hot or cold).

    ``last``: the last step is on this side; ``share`` of steps on it; ``run``: length of the final run;
    ``before``: on this side before the final run; ``other``: ever on the other side; ``trend``: -1, 0, 1 of
    intensity.
    """

    last: NDArray[np.bool_]
    share: Floats
    run: NDArray[np.int64]
    before: NDArray[np.bool_]
    other: NDArray[np.bool_]
    trend: NDArray[np.int64]

    @property
    def often(self) -> NDArray[np.bool_]:
        """On this side in at least 90 % of the steps."""
        return self.share >= OFTEN - 1e-12


Rule = Callable[[History], NDArray[np.bool_]]
#: name -> rule, tried from the top; the first that holds names the cell.
RULES: tuple[tuple[str, Rule], ...] = (
    ("new", lambda h: h.last & (h.run == 1) & ~h.before),
    ("consecutive", lambda h: h.last & (h.run >= 2) & ~h.before & ~h.often),
    ("intensifying", lambda h: h.last & h.often & (h.trend > 0)),
    ("diminishing", lambda h: h.last & h.often & (h.trend < 0)),
    ("persistent", lambda h: h.last & h.often & (h.trend == 0)),
    ("sporadic", lambda h: h.last & ~h.often & h.before & ~h.other),
    ("oscillating", lambda h: h.last & ~h.often & h.before & h.other),
    ("historical", lambda h: ~h.last & h.often),
)
EMERGING = ("none", *(f"{name}_{side}" for side in ("hot", "cold") for name, _ in RULES))


def history_of(on: NDArray[Any], other: NDArray[Any], trend: NDArray[Any]) -> History:
    """Sum up histories ``on`` and ``other`` (cells, steps) of one side."""
    on = np.asarray(on, dtype=bool)
    steps = on.shape[1]
    off_from_end = np.argmax(~on[:, ::-1], axis=1)
    run = np.where(on.all(axis=1), steps, off_from_end)
    return History(
        last=on[:, -1], share=on.mean(axis=1), run=run, before=on.sum(axis=1) > run,
        other=np.asarray(other.any(axis=1), dtype=bool), trend=np.asarray(trend, dtype=np.int64),
    )  # fmt: skip


def emerging_classes(hot: ArrayLike, cold: ArrayLike, trend: ArrayLike) -> NDArray[np.str_]:
    """Name each cell's history with one of the 17 names of :data:`EMERGING`.

    Parameters: ``hot``, ``cold`` (cells, steps) booleans, never both; ``trend`` (cells,) in -1, 0, 1: how the
    score (not its size) moves; for cold cells a falling score is intensifying. Returns: names (cells,).
    Raises ``ValueError`` for differing shapes, no step, or a step both hot and cold.

    >>> emerging_classes([[0, 0, 1], [1, 1, 1], [1, 1, 0]], np.zeros((3, 3)), [0, 1, 0]).tolist()
    ['new_hot', 'intensifying_hot', 'none']
    """
    is_hot, is_cold = np.asarray(hot, dtype=bool), np.asarray(cold, dtype=bool)
    moves = np.asarray(trend)
    if is_hot.shape != is_cold.shape or is_hot.ndim != 2 or moves.shape != is_hot.shape[:1]:
        raise ValueError("hot, cold and trend differ in shape")
    if is_hot.shape[1] == 0 or (is_hot & is_cold).any():
        raise ValueError("every cell needs steps, and none both hot and cold")
    sides = {"hot": history_of(is_hot, is_cold, moves), "cold": history_of(is_cold, is_hot, -moves)}
    # the last step decides: a side that it lies on comes before what the other side was
    rules = [
        (f"{name}_{side}", rule(history))
        for past in (False, True)
        for side, history in sides.items()
        for name, rule in RULES
        if (name == "historical") is past
    ]
    return np.asarray(np.select([held for _, held in rules], [name for name, _ in rules], "none"))


@dataclass(frozen=True)
class Emerging:
    """The emerging classes of cells and the cube behind them; arrays (cells,) or (cells, steps).

    ``unknown`` cells were visited too little in the last step, or in more than half of the steps, to be
    named.
    """

    classes: NDArray[np.str_]
    z: Floats
    q: Floats
    hot: NDArray[np.bool_]
    cold: NDArray[np.bool_]
    trend_z: Floats
    trend_p: Floats
    unknown: NDArray[np.bool_]


def emerging(
    findings: ArrayLike,
    visits: ArrayLike,
    adjacency: Neighbourhood,
    *,
    back: int = 1,
    fdr: float = 0.05,
    trend_level: float = 0.05,
    min_visits: float = MIN_VISITS,
) -> Emerging:
    """Judge every cell in every step against its visits, then name its history.

    Parameters: ``findings``, ``visits`` (cells, steps), counts >= 0, oldest step first; ``adjacency`` of
    cells; a cell's neighbourhood in time is the step and ``back`` steps before; FDR over the whole cube;
    ``trend_level`` of Mann-Kendall on the scores of known steps, unknown ones counting as 0. Returns:
    :class:`Emerging`, class "unknown" beside the 17. Raises ``ValueError`` for differing shapes or no step.
    """
    found, went = np.asarray(findings, dtype=np.float64), np.asarray(visits, dtype=np.float64)
    if found.shape != went.shape or found.ndim != 2 or found.shape[1] == 0:
        raise ValueError("findings and visits must be (cells, steps) of one shape")
    cells, steps = found.shape
    cube = _Cube(adjacency, steps, back)
    judged = classify_cells(found.ravel(), went.ravel(), cube, fdr=fdr, min_visits=min_visits)
    z, q = judged.z.reshape(cells, steps), judged.q.reshape(cells, steps)
    hot, cold = judged.hot().reshape(cells, steps), judged.cold().reshape(cells, steps)
    _, trend_z, trend_p = mann_kendall(np.nan_to_num(z))
    trend = np.where(trend_p <= trend_level, np.sign(trend_z), 0).astype(int)
    missing = np.isnan(z)
    unknown = missing[:, -1] | (missing.mean(axis=1) > 0.5)
    names = np.where(unknown, "unknown", emerging_classes(hot, cold, trend))
    return Emerging(names, z, q, hot, cold, trend_z, trend_p, unknown)


@dataclass(frozen=True)
class _Cube:
    """Neighbours in space over the step and the steps just before; cells x steps, flattened."""

    near: Neighbourhood
    steps: int
    back: int

    @property
    def cells(self) -> int:
        return self.near.cells * self.steps

    @property
    def sizes(self) -> Floats:
        return self.sum(np.ones(self.cells))

    @property
    def square_sizes(self) -> Floats:
        return self._backward(np.outer(self.near.square_sizes, np.ones(self.steps))).ravel()

    @property
    def own(self) -> Floats:
        return np.repeat(self.near.own, self.steps)

    def sum(self, values: NDArray[Any]) -> Floats:
        return self._backward(self.near.sum(values.reshape(self.near.cells, self.steps))).ravel()

    def _backward(self, sums: Floats) -> Floats:
        sums = sums.reshape(self.near.cells, self.steps)
        total = sums.copy()
        for lag in range(1, min(self.back, self.steps - 1) + 1):
            total[:, lag:] += sums[:, :-lag]
        return total


@dataclass(frozen=True)
class Relocation:
    """A cell cooled and another within reach heated soon after, or just before: dens move when raided."""

    cooled: int
    cooled_step: int
    heated: int
    heated_step: int


def relocations(hot: ArrayLike, x: ArrayLike, y: ArrayLike, *, reach: float, within: int) -> list[Relocation]:
    """Pair cells that cooled with cells within ``reach`` that heated at most ``within`` steps before or
    after.

    Parameters: ``hot`` (cells, steps) booleans; ``x``, ``y`` middles of cells; ``reach`` in their unit. A
    cell heats where it turns hot after a step that was not; it cools where it was hot the step before and is
    not now. Each heating is told with the nearest cooling (in space, then in time). Returns: in order of
    ``heated_step``.

    >>> relocations([[1, 0, 0], [0, 0, 1], [0, 0, 1]], [0, 1, 9], [0, 0, 0], reach=2, within=1)
    [Relocation(cooled=0, cooled_step=1, heated=1, heated_step=2)]
    """
    on = np.asarray(hot, dtype=bool)
    cooled, cooled_step = np.nonzero(on[:, :-1] & ~on[:, 1:])
    heated, heated_step = np.nonzero(~on[:, :-1] & on[:, 1:])
    if cooled.size == 0 or heated.size == 0:
        return []
    px, py = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    told = []
    for cell, step in sorted(
        zip(heated.tolist(), heated_step.tolist(), strict=True), key=lambda at: at[::-1]
    ):
        away = np.hypot(px[cooled] - px[cell], py[cooled] - py[cell])
        apart = np.abs(cooled_step - step)
        fits = np.flatnonzero((away <= reach) & (apart <= within) & (cooled != cell))
        if fits.size:
            first = fits[np.lexsort((apart[fits], away[fits]))[0]]
            told.append(Relocation(int(cooled[first]), int(cooled_step[first]) + 1, cell, step + 1))
    return told
