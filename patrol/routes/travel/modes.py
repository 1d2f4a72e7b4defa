"""How fast one gets on: speeds of walking, e-bike and car by kind of street, and detours without streets."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Mode(StrEnum):
    """How a team moves."""

    WALK = "walk"
    EBIKE = "ebike"
    CAR = "car"


#: km/h without traffic data: what a patrol plans with. Walking 4.8, e-bike 15 (the speed of the notes).
TYPICAL_KMH = {Mode.WALK: 4.8, Mode.EBIKE: 15.0, Mode.CAR: 25.0}

#: kind of street -> km/h for (walk, e-bike, car); 0 = not allowed.
SPEEDS_KMH: dict[str, tuple[float, float, float]] = {
    "unknown": (4.8, 15.0, 20.0),
    "motorway": (0.0, 0.0, 80.0),
    "motorway_link": (0.0, 0.0, 40.0),
    "trunk": (0.0, 0.0, 60.0),
    "trunk_link": (0.0, 0.0, 35.0),
    "primary": (4.8, 15.0, 38.0),
    "primary_link": (4.8, 15.0, 30.0),
    "secondary": (4.8, 15.0, 32.0),
    "secondary_link": (4.8, 15.0, 28.0),
    "tertiary": (4.8, 15.0, 28.0),
    "tertiary_link": (4.8, 15.0, 25.0),
    "unclassified": (4.8, 15.0, 22.0),
    "residential": (4.8, 15.0, 20.0),
    "living_street": (4.8, 12.0, 10.0),
    "service": (4.8, 12.0, 10.0),
    "road": (4.8, 15.0, 20.0),
    "track": (4.8, 12.0, 10.0),
    "pedestrian": (4.8, 8.0, 0.0),
    "footway": (4.8, 8.0, 0.0),
    "path": (4.5, 8.0, 0.0),
    "trail": (4.5, 8.0, 0.0),
    "crossing": (4.8, 8.0, 0.0),
    "corridor": (4.0, 0.0, 0.0),
    "cycleway": (4.8, 15.0, 0.0),
    "steps": (2.4, 0.0, 0.0),
}
WAY_CLASSES = tuple(SPEEDS_KMH)
#: How much of a boundary a street is; lanes that are not named count 0. Pieces without a class are what
#: is left where a simplified network has merged dual carriageways: mostly arteries.
IMPORTANCE = {"motorway": 3, "trunk": 3, "primary": 3, "secondary": 2, "tertiary": 1, "unknown": 2}
_CLASS_INDEX = {name: index for index, name in enumerate(WAY_CLASSES)}
_MODE_COLUMN = {Mode.WALK: 0, Mode.EBIKE: 1, Mode.CAR: 2}

#: Median ratio of street distance to straight line, measured on the Wuhan streets, at the middle of each
#: distance band (0.1–0.5, 0.5–1, 1–2, 2–5, 5–10, > 10 km). The mean is far higher at short range (2.94)
#: because of a few huge ratios; the median is what a typical leg needs.
DETOUR_AT_M = np.array([300.0, 750.0, 1500.0, 3500.0, 7500.0, 15000.0])
DETOUR_FACTOR = np.array([1.80, 1.49, 1.40, 1.32, 1.27, 1.21])


def class_index(name: str | None) -> int:
    """Return the number of a kind of street, -1 for ways that are none (platform, construction, …).

    >>> class_index("residential") > 0, class_index(None), class_index("construction")
    (True, 0, -1)
    """
    return 0 if name is None or not name.strip() else _CLASS_INDEX.get(name.strip(), -1)


def seconds_per_metre(mode: Mode, way_class: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Seconds that one metre takes on each street; ``inf`` where the mode may not go.

    Parameters: ``way_class`` of shape (edges,), indices into :data:`WAY_CLASSES`.
    """
    kmh = np.array([SPEEDS_KMH[name][_MODE_COLUMN[mode]] for name in WAY_CLASSES])
    with np.errstate(divide="ignore"):
        return np.asarray((3.6 / kmh)[way_class], dtype=np.float64)


def metres_per_second(mode: Mode) -> float:
    """Speed of a mode on an ordinary street."""
    return TYPICAL_KMH[mode] / 3.6


def detour_seconds(mode: Mode, straight_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate travel seconds where no street is known: straight line × a factor that falls with distance.

    Parameters: ``straight_m``, metres, any shape. Returns: seconds of the same shape, growing with distance.
    Source: medians over pairs on the Wuhan streets (see :data:`DETOUR_AT_M`), interpolated between bands.

    >>> detour_seconds(Mode.EBIKE, np.array([300.0, 3500.0])).round(0)
    array([ 130., 1109.])
    """
    factor = np.interp(straight_m, DETOUR_AT_M, DETOUR_FACTOR)
    return np.asarray(straight_m * factor / metres_per_second(mode), dtype=np.float64)
