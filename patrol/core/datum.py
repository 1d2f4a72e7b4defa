"""WGS-84, GCJ-02 and BD-09: where a Chinese map draws a point, and where the point really is.

Patrol stores WGS-84 and converts at the edges only. GCJ-02 is shifted by 33–678 m against WGS-84 inside
China; BD-09 is shifted once more by Baidu. The formula is the public approximation of the official one
(0.5–1 m): good for maps and imports, never for measuring boundaries.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_PI = math.pi * 3000.0 / 180.0
#: (west, south, east, north) of the box inside which GCJ-02 is shifted at all.
SHIFT_BOX_DEG = (72.004, 0.8293, 137.8347, 55.8271)
#: Rounds of the inverse iteration: worst error over China 0.4 µm (1 round 3.7 m, 2 rounds 18 mm).
INVERSE_ROUNDS = 4

Pair = tuple[float, float]
Arrays = tuple[NDArray[np.float64], NDArray[np.float64]]


class Datum(StrEnum):
    """The coordinate systems that Chinese maps, phones and registers hand over."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@overload
def convert(lon: float, lat: float, source: Datum, target: Datum) -> Pair: ...
@overload
def convert(lon: NDArray[Any], lat: NDArray[Any], source: Datum, target: Datum) -> Arrays: ...
def convert(
    lon: float | NDArray[Any], lat: float | NDArray[Any], source: Datum, target: Datum
) -> Pair | Arrays:
    """Convert positions from ``source`` to ``target``.

    Parameters: ``lon``, ``lat`` in degrees, both floats or both arrays of one shape.
    Returns: (lon, lat) in degrees, floats for floats and new arrays for arrays; the inputs stay untouched.
    Points outside :data:`SHIFT_BOX_DEG` come back as they were. Inverses are exact to about a micrometre.
    Raises ``ValueError`` if the shapes differ.

    >>> convert(116.404, 39.915, Datum.WGS84, Datum.GCJ02)
    (116.41024449916938, 39.91640428150164)
    """
    x, y = _as_arrays(lon, lat)
    inside = _in_box(x, y)
    new_x, new_y = _to_gcj(x, y, Datum(source))
    new_x, new_y = _from_gcj(new_x, new_y, Datum(target))
    if Datum(source) is Datum(target):
        new_x, new_y = x.copy(), y.copy()
    return _like(np.where(inside, new_x, x), np.where(inside, new_y, y), lon)


def in_shift_box(lon: float, lat: float) -> bool:
    """Tell whether a position lies where the Chinese datums differ from WGS-84.

    >>> in_shift_box(114.3, 30.6), in_shift_box(-87.6, 41.8)
    (True, False)
    """
    return bool(_in_box(np.float64(lon), np.float64(lat)))


def gcj02_to_wgs84(lon: float, lat: float, *, rounds: int = INVERSE_ROUNDS) -> Pair:
    """Undo the GCJ-02 shift of one point by ``rounds`` fixed-point rounds (1 = the usual one step)."""
    x, y = _unshift(*_as_arrays(lon, lat), rounds)
    return float(x), float(y)


def bd09_to_gcj02(lon: float, lat: float, *, rounds: int = INVERSE_ROUNDS) -> Pair:
    """Undo the BD-09 shift of one point; ``rounds=0`` is Baidu's simple inverse (0.18 m off)."""
    x, y = _baidu_inverse(*_as_arrays(lon, lat), rounds)
    return float(x), float(y)


def _as_arrays(lon: ArrayLike, lat: ArrayLike) -> Arrays:
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"lon {x.shape} and lat {y.shape} differ in shape")
    return x, y


def _like(x: NDArray[np.float64], y: NDArray[np.float64], asked: object) -> Pair | Arrays:
    return (x, y) if isinstance(asked, np.ndarray) else (float(x), float(y))


def _in_box(x: NDArray[np.float64] | np.float64, y: NDArray[np.float64] | np.float64) -> NDArray[np.bool_]:
    west, south, east, north = SHIFT_BOX_DEG
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _to_gcj(x: NDArray[np.float64], y: NDArray[np.float64], source: Datum) -> Arrays:
    if source is Datum.WGS84:
        return _shift(x, y)
    return _baidu_inverse(x, y, INVERSE_ROUNDS) if source is Datum.BD09 else (x, y)


def _from_gcj(x: NDArray[np.float64], y: NDArray[np.float64], target: Datum) -> Arrays:
    if target is Datum.WGS84:
        return _unshift(x, y, INVERSE_ROUNDS)
    return _baidu(x, y) if target is Datum.BD09 else (x, y)


def _shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Arrays:
    """WGS-84 to GCJ-02 by the public formula."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = lat / 180.0 * np.pi
    magic = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    north = north * 180.0 / ((_AXIS_M * (1.0 - _ECCENTRICITY2)) / (magic * np.sqrt(magic)) * np.pi)
    east = east * 180.0 / (_AXIS_M / np.sqrt(magic) * np.cos(radians) * np.pi)
    return lon + east, lat + north


def _unshift(lon: NDArray[np.float64], lat: NDArray[np.float64], rounds: int) -> Arrays:
    x, y = lon, lat
    for _ in range(rounds):
        shifted_x, shifted_y = _shift(x, y)
        x, y = x + (lon - shifted_x), y + (lat - shifted_y)
    return x, y


def _baidu(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Arrays:
    radius = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _baidu_inverse(lon: NDArray[np.float64], lat: NDArray[np.float64], rounds: int) -> Arrays:
    x, y = lon - 0.0065, lat - 0.006
    radius = np.sqrt(x * x + y * y) - 0.00002 * np.sin(y * _BAIDU_PI)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * _BAIDU_PI)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    for _ in range(rounds):
        shifted_x, shifted_y = _baidu(x, y)
        x, y = x + (lon - shifted_x), y + (lat - shifted_y)
    return x, y
