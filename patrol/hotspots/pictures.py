"""The surface as a palette picture: a few kilobytes, whatever the number of findings behind it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from patrol.hotspots import lattice
from patrol.hotspots.answers import Answer, kept
from patrol.hotspots.statistics import Raster, relative_risk_surface

PIXELS = 512
#: at least so many metres; a larger view takes a wider kernel, at least two pixels
BANDWIDTH_M = 300.0
#: relative risk at which a colour begins, from blue over nearly nothing to red (ColorBrewer RdBu, safe for all eyes)
LEVELS = (0.4, 0.6, 0.8, 1.25, 1.6, 2.0, 3.0)
COLOURS = (
    (33, 102, 172, 190), (103, 169, 207, 170), (209, 229, 240, 120), (247, 247, 247, 40),
    (253, 219, 199, 150), (244, 165, 130, 180), (214, 96, 77, 200), (178, 24, 43, 215),
)  # fmt: skip
HATCH, NOTHING = len(COLOURS), len(COLOURS) + 1
HATCH_COLOUR = (90, 98, 110, 150)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ground:
    """A flat map of a box in Web Mercator, in metres true at the box's middle; y grows to the north."""

    box: Box
    scale: float

    @classmethod
    def of(cls, box: Box) -> Ground:
        """Make the map of a box in degrees."""
        middle = np.radians((box[1] + box[3]) / 2)
        return cls(box, float(lattice.EQUATOR_M * np.cos(middle)))

    def flatten(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn degrees into metres from the box's south-west corner."""
        x, y = lattice.unit_square(lon, lat)
        west, south = lattice.unit_square(self.box[0], self.box[1])
        return (x - west) * self.scale, (south - y) * self.scale

    def raster(self, pixels: int) -> Raster:
        """Cover the box by about ``pixels`` on its long side."""
        width, height = (
            float(side) for side in self.flatten(np.asarray(self.box[2]), np.asarray(self.box[3]))
        )
        step = max(width, height) / pixels
        return Raster(0.0, 0.0, width, height, max(1, round(width / step)), max(1, round(height / step)))


def shades(given: Answer, box: Box) -> NDArray[np.uint8] | None:
    """Return the palette index of each pixel of a box, (rows, columns), row 0 at the south.

    ``None`` where no place is known; all unknown where nothing was visited. Only these bytes are kept, not the
    surface itself.
    """
    if len(given.places) == 0:
        return None

    def make() -> NDArray[np.uint8]:
        ground = Ground.of(box)
        raster = ground.raster(PIXELS)
        bandwidth = max(BANDWIDTH_M, 2.0 * max(raster.dx, raster.dy))
        x, y = ground.flatten(given.places.lon, given.places.lat)
        near = (x > -3 * bandwidth) & (x < raster.east + 3 * bandwidth)
        near &= (y > -3 * bandwidth) & (y < raster.north + 3 * bandwidth)
        x, y = np.clip(x[near], 0, raster.east), np.clip(y[near], 0, raster.north)
        empty = _nobody_there(x, y, raster, bandwidth)
        if given.total("visits") == 0:
            return _levels(np.full(empty.shape, np.nan), np.full(empty.shape, True), empty)
        made = relative_risk_surface(
            (x, y), (x, y), raster, bandwidth,
            finding_weights=given.here["findings"][near].astype(np.float64),
            visit_weights=given.here["visits"][near].astype(np.float64),
        )  # fmt: skip
        return _levels(made.risk, made.unknown, empty)

    made: NDArray[np.uint8] = kept(("shades", given.version, tuple(round(side, 5) for side in box)), make)
    return made


def _levels(
    risk: NDArray[np.float64], unknown: NDArray[np.bool_], empty: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    level = np.searchsorted(LEVELS, np.nan_to_num(risk, nan=1.0), side="right").astype(np.uint8)
    row, column = np.indices(level.shape)
    stripe = (row + column) % 8 < 2
    level[unknown & stripe] = HATCH
    level[unknown & ~stripe] = NOTHING
    level[empty] = NOTHING
    return level


def _nobody_there(
    x: NDArray[np.float64], y: NDArray[np.float64], raster: Raster, reach: float
) -> NDArray[np.bool_]:
    """Mark pixels farther than ``reach`` from any venue: there is nothing to inspect, so nothing to hatch."""
    from scipy import ndimage

    there = np.ones((raster.rows, raster.columns), dtype=bool)
    column = np.minimum((x / raster.dx).astype(int), raster.columns - 1)
    row = np.minimum((y / raster.dy).astype(int), raster.rows - 1)
    there[row, column] = False
    away = ndimage.distance_transform_edt(there, sampling=(raster.dy, raster.dx))
    return np.asarray(away > reach)


def picture(given: Answer, box: Box) -> bytes:
    """Return the palette PNG of the surface in a box, north up; unknown is hatched, never coloured."""
    made = shades(given, box)
    return nothing_drawn() if made is None else _png(made[::-1])


def nothing_drawn() -> bytes:
    """Return one transparent pixel."""
    return _png(np.full((1, 1), NOTHING, dtype=np.uint8))


def _png(level: NDArray[np.uint8]) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(level), mode=None).convert("P")
    colours = [*COLOURS, HATCH_COLOUR, (255, 255, 255, 0)]
    image.putpalette([channel for colour in colours for channel in colour[:3]])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, transparency=bytes(colour[3] for colour in colours), bits=4)
    return out.getvalue()
