"""Is a forecast worth walking? Rolling origins, equal areas, and intervals: PAI and PEI beside plain
baselines.

Source: Chainey, Tompson & Uhlig 2008, Security Journal 21:4 (PAI); Hunt 2016 (PEI). PAI grows without bound
as the area shrinks, so methods are compared at the same number of cells only, one that a shift can patrol.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.prediction import Surroundings, forecast

Method = Callable[[Floats, Floats | None, Surroundings], Floats]


def caught(scores: ArrayLike, findings: ArrayLike, cells: int) -> float:
    """Findings in the ``cells`` highest-scored cells; tied cells at the border share by their mean.

    >>> caught([3, 1, 1, 0], [5, 2, 0, 9], 2)
    6.0
    """
    score, found = np.asarray(scores, dtype=np.float64), np.asarray(findings, dtype=np.float64)
    cells = min(cells, score.size)
    if cells <= 0:
        return 0.0
    border = np.partition(score, score.size - cells)[score.size - cells]
    above, tied = score > border, score == border
    return float(found[above].sum() + found[tied].mean() * (cells - above.sum()))


def prediction_accuracy_index(hits: float, total: float, cells: int, of_cells: int) -> float:
    """PAI = (n / N) / (a / A); ``nan`` if nothing was found.

    >>> prediction_accuracy_index(10, 40, 5, 100)
    5.0
    """
    return (hits / total) / (cells / of_cells) if total > 0 and cells > 0 else float("nan")


def last_period(findings: Floats, visits: Floats | None, around: Surroundings) -> Floats:
    """Baseline: where it was found last time (a visit, if visits are known)."""
    went = None if visits is None else visits[:, -1]
    return findings[:, -1] if went is None else findings[:, -1] / np.maximum(went, 1.0)


def density(findings: Floats, visits: Floats | None, around: Surroundings) -> Floats:
    """Baseline: kernel density of all findings so far (against that of visits, if visits are known)."""
    found = around.smooth(findings.sum(axis=1))
    if visits is None:
        return found
    went = around.smooth(visits.sum(axis=1))
    return found / np.maximum(went, 1e-9 + 0.05 * went.mean())


def ours(findings: Floats, visits: Floats | None, around: Surroundings) -> Floats:
    """The forecast of :mod:`prediction`, by its rate."""
    return forecast(findings, visits, around).rate


METHODS: dict[str, Method] = {"forecast": ours, "kde": density, "last_period": last_period}


@dataclass(frozen=True)
class Score:
    """One method at one area: ``hits`` of ``total`` findings over ``origins`` periods.

    ``pai`` and ``pei`` with 95 % bootstrap intervals over origins; ``versus`` is the difference of the hit
    share from the first method's with its paired interval (``nan`` for the first). ``lift`` is the share of
    the findings over the share of the visits in the chosen cells (``nan`` without visits): hot beyond effort.
    """

    method: str
    area_share: float
    cells: int
    of_cells: int
    origins: int
    hits: float
    total: float
    pai: float
    pai_low: float
    pai_high: float
    pei: float
    pei_low: float
    pei_high: float
    versus: float
    versus_low: float
    versus_high: float
    lift: float


def walk_forward(
    findings: ArrayLike,
    visits: ArrayLike | None,
    around: Surroundings,
    *,
    rng: np.random.Generator,
    origins: int = 12,
    area_shares: Sequence[float] = (0.01, 0.02, 0.05),
    outside: ArrayLike | None = None,
    methods: dict[str, Method] | None = None,
    resamples: int = 2000,
) -> list[Score]:
    """Predict each of the last ``origins`` periods from those before it, and count what each method catches.

    Parameters: ``findings`` (cells, steps), ``visits`` likewise or ``None``; ``outside`` (steps,) findings
    that lie in no cell: missed by all, so they count in N; ``area_shares`` of the cells to choose; ``rng``
    for the bootstrap. With visits, a caught finding still needed a visit: what nobody visited cannot be
    scored. Returns: one :class:`Score` for each method and area. Raises ``ValueError`` for fewer than three
    steps before the first origin.
    """
    found = np.asarray(findings, dtype=np.float64)
    went = None if visits is None else np.asarray(visits, dtype=np.float64)
    steps = found.shape[1]
    if origins < 1 or steps - origins < 3:
        raise ValueError("at least three periods are needed before the first origin")
    missed = np.zeros(steps) if outside is None else np.asarray(outside, dtype=np.float64)
    tested = range(steps - origins, steps)
    total = np.array([found[:, t].sum() + missed[t] for t in tested])
    chosen = methods or METHODS
    scores = {
        name: [method(found[:, :t], None if went is None else went[:, :t], around) for t in tested]
        for name, method in chosen.items()
    }
    picks = rng.integers(0, origins, (resamples, origins))
    told: list[Score] = []
    for share in area_shares:
        cells = max(1, round(share * found.shape[0]))
        best = np.array([caught(found[:, t], found[:, t], cells) for t in tested])
        first: Floats | None = None
        for name, rows in scores.items():
            hits = np.array([caught(row, found[:, t], cells) for row, t in zip(rows, tested, strict=True)])
            lift = _lift(rows, found, went, tested, cells)
            told.append(_score(name, share, (cells, found.shape[0]), hits, total, best, first, picks, lift))
            first = hits if first is None else first
    return told


def _lift(rows: Sequence[Floats], found: Floats, went: Floats | None, tested: range, cells: int) -> float:
    """Findings a visit in the chosen cells over findings a visit everywhere."""
    if went is None:
        return float("nan")
    hits = sum(caught(row, found[:, t], cells) for row, t in zip(rows, tested, strict=True))
    spent = sum(caught(row, went[:, t], cells) for row, t in zip(rows, tested, strict=True))
    everywhere = found[:, list(tested)].sum() / max(went[:, list(tested)].sum(), 1e-9)
    return float(hits / spent / everywhere) if spent > 0 and everywhere > 0 else float("nan")


def _score(
    name: str, share: float, area: tuple[int, int], hits: Floats, total: Floats, best: Floats,
    first: Floats | None, picks: np.ndarray, lift: float,
) -> Score:  # fmt: skip
    cells, of_cells = area

    def ratio(above: Floats, below: Floats) -> tuple[float, float, float]:
        whole = above.sum() / below.sum() if below.sum() > 0 else float("nan")
        sums = below[picks].sum(axis=1)
        again = above[picks].sum(axis=1)[sums > 0] / sums[sums > 0]
        low, high = np.quantile(again, [0.025, 0.975]) if again.size else (np.nan, np.nan)
        return float(whole), float(low), float(high)

    n, pei = ratio(hits, total), ratio(hits, best)
    versus = ratio(hits - first, total) if first is not None else (float("nan"),) * 3
    factor = of_cells / cells
    return Score(
        name, share, cells, of_cells, len(hits), float(hits.sum()), float(total.sum()),
        n[0] * factor, n[1] * factor, n[2] * factor, *pei, *versus, lift,
    )  # fmt: skip


def calibration(
    probability: ArrayLike, happened: ArrayLike, groups: int = 10
) -> list[tuple[float, float, int]]:
    """Mean probability, observed share and number of each of ``groups`` equal groups, lowest first."""
    told, came = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    parts = np.array_split(np.argsort(told, kind="stable"), groups)
    return [(float(told[p].mean()), float(came[p].mean()), int(p.size)) for p in parts if p.size]
