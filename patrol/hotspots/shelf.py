"""Answers kept by data version and question, so that the same question costs nothing twice."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

import numpy as np
import shapely
from scipy import sparse

Kept = TypeVar("Kept")
#: bytes of a polygon beside its corners: GEOS's objects and Python's own, measured on squares
POLYGON = 500
CORNER = 16


class Shelf:
    """The newest answers of this process, together at most ``most`` bytes; a key must hold all they depend on.

    An answer that is larger than the whole shelf is not kept: the next reader makes it again.
    """

    def __init__(self, most: int = 64_000_000) -> None:
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()
        self.held = 0

    def take(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return the answer to ``key``, made now if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                held: Kept = self._kept[key][0]
                return held
        made = make()
        size = weight(made)
        with self._lock:
            self._drop(key)
            if size <= self._most:
                self._kept[key] = made, size
                self.held += size
            while self.held > self._most:
                self._drop(next(iter(self._kept)))
        return made

    def _drop(self, key: Hashable) -> None:
        _made, size = self._kept.pop(key, (None, 0))
        self.held -= size

    def clear(self) -> None:
        """Forget everything: the answers were of another database."""
        with self._lock:
            self._kept.clear()
            self.held = 0


def weight(thing: Any) -> int:
    """Return about how many bytes something made of arrays, records and plain objects holds in memory.

    What two answers share is counted with each of them: the bound errs on the side of memory.

    >>> weight({"visits": np.zeros(1000)}) >= 8000
    True
    """
    counted, waiting, seen = 0, [thing], set()
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            counted += _own(each)
            waiting.extend(_parts(each))
    return counted


def _own(thing: Any) -> int:
    if isinstance(thing, np.ndarray):
        return 0 if thing.base is not None else int(thing.nbytes) + 112
    if isinstance(thing, shapely.Geometry):
        return POLYGON + CORNER * int(shapely.get_num_coordinates(thing))
    return sys.getsizeof(thing)


def _parts(thing: Any) -> Iterator[Any]:
    """What something holds: elements, fields, and what a view of an array looks at."""
    if isinstance(thing, np.ndarray):
        yield from thing.ravel().tolist() if thing.dtype == object else ()
        yield from () if thing.base is None else (thing.base,)
    elif isinstance(thing, dict):
        yield from thing.keys()
        yield from thing.values()
    elif isinstance(thing, (list, tuple, set, frozenset)):
        yield from thing
    elif sparse.issparse(thing):
        yield from (part for part in vars(thing).values() if isinstance(part, np.ndarray))
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        yield from vars(thing).values() if hasattr(thing, "__dict__") else ()
    elif hasattr(thing, "__dict__") and not isinstance(thing, type):
        yield from vars(thing).values()
