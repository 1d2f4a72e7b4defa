"""What the risk of a place is learnt from: places, and visits with their outcomes; arrays, no rows of a database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: an officer whose name is not known
UNKNOWN_OFFICER = ""


@dataclass(frozen=True)
class Places:
    """P places. Nothing here says what was found there; ``numbers`` are measured columns, NaN = not known."""

    keys: tuple[str, ...]
    lon: Floats
    lat: Floats
    kind: tuple[str, ...]
    category: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    numbers: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def index(self) -> dict[str, int]:
        """Number of each place by its key."""
        return {key: number for number, key in enumerate(self.keys)}

    @cached_property
    def xy_km(self) -> Floats:
        """Kilometres east and north of the middle of all places, (P, 2): plane enough inside a city."""
        if not len(self):
            return np.zeros((0, 2))
        east = (self.lon - self.lon.mean()) * np.cos(np.radians(self.lat.mean())) * 111.195
        return np.column_stack([east, (self.lat - self.lat.mean()) * 111.195])

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        """The words of each name: Latin words of three letters or more, pairs of Chinese characters."""
        return tuple(words_of(name) for name in self.name) or (frozenset(),) * len(self)


@dataclass(frozen=True)
class Visits:
    """V visits in order of time: which place (its number), on which day, by whom, and what came out.

    ``found``: whether the visit established what patrols look for. ``lesser``: lesser defects noted (for the
    strictness-free profile of a place). ``answered``: False where nobody opened.
    """

    place: Ints
    day: Ints
    found: Floats
    officer: tuple[str, ...]
    lesser: Floats
    answered: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.day)

    def before(self, day: int) -> Visits:
        """Only the visits before a day."""
        return self.take(np.flatnonzero(self.day < day))

    def take(self, rows: Ints) -> Visits:
        """These visits only."""
        return Visits(
            self.place[rows],
            self.day[rows],
            self.found[rows],
            tuple(self.officer[row] for row in rows.tolist()),
            self.lesser[rows],
            self.answered[rows],
        )


@dataclass(frozen=True)
class Signs:
    """Dated points of one sort that may warn of a place: sightings, or dens closed (kilometres on demand)."""

    name: str
    lon: Floats
    lat: Floats
    day: Ints


def no_signs() -> tuple[Signs, ...]:
    """Return no signs at all: history files have none."""
    return ()


def words_of(name: str) -> frozenset[str]:
    """Split a name into words that other places may share.

    >>> sorted(words_of("Joe's Pizza 24"))
    ["JOE'S", 'PIZZA']
    >>> sorted(words_of("江汉宾馆"))
    ['宾馆', '汉宾', '江汉']
    """
    latin = re.findall(r"[A-Z][A-Z']{2,}", name.upper())
    chinese = re.findall(r"[\u4e00-\u9fff]{2,}", name)
    pairs = [run[i : i + 2] for run in chinese for i in range(len(run) - 1)]
    return frozenset([*latin, *pairs])


def together(first: Places, more: Places) -> tuple[Places, Ints]:
    """Places of both, each key once (the newer description wins), and where each of ``more`` stands.

    >>> a = Places(("a",), np.zeros(1), np.zeros(1), ("x",))
    >>> both, at = together(a, Places(("b", "a"), np.ones(2), np.ones(2), ("y", "y")))
    >>> both.keys, at.tolist(), both.kind
    (('a', 'b'), [1, 0], ('y', 'y'))
    """
    index = dict(first.index)
    for key in more.keys:
        index.setdefault(key, len(index))
    at = np.array([index[key] for key in more.keys], dtype=np.int64)
    names = set(first.numbers) | set(more.numbers)
    return Places(
        tuple(index),
        _merged(first.lon, more.lon, at, len(index)),
        _merged(first.lat, more.lat, at, len(index)),
        _texts(first.kind, more.kind, at, len(index)),
        _texts(first.category, more.category, at, len(index)),
        _texts(first.name, more.name, at, len(index)),
        {
            name: _merged(
                first.numbers.get(name, np.full(len(first), np.nan)),
                more.numbers.get(name, np.full(len(more), np.nan)),
                at,
                len(index),
            )
            for name in sorted(names)
        },
    ), at


def _merged(first: Floats, more: Floats, at: Ints, count: int) -> Floats:
    whole = np.full(count, np.nan)
    whole[: len(first)] = first
    known = np.isfinite(more)
    whole[at[known]] = more[known]
    return whole


def _texts(first: Sequence[str], more: Sequence[str], at: Ints, count: int) -> tuple[str, ...]:
    whole = [*first, *[""] * (count - len(first))]
    for number, text in zip(at.tolist(), more, strict=False):
        whole[number] = text or whole[number]
    return tuple(whole)
