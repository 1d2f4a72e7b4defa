"""What can be wrong with a planning problem, said to the manager, all at once."""

from __future__ import annotations

import math

from patrol.core.errors import Faults, problem
from patrol.routes.planning.domain import UNREACHABLE_S, Candidate, LeftOut, Problem, TeamShift
from patrol.routes.planning.schedule import alone, evaluate_route

NO_TEAMS = problem(
    "routes.plan.no_teams",
    en="No team is on duty that day: add a shift first.",
    zh="当天没有值勤的巡查组，请先安排班次。",
)
EMPTY_SHIFT = problem(
    "routes.plan.empty_shift",
    en="The shift of team {team} ends before it begins.",
    zh="巡查组“{team}”的班次结束时间早于开始时间。",
)
DUPLICATE = problem(
    "routes.plan.duplicate",
    en="“{key}” is in the plan's input twice.",
    zh="“{key}”在计划输入中重复出现。",
)
NO_POINT = problem(
    "routes.plan.no_point",
    en="Venue {key} has no position on the map, so no route can lead there.",
    zh="场所“{key}”没有地图坐标，无法安排路线。",
)
BAD_WINDOW = problem(
    "routes.plan.bad_window",
    en="An opening time of venue {key} ends before it begins.",
    zh="场所“{key}”的营业时段结束早于开始。",
)
BAD_NUMBER = problem(
    "routes.plan.bad_number",
    en="Prize and visiting time of venue {key} must be numbers that are not negative.",
    zh="场所“{key}”的优先分值和检查用时必须为非负数。",
)
PIN_UNKNOWN = problem(
    "routes.plan.pin_unknown",
    en="Venue {key} is assigned to team {team}, which is not on duty that day.",
    zh="场所“{key}”指定由巡查组“{team}”前往，但该组当天不值勤。",
)
PIN_IMPOSSIBLE = problem(
    "routes.plan.pin_impossible",
    en="Team {team} cannot visit the assigned venue {key} in its shift: {reason}.",
    zh="巡查组“{team}”在其班次内无法前往指定场所“{key}”：{reason_zh}。",
)
REQUIRED_IMPOSSIBLE = problem(
    "routes.plan.required_impossible",
    en="No team can visit the required venue {key} that day: {reason}.",
    zh="当天没有巡查组能前往必查场所“{key}”：{reason_zh}。",
)
LOCK_UNKNOWN = problem(
    "routes.plan.lock_unknown",
    en="The locked part of team {team} names {key}, which is not among the venues of this plan.",
    zh="巡查组“{team}”的锁定路段包含“{key}”，但该场所不在本计划内。",
)
LOCK_TWICE = problem(
    "routes.plan.lock_twice",
    en="Venue {key} is locked for more than one team.",
    zh="场所“{key}”同时锁定在多个巡查组。",
)
LOCK_IMPOSSIBLE = problem(
    "routes.plan.lock_impossible",
    en="The locked stops of team {team} do not fit into its shift in this order (at {key}).",
    zh="巡查组“{team}”锁定的点位按此顺序无法在班次内完成（在“{key}”处）。",
)
BAD_BREAK = problem(
    "routes.plan.bad_break",
    en="A break of team {team} is empty, outside its shift or overlaps another break.",
    zh="巡查组“{team}”的休息时段为空、超出班次或与其他休息重叠。",
)

#: how each reason that concerns one venue alone is worded inside a fault
REASON_WORDS: dict[LeftOut, tuple[str, str]] = {
    LeftOut.NO_SKILL: ("the duties it needs are missing", "缺少所需职责的人员"),
    LeftOut.UNREACHABLE: ("no street leads there", "道路网无法到达"),
    LeftOut.CLOSED: ("it is not open during the shift", "班次内不营业"),
    LeftOut.TOO_FAR: ("it is too far to go there and back", "路程过远，往返时间不足"),
    LeftOut.NO_CAPACITY: ("it exceeds the capacity", "超出承载量"),
}


def raise_faults(given: Problem) -> None:
    """Tell every fault of a problem at once as one ``PatrolError``; return when there is none."""
    faults = Faults()
    if not given.teams:
        faults.add(NO_TEAMS)
    _duplicates(given, faults)
    for candidate in given.candidates:
        _candidate_faults(candidate, faults)
    for team in given.teams:
        _team_faults(given, team, faults)
    faults.raise_if_any()
    _lock_faults(given, faults)
    faults.raise_if_any()
    _must_faults(given, faults)
    faults.raise_if_any()


def _duplicates(given: Problem, faults: Faults) -> None:
    for keys in ([c.key for c in given.candidates], [t.key for t in given.teams]):
        seen: set[str] = set()
        for key in keys:
            if key in seen:
                faults.add(DUPLICATE, where=key, key=key)
            seen.add(key)


def _candidate_faults(candidate: Candidate, faults: Faults) -> None:
    key = candidate.key
    if not (math.isfinite(candidate.lon) and math.isfinite(candidate.lat)):
        faults.add(NO_POINT, where=key, key=key)
    if not math.isfinite(candidate.prize) or min(candidate.prize, candidate.service_s, candidate.load) < 0:
        faults.add(BAD_NUMBER, where=key, key=key)
    if any(close_s < open_s for open_s, close_s in candidate.windows):
        faults.add(BAD_WINDOW, where=key, key=key)


def _team_faults(given: Problem, team: TeamShift, faults: Faults) -> None:
    if team.end_s <= team.start_s:
        faults.add(EMPTY_SHIFT, where=team.key, team=team.key)
    if not all(math.isfinite(x) for x in (*team.start_lonlat, *(team.end_lonlat or ()))):
        faults.add(NO_POINT, where=team.key, key=team.key)
    free_from = team.start_s
    for rest in team.breaks:
        late = rest.latest_s + rest.duration_s > team.end_s
        if rest.duration_s <= 0 or rest.latest_s < rest.earliest_s or rest.earliest_s < free_from or late:
            faults.add(BAD_BREAK, where=team.key, team=team.key)
            break
        free_from = rest.latest_s + rest.duration_s


def _lock_faults(given: Problem, faults: Faults) -> None:
    seen: set[str] = set()
    for team in given.teams:
        unknown = [key for key in team.locked if key not in given.index]
        for key in unknown:
            faults.add(LOCK_UNKNOWN, where=key, team=team.key, key=key)
        for key in team.locked:
            if key in seen:
                faults.add(LOCK_TWICE, where=key, key=key)
            seen.add(key)
        if unknown or not team.locked:
            continue
        if (broken := _first_broken(given, team)) is not None:
            faults.add(LOCK_IMPOSSIBLE, where=team.key, team=team.key, key=broken)


def _first_broken(given: Problem, team: TeamShift) -> str | None:
    """Return the locked stop up to which the shift does not suffice, or that cannot be visited as it is locked."""
    for count, key in enumerate(team.locked, start=1):
        if evaluate_route(given, team.key, team.locked[:count]).violations:
            return key
    return None


def _must_faults(given: Problem, faults: Faults) -> None:
    locked = {key for team in given.teams for key in team.locked}
    for row, candidate in enumerate(given.candidates):
        if not candidate.must_go or candidate.key in locked:
            continue
        pin = candidate.pinned_team
        if pin is not None and pin not in given.team_index:
            faults.add(PIN_UNKNOWN, where=candidate.key, key=candidate.key, team=pin)
            continue
        reason = alone(given, row)
        if reason is None:
            continue
        words, zh = REASON_WORDS[reason]
        kind = REQUIRED_IMPOSSIBLE if pin is None else PIN_IMPOSSIBLE
        faults.add(kind, where=candidate.key, key=candidate.key, team=pin, reason=words, reason_zh=zh)


def unreachable_keys(given: Problem) -> tuple[str, ...]:
    """Name the candidates that no team can reach on the network, so that none is lost silently."""
    names = []
    for row, candidate in enumerate(given.candidates):
        times = [given.travel_s(k, given.start_row(k), row) for k in range(len(given.teams))]
        if times and min(times) >= UNREACHABLE_S:
            names.append(candidate.key)
    return tuple(names)
