"""From counts to classes: what each unit is called on the map, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.hotspots.statistics import (
    Emerging,
    Graph,
    HotArea,
    Prior,
    classify_cells,
    emerging,
    fit_prior,
    hot_areas,
    relocations,
    standardised_effort,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: rings more that a little-inspected neighbourhood may take
GROW = 1


@dataclass(frozen=True)
class Judged:
    """Every unit judged; arrays (units,). ``q`` is ``nan`` and the class "unknown" where too little was inspected.

    ``found`` and ``went`` are the unit's own; ``observed``, ``expected`` and ``around`` those of its
    neighbourhood, by which it is judged. ``risk`` with ``low`` and ``high`` is the unit's own relative risk,
    shrunk, ``nan`` where nobody looked. ``corrected`` says whether visits of the random sample were used to weigh
    the others. A unit of the class "area" is part of the hot area ``areas[area_of[unit]]`` without being hot by
    itself; -1 is no area.
    """

    found: Floats
    went: Floats
    classes: NDArray[np.str_]
    p: Floats
    q: Floats
    observed: Floats
    expected: Floats
    around: Floats
    risk: Floats
    low: Floats
    high: Floats
    tests: int
    corrected: bool
    areas: tuple[HotArea, ...]
    area_of: NDArray[np.int64]


def judge(
    found: Floats,
    went: Floats,
    sampled_found: Floats,
    sampled_went: Floats,
    near: Graph,
    *,
    lattice: tuple[Ints, Ints] | None = None,
) -> Judged:
    """Judge every unit against the visits paid there, false discoveries controlled at 5 %.

    Parameters: counts (units,); ``sampled_*`` are the part of them that the planner's random sample chose;
    ``lattice`` rows and columns of small square units, among which hot areas are looked for too.
    Returns: :class:`Judged`; all unknown where nothing was visited.
    """
    units = found.size
    if units == 0 or went.sum() == 0:
        nothing = np.full(units, np.nan)
        return Judged(
            found, went, np.full(units, "unknown"), nothing, nothing, found, np.zeros(units), went, nothing,
            nothing, nothing, 0, False, (), np.full(units, -1),
        )  # fmt: skip
    valid = np.where(went > 0, found, 0.0)
    strata = [
        np.column_stack(pair)
        for pair in ((went - sampled_went, sampled_went), (valid - sampled_found, sampled_found))
    ]
    effort = standardised_effort(np.maximum(strata[0], 0), np.maximum(strata[1], 0))
    worth = went if effort is None else effort
    result = classify_cells(found, worth, near, grow=GROW)
    areas = tuple(hot_areas(valid, worth, *lattice)) if lattice else ()
    classes, area_of = _with_areas(result.classes, areas)
    prior: Prior = fit_prior(valid, worth)
    alone = worth * prior.rate
    low, high = prior.interval(valid, alone)
    seen = went > 0
    return Judged(
        found=found, went=went, classes=classes, p=result.p, q=result.q, observed=result.observed,
        expected=result.expected, around=near.sum(went), risk=np.where(seen, prior.relative_risk(valid, alone), np.nan),
        low=np.where(seen, low, np.nan), high=np.where(seen, high, np.nan),
        tests=result.tests, corrected=effort is not None,
        areas=areas, area_of=area_of,
    )  # fmt: skip


def _with_areas(
    classes: NDArray[np.str_], areas: tuple[HotArea, ...]
) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Name what lies in a hot area and is neither hot nor cold by itself; unknown stays unknown."""
    area_of = np.full(classes.size, -1, dtype=np.int64)
    for number, area in enumerate(areas):
        area_of[area.cells] = number
    joined = (area_of >= 0) & np.isin(classes, ["none", "hot90", "cold90"])
    return np.where(joined, "area", classes), area_of


@dataclass(frozen=True)
class History:
    """Each unit step by step: Esri's class of its history, and the unit a hotspot moved from (-1 for none)."""

    emerging: Emerging
    moved_from: NDArray[np.int64]


def histories(
    found: Floats, went: Floats, near: Graph, x_m: Floats, y_m: Floats, reach_m: float
) -> History | None:
    """Name each unit's history over equal steps (units, steps); ``None`` where nothing was visited."""
    if went.sum() == 0 or found.shape[0] == 0:
        return None
    named = emerging(found, went, near)
    moved_from = np.full(found.shape[0], -1, dtype=np.int64)
    for move in relocations(named.hot, x_m, y_m, reach=reach_m, within=2):
        moved_from[move.heated] = move.cooled
    return History(named, moved_from)


@dataclass(frozen=True)
class Coverage:
    """What was looked at, by unit: venues, venues never visited, visited in the last 30 and 90 days and within
    their own interval; ``since`` days since the last visit anywhere in the unit, ``oldest`` at the longest
    unvisited venue; ``nan`` where nobody ever looked.
    """

    venues: Floats
    never: Floats
    in_30: Floats
    in_90: Floats
    in_interval: Floats
    since: Floats
    oldest: Floats


def coverage(
    last: NDArray[np.int64], interval: NDArray[np.int64], of_place: NDArray[np.int64], units: int, today: int
) -> Coverage:
    """Sum up by unit when its places were last visited (day numbers, -1 for never) as of ``today``."""
    held = of_place >= 0
    unit, day, due = of_place[held], last[held], interval[held]
    known = day >= 0
    ago = np.where(known, today - day, 10**6)

    def number(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(unit[which], minlength=units).astype(np.float64)

    since, oldest = np.full(units, np.inf), np.full(units, -1.0)
    np.minimum.at(since, unit[known], ago[known])
    np.maximum.at(oldest, unit[known], ago[known])
    return Coverage(
        number(np.ones(unit.size, dtype=bool)), number(~known), number(ago < 30), number(ago < 90),
        number(ago <= due), np.where(np.isinf(since), np.nan, since), np.where(oldest < 0, np.nan, oldest),
    )  # fmt: skip
