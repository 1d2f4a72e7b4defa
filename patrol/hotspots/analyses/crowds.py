"""Crowds of points on files: the cluster of each row, and a hull round each cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from patrol.core.errors import PatrolError
from patrol.hotspots.analyses.outcome import Outcome, repeats_note, told
from patrol.hotspots.statistics import dbscan, hdbscan, outlines
from patrol.hotspots.statistics import event_problems as problems
from patrol.hotspots.tables import Places, Table, places, plain, with_columns

#: pairs of points within reach that are held at once, and places that hdbscan takes
MOST_PAIRS, MOST_PLACES = 100_000_000, 30_000


@dataclass(frozen=True)
class Crowds:
    """Every row with the number of its ``cluster``, and the clusters with middle and hull, the largest first."""

    points: Outcome
    hulls: Table


def cluster_points(
    table: Table, *, method: str, reach: float, least: int, names: tuple[str | None, str | None]
) -> Crowds:
    """Find clusters of points by density: DBSCAN within ``reach``, or HDBSCAN, which needs no distance."""
    at = places(table, *names)
    spots = np.unique(np.column_stack([at.x, at.y]), axis=0)
    if method == "hdbscan":
        if len(spots) > MOST_PLACES:
            raise PatrolError(problems.TOO_MANY_POINTS, many=len(spots), most=MOST_PLACES)
        labels = hdbscan(at.x, at.y, least=least)
    else:
        tree = cKDTree(spots)
        pairs = int(tree.count_neighbors(tree, reach))
        if pairs > MOST_PAIRS:
            raise PatrolError(problems.TOO_CROWDED, reach=f"{reach:g}", pairs=pairs, most=MOST_PAIRS)
        labels = dbscan(at.x, at.y, reach=reach, least=least)
    within = ("", "") if method == "hdbscan" else (f" within {reach:g}", f"，距离{reach:g}以内")
    note = told(
        problems.CLUSTERS_TOLD, clusters=int(labels.max(initial=-1)) + 1, method=method, least=least,
        many=len(table), alone=int((labels < 0).sum()), reach_en=within[0], reach_zh=within[1],
    )  # fmt: skip
    notes = (*repeats_note(table), *at.notes(table.name), note)
    return Crowds(Outcome(with_columns(table, {"cluster": labels}), notes), _hulls(at, labels))


def _hulls(at: Places, labels: NDArray[np.int64]) -> Table:
    found = outlines(at.x, at.y, labels)
    x, y = (np.array([getattr(each, side) for each in found], dtype=np.float64) for side in ("x", "y"))
    hulls, names = np.array([each.hull for each in found], dtype=object), ("x", "y")
    areas = [round(float(hull.area), 1) for hull in hulls]
    flat = at.flat
    if flat is not None:
        names = ("lon", "lat")
        x, y = flat.unproject(x, y)
        hulls = shapely.transform(hulls, lambda corners: np.column_stack(flat.unproject(*corners.T)))
    columns: dict[str, Any] = {
        "cluster": [labels[each.members[0]] for each in found], "points": [each.members.size for each in found],
        names[0]: x, names[1]: y, "area": areas,
    }  # fmt: skip
    return Table({name: [plain(v) for v in values] for name, values in columns.items()}, np.asarray(hulls))
