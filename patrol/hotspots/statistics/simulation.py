"""Worlds whose truth is known: uneven effort, a constant hit rate, and hotspots planted or not.

What a map of such a world shows tells how far maps of the real one can be trusted: false hot cells where
nothing is hot, and the share of the true hotspot that is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import ndimage

from patrol.hotspots.statistics.areas import hot_areas
from patrol.hotspots.statistics.effort import classify_cells
from patrol.hotspots.statistics.neighbours import Fishnet, Floats
from patrol.hotspots.statistics.significance import binomial_tails


@dataclass(frozen=True)
class World:
    """Visits, findings and true relative risk of a square of cells, each (cells,)."""

    side: int
    visits: Floats
    findings: Floats
    risk: Floats


@dataclass(frozen=True)
class Trial:
    """Means over worlds.

    ``false_hot``: share of cells called hot that are neither hot nor beside a hot one; ``power``: share of
    visited hot cells called hot; ``found``: share of worlds in which the hotspot was touched; ``beyond``: share
    of the cells called hot that are not; ``visits_a_cell`` spent.
    """

    visits_a_cell: float
    false_hot: float
    power: float
    found: float
    beyond: float


def make_world(
    rng: np.random.Generator,
    *,
    side: int = 100,
    visits_a_cell: float = 3.8,
    rate: float = 0.05,
    relative_risk: float = 1.0,
    hot_share: float = 0.01,
    patches: int = 1,
) -> World:
    """Draw a world: effort varies smoothly and widely (log-normal, some cells get 20 times others' visits).

    Parameters: ``relative_risk`` holds in ``patches`` square patches that together cover ``hot_share`` of the
    cells, placed at random; ``rate`` findings a visit elsewhere.
    """
    rough = ndimage.gaussian_filter(rng.normal(size=(side, side)), 4, mode="wrap")
    effort = np.exp(rough / rough.std())
    visits = rng.poisson(effort * (visits_a_cell / effort.mean()))
    risk = np.ones((side, side))
    length = max(1, round(np.sqrt(hot_share * side * side / patches)))
    for row, column in rng.integers(0, side - length + 1, (patches, 2)):
        risk[row : row + length, column : column + length] = relative_risk
    findings = rng.binomial(visits, np.minimum(rate * risk, 1.0))
    return World(side, visits.ravel().astype(float), findings.ravel().astype(float), risk.ravel())


def hot_by_effort(world: World) -> NDArray[np.bool_]:
    """Cells that :func:`classify_cells` calls hot, neighbourhoods growing up to three rings more."""
    return classify_cells(world.findings, world.visits, Fishnet(world.side, world.side), grow=3).hot()


def hot_with_areas(world: World) -> NDArray[np.bool_]:
    """Cells that a map of squares shows as hot: by themselves (one ring more at most) or as part of a hot area."""
    near = Fishnet(world.side, world.side)
    judged = classify_cells(world.findings, world.visits, near, grow=1)
    hot = judged.hot()
    rows, columns = np.divmod(np.arange(near.cells), near.columns)
    for area in hot_areas(world.findings, world.visits, rows, columns):
        hot[area.cells] = True
    return np.asarray(hot & (judged.classes != "unknown"))


def hot_by_fixed_windows(world: World) -> NDArray[np.bool_]:
    """Cells that :func:`classify_cells` calls hot by their eight neighbours alone."""
    return classify_cells(world.findings, world.visits, Fishnet(world.side, world.side)).hot()


def hot_by_counts(world: World) -> NDArray[np.bool_]:
    """Cells that Gi* of the raw counts calls hot, for comparison."""
    near = Fishnet(world.side, world.side)
    return classify_cells(world.findings, world.visits, near, adjust="none", min_visits=0).hot()


def trial(
    rng: np.random.Generator,
    worlds: int,
    method: Callable[[World], NDArray[np.bool_]] = hot_by_effort,
    **settings: Any,
) -> Trial:
    """Judge ``worlds`` worlds drawn with ``settings`` of :func:`make_world` by ``method``."""
    rows = []
    for _ in range(worlds):
        world = make_world(rng, **settings)
        hot, true = method(world), (world.risk > 1) & (world.visits > 0)
        near_true = Fishnet(world.side, world.side).sum(world.risk > 1) > 0
        rows.append(
            (
                world.visits.mean(),
                (hot & ~near_true).sum() / max(int((~near_true).sum()), 1),
                hot[true].mean() if true.any() else np.nan,
                float(hot[true].any()),
                (hot & (world.risk == 1)).sum() / max(int(hot.sum()), 1),
            )
        )
    return Trial(*(float(mean) for mean in np.mean(rows, axis=0)))


def power_bound(
    rng: np.random.Generator, worlds: int, visits_a_cell: float, *, side: int = 100, length: int = 10
) -> float:
    """Share of square patches of three times the risk that anybody could find who knew their size and shape.

    Only where the patch lies is unknown: its own exact tail is held against the tail that the best square of
    this size reaches in one world of twenty where nothing is hot. What a map finds without knowing the shape
    lies below. ``worlds`` of each kind are drawn.
    """

    def tails(world: World) -> Floats:
        found, went = (
            sliding_window_view(v.reshape(side, side), (length, length)).sum(axis=(2, 3))
            for v in (world.findings, world.visits)
        )
        return binomial_tails(found, world.findings.sum(), went / world.visits.sum())[0]

    nothing = [tails(make_world(rng, side=side, visits_a_cell=visits_a_cell)).min() for _ in range(worlds)]
    limit, seen = np.quantile(nothing, 0.05), []
    for _ in range(worlds):
        world = make_world(rng, side=side, visits_a_cell=visits_a_cell, relative_risk=3.0,
                           hot_share=length**2 / side**2)  # fmt: skip
        row, column = np.argwhere(world.risk.reshape(side, side) > 1)[0]
        seen.append(tails(world)[row, column] <= limit)
    return float(np.mean(seen))


def power_curve(
    rng: np.random.Generator,
    worlds: int,
    visits_a_cell: Sequence[float],
    method: Callable[[World], NDArray[np.bool_]] = hot_by_effort,
    **settings: Any,
) -> list[Trial]:
    """Repeat :func:`trial` at several levels of effort: how much inspecting it takes to see a hotspot."""
    return [trial(rng, worlds, method, visits_a_cell=level, **settings) for level in visits_a_cell]
