"""What a number of teams can keep up with: a queue of venues, the most overdue seen first, day after day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Outlook:
    """One number of teams over a horizon: for each day venues seen and the share then within their interval."""

    teams: int
    seen: tuple[int, ...]
    in_time: tuple[float, ...]

    @property
    def at_end(self) -> float:
        """The share of venues within their interval on the last day."""
        return self.in_time[-1]


def outlook(
    age_days: NDArray[np.float64],
    interval_days: NDArray[np.float64],
    *,
    teams: int,
    per_team: float,
    days: int,
) -> Outlook:
    """Follow a register for ``days`` when every day the most overdue venues are seen, as many as teams can.

    Parameters: ``age_days`` (n,) days since the last visit, ``inf`` for never; ``interval_days`` (n,) ≥ 1;
    ``per_team`` visits of one team in a day, > 0, as measured on real plans; ``days`` ≥ 1.
    Returns: an :class:`Outlook`. A venue is in time while its age is at most its interval. Venues that are not yet
    half through their interval are left alone, as the day plan does.
    Raises ``ValueError`` for arrays of different shapes or numbers out of range.

    >>> age, each = np.array([40.0, 10.0, np.inf]), np.array([30.0, 30.0, 30.0])
    >>> outlook(age, each, teams=1, per_team=1, days=2).in_time
    (0.6666666666666666, 1.0)
    """
    if age_days.shape != interval_days.shape or teams < 0 or per_team <= 0 or days < 1:
        raise ValueError("ages and intervals belong together; teams, visits and days are positive")
    age, seen, shares = age_days.astype(float).copy(), [], []
    for _day in range(days):
        share = age / interval_days
        due = np.flatnonzero(share >= 0.5)
        count = min(len(due), int(teams * per_team))
        chosen = due[_highest(share[due], count)]
        age[chosen] = 0.0
        seen.append(len(chosen))
        shares.append(float(np.mean(age <= interval_days)) if len(age) else 1.0)
        age += 1.0
    return Outlook(teams, tuple(seen), tuple(shares))


def _highest(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Return where the ``count`` highest of ``values`` stand, of equal ones the first; no full sort is needed."""
    if count >= len(values):
        return np.arange(len(values))
    if count <= 0:
        return np.arange(0)
    least = np.partition(values, len(values) - count)[len(values) - count]
    above = np.flatnonzero(values > least)
    return np.concatenate([above, np.flatnonzero(values == least)[: count - len(above)]])


def capacity_curve(
    age_days: NDArray[np.float64],
    interval_days: NDArray[np.float64],
    *,
    per_team: float,
    days: int,
    most: int,
) -> list[Outlook]:
    """Return the outlook for 0, 1, … ``most`` teams."""
    return [
        outlook(age_days, interval_days, teams=teams, per_team=per_team, days=days)
        for teams in range(most + 1)
    ]


def teams_needed(curve: Sequence[Outlook], share: float) -> int | None:
    """Return the least number of teams with which ``share`` is in time at the end; ``None``: more than drawn."""
    return next((each.teams for each in curve if each.at_end >= share), None)
