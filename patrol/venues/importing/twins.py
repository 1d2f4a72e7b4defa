"""Rows that may be a place already known, by code, name, address and distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from patrol.core.geo import LocalMetres
from patrol.venues.domain.likeness import NEAR_M, Entry, Likeness, likeness, normal_address, normal_name


@dataclass(frozen=True)
class Known:
    """One entry with its position (WGS-84 degrees); ``key`` is a venue's id or a row's number."""

    key: int
    entry: Entry
    lon: float
    lat: float


@dataclass(frozen=True)
class Twin:
    """The entry that a row may be the same as, why, and how far away it is."""

    key: int
    why: Likeness
    distance_m: float


class TwinFinder:
    """Looks a row up among many entries by code, by position (a k-d tree) and by name with address."""

    def __init__(self, known: Sequence[Known]) -> None:
        self.known = known
        self.by_code: dict[str, int] = {}
        self.by_name_address: dict[tuple[str, str], int] = {}
        for at, each in enumerate(known):
            if each.entry.external_id:
                self.by_code.setdefault(each.entry.external_id, at)
            address = normal_address(each.entry.address)
            if address:
                self.by_name_address.setdefault((normal_name(each.entry.name), address), at)
        lon, lat = np.array([k.lon for k in known]), np.array([k.lat for k in known])
        middle = (float(np.median(lon)), float(np.median(lat))) if len(known) else (0.0, 0.0)
        self.flat = LocalMetres(round(middle[0], 4), round(middle[1], 4))
        self.points = np.column_stack(self.flat.project(lon, lat)) if len(known) else np.zeros((0, 2))
        self.tree = cKDTree(self.points) if len(known) else None

    def twins(
        self, rows: Sequence[Known], *, before: bool = False, step: Callable[[int], None] = lambda done: None
    ) -> list[Twin | None]:
        """Return the best twin of each row.

        ``before`` looks only at entries that come earlier: for rows compared among themselves.
        """
        if self.tree is None or not rows:
            return [None] * len(rows)
        xy = np.column_stack(
            self.flat.project(np.array([r.lon for r in rows]), np.array([r.lat for r in rows]))
        )
        near = self.tree.query_ball_point(xy, NEAR_M, return_sorted=True)
        found: list[Twin | None] = []
        for at, row in enumerate(rows):
            candidates = [k for k in near[at] if not before or k < at]
            found.append(self._twin(row, xy[at], candidates, at if before else len(self.known)))
            step(at)
        return found

    def _twin(self, row: Known, xy: np.ndarray, near: list[int], end: int) -> Twin | None:
        coded = self.by_code.get(row.entry.external_id, end) if row.entry.external_id else end
        if coded < end:
            return Twin(self.known[coded].key, Likeness.CODE, self._distance(coded, xy))
        best: tuple[int, float, Twin] | None = None
        named = self.by_name_address.get(
            (normal_name(row.entry.name), normal_address(row.entry.address)), end
        )
        for at in [*near, *([named] if named < end else [])]:
            distance = self._distance(at, xy)
            why = likeness(row.entry, self.known[at].entry, distance)
            if why is None:
                continue
            rank = (list(Likeness).index(why), distance)
            if best is None or rank < best[:2]:
                best = (*rank, Twin(self.known[at].key, why, distance))
        return best[2] if best else None

    def _distance(self, at: int, xy: np.ndarray) -> float:
        return round(float(np.hypot(*(self.points[at] - xy))), 1)
