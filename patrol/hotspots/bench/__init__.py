"""``patrol bench hotspots``: known answers, speed beside esda and KDEpy in the same run, truth under uneven effort,
and a million findings served to a slow phone.

Reference tables and SaTScan's sample files are read from the folder PATROL_BENCH_DATA; where it is missing, a line
says so and the rest runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from patrol.core.figures import Figure


def figures() -> Iterator[Figure]:
    """Yield every figure of the room."""
    from patrol.hotspots.bench import computed, served

    yield from computed.figures()
    yield from served.figures()
