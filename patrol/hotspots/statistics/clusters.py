"""Clusters of points by density, and the shape of each: scikit-learn's DBSCAN and HDBSCAN."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from patrol.hotspots.statistics.neighbours import Floats


@dataclass(frozen=True)
class PointCluster:
    """One cluster: which points, where its middle lies and the hull round it."""

    members: NDArray[np.int64]
    x: float
    y: float
    hull: BaseGeometry


def _points(x: ArrayLike, y: ArrayLike) -> Floats:
    points = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    if not np.isfinite(points).all():
        raise ValueError("points must be finite")
    return points


def dbscan(x: ArrayLike, y: ArrayLike, *, reach: float, least: int = 5) -> NDArray[np.int64]:
    """Label clusters of points that lie dense: at least ``least`` points within ``reach``; -1 is noise.

    Source: Ester et al. 1996. Points at the same place are joined first with their number as weight, so that
    a million points in one cell cost no more than one.

    >>> dbscan([0, 1, 2, 50], [0, 0, 0, 0], reach=1, least=2).tolist()
    [0, 0, 0, -1]
    """
    points = _points(x, y)
    if len(points) == 0:
        return np.empty(0, dtype=np.int64)
    from sklearn.cluster import DBSCAN  # takes half a second, which no other statistic should wait for

    places, back, many = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    labels = DBSCAN(eps=reach, min_samples=least).fit(places, sample_weight=many).labels_
    return _in_order(labels[back.ravel()])


def hdbscan(x: ArrayLike, y: ArrayLike, *, least: int = 5) -> NDArray[np.int64]:
    """Label clusters of differing density with at least ``least`` points; -1 is noise.

    Source: Campello, Moulavi & Sander 2013. No distance to choose; for at most some ten thousand points.
    """
    points = _points(x, y)
    if len(points) < max(least, 2):
        return np.full(len(points), -1, dtype=np.int64)
    if np.ptp(points, axis=0).max() == 0:
        return np.zeros(len(points), dtype=np.int64)
    from sklearn.cluster import HDBSCAN

    return _in_order(HDBSCAN(min_cluster_size=max(least, 2), copy=True).fit(points).labels_)


def _in_order(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number clusters by their first point, so that the answer does not depend on the library's order."""
    kinds, first = np.unique(labels, return_index=True)
    order = kinds[np.argsort(first)]
    order = order[order >= 0]
    renamed = np.full(labels.shape, -1, dtype=np.int64)
    for number, kind in enumerate(order):
        renamed[labels == kind] = number
    return renamed


def outlines(x: ArrayLike, y: ArrayLike, labels: NDArray[np.int64]) -> list[PointCluster]:
    """Describe each cluster by its members, middle and convex hull, the largest first."""
    points = _points(x, y)
    made = []
    for kind in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == kind)
        middle = points[members].mean(axis=0)
        hull = shapely.convex_hull(shapely.multipoints(points[members]))
        made.append(PointCluster(members, float(middle[0]), float(middle[1]), hull))
    return sorted(made, key=lambda cluster: -cluster.members.size)
