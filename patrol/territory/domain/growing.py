"""Grouping faces into balanced, compact, connected cells.

Cells start as a balanced centroidal power diagram (Cohen-Addad, Klein & Young 2018, *Balanced centroidal
power diagrams for redistricting*), are made connected, and are then improved by moving single faces across
borders while that lowers one objective: unevenness of load, length of border (a border along a main
road counts less, because that is where people expect a grid to end) and spread of area round the middle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.territory.domain.arrangement import Borders

_LLOYD_ROUNDS = 30
_PRICE_ROUNDS = 25
#: Faces that share less border than this are not joined by it.
_CORNER_M = 20.0


@dataclass(frozen=True)
class Taste:
    """What a good partition is: weights of even load, short borders and roundness; how long to search."""

    balance: float = 6.0
    border: float = 1.0
    round: float = 2.0
    sweeps: int = 40
    starts: int = 3


PLAIN_TASTE = Taste()


def group(
    centres_m: NDArray[np.float64],
    area_m2: NDArray[np.float64],
    load: NDArray[np.float64],
    border: Borders,
    count: int,
    rng: np.random.Generator,
    taste: Taste = PLAIN_TASTE,
) -> NDArray[np.int64]:
    """Group faces into ``count`` connected cells of about equal load with short borders.

    Parameters: ``centres_m`` (faces, 2); ``area_m2`` and ``load`` (faces,) > 0; ``border`` the
    neighbours; 1 ≤ ``count`` ≤ faces. Returns: (faces,) cell numbers 0 … count − 1, every cell non-empty
    and connected as far as the faces themselves are.
    """
    faces = len(load)
    if not 1 <= count <= faces:
        raise ValueError("there must be at least one face for each cell")
    links = _links(border, faces)
    found = []
    for _ in range(max(1, taste.starts)):
        cell = _connected(_power_cells(centres_m, load, count, rng), load, links, count)
        search = _Search(cell, load, links, count, taste, centres_m, area_m2)
        search.run(rng)
        found.append((search.cost(), search.cell))
    return min(found, key=lambda each: each[0])[1]


def _links(border: Borders, faces: int) -> list[dict[int, float]]:
    """Neighbours of each face with the cost of the border; contacts at a mere corner join nothing."""
    every = _linked(border, np.ones(len(border.first), dtype=bool), faces)
    longest = np.zeros(faces)
    np.maximum.at(longest, border.first, border.length_m)
    np.maximum.at(longest, border.second, border.length_m)
    own_best = np.minimum(longest[border.first], longest[border.second])
    firm = _linked(border, border.length_m >= np.minimum(_CORNER_M, own_best), faces)
    return firm if len(pieces(range(faces), firm)) == len(pieces(range(faces), every)) else every


def _linked(border: Borders, kept: NDArray[np.bool_], faces: int) -> list[dict[int, float]]:
    links: list[dict[int, float]] = [{} for _ in range(faces)]
    pairs = zip(border.first[kept].tolist(), border.second[kept].tolist(), strict=True)
    for (a, b), cost in zip(pairs, border.cost_m[kept].tolist(), strict=True):
        links[a][b] = links[b][a] = cost
    return links


def _power_cells(
    centres: NDArray[np.float64], load: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Lloyd's rounds with a price for each cell that makes crowded ones give faces away."""
    seeds = _spread_seeds(centres, load, count, rng)
    price = np.zeros(count)
    target = load.sum() / count
    scale = float(np.var(centres, axis=0).sum()) / max(count, 1)
    cell = np.zeros(len(load), dtype=np.int64)
    for _ in range(_LLOYD_ROUNDS):
        away = ((centres[:, None, :] - seeds[None, :, :]) ** 2).sum(axis=2)
        for step in range(_PRICE_ROUNDS):
            cell = (away + price).argmin(axis=1)
            over = np.bincount(cell, load, minlength=count) / target - 1.0
            price += scale * np.clip(over, -1.0, 1.0) * 0.3 / (1.0 + 0.15 * step)
        weight = np.bincount(cell, load, minlength=count)
        for axis in (0, 1):
            moved = np.bincount(cell, load * centres[:, axis], minlength=count)
            seeds[:, axis] = np.where(weight > 0, moved / np.maximum(weight, 1e-12), seeds[:, axis])
    return cell


def _spread_seeds(
    centres: NDArray[np.float64], load: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Choose starting points far apart, more of them where there is more load (k-means++)."""
    chosen = [int(rng.choice(len(load), p=load / load.sum()))]
    away = ((centres - centres[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count:
        chance = away * load
        chance = chance if chance.sum() > 0 else np.where(np.isin(np.arange(len(load)), chosen), 0.0, load)
        chosen.append(int(rng.choice(len(load), p=chance / chance.sum())))
        away = np.minimum(away, ((centres - centres[chosen[-1]]) ** 2).sum(axis=1))
    return centres[chosen].copy()


def pieces(members: Iterable[int], links: list[dict[int, float]]) -> list[list[int]]:
    """Split a set of faces into connected parts."""
    left, found = set(members), []
    while left:
        part = [left.pop()]
        for face in part:
            near = left & links[face].keys()
            left -= near
            part.extend(sorted(near))
        found.append(part)
    return found


def _connected(
    cell: NDArray[np.int64], load: NDArray[np.float64], links: list[dict[int, float]], count: int
) -> NDArray[np.int64]:
    """Give every split-off part to the neighbour it borders longest, and refill cells that are empty."""
    cell = cell.copy()
    for _ in range(len(cell)):
        strays = _strays(cell, load, links, count)
        if not strays:
            break
        moved = False
        for part in strays:
            to = _best_neighbour(part, cell, links)
            if to is not None:
                cell[part] = to
                moved = True
        if not moved:
            break
    return _refill(cell, load, links, count)


def _strays(
    cell: NDArray[np.int64], load: NDArray[np.float64], links: list[dict[int, float]], count: int
) -> list[list[int]]:
    strays = []
    for number in range(count):
        parts = pieces(np.flatnonzero(cell == number).tolist(), links)
        parts.sort(key=lambda part: (-float(load[part].sum()), part[0]))
        strays += parts[1:]
    return strays


def _best_neighbour(part: list[int], cell: NDArray[np.int64], links: list[dict[int, float]]) -> int | None:
    own = int(cell[part[0]])
    touching: dict[int, float] = {}
    for face in part:
        for near, cost in links[face].items():
            if cell[near] != own:
                touching[int(cell[near])] = touching.get(int(cell[near]), 0.0) + cost
    return max(sorted(touching), key=touching.__getitem__) if touching else None


def _refill(
    cell: NDArray[np.int64], load: NDArray[np.float64], links: list[dict[int, float]], count: int
) -> NDArray[np.int64]:
    """Give each empty cell a face at the rim of the heaviest cell that can spare one."""
    for empty in np.flatnonzero(np.bincount(cell, minlength=count) == 0):
        weight = np.bincount(cell, load, minlength=count)
        for rich in np.argsort(-weight, kind="stable"):
            members = np.flatnonzero(cell == rich).tolist()
            spare = next((f for f in members if len(members) > 1 and _can_leave(f, cell, links)), None)
            if spare is not None:
                cell[spare] = empty
                break
    return cell


def _can_leave(face: int, cell: NDArray[np.int64], links: list[dict[int, float]]) -> bool:
    """Tell whether the rest of the face's cell stays in one piece (or as many as before) without it."""
    own = cell[face]
    near = [other for other in links[face] if cell[other] == own]
    if len(near) <= 1:
        return bool(near) or int((cell == own).sum()) > 1
    goal, seen, queue = set(near[1:]), {face, near[0]}, [near[0]]
    for other in queue:
        for step in links[other]:
            if step not in seen and cell[step] == own:
                seen.add(step)
                queue.append(step)
                goal.discard(step)
                if not goal:
                    return True
    return False


class _Search:
    """Moves single faces between neighbouring cells, first with some tolerance for worse, then without."""

    def __init__(
        self,
        cell: NDArray[np.int64],
        load: NDArray[np.float64],
        links: list[dict[int, float]],
        count: int,
        taste: Taste,
        centres: NDArray[np.float64],
        area: NDArray[np.float64],
    ) -> None:
        self.cell, self.load, self.links, self.taste = cell, load, links, taste
        self.weight = np.bincount(cell, load, minlength=count)
        self.size = np.bincount(cell, minlength=count)
        self.centres, self.area = centres, area
        self.ground = np.bincount(cell, area, minlength=count)
        self.moment = np.column_stack(
            [np.bincount(cell, area * centres[:, axis], minlength=count) for axis in (0, 1)]
        )
        self.target = float(load.sum()) / count
        cut = sum(c for f, near in enumerate(links) for o, c in near.items() if cell[f] != cell[o]) / 2
        self.border_unit = max(cut / count, 1e-9)

    def run(self, rng: np.random.Generator) -> None:
        """Sweep over all faces in random order until nothing improves any more."""
        warm = self.taste.sweeps // 2
        for sweep in range(self.taste.sweeps):
            heat = 0.25 * max(0.0, 1.0 - sweep / warm) if warm else 0.0
            moved = sum(self._try(int(face), heat, rng) for face in rng.permutation(len(self.cell)))
            if not moved and heat == 0.0:
                break

    def cost(self) -> float:
        """The objective as it stands, in units that compare between starts."""
        cut = sum(
            cost
            for face, near in enumerate(self.links)
            for other, cost in near.items()
            if self.cell[face] != self.cell[other]
        )
        away = self.centres - (self.moment / self.ground[:, None])[self.cell]
        spread = (self.area * (away**2).sum(axis=1) / self.ground[self.cell] ** 2).sum()
        uneven = ((self.weight / self.target - 1) ** 2).sum()
        unit = float(np.sqrt(self.area.sum() * len(self.weight)))
        taste = self.taste
        return float(taste.balance * uneven + taste.border * cut / unit + taste.round * spread)

    def _try(self, face: int, heat: float, rng: np.random.Generator) -> bool:
        own = int(self.cell[face])
        felt: dict[int, float] = {}
        for near, cost in self.links[face].items():
            other = int(self.cell[near])
            felt[other] = felt.get(other, 0.0) + cost
        if self.size[own] < 2 or not felt.keys() - {own}:
            return False
        gains = {to: self._gain(face, own, to, felt) for to in sorted(felt.keys() - {own})}
        to = max(gains, key=gains.__getitem__)
        accepted = gains[to] > 1e-9 or (heat > 0 and rng.random() < np.exp(gains[to] / heat))
        if not accepted or not _can_leave(face, self.cell, self.links):
            return False
        self.cell[face] = to
        self.weight[own] -= self.load[face]
        self.weight[to] += self.load[face]
        self.size[own] -= 1
        self.size[to] += 1
        self.ground[own] -= self.area[face]
        self.ground[to] += self.area[face]
        self.moment[own] -= self.area[face] * self.centres[face]
        self.moment[to] += self.area[face] * self.centres[face]
        return True

    def _gain(self, face: int, own: int, to: int, felt: dict[int, float]) -> float:
        """How much better the whole becomes when ``face`` goes from ``own`` to ``to``."""
        load, goal = self.load[face], self.target
        before = (self.weight[own] / goal - 1) ** 2 + (self.weight[to] / goal - 1) ** 2
        after = ((self.weight[own] - load) / goal - 1) ** 2 + ((self.weight[to] + load) / goal - 1) ** 2
        border = (felt[to] - felt.get(own, 0.0)) / self.border_unit
        nearer = self._reach(face, own) - self._reach(face, to)
        return float(
            self.taste.balance * (before - after) + self.taste.border * border + self.taste.round * nearer
        )

    def _reach(self, face: int, cell: int) -> float:
        """The face's share of the cell's moment of inertia, in units of its ground squared (disc: 0.16)."""
        ground = self.ground[cell]
        away = self.centres[face] - self.moment[cell] / ground
        return float(self.area[face] * (away @ away) / ground**2)
