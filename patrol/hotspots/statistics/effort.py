"""Hot and cold cells judged against the effort that was spent there: the class each cell of the map gets.

Findings follow inspections. Where a bureau goes twice as often it finds twice as much, so raw counts map the
officers. Every class here answers: *given the visits, is this more than the overall hit rate explains?*
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from patrol.hotspots.statistics.getis_ord import gi_star
from patrol.hotspots.statistics.neighbours import Floats, Neighbourhood, wider
from patrol.hotspots.statistics.significance import binomial_tails, false_discovery_q, two_sided_p

CLASSES = ("cold99", "cold95", "cold90", "none", "hot90", "hot95", "hot99", "unknown")
#: Visits that a neighbourhood needs before anything is said about it.
MIN_VISITS = 10
#: Expected findings at which a growing neighbourhood stops: three times as many are then seen with a power of 0.9.
ENOUGH_EXPECTED = 8.0


@dataclass(frozen=True)
class CellClasses:
    """What is known of each cell; every array has shape (cells,).

    ``classes`` one of :data:`CLASSES`; ``z`` the signed normal score of ``p``; ``p`` two-sided; ``q`` after
    the false discovery rate; ``observed``, ``expected`` and ``visits`` of the neighbourhood, which has so
    many ``rings``; ``impossible`` lists cells with findings but no visit: records to mend, left out of every
    figure. ``n`` findings, ``n_visits`` and ``tests`` belong in the legend of the map.
    """

    classes: NDArray[np.str_]
    z: Floats
    p: Floats
    q: Floats
    observed: Floats
    expected: Floats
    visits: Floats
    rings: NDArray[np.int64]
    impossible: NDArray[np.int64]
    n: int
    n_visits: int
    tests: int
    fdr: float

    def hot(self) -> NDArray[np.bool_]:
        """Cells that are hot at the false discovery rate asked for."""
        return (self.z > 0) & (np.nan_to_num(self.q, nan=1.0) <= self.fdr)

    def cold(self) -> NDArray[np.bool_]:
        """Cells that are cold at the false discovery rate asked for."""
        return (self.z < 0) & (np.nan_to_num(self.q, nan=1.0) <= self.fdr)


def counts(findings: ArrayLike, visits: ArrayLike) -> tuple[Floats, Floats]:
    """Check two arrays of counts and return them flat; ``ValueError`` for other shapes, signs or ``nan``."""
    found = np.asarray(findings, dtype=np.float64).ravel()
    went = np.asarray(visits, dtype=np.float64).ravel()
    if found.shape != went.shape:
        raise ValueError("findings and visits differ in shape")
    for given in (found, went):
        if not np.isfinite(given).all() or (given < 0).any():
            raise ValueError("counts must be finite and not negative")
    return found, went


def effort_adjusted_residual(findings: ArrayLike, visits: ArrayLike) -> Floats:
    """How far each cell's findings lie from what its visits would give by chance.

    Parameters: two arrays of shape (cells,), counts >= 0; a cell without visits is *unknown*.
    Returns: z-like residuals of shape (cells,), ``nan`` where unknown.
    Raises ``ValueError`` if shapes differ, a count is negative, or nothing was visited at all.
    Source: (O - E)/sqrt(E) with E = visits x overall rate (Besag & Newell 1991, section 2).

    >>> effort_adjusted_residual(np.array([2, 0, 0]), np.array([10, 10, 0])).round(2)
    array([ 1., -1., nan])
    """
    found, went = counts(findings, visits)
    known = went > 0
    if not known.any():
        raise ValueError("nothing was visited")
    expected = went * (found[known].sum() / went[known].sum())
    spread = np.sqrt(np.where(expected > 0, expected, 1.0))
    return np.where(known, np.where(expected > 0, (found - expected) / spread, 0.0), np.nan)


def standardised_effort(
    visits: ArrayLike, findings: ArrayLike, *, least_findings: float = 5, least_visits: float = 30
) -> Floats | None:
    """Weigh visits by how they were chosen, so that where officers followed a suspicion counts as more effort.

    Officers go to suspicious doors of their own accord, and find more there whatever the place is like; the
    random sample of the planner is free of that. Each stratum's visits count with its own hit rate over the
    overall one (indirect standardisation), so a cell is not hot merely because its visits were chosen.

    Parameters: ``visits`` and ``findings`` (cells, strata), counts >= 0. Returns: visits of equal worth
    (cells,), the same total as before; ``None`` if a stratum has fewer than ``least_findings`` or
    ``least_visits``, for its rate is then not known. Source: Breslow & Day 1987, section 2.3.

    >>> standardised_effort([[50, 50], [0, 100]], [[1, 9], [0, 16]], least_findings=1).round(1).tolist()
    [71.8, 128.2]
    """
    went, found = np.asarray(visits, dtype=np.float64), np.asarray(findings, dtype=np.float64)
    if went.shape != found.shape or went.ndim != 2:
        raise ValueError("visits and findings must be (cells, strata) of one shape")
    many, hits = went.sum(axis=0), found.sum(axis=0)
    if (many < least_visits).any() or (hits < least_findings).any():
        return None
    return np.asarray(went @ (hits / many * many.sum() / hits.sum()))


def classify_cells(
    findings: ArrayLike,
    visits: ArrayLike,
    adjacency: Neighbourhood,
    *,
    fdr: float = 0.05,
    min_visits: float = MIN_VISITS,
    adjust: Literal["effort", "none"] = "effort",
    grow: int = 0,
) -> CellClasses:
    """Classify every cell as hot, cold, none or unknown; the front door of the hotspot map.

    A cell is judged by its neighbourhood (itself and its neighbours), as Gi* does. ``adjust="effort"``: the
    findings there are, given all findings, binomial with the neighbourhood's share of all visits if the hit
    rate is the same everywhere; both tails are exact, so small counts need no normal approximation.
    ``adjust="none"``: Gi* of the raw counts, for comparison only.

    ``grow``: where the visits let fewer than :data:`ENOUGH_EXPECTED` findings be expected, the neighbourhood
    takes up to so many further rings. Its size follows the visits alone, never the findings, so the test
    stays exact; the price is a coarser answer where little was inspected (``rings`` tells where).

    Parameters: ``findings``, ``visits`` of shape (cells,), counts >= 0 (visits may be hours or venues
    inspected); ``adjacency`` with weights 0 or 1; ``fdr`` in (0, 0.5): hot99/95/90 are q <= fdr/5, fdr and 2
    fdr, thus 1, 5 and 10 % by default; ``min_visits`` that a neighbourhood needs, or its cells are unknown; a
    cell never visited is unknown whatever its neighbours. Returns: :class:`CellClasses`. Raises
    ``ValueError`` for shapes, signs, or weights other than 0 and 1. Source: Kulldorff & Nagarwalla 1995 (the
    conditional likelihood of a fixed window); Getis & Ord 1992 (the window); Benjamini & Hochberg 1995.

    >>> from patrol.hotspots.statistics import Fishnet
    >>> classify_cells([9, 0, 0, 0], [20, 60, 60, 0], Fishnet(4, 1, reach=0)).classes.tolist()
    ['hot99', 'cold95', 'cold95', 'unknown']
    """
    found, went = counts(findings, visits)
    if not 0 < fdr < 0.5:
        raise ValueError("fdr must lie between 0 and 0.5")
    if found.size != adjacency.cells:
        raise ValueError(f"{found.size} counts for {adjacency.cells} cells")
    impossible = np.flatnonzero((went == 0) & (found > 0))
    valid = np.where(went > 0, found, 0.0)
    total, effort = float(valid.sum()), float(went.sum())
    near_found, near_went, rings = _neighbourhoods(valid, went, adjacency, grow)
    share = near_went / effort if effort > 0 else np.zeros(found.size)
    known = (went > 0) & (near_went >= min_visits)
    z, p = _exact(near_found, total, share, adjacency) if adjust == "effort" else _raw(valid, adjacency)
    z, p = np.where(known, z, np.nan), np.where(known, p, np.nan)
    q = false_discovery_q(p)
    return CellClasses(
        classes=class_names(z, q, fdr), z=z, p=p, q=q,
        observed=near_found, expected=total * share, visits=near_went, rings=rings,
        impossible=impossible, n=round(total), n_visits=round(effort), tests=int(known.sum()), fdr=fdr,
    )  # fmt: skip


def _neighbourhoods(
    found: Floats, went: Floats, first: Neighbourhood, grow: int
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Findings, visits and rings of each cell's neighbourhood, grown where too little is expected."""
    near_found, near_went = first.sum(found), first.sum(went)
    rings = np.ones(found.size, dtype=np.int64)
    wanted = ENOUGH_EXPECTED * went.sum() / max(float(found.sum()), 1e-9)
    near = first
    for ring in range(2, grow + 2):
        small = near_went < wanted
        if not small.any():
            break
        near = wider(near, first)
        near_found = np.where(small, near.sum(found), near_found)
        near_went = np.where(small, near.sum(went), near_went)
        rings[small] = ring
    return near_found, near_went, rings


def _exact(
    near_found: Floats, total: float, share: Floats, adjacency: Neighbourhood
) -> tuple[Floats, Floats]:
    if not np.array_equal(adjacency.sizes, adjacency.square_sizes):
        raise ValueError("the exact test wants weights of 0 and 1")
    upper, lower = binomial_tails(near_found, total, share)
    p = np.minimum(1.0, 2 * np.minimum(upper, lower))
    sign = np.where(upper < lower, 1.0, np.where(lower < upper, -1.0, 0.0))
    return sign * -special.ndtri(np.maximum(p, 1e-300) / 2), p


def _raw(found: Floats, adjacency: Neighbourhood) -> tuple[Floats, Floats]:
    z = gi_star(found, adjacency)
    return z, two_sided_p(z)


def class_names(z: NDArray[Any], q: NDArray[Any], fdr: float = 0.05) -> NDArray[np.str_]:
    """Name the class of each cell from the sign of ``z`` and its ``q``; ``nan`` is unknown."""
    level = np.searchsorted([fdr / 5, fdr, 2 * fdr], np.nan_to_num(q, nan=2.0), side="left")
    step = np.where(z > 0, 3 - level, np.where(z < 0, level - 3, 0))
    return np.asarray(CLASSES)[np.where(np.isnan(z) | np.isnan(q), 7, step + 3)]
