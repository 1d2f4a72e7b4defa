"""Who is near whom: sparse weights between places, made once and used for every moment of the past."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from patrol.venues.domain.risk.tables import Floats, Places, Signs


def nearness(places: Places, reach_km: float) -> sp.csr_array:
    """Gaussian weights exp(−d² / 2 reach²) between different places up to 2.5 × ``reach_km``, (P, P)."""
    return _gauss(places.xy_km, places.xy_km, reach_km, itself=False)


def nearness_to(places: Places, signs: Signs, reach_km: float) -> sp.csr_array:
    """The same weights between places and dated points, (P, number of points)."""
    if not len(signs.day) or not len(places):
        return sp.csr_array((len(places), len(signs.day)))
    middle_lon, middle_lat = places.lon.mean(), places.lat.mean()
    east = (signs.lon - middle_lon) * np.cos(np.radians(middle_lat)) * 111.195
    points = np.column_stack([east, (signs.lat - middle_lat) * 111.195])
    return _gauss(places.xy_km, points, reach_km, itself=True)


def shared_words(places: Places) -> sp.csr_array:
    """Which place has which word, (P, W), for words that at least five places share."""
    counts: dict[str, int] = {}
    for words in places.words:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    index = {word: number for number, word in enumerate(sorted(w for w, n in counts.items() if n >= 5))}
    rows = [row for row, words in enumerate(places.words) for word in words if word in index]
    columns = [index[word] for words in places.words for word in words if word in index]
    return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(places), len(index)))


def _gauss(here: Floats, there: Floats, reach_km: float, *, itself: bool) -> sp.csr_array:
    if not len(here) or not len(there):
        return sp.csr_array((len(here), len(there)))
    found = cKDTree(here).sparse_distance_matrix(cKDTree(there), 2.5 * reach_km, output_type="coo_matrix")
    rows, columns = found.row, found.col
    keep = np.ones(len(rows), dtype=bool) if itself else rows != columns
    weight = np.exp(-(found.data[keep] ** 2) / (2 * reach_km**2))
    return sp.csr_array((weight, (rows[keep], columns[keep])), shape=(len(here), len(there)))
