"""What a day plan is made of: candidates, teams, travel times, and the plan that comes out.

Times are whole seconds since midnight of the planned day; a window says when a visit may *start*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

#: A travel time at or above this means: there is no way.
UNREACHABLE_S = 1_000_000


class LeftOut(StrEnum):
    """Why a candidate is not in the plan (a room translates the code into a sentence)."""

    NO_SKILL = "no_skill"  # no team has the duties this visit needs
    UNREACHABLE = "unreachable"  # the street network does not lead there
    CLOSED = "closed"  # never open during the shift of a team that could go
    TOO_FAR = "too_far"  # there, visited and back does not fit into any shift
    NO_CAPACITY = "no_capacity"  # its load alone exceeds what a team carries
    NO_PRIZE = "no_prize"  # nothing is gained by a visit today
    NOT_WORTH_IT = "not_worth_it"  # the travel costs more than the visit gains
    NO_TIME = "no_time"  # it would fit alone, but others gain more in the time there is
    LEVELLED = "levelled"  # it gave way so that shifts are of equal length
    REQUIRED_NO_TIME = "required_no_time"  # it is required, and still did not fit: tell the manager


class Because(StrEnum):
    """Why a stop is in the plan, as far as the planner knows; rooms add their own codes by ``why``."""

    REQUIRED = "required"
    PINNED = "pinned"
    LOCKED = "locked"  # part of the fixed beginning of a route
    HIGH_PRIZE = "high_prize"  # among the tenth of candidates with the largest prize
    ON_THE_WAY = "on_the_way"  # the detour costs less than the visit itself
    DRAWN = "drawn"  # drawn at random among the least looked at


@dataclass(frozen=True)
class Candidate:
    """A venue that could be visited: ``prize`` is what a visit today is worth.

    ``windows``: when the visit may start, in seconds of the day; empty = at any time. ``load`` counts against
    the capacity of a team. ``pinned_team``: only this team may go (and then it must: pins are required).
    ``why``: reason codes of the room that set the prize, handed through to the stop.
    """

    key: str
    lon: float
    lat: float
    prize: float
    service_s: int
    windows: tuple[tuple[int, int], ...] = ()
    skills_needed: frozenset[str] = frozenset()
    grid: str | None = None
    required: bool = False
    pinned_team: str | None = None
    load: int = 0
    why: tuple[str, ...] = ()

    @property
    def must_go(self) -> bool:
        """Whether a plan without this stop is incomplete."""
        return self.required or self.pinned_team is not None


@dataclass(frozen=True)
class Break:
    """A rest of ``duration_s`` between two visits, begun between ``earliest_s`` and ``latest_s``."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True)
class TeamShift:
    """A team on a day: from when to when, from where to where, how it moves and what it may do.

    ``end_lonlat`` None = the team need not come back. ``locked``: keys of stops that stay first and in this
    order (what was already driven, or what a manager locked); ``closed``: nothing is added to them. ``grids``: where
    the team belongs.
    """

    key: str
    start_s: int
    end_s: int
    start_lonlat: tuple[float, float]
    end_lonlat: tuple[float, float] | None = None
    mode: str = "ebike"
    skills: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    breaks: tuple[Break, ...] = ()
    capacity: int | None = None
    locked: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class TravelMatrix:
    """Travel seconds for each mode: arrays of shape (n + 2 m, n + 2 m), whole seconds.

    Rows and columns: the ``n`` candidates in order, then the ``m`` starts, then the ``m`` ends of the teams.
    The column of an end that a team need not reach is all zero.
    """

    seconds: Mapping[str, NDArray[np.int32]]


@dataclass(frozen=True)
class Weights:
    """What a manager can move: value = prizes − ``travel`` × seconds − ``outside_grid`` × stops outside.

    ``travel``: prize given up to save one second of travel (0 = travel only decides between equal plans).
    ``outside_grid``: prize given up to keep one stop inside the grids of its team (compactness).
    ``balance``: 0 … 1, how hard the longest shifts are pressed towards the mean (:mod:`.levelling`); not part of value.
    """

    travel: float = 0.0
    outside_grid: float = 0.0
    balance: float = 0.0


@dataclass(frozen=True)
class Problem:
    """Everything a day plan depends on."""

    candidates: tuple[Candidate, ...]
    teams: tuple[TeamShift, ...]
    travel: TravelMatrix
    weights: Weights = field(default_factory=Weights)

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each candidate by key."""
        return {candidate.key: row for row, candidate in enumerate(self.candidates)}

    @cached_property
    def team_index(self) -> dict[str, int]:
        """Number of each team by key."""
        return {team.key: number for number, team in enumerate(self.teams)}

    def start_row(self, team: int) -> int:
        """Row of the travel matrix where team number ``team`` starts."""
        return len(self.candidates) + team

    def end_row(self, team: int) -> int:
        """Row of the travel matrix where team number ``team`` ends."""
        return len(self.candidates) + len(self.teams) + team

    def travel_s(self, team: int, origin: int, destination: int) -> int:
        """Seconds that team number ``team`` needs from one matrix row to another."""
        return int(self.travel.seconds[self.teams[team].mode][origin, destination])


@dataclass(frozen=True)
class PlannedStop:
    """One visit of a route: when the team arrives, starts and leaves, and the travel that led there."""

    key: str
    arrive_s: int
    start_s: int
    leave_s: int
    travel_s: int
    reasons: tuple[str, ...] = ()

    @property
    def wait_s(self) -> int:
        """Seconds between arriving and starting (a break taken there included)."""
        return self.start_s - self.arrive_s


@dataclass(frozen=True)
class RoutePlan:
    """What one team does: stops in order, breaks as (start, end), and when it is back."""

    team: str
    stops: tuple[PlannedStop, ...]
    breaks: tuple[tuple[int, int], ...]
    start_s: int
    finish_s: int
    travel_s: int

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the stops in order."""
        return tuple(stop.key for stop in self.stops)

    @property
    def work_s(self) -> int:
        """Seconds from the start of the shift until the team is back; 0 when it has nothing to do."""
        return self.finish_s - self.start_s if self.stops else 0


@dataclass(frozen=True)
class Plan:
    """A day plan: a route for every team, a reason for every candidate left out, and what it is worth.

    ``value`` is the objective of :class:`Weights`; ``prize`` the plain sum of prizes. ``greedy_*`` and
    ``do_nothing_*`` stand beside them, so that nobody has to trust the number alone.
    """

    routes: tuple[RoutePlan, ...]
    left_out: tuple[tuple[str, LeftOut], ...]
    prize: float
    value: float
    travel_s: int
    greedy_prize: float = 0.0
    greedy_value: float = 0.0
    do_nothing_prize: float = 0.0
    do_nothing_value: float = 0.0
    method: str = "greedy"

    @property
    def unmet(self) -> tuple[str, ...]:
        """Keys of required stops that did not fit."""
        return tuple(key for key, reason in self.left_out if reason is LeftOut.REQUIRED_NO_TIME)

    def route_of(self, team: str) -> RoutePlan:
        """The route of the team called ``team``; ``KeyError`` when there is none."""
        for route in self.routes:
            if route.team == team:
                return route
        raise KeyError(team)


def orders_of(routes: Iterable[RoutePlan]) -> dict[str, tuple[str, ...]]:
    """Only the order of stops for each team: the smallest thing that determines a plan."""
    return {route.team: route.keys for route in routes}
