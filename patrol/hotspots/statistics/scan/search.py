"""The scan itself: the most likely clusters of space and time, with Monte-Carlo p that counts ties.

Source: Kulldorff 1997; Kulldorff et al. 1998 (space-time), 2005 (permutation); sequential p by Besag &
Clifford 1991, Biometrika 78:301.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.scan.chance import replicas as draw_replicas
from patrol.hotspots.statistics.scan.likelihood import Likelihood, Side
from patrol.hotspots.statistics.scan.windows import (
    Circles,
    Limits,
    ScanData,
    circles,
    durations,
    interval_sums,
)

_BLOCK = 250
_TIE = 1e-9


@dataclass(frozen=True)
class Cluster:
    """One cluster: its places (nearest first), steps ``first``..``last``, and how it stands against chance.

    ``p`` is ``None`` without replicas; it counts the replicas that lie above, as SaTScan reports it.
    ``p_with_ties`` counts those of the same ratio too: the cautious one, much larger where counts are tiny.
    ``ties`` are other sets of places with the same ratio to 1e-9: order
    alone decided which of them is named first.
    """

    centre: str
    places: tuple[str, ...]
    radius: float
    first: int
    last: int
    observed: int
    expected: float
    relative_risk: float
    llr: float
    p: float | None
    p_with_ties: float | None
    ties: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ScanResult:
    """Clusters, most likely first; ``replicas`` drawn (fewer than asked for if the answer was clear
    early).
    """

    clusters: tuple[Cluster, ...]
    cases: int
    total: float
    replicas: int
    maxima: Floats


@dataclass(frozen=True)
class _Found:
    """The best window round one centre."""

    circles: Circles
    size: int
    first: int
    length: int
    count: int
    measure: float
    llr: float

    def places(self) -> NDArray[np.int64]:
        return self.circles.order[: self.size]


def scan(
    data: ScanData,
    *,
    rng: np.random.Generator,
    limits: Limits | None = None,
    side: Side = "high",
    min_cases: int = 2,
    replicas: int = 999,
    stop_after: int | None = 50,
    most: int = 10,
    threads: int = 2,
) -> ScanResult:
    """Find the clusters that a scan with circles and intervals holds most likely, without overlap in space.

    Parameters: ``data``; ``limits`` of the windows; ``side`` high, low or both; ``replicas`` for Monte-Carlo
    p (0 for none); ``stop_after`` so many replicas at least as extreme as the first cluster, ``None`` for
    never; ``most`` clusters told. Returns: :class:`ScanResult`; no cluster where there are no cases or no
    variation. p = (1 + above) / (1 + replicas), or h / l when h of l replicas had lain above it and
    drawing stopped. The result does not depend on ``threads``.

    >>> data = ScanData(("a", "b", "c"), np.array([0., 1., 9.]), np.zeros(3), np.array([[9], [8], [1]]),
    ...                 "poisson", np.array([[1.], [1.], [8.]]))
    >>> found = scan(data, rng=np.random.default_rng(1), replicas=99).clusters[0]
    >>> found.places, found.observed, round(found.expected, 1), found.p
    (('a', 'b'), 17, 3.6, 0.01)
    """
    limits = limits or Limits()
    total = float(data.measure().sum())
    cases = int(data.cases.sum())
    empty = ScanResult((), cases, total, 0, np.empty(0))
    if cases == 0 or total <= 0:
        return empty
    likelihood = Likelihood(cases, total, data.model == "bernoulli", side, min_cases)
    rounds = list(circles(data, limits))
    best = [found for one in rounds if (found := _best_round(data, one, limits, likelihood)) is not None]
    told = _without_overlap(sorted(best, key=lambda found: -found.llr), most)
    if not told:
        return empty
    floor = min(found.llr for found in told) - _TIE
    chase = _Chase(data, rounds, limits, likelihood, floor, threads)
    maxima = chase.maxima(replicas, told[0].llr, stop_after, rng)
    clusters = tuple(_cluster(data, found, best, likelihood, maxima, stop_after) for found in told)
    return ScanResult(clusters, cases, total, maxima.size, maxima)


def _summed(cube: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Sum up to each step along axis 1, with a zero before the first."""
    out = np.zeros((cube.shape[0], cube.shape[1] + 1, *cube.shape[2:]), dtype=dtype)
    np.cumsum(cube, axis=1, out=out[:, 1:])
    return out


def _grown(summed: NDArray[Any], one: Circles) -> NDArray[Any]:
    """Sums inside each kept circle of a centre."""
    return np.cumsum(summed[one.order], axis=0, dtype=summed.dtype)[one.kept]


def _best_round(data: ScanData, one: Circles, limits: Limits, likelihood: Likelihood) -> _Found | None:
    counts = _grown(_summed(data.cases, np.int64), one)
    sizes = _grown(_summed(data.measure(), np.float64), one)
    steps, best = data.cases.shape[1], None
    for length in durations(steps, limits):
        count = interval_sums(counts, length, limits.alive)
        size = interval_sums(sizes, length, limits.alive)
        llr = likelihood.ratio(count, size)
        row, first = np.unravel_index(int(np.argmax(llr)), llr.shape)
        if llr[row, first] > (best.llr + _TIE if best else _TIE):
            start = int(first) + (steps - length if limits.alive else 0)
            best = _Found(
                one, int(one.kept[row]) + 1, start, length,
                int(count[row, first]), float(size[row, first]), float(llr[row, first]),
            )  # fmt: skip
    return best


def _without_overlap(best: Sequence[_Found], most: int) -> list[_Found]:
    taken: set[int] = set()
    told: list[_Found] = []
    for found in best:
        places = set(found.places().tolist())
        if len(told) < most and not places & taken:
            told.append(found)
            taken |= places
    return told


def _cluster(
    data: ScanData,
    found: _Found,
    best: Sequence[_Found],
    likelihood: Likelihood,
    maxima: Floats,
    stop_after: int | None,
) -> Cluster:
    names = [data.names[place] for place in found.places()]
    ties = {
        tuple(sorted(data.names[place] for place in other.places()))
        for other in best
        if abs(other.llr - found.llr) <= _TIE
    } - {tuple(sorted(names))}
    return Cluster(
        centre=data.names[found.circles.centre], places=tuple(names),
        radius=float(found.circles.radius[found.size - 1]),
        first=found.first, last=found.first + found.length - 1, observed=found.count,
        expected=float(likelihood.expected(np.asarray(found.measure))),
        relative_risk=likelihood.relative_risk(found.count, found.measure), llr=found.llr,
        p=monte_carlo_p(found.llr, maxima, stop_after),
        p_with_ties=monte_carlo_p(found.llr, maxima, stop_after, ties=True), ties=tuple(sorted(ties)),
    )  # fmt: skip


def monte_carlo_p(
    llr: float, maxima: Floats, stop_after: int | None = None, *, ties: bool = False
) -> float | None:
    """Rank of an observed ratio among the maxima of replicas; ``ties`` count against it if asked for.

    Returns: ``None`` without replicas; h / l if ``stop_after`` = h of l replicas lay above it (Besag &
    Clifford).

    >>> maxima = np.array([1.0, 3.0, 5.0])
    >>> monte_carlo_p(3.0, maxima), monte_carlo_p(3.0, maxima, ties=True), monte_carlo_p(2.0, maxima, 2)
    (0.5, 0.75, 0.6666666666666666)
    """
    if maxima.size == 0:
        return None
    reached = int((maxima >= llr - _TIE if ties else maxima > llr + _TIE).sum())
    if stop_after is not None and reached >= stop_after:
        return reached / maxima.size
    return (1 + reached) / (1 + maxima.size)


class _Chase:
    """Finds the largest ratio of each replica, as far as it reaches ``floor``; below that it says 0."""

    def __init__(
        self, data: ScanData, rounds: list[Circles], limits: Limits, likelihood: Likelihood,
        floor: float, threads: int,
    ) -> None:  # fmt: skip
        self.data, self.limits, self.likelihood, self.threads = data, limits, likelihood, threads
        self.counter = np.int16 if int(data.cases.sum()) < 32_000 else np.int32
        self.lengths = durations(data.cases.shape[1], limits)
        summed = _summed(data.measure(), np.float64)
        self.rounds = [(one, self._critical(_grown(summed, one), floor)) for one in rounds]

    def _critical(self, sizes: Floats, floor: float) -> list[tuple[Floats, NDArray[Any], NDArray[Any]]]:
        made = []
        for length in self.lengths:
            size = np.asarray(interval_sums(sizes, length, self.limits.alive), dtype=np.float64)
            side, none = self.likelihood.side, np.full(size.shape, self.likelihood.cases + 1)
            high = self.likelihood.critical_high(size, floor) if side != "low" else none
            low = self.likelihood.critical_low(size, floor) if side != "high" else none * 0 - 1
            made.append((size, high.astype(self.counter)[:, :, None], low.astype(self.counter)[:, :, None]))
        return made

    def maxima(self, many: int, observed: float, stop_after: int | None, rng: np.random.Generator) -> Floats:
        """Draw up to ``many`` replicas in blocks and stop where ``stop_after`` of them reached
        ``observed``.
        """
        found = np.empty(0)
        with ThreadPoolExecutor(max(1, self.threads)) as pool:
            while found.size < many:
                block = min(_BLOCK, many - found.size)
                cube = draw_replicas(self.data, block, rng)
                summed = _summed(cube, self.counter)
                parts = [self.rounds[part :: self.threads] for part in range(max(1, self.threads))]
                tops = list(pool.map(lambda part, s=summed: self._tops(part, s), parts))
                found = np.concatenate([found, np.max(tops, axis=0)])
                reached = np.flatnonzero(found > observed + _TIE)
                if stop_after is not None and reached.size >= stop_after:
                    return found[: reached[stop_after - 1] + 1]
        return found

    def _tops(self, rounds: list[Any], summed: NDArray[Any]) -> Floats:
        top = np.zeros(summed.shape[2])
        for one, critical in rounds:
            counts = _grown(summed, one)
            for length, (size, high, low) in zip(self.lengths, critical, strict=True):
                count = interval_sums(counts, length, self.limits.alive)
                hit = count >= high
                if self.likelihood.side != "high":
                    hit |= count <= low
                if hit.any():
                    row, first, replica = np.nonzero(hit)
                    ratio = self.likelihood.ratio(count[row, first, replica], size[row, first])
                    np.maximum.at(top, replica, ratio)
        return top
