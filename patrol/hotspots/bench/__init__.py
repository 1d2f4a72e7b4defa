"""``patrol bench hotspots``: known answers, speed beside esda and KDEpy in the same run, truth under uneven effort,
and a million findings served to a slow phone.

Reference tables and SaTScan's sample files are read from the folder PATROL_BENCH_DATA; where it is missing, a line
says so and the rest runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from patrol.core.figures import Figure

#: what ``--only`` may name
PARTS = ("known", "gi", "kde", "effort", "intervals", "served")


def figures(only: str = "") -> Iterator[Figure]:
    """Yield the figures of the parts named in ``only`` (comma-separated; empty = all)."""
    from patrol.hotspots.bench import computed, served

    measured = (
        computed.known, computed.gi_speed, computed.kde_speed, computed.effort, computed.intervals, served.figures,
    )  # fmt: skip
    named = {word.strip() for word in only.split(",") if word.strip()}
    if not named <= set(PARTS):
        raise click.BadParameter(f"parts of this benchmark: {', '.join(PARTS)}", param_hint="--only")
    for part, measure in zip(PARTS, measured, strict=True):
        if not named or part in named:
            yield from measure()
