"""``patrol bench venues``: the ranking of places on the real inspections of Chicago, walking forward."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from patrol.core.figures import Figure
from patrol.venues.risk import evaluate_history, read_history

FILE = Path("inspections") / "chicago_inspections_to_2014-08.csv.gz"


def figures() -> Iterator[Figure]:
    """Days earlier and share in the first half, last two months and six windows, against the real order of visits."""
    path = Path(os.environ.get("PATROL_BENCH_DATA", "")) / FILE
    if not path.is_file():
        yield Figure("ranking: PATROL_BENCH_DATA is not set, skipped", float("nan"), "")
        return
    began = time.perf_counter()
    judged = evaluate_history(read_history(path))
    took = time.perf_counter() - began
    for name, gain in (("last two months", judged.last), ("six windows of two months", judged.pooled)):
        yield Figure(f"ranking, {name}, days earlier", gain.days_earlier, "days", "real order", 0.0, ">= 4.5")
        yield Figure(f"ranking, {name}, 95 % from", gain.days_low, "days", "95 % to", gain.days_high)
        yield Figure(
            f"ranking, {name}, found in the first half",
            100 * gain.share_ranked,
            "%",
            "real order",
            100 * gain.share_real,
        )
    yield Figure("ranking, whole evaluation", took, "s")
