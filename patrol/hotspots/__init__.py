"""Where findings gather, given where anybody looked: statistics, surfaces, map layers.

**How the figures keep up.** ``place_day`` holds, for each venue and day, answered visits, doors that did not
answer, visits of the random sample, findings, and findings of sampled visits. Cells of any size, duty grids,
kinds of venue and divisions are sums over venues, so reshaping a grid or moving a venue makes no figure stale.
Triggers on both engines keep it in the very transaction that records a visit or finding: facts come in from
phones, imports, the demo and repairs, and a list of callers that must remember to pass a fact up would miss
one. ``place_stamp`` changes with each commit that changes a fact: answers are kept by it and carry it in
their ETag. ``patrol hotspots rebuild`` and ``verify`` make it anew and compare.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from patrol.hotspots.forecasting import PlacePrior, place_priors
    from patrol.hotspots.models import PlaceDay, PlaceStamp

__all__ = ["PlaceDay", "PlacePrior", "PlaceStamp", "place_priors"]
_ROOMS = {
    "PlaceDay": "models",
    "PlaceStamp": "models",
    "PlacePrior": "forecasting",
    "place_priors": "forecasting",
}


def __getattr__(name: str) -> Any:
    """Open the front door only when somebody comes: the statistics on files start without a database."""
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"patrol.hotspots.{_ROOMS[name]}"), name)
