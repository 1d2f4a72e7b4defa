"""What keeps the pages alive while hundreds of phones come home at the same minute.

A process takes in few requests of phones at once. One more may wait a moment; whoever comes then is sent away with a
time to come back at, before anything was read or written: a phone keeps everything and tries again by itself.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from patrol.core.errors import PatrolError
from patrol.sync.domain import SYNC_BUSY

AT_ONCE = 2
WAITING = 1
LONGEST_WAIT_S = 2.0
#: the earliest and latest moment at which a phone that was sent away is asked to come back
COME_BACK_S = (2, 9)


class Gate:
    """Lets ``at_once`` through, ``waiting`` wait for at most ``longest_wait_s``, and refuses the others."""

    def __init__(self, at_once: int, waiting: int, longest_wait_s: float) -> None:
        self._places = threading.Semaphore(at_once)
        self._queue = threading.Semaphore(at_once + waiting)
        self._longest_wait_s = longest_wait_s

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Hold a place for the length of the block; raises :class:`PatrolError` 503 when there is none."""
        if not self._queue.acquire(blocking=False):
            raise _come_back()
        try:
            if not self._places.acquire(timeout=self._longest_wait_s):
                raise _come_back()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._queue.release()


def _come_back() -> PatrolError:
    return PatrolError(SYNC_BUSY, retry_after_s=random.randint(*COME_BACK_S))


gate = Gate(AT_ONCE, WAITING, LONGEST_WAIT_S)
