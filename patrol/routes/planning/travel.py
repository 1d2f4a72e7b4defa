"""Travel times without a street network: the straight line, lengthened by what streets usually add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from patrol.routes.planning.domain import Candidate, Problem, TeamShift, TravelMatrix, Weights

EARTH_RADIUS_M = 6_371_008.8
#: metres per second: on foot 4.5 km/h, e-bike 15 km/h, car in town 22 km/h
SPEED_M_S: Mapping[str, float] = {"foot": 1.25, "ebike": 15 / 3.6, "car": 22 / 3.6}
#: median street distance / straight line on urban Wuhan streets, by straight-line kilometres
DETOUR_KM = (0.1, 0.3, 0.75, 1.5, 3.5, 7.5, 12.0)
DETOUR_FACTOR = (1.80, 1.80, 1.49, 1.40, 1.32, 1.27, 1.21)


def detour_factor(straight_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much longer than the straight line the way along streets usually is.

    Parameters: distances in metres, any shape. Returns: factors ≥ 1 of the same shape, interpolated between
    classes of distance. Source: medians over 1,000 × 1,000 pairs on the OpenStreetMap streets of urban Wuhan;
    medians, because a few huge ratios drive the mean of short distances.

    >>> detour_factor(np.array([200.0, 3500.0, 50000.0])).round(2)
    array([1.8 , 1.32, 1.21])
    """
    return np.interp(straight_m / 1000.0, DETOUR_KM, DETOUR_FACTOR)


def straight_m(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle metres between all pairs of points of shape (k, 2) in degrees: an array (k, k).

    >>> straight_m(np.array([[114.0, 30.0], [114.0, 31.0]]))[0, 1].round(-2)
    np.float64(111200.0)
    """
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    chord = half_lat + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lon
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return metres


def matrix_points(candidates: Sequence[Candidate], teams: Sequence[TeamShift]) -> NDArray[np.float64]:
    """The points behind the rows of a travel matrix, (n + 2 m, 2) lon, lat; an open end repeats its start."""
    points = [(c.lon, c.lat) for c in candidates]
    points += [team.start_lonlat for team in teams]
    points += [team.end_lonlat or team.start_lonlat for team in teams]
    return np.array(points, dtype=float).reshape(-1, 2)


def free_open_ends(
    seconds: NDArray[np.int32], candidates: Sequence[Candidate], teams: Sequence[TeamShift]
) -> NDArray[np.int32]:
    """Return the matrix with the way to the end of every team that need not come back set to zero."""
    freed = seconds.copy()
    for number, team in enumerate(teams):
        if team.end_lonlat is None:
            freed[:, len(candidates) + len(teams) + number] = 0
    return freed


def straight_line_travel(candidates: Sequence[Candidate], teams: Sequence[TeamShift]) -> TravelMatrix:
    """Travel seconds for every mode in use: straight line × detour factor / speed.

    Parameters: the candidates and teams of a problem, in its order. Returns: whole seconds, rows as
    :class:`TravelMatrix` says. Raises ``KeyError`` for a mode without a speed.

    >>> a = Candidate("a", 114.30, 30.60, 1.0, 600)
    >>> t = TeamShift("t", 0, 3600, (114.30, 30.62), mode="foot")
    >>> straight_line_travel([a], [t]).seconds["foot"].tolist()
    [[0, 2439, 0], [2439, 0, 0], [2439, 0, 0]]
    """
    metres = straight_m(matrix_points(candidates, teams))
    metres *= detour_factor(metres)
    modes = {team.mode: SPEED_M_S[team.mode] for team in teams}
    return TravelMatrix(
        {
            mode: free_open_ends(np.rint(metres / speed).astype(np.int32), candidates, teams)
            for mode, speed in modes.items()
        }
    )


def straight_line_problem(
    candidates: Sequence[Candidate], teams: Sequence[TeamShift], weights: Weights | None = None
) -> Problem:
    """Put a problem together on straight-line travel times."""
    travel = straight_line_travel(candidates, teams)
    return Problem(tuple(candidates), tuple(teams), travel, weights or Weights())
