"""The day as the planner sees it: venues with what a visit is worth, teams on duty, travel times between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.random import default_rng
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError
from patrol.routes import queries
from patrol.routes.domain import Aim, Reason, seconds_of
from patrol.routes.domain import problems as p
from patrol.routes.lots import Lot, lot_for
from patrol.routes.models import Plan, Team
from patrol.routes.planning import Break, Candidate, Problem, TeamShift, Weights, keep_share, with_drawn
from patrol.routes.planning import Plan as MadePlan
from patrol.routes.ways import Ways
from patrol.routes.weighing import Offer, aims_for, kept_offer, weigh
from patrol.venues import Venue

#: the planner is offered at most this many venues for each team, the most urgent ones
OFFERED_PER_TEAM = 120
OFFERED_AT_LEAST, OFFERED_AT_MOST = 240, 1500
#: the planner leaves so much of each shift free, for what takes longer and for what a manager adds
RESERVE_S = 1200
#: a break may begin up to this much later than asked for
BREAK_SLACK_S = 3600
#: reasons that say how a stop came into its plan, and are said anew whenever a route is timed
NOT_ITS_OWN = frozenset({"drawn", "pinned", "on_the_way"})
DAY_S = 86_400


@dataclass(frozen=True)
class OnDuty:
    """A team on the day, from when to when (seconds of the day)."""

    team: Team
    start_s: int
    end_s: int


@dataclass(frozen=True)
class Situation:
    """The planner's problem with what it does not carry: venues by key, reasons in words, far venues.

    ``lot``: places to be drawn; ``spare``: those of them that were not offered for their own worth.
    """

    problem: Problem
    venues: Mapping[str, Venue]
    reasons: Mapping[str, tuple[Reason, ...]]
    far: frozenset[str]
    due: int
    reserve_s: int = 0
    worth: Mapping[str, float] = field(default_factory=dict)
    sampled: frozenset[str] = frozenset()
    mean_risk: float = 0.0
    aims: tuple[Aim, ...] = ()
    lot: Lot = field(default_factory=Lot)
    spare: frozenset[str] = frozenset()
    sample: Mapping[str, int] | None = None

    def settle(self, made: MadePlan) -> tuple[Situation, MadePlan]:
        """Give a finished plan its share of stops drawn at random, and say which they are."""
        if not self.lot.share:
            return self, made
        kept = keep_share(self.problem, made, self.lot.order, self.lot.share)
        drawn = [key for key in self.lot.order if key in kept.drawn]
        # What is worth a visit anyway and stays only because nothing else needs its time was not drawn.
        sampled = {*drawn[: kept.wanted], *(key for key in drawn if self.worth.get(key, 0.0) <= 0)}
        told = {"wanted": kept.wanted, "failed": kept.failed, "pool": self.lot.pool}
        return replace(self, sampled=frozenset(sampled), sample=told), kept.plan

    def whole_shifts(self) -> Situation:
        """Return the same situation with the reserve given back: what is judged, rather than what is planned."""
        teams = tuple(
            team if team.closed else replace(team, end_s=team.end_s + self.reserve_s)
            for team in self.problem.teams
        )
        return replace(self, problem=replace(self.problem, teams=teams), reserve_s=0)


def on_duty(plan: Plan, teams: Sequence[Team]) -> list[OnDuty]:
    """Return the teams of a plan with the shifts given for its day, in the order they were given."""
    by_uid = {team.uid: team for team in teams}
    return [
        OnDuty(by_uid[uid], seconds_of(start) or 0, seconds_of(end) or 0)
        for uid, start, end in plan.params.get("shifts", ())
        if uid in by_uid
    ]


def teams_of_plan(session: Session, plan: Plan) -> list[OnDuty]:
    """Return who is on duty in a plan: from its parameters, or from its routes where it has none (a demo)."""
    found = on_duty(plan, queries.teams(session, plan.agency_id, active=False))
    if found:
        return found
    return [
        OnDuty(route.team, seconds_of(route.team.shift_start) or 0, seconds_of(route.team.shift_end) or 0)
        for route in plan.routes
    ]


def candidate(offer: Offer, *, pinned_team: str | None = None) -> Candidate:
    """Return a venue as the planner takes it; ``pinned_team`` is the team a manager chose for it."""
    venue = offer.venue
    return Candidate(
        venue.uid,
        venue.lon,  # type: ignore[attr-defined]
        venue.lat,  # type: ignore[attr-defined]
        prize=offer.prize,
        service_s=venue.service_minutes * 60,
        windows=windows_of(venue.opening_hours, venue.service_minutes * 60),
        grid=str(venue.grid_id) if venue.grid_id else None,
        pinned_team=pinned_team,
        skills_needed=frozenset({venue.needs_duty} - {""}),
    )


def windows_of(hours: Sequence[Sequence[str]], service_s: int = 0) -> tuple[tuple[int, int], ...]:
    """Return opening hours as windows in which a visit of ``service_s`` may start; past midnight makes two.

    >>> windows_of([["08:00", "22:00"]], 600), windows_of([["20:00", "02:00"]])
    (((28800, 78600),), ((0, 7200), (72000, 86400)))
    """
    found = []
    for opens, closes in hours:
        a, b = seconds_of(opens), seconds_of(closes)
        if a is None or b is None:
            continue
        found += [(a, b)] if a <= b else [(a, DAY_S + service_s), (0, b)]
    return tuple(sorted((a, max(a, b - service_s)) for a, b in found))


def shift_of(
    duty: OnDuty, *, grids: frozenset[str] = frozenset(), locked: tuple[str, ...] | None = None
) -> TeamShift:
    """Return a team on its day as the planner takes it; ``locked``: the stops of a route that stays as it is."""
    team = duty.team
    start = (team.start_lon, team.start_lat)
    end = start if team.end_lon is None or team.end_lat is None else (team.end_lon, team.end_lat)
    return TeamShift(
        team.uid,
        duty.start_s,
        duty.end_s,
        start,
        end,
        mode=team.mode,
        skills=frozenset(member.duty for member in team.members),
        grids=grids,
        breaks=_breaks(team, duty),
        locked=locked or (),
        closed=locked is not None,
    )


def _breaks(team: Team, duty: OnDuty) -> tuple[Break, ...]:
    """Return the team's break, or none where the day's shift does not contain it."""
    begins, lasts = seconds_of(team.break_start), team.break_minutes * 60
    if begins is None or lasts <= 0:
        return ()
    latest = min(begins + BREAK_SLACK_S, duty.end_s - lasts)
    return (Break(begins, latest, lasts),) if duty.start_s <= begins <= latest else ()


def put_together(
    chosen: Sequence[Offer],
    duties: Sequence[OnDuty],
    ways: Ways,
    *,
    scope: str,
    pins: Mapping[str, str] | None = None,
    locked: Mapping[str, tuple[str, ...]] | None = None,
    grids: Mapping[str, frozenset[str]] | None = None,
    weights: Weights | None = None,
    due: int = 0,
) -> Situation:
    """Make the planner's problem from offers and teams; ``pins``: team of a venue, ``locked``: routes that stay."""
    pins, locked, grids = pins or {}, locked or {}, grids or {}
    candidates = tuple(candidate(each, pinned_team=pins.get(each.venue.uid)) for each in chosen)
    shifts = tuple(
        shift_of(
            duty,
            grids=grids.get(duty.team.uid, frozenset()),
            locked=locked.get(duty.team.uid),
        )
        for duty in duties
    )
    travel, far = ways.matrix(candidates, shifts, scope)
    return Situation(
        Problem(candidates, shifts, travel, weights or Weights()),
        {each.venue.uid: each.venue for each in chosen},
        {each.venue.uid: each.why for each in chosen},
        far,
        due,
        worth={each.venue.uid: each.prize for each in chosen},
    )


def choose(found: Sequence[Offer], teams: int, kept: frozenset[str]) -> list[Offer]:
    """Take the most urgent offers that are worth something, and everything that was ``kept`` by hand."""
    most = min(OFFERED_AT_MOST, max(OFFERED_AT_LEAST, OFFERED_PER_TEAM * teams))
    worth = [offer for offer in found if offer.prize > 0]
    chosen = {offer.venue.uid: offer for offer in worth[:most]}
    chosen |= {offer.venue.uid: offer for offer in found if offer.venue.uid in kept}
    return list(chosen.values())


def grids_by_team(session: Session, duties: Sequence[OnDuty]) -> dict[str, frozenset[str]]:
    """Return the grids that the members of each team answer for."""
    people = {member.person_id for duty in duties for member in duty.team.members}
    by_person = queries.grids_of_people(session, people)
    return {
        duty.team.uid: frozenset().union(
            *(by_person.get(member.person_id, frozenset()) for member in duty.team.members)
        )
        for duty in duties
    }


def stops_outside(session: Session, plan: Plan) -> tuple[int, int]:
    """Return how many stops lie outside the grids that their team answers for, and of how many teams with grids."""
    people = {member.person_id for route in plan.routes for member in route.team.members}
    by_person = queries.grids_of_people(session, people)
    outside = counted = 0
    for route in plan.routes:
        mine = frozenset().union(*(by_person.get(each.person_id, frozenset()) for each in route.team.members))
        if mine:
            counted += len(route.stops)
            outside += sum(str(stop.venue.grid_id) not in mine for stop in route.stops)
    return outside, counted


def of_stops(
    session: Session, plan: Plan, ways: Ways, zone: dt.tzinfo, more: Sequence[Any] = ()
) -> Situation:
    """Return the problem of exactly the venues that a plan visits, and ``more`` that might be added."""
    kept = [
        kept_offer(stop.venue, stop.prize, stop.reasons, NOT_ITS_OWN)
        for route in plan.routes
        for stop in route.stops
    ]
    there = {offer.venue.id for offer in kept}
    others = [venue for venue in more if venue.id not in there]
    aims = aims_for(session, plan.scope_path, plan.day) if others else ()
    added = weigh(others, plan.day, zone, mean_risk=plan.figures.get("mean_risk"), aims=aims).offers
    return put_together([*kept, *added], teams_of_plan(session, plan), ways, scope=str(plan.agency_id))


def situation_of(
    session: Session,
    plan: Plan,
    ways: Ways,
    zone: dt.tzinfo,
    priors: Mapping[int, float] | None = None,
    aims: Sequence[Aim] = (),
) -> Situation:
    """Return the problem of a plan: what is due, who is on duty, and what a manager locked before.

    ``priors`` and ``aims`` come from rooms above (:func:`~patrol.routes.weighing.priors_for`, ``aims_for``).
    """
    whole = teams_of_plan(session, plan)
    reserve_s = RESERVE_S if all(duty.end_s - duty.start_s > 6 * RESERVE_S for duty in whole) else 0
    pins, locked = _kept(plan)
    duties = [
        duty if duty.team.uid in locked else replace(duty, end_s=duty.end_s - reserve_s) for duty in whole
    ]
    minutes = sum(duty.end_s - duty.start_s for duty in duties) / 60 - sum(
        d.team.break_minutes for d in duties
    )
    weighed = weigh(
        queries.open_venues(session, plan.scope_path),
        plan.day,
        zone,
        minutes=max(minutes, 0.0),
        priors=priors,
        aims=aims,
    )
    found = weighed.offers
    kept = frozenset(pins) | {key for keys in locked.values() for key in keys}
    share = (plan.params.get("weights") or {}).get("sample", 0) / 100
    lot = lot_for(found, share, minutes, default_rng(plan.seed), _drawn_before(plan, kept))
    own = choose(found, len(duties), kept)
    chosen = [*own, *_spare(found, own, lot)]
    if not chosen:
        raise PatrolError(p.NOTHING_DUE, day=plan.day.isoformat())
    made = put_together(
        chosen, duties, ways, scope=str(plan.agency_id), pins=pins, locked=locked,
        grids=grids_by_team(session, duties), weights=weights_of(plan, own or chosen),
        due=sum(offer.prize > 0 for offer in found),
    )  # fmt: skip
    problem = replace(made.problem, candidates=with_drawn(made.problem.candidates, lot.first))
    return replace(
        made, problem=problem, reserve_s=reserve_s, mean_risk=weighed.mean_risk, aims=tuple(aims), lot=lot,
        spare=frozenset(offer.venue.uid for offer in chosen[len(own) :]),
    )  # fmt: skip


def _kept(plan: Plan) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return what a manager fixed: the team of single venues, and whole routes by team."""
    pins = {
        stop.venue.uid: route.team.uid
        for route in plan.routes
        for stop in route.stops
        if stop.venue.state == "open" and (stop.locked or stop.added_by_hand) and not route.locked
    }
    locked = {
        route.team.uid: tuple(stop.venue.uid for stop in route.stops if stop.venue.state == "open")
        for route in plan.routes
        if route.locked
    }
    return pins, locked


def _drawn_before(plan: Plan, kept: frozenset[str]) -> list[str]:
    stops = (stop for route in plan.routes for stop in route.stops if stop.sampled)
    return [stop.venue.uid for stop in stops if stop.venue.uid in kept]


def _spare(found: Sequence[Offer], own: Sequence[Offer], lot: Lot) -> list[Offer]:
    there, drawn = {offer.venue.uid for offer in own}, frozenset(lot.order)
    return [offer for offer in found if offer.venue.uid in drawn and offer.venue.uid not in there]


def weights_of(plan: Plan, chosen: Sequence[Offer]) -> Weights:
    """Turn what a manager moved (0 … 100) into the planner's weights, in units of an ordinary visit's worth."""
    given = plan.params.get("weights") or {}
    prizes = sorted(offer.prize for offer in chosen)
    ordinary = prizes[len(prizes) // 2] if prizes else 1.0
    return Weights(
        outside_grid=ordinary * given.get("compact", 0) / 100,
        balance=given.get("balance", 0) / 100,
    )
