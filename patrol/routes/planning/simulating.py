"""A year in an invented city: does the planner keep every interval, and what does it find, beside two simpler ways.

The city, its hidden dens and what people report are drawn once from ``rng``; every way of patrolling then meets exactly
the same year. Nobody sees a den but by a visit; the planner knows a risk that is right only on average.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from patrol.routes.planning.domain import Candidate, Problem, TeamShift
from patrol.routes.planning.greedy import greedy_orders
from patrol.routes.planning.horizon import DUE, Obligation, plan_horizon, prize_of
from patrol.routes.planning.model import build_model
from patrol.routes.planning.predictability import LookOut
from patrol.routes.planning.travel import SPEED_M_S, detour_factor, straight_line_problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SERVICE_S = 20 * 60
SHIFT_S = 6 * 3600
#: days within which a reported place is to be looked at
CLUE_DAYS = 3
#: a visit to an open den sees it with this chance
SEEN = 0.8
#: a varied plan draws prizes within this share above and below
DRAWN = 0.2
#: candidates laid before the planner for each team
SHORTLIST = 45
#: metres for a degree of latitude, and the latitude of the invented city
DEGREE_M, LAT = 111_195.0, 30.6


@dataclass(frozen=True)
class World:
    """An invented city and its year. Arrays over venues unless said otherwise; distances in metres.

    ``since0``: days since the last visit on day 0. ``known_risk``: what the planner believes. ``den_*``: arrays over
    dens (venue, first day, day it moves on). ``told_*``: arrays over sightings (day, venue named, den or −1), by day.
    """

    xy: Floats
    interval: Ints
    since0: Ints
    known_risk: Floats
    true_risk: Floats
    bases: Floats
    den_venue: Ints
    den_from: Ints
    den_until: Ints
    told_day: Ints
    told_venue: Ints
    told_den: Ints
    days: int
    luck_seed: int

    @property
    def size(self) -> int:
        """Number of venues."""
        return len(self.interval)


def build_world(rng: np.random.Generator, *, venues: int = 3000, teams: int = 6, days: int = 365) -> World:
    """Draw a city of ``venues`` places, ``teams`` bases, dens (Poisson) and sightings (Poisson) for ``days``.

    Intervals are 30, 60 and 90 days (20, 40, 40 %); a place gets 0.15 dens a year on average (gamma, so that few places
    have most), each staying 90 days on average; an open den is reported every 30 days, three in ten times under a
    wrong address; one false report a day and 3,000 venues comes on top. Raises ``ValueError`` for counts below 1.
    """
    if min(venues, teams, days) < 1:
        raise ValueError("a simulation needs venues, teams and days")
    side = 12_000.0 * np.sqrt(venues / 3000)
    middles = rng.uniform(0, side, (max(venues // 60, 1), 2))
    near = middles[rng.integers(0, len(middles), venues)] + rng.normal(0, 350.0, (venues, 2))
    xy = np.where(rng.random((venues, 1)) < 0.6, np.clip(near, 0, side), rng.uniform(0, side, (venues, 2)))
    interval = rng.choice(np.array([30, 60, 90]), venues, p=[0.2, 0.4, 0.4])
    true_risk = rng.gamma(0.5, 0.3, venues)
    den_venue, start, end = _dens(rng, true_risk, days)
    told = _sightings(rng, den_venue, start, end, venues, days)
    return World(
        xy=xy,
        interval=interval.astype(np.int64),
        since0=(rng.random(venues) * interval).astype(np.int64),
        known_risk=true_risk * rng.lognormal(-0.32, 0.8, venues) + 0.02,
        true_risk=true_risk,
        bases=rng.uniform(0.2 * side, 0.8 * side, (teams, 2)),
        den_venue=den_venue,
        den_from=start,
        den_until=end,
        told_day=told[0],
        told_venue=told[1],
        told_den=told[2],
        days=days,
        luck_seed=int(rng.integers(2**31)),
    )


def _dens(rng: np.random.Generator, risk: Floats, days: int) -> tuple[Ints, Ints, Ints]:
    before = 120
    venue = np.repeat(np.arange(len(risk)), rng.poisson(risk * (days + before) / 365))
    start = rng.integers(-before, days, len(venue))
    end = start + 1 + rng.exponential(90.0, len(venue)).astype(np.int64)
    alive = end > 0
    return venue[alive], start[alive], end[alive]


def _sightings(
    rng: np.random.Generator, venue: Ints, start: Ints, end: Ints, venues: int, days: int
) -> tuple[Ints, Ints, Ints]:
    den = np.repeat(np.arange(len(venue)), rng.poisson((end - start) / 30))
    day = start[den] + (rng.random(len(den)) * (end - start)[den]).astype(np.int64)
    named = np.where(rng.random(len(den)) < 0.3, rng.integers(0, venues, len(den)), venue[den])
    false = int(rng.poisson(days * venues / 3000))
    day = np.concatenate([day, rng.integers(0, days, false)])
    named = np.concatenate([named, rng.integers(0, venues, false)])
    den = np.concatenate([den, np.full(false, -1)])
    order = np.argsort(day, kind="stable")
    order = order[(day[order] >= 0) & (day[order] < days)]
    return day[order], named[order], den[order]


@dataclass
class Morning:
    """What a way of patrolling is told on a working day: ``since`` days, ``clue`` days left (−1000 = no clue).

    A way that gives prizes up notes in ``prizes`` what the best plan would have had and what it takes.
    """

    world: World
    day: int
    since: Ints
    clue: Ints
    gap: int  # days until the next working day
    rng: np.random.Generator
    prizes: list[tuple[float, float]] = field(default_factory=list)


#: routes of the day, one list of venues for each team
Way = Callable[[Morning], list[list[int]]]
NO_CLUE = -1000


def planner_way(morning: Morning, *, varied: bool = False) -> list[list[int]]:
    """Plan as the product does, but for the search: due days from the horizon, prizes, greedy day routes.

    ``varied``: prizes of what is not required are drawn within ±20 %, and the teams choose in a random order; what
    that costs in prizes is noted.
    """
    world = morning.world
    straight = np.arange(len(world.bases))
    open_, prize, due = prizes_of(morning)
    if not varied or not len(open_):
        return _greedy_routes(world, open_, prize, due, straight)
    drawn = prize * morning.rng.uniform(1 - DRAWN, 1 + DRAWN, len(prize))
    routes = _greedy_routes(world, open_, drawn, due, morning.rng.permutation(len(world.bases)))
    best = _greedy_routes(world, open_, prize, due, straight)
    worth = dict(zip(open_.tolist(), prize.tolist(), strict=True))
    both = [sum(worth[venue] for route in each for venue in route) for each in (best, routes)]
    morning.prizes.append((both[0], both[1]))
    return routes


def prizes_of(morning: Morning) -> tuple[Ints, Floats, NDArray[np.bool_]]:
    """Return the venues to choose from, their prizes and which of them are required today.

    What falls due before the next working day is required; what the levelled horizon wants done today gets ``DUE``
    points more; a place in the first half of its interval without a clue is left alone.
    """
    world, since = morning.world, morning.since
    open_ = np.flatnonzero((2 * since >= world.interval) | (morning.clue != NO_CLUE))
    mean = float(world.known_risk.mean())
    prize = np.array([prize_of(_obligation(morning, int(v)), mean_risk=mean) for v in open_], dtype=float)
    prize += DUE * np.isin(open_, _wanted_today(morning, open_))
    due = (world.interval - since)[open_] < morning.gap
    return open_, prize, due


def day_problem(world: World, open_: Ints, prize: Floats, due: NDArray[np.bool_], turn: Ints) -> Problem:
    """The day of the teams in the order ``turn``, from the best of the venues ``open_``; keys are their numbers."""
    first = np.argsort(-(prize + 1000.0 * due), kind="stable")[: SHORTLIST * len(world.bases)]
    return straight_line_problem(
        [
            Candidate(str(open_[k]), *_lonlat(world.xy[open_[k]]), prize[k], SERVICE_S, required=bool(due[k]))
            for k in first
        ],
        [TeamShift(str(t), 0, SHIFT_S, _lonlat(world.bases[t]), _lonlat(world.bases[t])) for t in turn],
    )


def _greedy_routes(
    world: World, open_: Ints, prize: Floats, due: NDArray[np.bool_], turn: Ints
) -> list[list[int]]:
    routes: list[list[int]] = [[] for _ in world.bases]
    if len(open_):
        model = build_model(day_problem(world, open_, prize, due, turn))
        for team, order in zip(turn, greedy_orders(model), strict=True):
            routes[team] = [int(key) for key in model.keys(order)]
    return routes


def _lonlat(point: Floats) -> tuple[float, float]:
    return 114.0 + point[0] / (DEGREE_M * np.cos(np.radians(LAT))), LAT + point[1] / DEGREE_M


def _obligation(morning: Morning, venue: int) -> Obligation:
    world, left = morning.world, int(morning.clue[venue])
    return Obligation(
        str(venue),
        int(world.interval[venue]),
        int(morning.since[venue]),
        float(world.known_risk[venue]),
        SERVICE_S / 60 + 6.0,
        deadline_days=None if left == NO_CLUE else left,
    )


def _wanted_today(morning: Morning, open_: Ints) -> Ints:
    """Venues that the levelled horizon of ten working days puts on today."""
    world = morning.world
    left = np.floor((world.interval - morning.since)[open_] * 5 / 7).astype(int)
    whole = np.ceil(world.interval[open_] * 5 / 7).astype(int)
    soon = np.flatnonzero(left < 10)
    duties = [
        replace(
            _obligation(morning, int(open_[k])),
            interval_days=int(whole[k]),
            since_days=int(whole[k] - left[k]),
        )
        for k in soon
    ]
    plan = plan_horizon(duties, days=10, minutes_a_day=len(world.bases) * SHIFT_S / 60)
    return np.array([int(key) for key in plan.days[0]], dtype=np.int64)


def travel_s(here: Floats, there: Floats) -> Floats:
    """Seconds by e-bike from one point to many: straight line in metres × usual detour ÷ speed."""
    metres = np.hypot(*(there - here).T)
    seconds: Floats = metres * detour_factor(metres) / SPEED_M_S["ebike"]
    return seconds


def nearest_way(morning: Morning) -> list[list[int]]:
    """Go on to the nearest place whose interval is half over, as long as the shift lasts; no risk, no clues."""
    world = morning.world
    free = 2 * morning.since >= world.interval
    routes = []
    for base in world.bases:
        here, now, order = base, 0.0, list[int]()
        home = travel_s(base, world.xy)
        while True:
            leave = now + travel_s(here, world.xy) + SERVICE_S
            possible = free & (leave + home <= SHIFT_S)
            if not possible.any():
                break
            venue = int(np.argmin(np.where(possible, leave, np.inf)))
            order.append(venue)
            free[venue] = False
            here, now = world.xy[venue], float(leave[venue])
        routes.append(order)
    return routes


def fixed_rounds(world: World) -> Way:
    """Return rounds: every team has a slice of the city and walks it in one order, on and on; no risk, no clues."""
    slices = np.array_split(np.argsort(world.xy[:, 0], kind="stable"), len(world.bases))
    tours = [_tour(world, part) for part in slices]
    owners = np.argsort(world.bases[:, 0], kind="stable")
    at = [0] * len(tours)

    def way(_: Morning) -> list[list[int]]:
        routes: list[list[int]] = [[] for _ in tours]
        for number, tour in enumerate(tours):
            base = world.bases[owners[number]]
            here, now, order = base, 0.0, routes[owners[number]]
            while len(order) < len(tour):
                venue = tour[at[number] % len(tour)]
                place = world.xy[[venue]]
                leave = now + float(travel_s(here, place)[0]) + SERVICE_S
                if leave + float(travel_s(base, place)[0]) > SHIFT_S:
                    break
                order.append(venue)
                at[number] += 1
                here, now = world.xy[venue], leave
        return routes

    return way


def _tour(world: World, part: Ints) -> list[int]:
    left, tour = list(part), list[int]()
    while left:
        here = world.xy[tour[-1]] if tour else world.xy[left].min(axis=0)
        tour.append(int(left.pop(int(np.argmin(travel_s(here, world.xy[left]))))))
    return tour


@dataclass(frozen=True)
class Year:
    """What came of a year. Shares 0 … 1; ``weekly``: share of venues within their interval at each week's end.

    ``in_time``: mean of that share over all days; ``never_late``: share of venues never overdue on any day;
    ``overdue_days``: Σ over venues and days overdue of true risk ÷ mean risk, for each venue; ``hours``: on the road,
    back at the base included; ``den_days``: days that dens stood open, in sum. ``repeated``: share of pairs of
    successive stops that some plan of the 90 days before had too, from day 90 on; ``lost``: share of the prizes
    that a varied plan gives up against the same way unvaried, on the same mornings.
    """

    weekly: tuple[float, ...]
    in_time: float
    never_late: float
    overdue_days: float
    visits: int
    findings: int
    hours: float
    den_days: int
    repeated: float
    lost: float

    @property
    def findings_per_hour(self) -> float:
        """Findings for each hour of a team on the road."""
        return self.findings / self.hours if self.hours else 0.0


def simulate(world: World, way: Way) -> Year:
    """Walk the year day by day (five working days a week); the same world and way give the same year."""
    luck = np.random.default_rng(world.luck_seed)
    since, clue = world.since0.copy(), np.full(world.size, NO_CLUE)
    until = world.den_until.copy()
    late, ever = np.zeros(world.size), np.zeros(world.size, dtype=bool)
    shares, visits, findings, seconds = list[float](), 0, 0, 0.0
    watched, prizes = LookOut(), [(0.0, 0.0)]
    for day in range(world.days):
        clue[clue != NO_CLUE] -= 1
        np.maximum(clue, np.where(clue == NO_CLUE, NO_CLUE, 0), out=clue)
        told = slice(*np.searchsorted(world.told_day, [day, day + 1]))
        real = np.append(until, day + 1)[world.told_den[told]] > day  # −1, a false report, is the last
        named = world.told_venue[told][real]
        clue[named] = np.where(clue[named] == NO_CLUE, CLUE_DAYS, clue[named])
        sees = luck.random(len(until)) < SEEN
        if day % 7 < 5:
            seeds = [world.luck_seed, day]
            chance, gap = np.random.default_rng(seeds), 3 if day % 7 == 4 else 1
            morning = Morning(world, day, since.copy(), clue.copy(), gap, chance)
            routes = way(morning)
            prizes += morning.prizes
            watched.see(day, routes)
            seconds += sum(_spent_s(world, base, r) for base, r in zip(world.bases, routes, strict=True))
            went = np.array([venue for route in routes for venue in route], dtype=np.int64)
            since[went], clue[went] = 0, NO_CLUE
            hit = np.isin(world.den_venue, went) & (world.den_from <= day) & (until > day) & sees
            until[hit] = day
            visits, findings = visits + len(went), findings + int(hit.sum())
        over = since > world.interval
        late, ever = late + over, ever | over
        shares.append(1.0 - float(over.mean()))
        since += 1
    weight = world.true_risk / max(float(world.true_risk.mean()), 1e-12)
    lived = np.clip(np.minimum(until, world.days) - np.maximum(world.den_from, 0), 0, None)
    return Year(
        weekly=tuple(shares[6::7]),
        in_time=float(np.mean(shares)),
        never_late=1.0 - float(ever.mean()),
        overdue_days=float((late * weight).sum() / world.size),
        visits=visits,
        findings=findings,
        hours=seconds / 3600,
        den_days=int(lived.sum()),
        repeated=watched.repeated / max(watched.seen, 1),
        lost=1.0 - sum(took for _, took in prizes) / max(sum(best for best, _ in prizes), 1e-9)
        if len(prizes) > 1
        else 0.0,
    )


def _spent_s(world: World, base: Floats, route: Sequence[int]) -> float:
    """Seconds from leaving the base to being back."""
    if not route:
        return 0.0
    stops = np.vstack([base, world.xy[list(route)], base])
    metres = np.hypot(*np.diff(stops, axis=0).T)
    return float((metres * detour_factor(metres)).sum() / SPEED_M_S["ebike"]) + SERVICE_S * len(route)
