"""Not only today: every venue within its revisit interval, load spread, and the truth about how many teams it takes.

The one objective: what a visit on a day is worth (:func:`prize_of`) grows with the risk of the place, with the
share of its interval that has passed, steeply once it is due, with the deadline of a clue and with a campaign's
target. The day's plan maximises the sum of these prizes (minus what a manager's weights charge for travel and
strange grids).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: what a place is worth that is due today, beside a place of average risk just visited (worth about 0)
DUE = 3.0
#: every further day overdue adds this much, up to ten days
OVERDUE_DAY = 0.5
#: a clue whose deadline ends today, and what an urgent one adds
DEADLINE, URGENT = 12.0, 30.0
#: a place that a campaign still has to reach
CAMPAIGN = 1.5


@dataclass(frozen=True)
class Obligation:
    """A venue that has to be seen again and again.

    ``since_days``: days since its last visit, ``None`` = never visited. ``visit_min``: minutes a visit costs with
    the travel to it. ``deadline_days``: days until a clue about it has to be checked, ``None`` = no clue.
    ``campaign_days``: days until the end of a campaign that still has to reach it. ``urgent``: the clue cannot wait.
    """

    key: str
    interval_days: int
    since_days: int | None
    risk: float
    visit_min: float
    deadline_days: int | None = None
    campaign_days: int | None = None
    urgent: bool = False

    @property
    def due_in(self) -> int:
        """Days until the visit is due: 0 = today, negative = overdue; never visited = today."""
        due = 0 if self.since_days is None else self.interval_days - self.since_days
        for other in (self.deadline_days, self.campaign_days):
            due = due if other is None else min(due, other)
        return due


def prize_of(one: Obligation, *, mean_risk: float) -> float:
    """What a visit today is worth: the one documented objective of the plan, in points.

    risk ÷ mean risk × share of the interval passed (at most 2), plus ``DUE`` and ``OVERDUE_DAY`` a day once due
    (rising over the last fifth of the interval), plus ``DEADLINE`` ÷ (days left + 1) for a clue
    (``URGENT`` more if it cannot wait), plus :func:`campaign_worth`.

    >>> late = Obligation("a", 30, 35, 0.1, 20)
    >>> round(prize_of(late, mean_risk=0.1), 2)
    6.67
    """
    passed = 1.0 if one.since_days is None else one.since_days / max(one.interval_days, 1)
    worth = one.risk / max(mean_risk, 1e-9) * min(passed, 2.0)
    late = 0 if one.since_days is None else one.since_days - one.interval_days
    if passed >= 1.0:
        worth += DUE + OVERDUE_DAY * min(max(late, 0), 10)
    elif passed > 0.8:
        worth += DUE * (passed - 0.8) / 0.2
    if one.deadline_days is not None:
        worth += DEADLINE / (max(one.deadline_days, 0) + 1) + URGENT * one.urgent
    if one.campaign_days is not None:
        worth += campaign_worth(one.campaign_days)
    return worth


def campaign_worth(days_left: int) -> float:
    """What a campaign adds to each of its places, in points: more the nearer its end.

    >>> campaign_worth(0), campaign_worth(14)
    (1.5, 0.5)
    """
    return CAMPAIGN / (max(days_left, 0) / 7 + 1)


@dataclass(frozen=True)
class HorizonPlan:
    """Who is to be visited on which day: ``days[d]`` are keys; ``late``: visits that come after their due day."""

    days: tuple[tuple[str, ...], ...]
    minutes: tuple[float, ...]
    visits: int
    late: tuple[tuple[str, int], ...]  # key, days late
    unreached: tuple[str, ...]  # due within the horizon, and no room at all

    @property
    def in_time(self) -> float:
        """Share of the visits due within the horizon that come in time."""
        due = self.visits_due
        return 1.0 - (len(self.late) + len(self.unreached)) / due if due else 1.0

    @property
    def visits_due(self) -> int:
        """Visits due within the horizon, met or not."""
        return self.visits + len(self.unreached)


def plan_horizon(
    obligations: Sequence[Obligation],
    *,
    days: int,
    minutes_a_day: Sequence[float] | float,
    spread: bool = True,
) -> HorizonPlan:
    """Give every visit that falls due within ``days`` (1 … 28) a day, earliest due first, riskier first among equals.

    ``minutes_a_day``: minutes of work all teams together have on each day. ``spread``: level the load, i.e. use on
    each day no more than is needed to be in time later; otherwise days fill up from the front. A venue visited on a
    day falls due again an interval later. Earliest due first meets every due day whenever any order of equal visits
    does (Jackson 1955).
    Raises ``ValueError`` for a horizon outside 1 … 28 days or unequal lengths.
    """
    room = _room(days, minutes_a_day)
    per_day = room.copy()
    if spread:
        per_day = np.minimum(room, np.maximum(_level(obligations, room), 0.0))
    return _carried_out(obligations, _queue(obligations), room, per_day)


#: first day it can be done on, day it is due, −risk, number of the obligation: a heap
_Queue = list[tuple[int, int, float, int]]


def _queue(obligations: Sequence[Obligation]) -> _Queue:
    return sorted(
        (max(one.due_in, 0), one.due_in, -one.risk, number) for number, one in enumerate(obligations)
    )


def _carried_out(
    obligations: Sequence[Obligation],
    queue: _Queue,
    room: NDArray[np.float64],
    per_day: NDArray[np.float64],
) -> HorizonPlan:
    """Take visits from ``queue`` (which is used up) day by day, as long as there is room."""
    days = len(room)
    lists: list[list[str]] = [[] for _ in range(days)]
    used = [0.0] * days
    late: list[tuple[str, int]] = []
    visits = 0
    for day in range(days):
        while queue and queue[0][0] < days:
            _, due, _, number = queue[0]
            one = obligations[number]
            # Overdue or due today takes all the room there is; what can wait only the levelled share.
            limit = room[day] if due <= day else per_day[day]
            if used[day] + one.visit_min > limit + 1e-9:
                break
            heapq.heappop(queue)
            used[day] += one.visit_min
            lists[day].append(one.key)
            visits += 1
            if day > max(due, 0):
                late.append((one.key, day - max(due, 0)))
            again = day + max(one.interval_days, 1)
            heapq.heappush(queue, (again, again, -one.risk, number))
    unreached = tuple(obligations[number].key for first, _, _, number in queue if first < days)
    return HorizonPlan(tuple(tuple(keys) for keys in lists), tuple(used), visits, tuple(late), unreached)


def _room(days: int, minutes_a_day: Sequence[float] | float) -> NDArray[np.float64]:
    if not 1 <= days <= 28:
        raise ValueError("a horizon has 1 to 28 days")
    room = np.broadcast_to(np.asarray(minutes_a_day, dtype=float), (days,)).copy()
    if (room < 0).any():
        raise ValueError("minutes must not be negative")
    return room


def _level(obligations: Sequence[Obligation], room: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least even load with which all visits due by each day can be done by then: the steepest line over the demand."""
    days = len(room)
    due = np.zeros(days)
    for one in obligations:
        day = max(one.due_in, 0)
        while day < days:
            due[day] += one.visit_min
            day += max(one.interval_days, 1)
    needed = np.cumsum(due) / np.arange(1, days + 1)
    pace = np.array([needed[day:].max() for day in range(days)])
    largest = max((one.visit_min for one in obligations), default=0.0)
    return pace + largest


def shares_in_time(obligations: Sequence[Obligation], plan: HorizonPlan) -> tuple[float, ...]:
    """Share of the venues that lie within their interval at the end of each day, when the plan is carried out.

    What is overdue already counts as late until it is seen: the share says where a backlog leads.

    >>> late = [Obligation("a", 30, 40, 0.1, 20), Obligation("b", 30, 5, 0.1, 20)]
    >>> shares_in_time(late, plan_horizon(late, days=2, minutes_a_day=[0, 60], spread=False))
    (0.5, 1.0)
    """
    return _Ages(obligations).shares(plan)


class _Ages:
    """How long ago each venue was seen, and its interval: made once for many plans of the same venues."""

    def __init__(self, obligations: Sequence[Obligation]) -> None:
        self.interval = np.array([one.interval_days for one in obligations])
        self.age = np.array(
            [np.inf if one.since_days is None else one.since_days for one in obligations], float
        )
        self.row = {one.key: number for number, one in enumerate(obligations)}

    def shares(self, plan: HorizonPlan) -> tuple[float, ...]:
        """Share in time at the end of each day."""
        age, shares = self.age.copy(), []
        for keys in plan.days:
            age[[self.row[key] for key in keys]] = 0.0
            shares.append(float(np.mean(age <= self.interval)) if len(age) else 1.0)
            age += 1.0
        return tuple(shares)


@dataclass(frozen=True)
class CapacityPoint:
    """With so many teams this share of the visits comes in time, and this share of venues is in time at the end."""

    teams: int
    in_time: float
    at_end: float


def capacity_curve(
    obligations: Sequence[Obligation], *, minutes_per_team: float, days: int = 28, teams: Sequence[int]
) -> tuple[CapacityPoint, ...]:
    """Share of visits in time for each number of teams, over ``days`` of the horizon.

    ``minutes_per_team``: minutes of work a team has on a day. Raises as :func:`plan_horizon`.
    """
    points, ages = [], _Ages(obligations)
    soon = [one for one in obligations if one.due_in < days]
    queue = _queue(soon)
    for count in teams:
        room = _room(days, count * minutes_per_team)
        plan = _carried_out(soon, queue.copy(), room, room)
        points.append(CapacityPoint(count, plan.in_time, ages.shares(plan)[-1]))
    return tuple(points)


def teams_needed(
    obligations: Sequence[Obligation],
    *,
    minutes_per_team: float,
    share: float = 0.98,
    days: int = 28,
    most: int = 1000,
) -> int | None:
    """Smallest number of teams with which at least ``share`` of the visits come in time; ``None``: not even ``most``.

    Being in time never gets worse with more teams, so the number is found by halving.
    """
    low, high = 0, most

    def enough(count: int) -> bool:
        point = capacity_curve(obligations, minutes_per_team=minutes_per_team, days=days, teams=[count])[0]
        return point.in_time >= share

    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low
