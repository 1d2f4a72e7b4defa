"""Which cylinders a scan looks at: circles round each centre, crossed with intervals of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from patrol.hotspots.statistics.neighbours import Floats

Model = Literal["poisson", "bernoulli", "permutation"]
#: Radius that SaTScan measures latitude and longitude with; 0.06 % below the mean sphere of ``core.geo``.
SATSCAN_EARTH_KM = 6367.0


@dataclass(frozen=True)
class ScanData:
    """What is scanned.

    ``cases`` (locations, steps) whole numbers; ``population`` of the same shape: person-time or expected
    cases (Poisson, any scale), cases plus controls (Bernoulli), ``None`` (permutation). ``x``, ``y``
    (locations,) are flat coordinates, or longitude and latitude when ``spherical`` (distances then in
    kilometres). ``left_out`` rows of the files were not counted.
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    cases: NDArray[np.int64]
    model: Model
    population: Floats | None = None
    spherical: bool = False
    steps: tuple[str, ...] = ("all",)
    left_out: int = 0

    def __post_init__(self) -> None:
        shape = (len(self.names), len(self.steps))
        if self.cases.shape != shape or self.x.shape != shape[:1] or self.y.shape != shape[:1]:
            raise ValueError("names, places, steps and cases differ in shape")
        if (self.cases < 0).any():
            raise ValueError("cases must not be negative")
        if self.model != "permutation" and (self.population is None or self.population.shape != shape):
            raise ValueError(f"a {self.model} scan needs a population of the shape of the cases")
        if self.model == "bernoulli" and self.population is not None and (self.cases > self.population).any():
            raise ValueError("more cases than people")

    def measure(self) -> Floats:
        """Size of each place and step: expected cases (Poisson, permutation) or people (Bernoulli).

        Source: Kulldorff et al. 2005, PLoS Medicine 2:e59 for the permutation model's margins.
        """
        total = self.cases.sum()
        if self.model == "permutation":
            return np.outer(self.cases.sum(axis=1), self.cases.sum(axis=0)) / max(total, 1)
        population = np.asarray(self.population, dtype=np.float64)
        if self.model == "bernoulli":
            return population
        return population * (total / population.sum()) if population.sum() > 0 else population


@dataclass(frozen=True)
class Limits:
    """Limits of the windows; the defaults are SaTScan's.

    ``max_share`` of the measure inside a circle; ``max_radius`` in the unit of distances; durations in steps,
    by default at most half of all; ``alive`` keeps intervals that reach the last step (prospective);
    ``whole_period`` adds the purely spatial windows, ``whole_area`` the purely temporal ones.
    """

    max_share: float = 0.5
    max_radius: float | None = None
    min_duration: int = 1
    max_duration: int | None = None
    alive: bool = False
    whole_period: bool = False
    whole_area: bool = False


@dataclass(frozen=True)
class Circles:
    """The circles round one centre, growing place by place; ``kept`` are the sizes not seen at other
    centres.
    """

    centre: int
    order: NDArray[np.int64]
    radius: Floats
    kept: NDArray[np.int64]


def distances(data: ScanData, centre: int) -> Floats:
    """Distances of all places from one: flat, or kilometres along the great circle."""
    if not data.spherical:
        return np.hypot(data.x - data.x[centre], data.y - data.y[centre])
    lon, lat = np.radians(data.x), np.radians(data.y)
    half = (
        np.sin((lat - lat[centre]) / 2) ** 2
        + np.cos(lat) * np.cos(lat[centre]) * np.sin((lon - lon[centre]) / 2) ** 2
    )
    return np.asarray(2 * SATSCAN_EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def circles(data: ScanData, limits: Limits) -> Iterator[Circles]:
    """Yield the circles of each centre that hold a place and at most the allowed share of the measure.

    A set of places that two centres share is scanned once. Its key is a sum of random 64-bit numbers; two
    different sets share a key with a chance below 1e-9 even for a million sets.
    """
    measure = data.measure().sum(axis=1)
    most = measure.sum() * limits.max_share * (1 + 1e-12)
    keys = np.random.default_rng(20240531).integers(0, 2**64, len(data.names), dtype=np.uint64)
    seen: set[int] = set()
    for centre in range(len(data.names)):
        away = distances(data, centre)
        order = np.argsort(away, kind="stable")
        size = int(np.searchsorted(np.cumsum(measure[order]), most, side="right"))
        if limits.max_radius is not None:
            size = min(size, int(np.searchsorted(away[order], limits.max_radius, side="right")))
        reach = np.append(away[order], np.inf)
        fresh = []
        for at, key in enumerate(np.cumsum(keys[order[:size]]).tolist()):
            if reach[at + 1] > reach[at] * (1 + 1e-12) and key not in seen:
                seen.add(key)
                fresh.append(at)
        if fresh:
            length = fresh[-1] + 1
            yield Circles(centre, order[:length], away[order[:length]], np.array(fresh))
    if limits.whole_area and len(data.names) > 1:
        away = distances(data, 0)
        order = np.argsort(away, kind="stable")
        yield Circles(0, order, away[order], np.array([order.size - 1]))


def durations(steps: int, limits: Limits) -> list[int]:
    """Lengths of the intervals, in steps."""
    longest = limits.max_duration if limits.max_duration is not None else max(1, steps // 2)
    lengths = list(range(limits.min_duration, min(longest, steps) + 1))
    if limits.whole_period and steps not in lengths:
        lengths.append(steps)
    return lengths


def interval_sums(summed: NDArray[np.generic], length: int, alive: bool) -> NDArray[np.generic]:
    """Sums over every interval of ``length`` steps from sums up to each step, axis 1, one longer than
    steps.
    """
    first = summed.shape[1] - 1 - length if alive else 0
    ends, starts = summed[:, first + length :], summed[:, first : summed.shape[1] - length]
    return np.asarray(ends - starts)  # type: ignore[operator]
