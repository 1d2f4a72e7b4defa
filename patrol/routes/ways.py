"""The ways between venues: travel times for the planner and lines for the map, on the imported streets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from patrol.core.errors import PatrolError
from patrol.routes.planning import Candidate, TeamShift, TravelMatrix, free_open_ends, matrix_points
from patrol.routes.travel import (
    FolderCache,
    Mode,
    StreetNetwork,
    TimesCache,
    check_same_city,
    load_network,
    route_line,
    travel_times,
)

Point = tuple[float, float]


@dataclass(frozen=True)
class Ways:
    """A street network (``None``: straight lines with a detour) and where its measured times are kept."""

    network: StreetNetwork | None
    cache: TimesCache | None = None

    def matrix(
        self, candidates: Sequence[Candidate], shifts: Sequence[TeamShift], scope: str
    ) -> tuple[TravelMatrix, frozenset[str]]:
        """Return travel seconds for every mode in use, and the keys of venues that no street comes near.

        Those are estimated by straight line rather than dropped, and have to be named to the manager.
        """
        points = matrix_points(candidates, shifts)
        seconds, far = {}, set()
        for mode in {shift.mode for shift in shifts}:
            times = travel_times(
                self.network, Mode(mode), points[:, 0], points[:, 1], cache=self.cache, scope=scope
            )
            seconds[mode] = free_open_ends(times.seconds, candidates, shifts)
            far |= {candidates[row].key for row in times.unreachable.tolist() if row < len(candidates)}
        return TravelMatrix(seconds), frozenset(far)

    def line(
        self, mode: str, places: Sequence[tuple[str, Point]], known: Mapping[tuple[str, str], Any]
    ) -> list[dict[str, Any]]:
        """Draw the legs between named ``places`` in order; a leg in ``known`` (by its two names) is taken over."""
        legs = []
        for (start, a), (end, b) in pairwise(places):
            leg = known.get((start, end))
            if leg is None:
                drawn = route_line(self.network, Mode(mode), a, b)
                leg = {
                    "from": start,
                    "to": end,
                    "points": np.round(drawn.points, 5).tolist(),
                    "m": round(drawn.metres),
                }
            legs.append(leg)
        return legs


def strangers(ways: Ways, lon: Sequence[float], lat: Sequence[float]) -> dict[str, str] | None:
    """Return, in both languages, that these streets are another city's; ``None`` where they fit or there are none.

    Parameters: WGS-84 degrees of the venues.
    """
    if ways.network is None:
        return None
    try:
        check_same_city(ways.network, np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    except PatrolError as error:
        return {language: error.sentence(language) for language in ("zh", "en")}
    return None


def legs_by_ends(legs: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Any]:
    """Return drawn legs by the names of their two ends."""
    return {(leg["from"], leg["to"]): leg for leg in legs if isinstance(leg, dict)}


def ways_of(data_dir: Path) -> Ways:
    """Return the ways of this installation: its newest street network, with times kept between plans."""
    return Ways(load_network(data_dir), FolderCache(data_dir / "travel"))
