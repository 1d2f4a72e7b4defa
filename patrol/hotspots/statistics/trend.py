"""Mann-Kendall: does a series rise or fall, whatever its shape?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.significance import two_sided_p


def mann_kendall(series: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Mann-Kendall trend of each row.

    Parameters: ``series`` of shape (rows, steps), finite. Returns: S, z (continuity corrected) and two-sided
    p, each (rows,); z = 0 and p = 1 for constant rows or fewer than two steps. Raises ``ValueError`` for
    ``nan``. Source: Mann 1945, Econometrica 13:245; Kendall 1975; variance corrected for ties.

    >>> s, z, p = mann_kendall([[1, 2, 3, 4, 5, 6]])
    >>> float(s[0]), float(z[0].round(3)), float(p[0].round(4))
    (15.0, 2.63, 0.0085)
    """
    rows = np.atleast_2d(np.asarray(series, dtype=np.float64))
    if not np.isfinite(rows).all():
        raise ValueError("a trend needs finite numbers")
    steps = rows.shape[1]
    s = np.zeros(rows.shape[0])
    for lag in range(1, steps):
        s += np.sign(rows[:, lag:] - rows[:, :-lag]).sum(axis=1)
    variance = (steps * (steps - 1) * (2 * steps + 5) - _tie_term(rows)) / 18
    moving = (variance > 1e-12) & (s != 0)
    z = np.where(moving, (s - np.sign(s)) / np.sqrt(np.where(moving, variance, 1.0)), 0.0)
    return s, z, two_sided_p(z)


def _tie_term(rows: Floats) -> Floats:
    """Sum of t (t - 1) (2 t + 5) over groups of t equal values in each row."""
    ordered = np.sort(rows, axis=1)
    breaks = np.ones((rows.shape[0], rows.shape[1] + 1), dtype=bool)
    breaks[:, 1:-1] = ordered[:, 1:] != ordered[:, :-1]
    row, at = np.nonzero(breaks)
    size = np.diff(at)
    same_row = row[1:] == row[:-1]
    t = size[same_row].astype(np.float64)
    term = np.bincount(row[:-1][same_row], t * (t - 1) * (2 * t + 5), minlength=rows.shape[0])
    return np.asarray(term, dtype=np.float64)
