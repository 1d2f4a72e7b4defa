"""Which coordinate system a file is probably in: the one under which its points lie in the division."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.core.datum import Datum, convert
from patrol.core.errors import Fault
from patrol.venues.importing import problems as p

#: how they are written on maps and in letters
SHOWN = {Datum.WGS84: "WGS-84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}
#: another system must bring in this share of the points, and this many, before a warning is given
_MARGIN, _FEWEST = 0.02, 3

Inside = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]


@dataclass(frozen=True)
class DatumFit:
    """How many of ``total`` points lie inside under each system, and with longitude and latitude exchanged."""

    total: int
    inside: dict[Datum, int]
    swapped: int

    @property
    def best(self) -> Datum:
        """The system under which most points lie inside; WGS-84 first among equals."""
        return max(self.inside, key=lambda datum: self.inside[datum])


def fit_datum(lon: NDArray[np.float64], lat: NDArray[np.float64], inside: Inside) -> DatumFit:
    """Count the points inside a division under every coordinate system.

    Parameters: ``lon``, ``lat`` in degrees as given, shape (n,); ``inside`` tells for WGS-84 positions.
    Returns: counts. Points that are no position on earth count as outside.
    Raises ``ValueError`` if the shapes differ.
    """
    if lon.shape != lat.shape:
        raise ValueError(f"lon {lon.shape} and lat {lat.shape} differ in shape")
    good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    x, y = lon[good], lat[good]
    counts = {datum: int(inside(*convert(x, y, datum, Datum.WGS84)).sum()) for datum in Datum}
    other = np.abs(lon) <= 90
    swapped = int(inside(lat[other], lon[other]).sum())
    return DatumFit(len(lon), counts, swapped)


def datum_notes(fit: DatumFit, chosen: Datum, division: str) -> list[Fault]:
    """Return the warnings a person should see before storing points read in ``chosen``."""
    notes = []
    outside = fit.total - fit.inside[chosen]
    gain = fit.inside[fit.best] - fit.inside[chosen]
    if fit.total and fit.swapped > fit.total / 2 > fit.inside[fit.best]:
        notes.append(Fault(p.SWAPPED, "", {"division": division}))
    elif gain >= max(_FEWEST, _MARGIN * fit.total):
        facts = {
            "chosen": SHOWN[chosen], "better": SHOWN[fit.best], "outside": outside,
            "fewer": fit.total - fit.inside[fit.best], "division": division,
        }  # fmt: skip
        notes.append(Fault(p.BETTER_DATUM, "", facts))
    if outside * 2 > fit.total:
        notes.append(
            Fault(p.MOST_OUTSIDE, "", {"outside": outside, "total": fit.total, "division": division})
        )
    return notes
