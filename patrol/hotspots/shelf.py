"""Answers kept by data version and question, so that the same question costs nothing twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Kept = TypeVar("Kept")


class Shelf:
    """The newest ``size`` answers of this process; a key must hold everything the answer depends on."""

    def __init__(self, size: int = 96) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._size = size
        self._lock = threading.Lock()

    def take(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return the answer to ``key``, made now if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                held: Kept = self._kept[key]
                return held
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget everything: the answers were of another database."""
        with self._lock:
            self._kept.clear()
