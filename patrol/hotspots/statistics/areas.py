"""Hot areas: whole squares of cells with more findings than their visits explain, where single cells say too little.

A cell of a few visits cannot show a risk three times the usual; the hundred cells of a hot quarter together
can. Each area is judged as a whole: that it is hot is certain to the false discovery rate, that each cell of
it is hot is not, and its edge may lie a cell or two off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage, special

from patrol.hotspots.statistics.effort import MIN_VISITS, counts
from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.significance import binomial_tails, false_discovery_q

Ints = NDArray[np.int64]

#: cells that a side of an area may have at most, and the share of all visits that it may hold at most
WIDEST, MOST_SHARE = 13, 0.1

#: As how many tests the best of the 819 windows that contain a cell counts: they overlap. In 6,000 simulated worlds
#: where nothing is hot (3.8, 20 and 200 visits a cell) 5 % show an area, as FDR at 0.05 promises.
TESTS_A_CELL = 80


@dataclass(frozen=True)
class HotArea:
    """An area: its ``cells`` (indices), ``observed`` and ``expected`` findings, ``visits``, ``p`` and ``q``."""

    cells: Ints
    observed: float
    expected: float
    visits: float
    p: float
    q: float


@dataclass(frozen=True)
class _Lattice:
    """Cells laid out on a full rectangle; empty stretches wider than any window are shortened."""

    row: Ints
    column: Ints

    @cached_property
    def shape(self) -> tuple[int, int]:
        return int(self.row.max()) + 1, int(self.column.max()) + 1

    @cached_property
    def cell_at(self) -> Ints:
        """Index of the cell at each place, -1 where there is none, (rows, columns)."""
        at = np.full(self.shape, -1, dtype=np.int64)
        at[self.row, self.column] = np.arange(self.row.size)
        return at

    def table(self, values: Floats) -> Floats:
        """Sums of ``values`` (cells,) above and left of each corner, (rows + 1, columns + 1)."""
        made = np.zeros((self.shape[0] + 1, self.shape[1] + 1))
        made[self.row + 1, self.column + 1] = values
        return np.asarray(made.cumsum(axis=0).cumsum(axis=1))


@dataclass(frozen=True)
class _Windows:
    """Windows that may pass: first row and column, height and width, counts, exact p, likelihood ratio; (windows,)."""

    top: Ints
    left: Ints
    height: Ints
    width: Ints
    found: Floats
    expected: Floats
    went: Floats
    p: Floats
    ratio: Floats

    def beside(self, other: int) -> NDArray[np.bool_]:
        """Windows that share no place with another one."""
        return np.asarray(
            (self.top >= self.top[other] + self.height[other])
            | (self.top + self.height <= self.top[other])
            | (self.left >= self.left[other] + self.width[other])
            | (self.left + self.width <= self.left[other])
        )


def hot_areas(
    findings: ArrayLike,
    visits: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    *,
    widest: int = WIDEST,
    fdr: float = 0.05,
    min_visits: float = MIN_VISITS,
) -> list[HotArea]:
    """Find areas that hold more findings than their visits explain, the likeliest first, none overlapping.

    All squares of 1 to ``widest`` cells a side are judged by the exact binomial tail of their findings, given
    all findings. A cell is judged by the best square that contains it, which counts as :data:`TESTS_A_CELL`
    tests; false discoveries are controlled over all visited cells. Of the squares that pass, the one with the
    largest likelihood ratio is an area, then the next that does not overlap it, and so on.

    Parameters: counts of shape (cells,), >= 0; ``rows``, ``columns`` whole numbers of the same shape, where the
    cells lie on a lattice that need not be full; a window holds at least ``min_visits`` and at most a tenth
    of all visits. Returns: areas, perhaps none. Raises ``ValueError`` for shapes, signs and two cells at one
    place. Source: Kulldorff & Nagarwalla 1995 (windows, likelihood ratio, secondary clusters); Benjamini &
    Hochberg 1995 (instead of Monte-Carlo replicas, so that an answer takes milliseconds).

    >>> found, went = np.tile([0, 1, 0, 0, 0], 40), np.full(200, 4)
    >>> found[50:55] += 2
    >>> areas = hot_areas(found, went, np.zeros(200, int), np.arange(200))
    >>> [(area.cells.min().item(), area.cells.max().item()) for area in areas]
    [(50, 54)]
    """
    found, went = counts(findings, visits)
    lattice = _lattice(rows, columns, widest)
    if found.size != lattice.row.size:
        raise ValueError(f"{found.size} counts for {lattice.row.size} cells")
    valid = np.where(went > 0, found, 0.0)
    if valid.sum() == 0:
        return []
    tests = min(float(TESTS_A_CELL), float(sum(h * w for h, w in _sides(lattice.shape, widest))))
    windows = _judge(valid, went, lattice, widest, min_visits, fdr / tests)
    best = _best_by_cell(windows, lattice)
    q = false_discovery_q(np.where(went > 0, np.minimum(1.0, tests * best), np.nan))
    passed = np.nan_to_num(q, nan=1.0) <= fdr
    if not passed.any():
        return []
    return _not_overlapping(windows, lattice, best[passed].max(), q)


def _lattice(rows: ArrayLike, columns: ArrayLike, widest: int) -> _Lattice:
    made = _Lattice(_near(rows, widest), _near(columns, widest))
    if made.row.shape != made.column.shape:
        raise ValueError("rows and columns differ in length")
    if made.row.size and (made.cell_at >= 0).sum() != made.row.size:
        raise ValueError("two cells lie at one place")
    return made


def _near(given: ArrayLike, widest: int) -> Ints:
    """Number positions from 0 and shorten gaps that no window spans, so that one far cell costs nothing."""
    position = np.asarray(given, dtype=np.int64).ravel()
    kept, back = np.unique(position, return_inverse=True)
    steps = np.minimum(np.diff(kept), widest + 1)
    return np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)[back] if kept.size else position


def _sides(shape: tuple[int, int], widest: int) -> list[tuple[int, int]]:
    """Heights and widths of the windows: squares, cut where the lattice is narrower."""
    return sorted({(min(side, shape[0]), min(side, shape[1])) for side in range(1, widest + 1)})


def _judge(
    found: Floats, went: Floats, lattice: _Lattice, widest: int, min_visits: float, largest_p: float
) -> _Windows:
    """Windows whose p is at most ``largest_p``.

    The exact tail is asked only where it can be that small: it is never below the normal tail of the signed
    root of twice the likelihood ratio (Zubkov & Serov 2013, Theory Probab. Appl. 57:539).
    """
    total, effort = float(found.sum()), float(went.sum())
    tables = lattice.table(found), lattice.table(went)
    least = special.ndtri(largest_p) ** 2 / 2 if largest_p < 0.5 else 0.0
    parts = []
    for height, width in _sides(lattice.shape, widest):
        o, n = (
            t[height:, width:] - t[:-height, width:] - t[height:, :-width] + t[:-height, :-width]
            for t in tables
        )
        e = n * (total / effort)
        at = np.nonzero((n >= min_visits) & (n <= MOST_SHARE * effort) & (o > e))
        o, n, e = o[at], n[at], e[at]
        ratio = special.xlogy(o, o / e) + special.xlogy(total - o, (total - o) / (total - e))
        kept = np.flatnonzero(ratio >= least)
        o, n, e, ratio = o[kept], n[kept], e[kept], ratio[kept]
        p = binomial_tails(o, total, n / effort)[0]
        sides = np.full((2, kept.size), [[height], [width]])
        part = (at[0][kept], at[1][kept], *sides, o, e, n, p, ratio)
        parts.append(tuple(values[p <= largest_p] for values in part))
    return _Windows(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def _best_by_cell(windows: _Windows, lattice: _Lattice) -> Floats:
    """The smallest p of all windows that contain a cell, (cells,); 1 where none may pass."""
    best = np.ones(lattice.shape)
    for height, width in {*zip(windows.height.tolist(), windows.width.tolist(), strict=True)}:
        these = (windows.height == height) & (windows.width == width)
        first = np.ones(lattice.shape)
        first[windows.top[these], windows.left[these]] = windows.p[these]
        # the window that begins at a place covers the places after it, so each cell looks back
        back = (height - 1) // 2, (width - 1) // 2
        reach = ndimage.minimum_filter(first, (height, width), mode="constant", cval=1.0, origin=back)
        np.minimum(best, reach, out=best)
    return np.asarray(best[lattice.row, lattice.column])


def _not_overlapping(windows: _Windows, lattice: _Lattice, limit: float, q: Floats) -> list[HotArea]:
    alive = windows.p <= limit
    ratio = np.where(alive, windows.ratio, -np.inf)
    areas = []
    while alive.any():
        at = int(np.argmax(ratio))
        top, left = int(windows.top[at]), int(windows.left[at])
        cells = lattice.cell_at[top : top + int(windows.height[at]), left : left + int(windows.width[at])]
        inside = np.sort(cells[cells >= 0])
        areas.append(
            HotArea(inside, float(windows.found[at]), float(windows.expected[at]), float(windows.went[at]),
                    float(windows.p[at]), float(np.nanmax(q[inside])))
        )  # fmt: skip
        alive &= windows.beside(at)
        ratio[~alive] = -np.inf
    return areas
