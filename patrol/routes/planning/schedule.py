"""The exact timetable of one route: what follows when a team visits these venues in this order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patrol.routes.planning.domain import (
    UNREACHABLE_S,
    Because,
    Break,
    Candidate,
    LeftOut,
    PlannedStop,
    Problem,
    RoutePlan,
    TeamShift,
)


class Broken(StrEnum):
    """What a route or plan can violate."""

    CLOSED = "closed"  # the visit would start when the venue is not open
    UNREACHABLE = "unreachable"  # there is no way to this stop
    SHIFT_END = "shift_end"  # the team is back too late
    SKILL = "skill"  # the team lacks a duty the visit needs
    PIN = "pin"  # the stop is pinned to another team
    LOCK = "lock"  # the fixed beginning of the route was changed
    CAPACITY = "capacity"  # the team carries more than it can
    BREAK = "break"  # the break could not be taken in its time
    TWICE = "twice"  # a venue is visited more than once
    MISSING = "missing"  # a required venue is not visited
    UNKNOWN = "unknown"  # a venue, team or reason that the problem does not have
    UNACCOUNTED = "unaccounted"  # neither visited nor named among the left out
    TIMES = "times"  # the declared times contradict travel or service times
    TOTALS = "totals"  # a declared total differs from its parts


@dataclass(frozen=True)
class Violation:
    """One broken rule, where, and by how many seconds (0 where seconds say nothing)."""

    broken: Broken
    team: str
    key: str = ""
    by_s: int = 0


@dataclass(frozen=True)
class RouteEvaluation:
    """The timetable of a route, feasible or not, with everything that is wrong with it."""

    route: RoutePlan
    violations: tuple[Violation, ...]

    @property
    def feasible(self) -> bool:
        """Whether the team can do exactly this."""
        return not self.violations


def evaluate_route(given: Problem, team: str, keys: Sequence[str]) -> RouteEvaluation:
    """Compute the timetable of ``team`` visiting ``keys`` in this order, and all that is wrong with it.

    Every stop starts as early as it can: waiting for an opening never helps a later stop. A break is taken at
    the first moment after its earliest start at which no visit is going on; if that would close the next
    venue, after that visit. An infeasible route is still timed to its end, late visits starting on arrival,
    so that a person sees how late.

    Parameters
    ----------
    given : the problem; ``team`` : key of one of its teams; ``keys`` : keys of its candidates, in order.

    Returns
    -------
    RouteEvaluation; ``feasible`` when there is no violation. Times in seconds of the day.

    Raises
    ------
    KeyError : when the team or a venue is not part of the problem (a programmer's mistake).

    >>> from patrol.routes.planning.travel import straight_line_problem
    >>> a = Candidate("a", 114.30, 30.60, prize=5.0, service_s=600)
    >>> t = TeamShift("t", 0, 7200, (114.30, 30.60), (114.30, 30.60))
    >>> done = evaluate_route(straight_line_problem([a], [t]), "t", ["a"])
    >>> done.feasible, done.route.finish_s
    (True, 600)
    """
    number = given.team_index[team]
    run = _Run(given, number)
    for key in keys:
        run.visit(given.index[key])
    run.home()
    problems = [
        *run.violations,
        *_rules(given, given.teams[number], [given.candidates[given.index[k]] for k in keys]),
    ]
    route = RoutePlan(
        team, tuple(run.stops), tuple(run.breaks), given.teams[number].start_s, run.now, run.travel
    )
    return RouteEvaluation(route, tuple(problems))


def _rules(given: Problem, team: TeamShift, stops: Sequence[Candidate]) -> Iterator[Violation]:
    """Everything about a route that has nothing to do with time."""
    keys = tuple(stop.key for stop in stops)
    for stop in stops:
        if not stop.skills_needed <= team.skills:
            yield Violation(Broken.SKILL, team.key, stop.key)
        if stop.pinned_team not in (None, team.key):
            yield Violation(Broken.PIN, team.key, stop.key)
    if keys[: len(team.locked)] != team.locked[: len(keys)] or (team.closed and len(keys) > len(team.locked)):
        yield Violation(Broken.LOCK, team.key)
    if team.capacity is not None and sum(stop.load for stop in stops) > team.capacity:
        yield Violation(Broken.CAPACITY, team.key)
    for position, key in enumerate(keys):
        if key in keys[:position]:
            yield Violation(Broken.TWICE, team.key, key)


class _Run:
    """A clock and a place that move through a route."""

    def __init__(self, given: Problem, number: int) -> None:
        self.given, self.number = given, number
        self.team = given.teams[number]
        self.now, self.row = self.team.start_s, given.start_row(number)
        self.pending = list(self.team.breaks)
        self.stops: list[PlannedStop] = []
        self.breaks: list[tuple[int, int]] = []
        self.violations: list[Violation] = []
        self.travel = 0

    def visit(self, row: int) -> None:
        """Go to a candidate and visit it."""
        venue = self.given.candidates[row]
        leg = self._leg(row, venue.key)
        arrive = self._travel(leg, venue.key)
        start = self._start(venue, arrive)
        reasons = venue.why + tuple(self._because(venue, leg))
        leave = start + venue.service_s
        self.stops.append(PlannedStop(venue.key, arrive, start, leave, leg, reasons))
        self.now, self.row = leave, row

    def home(self) -> None:
        """Go to where the shift ends; a team without stops stays at home."""
        if not self.stops:
            return
        end = self.given.end_row(self.number)
        self.now = self._travel(self._leg(end, ""), "")
        if self.now > self.team.end_s:
            self.violations.append(
                Violation(Broken.SHIFT_END, self.team.key, by_s=self.now - self.team.end_s)
            )

    def _leg(self, row: int, key: str) -> int:
        leg = self.given.travel_s(self.number, self.row, row)
        if leg >= UNREACHABLE_S:
            self.violations.append(Violation(Broken.UNREACHABLE, self.team.key, key))
        return leg

    def _travel(self, leg: int, key: str) -> int:
        """Travel ``leg`` seconds, resting before it where the break is due; return the arrival."""
        while self.pending:
            rest = self.pending[0]
            due = self.now >= rest.earliest_s
            if not due and self.now + leg <= rest.latest_s:
                break
            self._rest(max(self.now, rest.earliest_s), key)
        self.travel += leg
        return self.now + leg

    def _rest(self, start: int, key: str) -> None:
        rest = self.pending.pop(0)
        if start > rest.latest_s:
            self.violations.append(Violation(Broken.BREAK, self.team.key, key, start - rest.latest_s))
        self.breaks.append((start, start + rest.duration_s))
        self.now = start + rest.duration_s

    def _start(self, venue: Candidate, arrive: int) -> int:
        """When the visit starts after arriving; rests first where that keeps the venue open."""
        ready = arrive
        start = earliest_start(venue, ready)
        while self.pending and start is not None and start > self.pending[0].earliest_s:
            rest = self.pending[0]
            rested = max(ready, rest.earliest_s) + rest.duration_s
            after = earliest_start(venue, rested)
            if after is None and start + venue.service_s <= rest.latest_s:
                break
            if after is None:
                self.violations.append(
                    Violation(Broken.CLOSED, self.team.key, venue.key, _late(venue, rested))
                )
                after = rested
            self._rest(max(ready, rest.earliest_s), venue.key)
            ready, start = rested, after
        if start is None:
            self.violations.append(Violation(Broken.CLOSED, self.team.key, venue.key, _late(venue, ready)))
            return ready
        return start

    def _because(self, venue: Candidate, leg: int) -> Iterator[str]:
        if len(self.stops) < len(self.team.locked):
            yield Because.LOCKED
        if venue.pinned_team is not None:
            yield Because.PINNED
        elif venue.required:
            yield Because.REQUIRED
        if self.stops and leg < venue.service_s and leg * 4 < venue.service_s:
            yield Because.ON_THE_WAY


def earliest_start(venue: Candidate, ready_s: int) -> int | None:
    """The first moment at or after ``ready_s`` at which the visit may start; ``None`` = not any more."""
    if not venue.windows:
        return ready_s
    starts = [max(open_s, ready_s) for open_s, close_s in venue.windows if ready_s <= close_s]
    return min(starts, default=None)


def _late(venue: Candidate, ready_s: int) -> int:
    return ready_s - max(close_s for _, close_s in venue.windows)


def pending_breaks(team: TeamShift, taken: int) -> tuple[Break, ...]:
    """The breaks of a team that are still to be taken after ``taken`` of them."""
    return team.breaks[taken:]


def alone(given: Problem, row: int) -> LeftOut | None:
    """Why no team could visit this candidate even if it had nothing else to do; ``None`` = one could.

    A pinned candidate is asked of its own team only. Locked beginnings are kept.
    """
    venue = given.candidates[row]
    found: list[LeftOut] = []
    for team in given.teams:
        if venue.pinned_team not in (None, team.key) or team.closed:
            continue
        violations = evaluate_route(given, team.key, (*team.locked, venue.key)).violations
        if not violations:
            return None
        kinds = {violation.broken for violation in violations}
        found.append(next((reason for kind, reason in _ALONE if kind in kinds), LeftOut.TOO_FAR))
    return max(found, key=_NEARNESS.index, default=LeftOut.NO_SKILL)


_ALONE = (
    (Broken.SKILL, LeftOut.NO_SKILL),
    (Broken.UNREACHABLE, LeftOut.UNREACHABLE),
    (Broken.CAPACITY, LeftOut.NO_CAPACITY),
    (Broken.CLOSED, LeftOut.CLOSED),
)
#: the reason told is the one that is nearest to being possible
_NEARNESS = (LeftOut.NO_SKILL, LeftOut.UNREACHABLE, LeftOut.NO_CAPACITY, LeftOut.CLOSED, LeftOut.TOO_FAR)
