"""``patrol bench routes``: the planner beside OR-Tools, VROOM and PyVRP started cold, on published sets and on streets.

Parts: ``toptw`` ``pcvrptw`` ``cvrp`` ``city`` ``branch`` ``varied`` ``travel``. Do-nothing and greedy stand
beside every plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from patrol.core.figures import Figure
from patrol.routes.bench import city, published
from patrol.routes.travel import bench as travel

Part = Callable[[int], Iterator[Figure]]

PARTS: dict[str, Part] = {
    "travel": lambda seeds: travel.figures(),
    "branch": city.branch,
    "city": city.large,
    "varied": city.varied,
    "toptw": published.toptw,
    "pcvrptw": published.pcvrptw,
    "cvrp": published.cvrp,
}


def figures(*, only: str = "", seeds: int = 5) -> Iterator[Figure]:
    """Yield the figures of the parts named in ``only`` (comma-separated; empty = all), ``seeds`` runs of each."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(PARTS)
    for name in wanted:
        yield from PARTS[name](seeds)
