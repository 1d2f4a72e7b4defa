"""Waiting: until something is true, or for a moment, without blocking what the browser says."""

import threading
import time


def moment(seconds):
    """Let everybody else work for a moment."""
    threading.Event().wait(seconds)


def until(true, seconds, what, every_s=0.06):
    """Ask until the answer is true and return it; fail with ``what`` was waited for."""
    end = time.monotonic() + seconds
    while not (said := true()):
        assert time.monotonic() < end, what() if callable(what) else what
        moment(every_s)
    return said
