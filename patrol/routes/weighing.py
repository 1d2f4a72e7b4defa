"""What a visit to each venue of a branch is worth on a day: the planner's one objective over the weeks to come.

A venue whose own risk was never computed takes the forecast of its surroundings, where a room above offers one
(:func:`offer_priors`), and places that a running campaign wants seen are raised (:func:`offer_aims`); imports only go
down, so those rooms hand their functions to the application.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from flask.sansio.app import App
from sqlalchemy.orm import Session

from patrol.routes.domain import LEVEL, Aim, Reason, VisitFacts, is_fresh, reasons_today
from patrol.routes.planning import DUE, Obligation, plan_horizon, prize_of
from patrol.venues import Venue

#: minutes that a visit costs on the way, besides its own length
WAY_MIN = 6.0
#: how far the plan of a day looks ahead
HORIZON_DAYS = 14
PRIORS, AIMS = "patrol.place_priors", "patrol.campaign_aims"
#: (session, day) -> chance of a finding at each venue by its key
Provider = Callable[[Session, dt.date], Mapping[int, Any]]
#: (session, path of a division, day) -> targets of campaigns that count there, the narrowest first
AimProvider = Callable[[Session, str, dt.date], Sequence[Aim]]


@dataclass(frozen=True)
class Offer:
    """A venue that may be visited, what that is worth, and why."""

    venue: Venue
    prize: float
    why: tuple[Reason, ...]


@dataclass(frozen=True)
class Weighing:
    """All venues of a branch weighed for a day, the most urgent first, with the mean risk they were weighed by."""

    offers: tuple[Offer, ...]
    mean_risk: float


@dataclass(frozen=True)
class Duty:
    """A venue as it is weighed: what is known of it, the obligation that has a prize, the target it counts for.

    ``paced`` is the same obligation for the weeks to come: of a campaign's places only so many are due each day as
    reach its target by its end, the riskiest first.
    """

    facts: VisitFacts
    obligation: Obligation
    paced: Obligation
    aim: Aim | None = None


def offer_priors(app: App, provider: Provider) -> None:
    """Let a room above say how likely a finding is where a venue's own history says nothing."""
    app.extensions[PRIORS] = provider


def priors_for(session: Session, day: dt.date) -> dict[int, float]:
    """Return the chance of a finding by venue as the installed provider forecasts it; empty without one."""
    provider: Provider | None = current_app.extensions.get(PRIORS)
    found = provider(session, day) if provider else {}
    return {key: float(prior.chance) for key, prior in found.items()}


def offer_aims(app: App, provider: AimProvider) -> None:
    """Let a room above say which places running campaigns want seen."""
    app.extensions[AIMS] = provider


def aims_for(session: Session, scope_path: str, day: dt.date) -> tuple[Aim, ...]:
    """Return the targets of campaigns that run on a day and count below a division; empty without a provider."""
    provider: AimProvider | None = current_app.extensions.get(AIMS)
    return tuple(provider(session, scope_path, day)) if provider else ()


def weigh(
    venues: Sequence[Venue],
    day: dt.date,
    zone: dt.tzinfo,
    *,
    minutes: float = 0.0,
    priors: Mapping[int, float] | None = None,
    mean_risk: float | None = None,
    aims: Sequence[Aim] = (),
) -> Weighing:
    """Weigh venues for ``day`` by :func:`~patrol.routes.planning.prize_of`; places just seen are worth 0.

    ``minutes``: what all teams together can work on a day; venues that the levelled weeks to come want seen on
    ``day`` gain ``DUE`` points and say so (0 = no look ahead). ``priors``: chances for venues whose own risk was never
    computed. ``mean_risk``: of the branch; by default that of ``venues``. ``aims``: targets of campaigns
    (:func:`aims_for`), whose places are worth more and say so, also those just seen before it began.
    """
    duties, mean = duties_of(venues, day, zone, priors=priors, mean_risk=mean_risk, aims=aims)
    level = wanted_today([duty.paced for duty in duties], minutes) if minutes > 0 else frozenset()
    found = []
    for venue, duty in zip(venues, duties, strict=True):
        prize, why = 0.0, reasons_today(duty.facts, day, mean_risk=mean)
        if duty.aim or not is_fresh(duty.facts, day):
            prize, why = prize_of(duty.obligation, mean_risk=mean), (*why, *_asked(duty.aim))
            if duty.obligation.key in level:
                prize, why = prize + DUE, (*why, *(() if _due(why) else (LEVEL,)))
        found.append(Offer(venue, round(prize, 3), why))
    return Weighing(tuple(sorted(found, key=lambda offer: (-offer.prize, offer.venue.id))), mean)


def duties_of(
    venues: Sequence[Any],
    day: dt.date,
    zone: dt.tzinfo,
    *,
    priors: Mapping[int, float] | None = None,
    mean_risk: float | None = None,
    aims: Sequence[Aim] = (),
) -> tuple[list[Duty], float]:
    """Return what each venue asks for on ``day``, as :func:`weigh` takes it, and the mean risk of all."""
    known = [facts_of(venue, zone, (priors or {}).get(venue.id)) for venue in venues]
    mean = mean_risk if mean_risk is not None else _mean(facts.risk for facts in known)
    wanted = [_aim_of(venue, facts, day, aims) for venue, facts in zip(venues, known, strict=True)]
    duties = [
        obligation_of(venue, facts, day, mean, aim)
        for venue, facts, aim in zip(venues, known, wanted, strict=True)
    ]
    return [Duty(*each) for each in zip(known, duties, paced(duties, wanted, day), wanted, strict=True)], mean


def _aim_of(venue: Any, facts: VisitFacts, day: dt.date, aims: Sequence[Aim]) -> Aim | None:
    wanting = (aim for aim in aims if aim.wants(facts, day) and aim.covers(venue.scope_path, venue.grid_id))
    return next(wanting, None)


def paced(duties: Sequence[Obligation], wanted: Sequence[Aim | None], day: dt.date) -> tuple[Obligation, ...]:
    """Spread the places that campaigns want over the days they have left: as many each day as reach the target.

    The riskiest come first; places beyond the number that is missing are not due for the campaign at all. A target of
    several branches is shared among them by the places each has left.
    """
    members: dict[Aim, list[int]] = {}
    for number, aim in enumerate(wanted):
        if aim is not None:
            members.setdefault(aim, []).append(number)
    due: dict[int, int | None] = {}
    for aim, numbers in members.items():
        numbers.sort(key=lambda number: (-duties[number].risk, duties[number].key))
        needed, days = aim.share_of(len(numbers)), aim.days_left(day) + 1
        due |= {
            number: place * days // needed if place < needed else None for place, number in enumerate(numbers)
        }
    return tuple(
        replace(duty, campaign_days=due[number]) if number in due else duty
        for number, duty in enumerate(duties)
    )


def _asked(aim: Aim | None) -> tuple[Reason, ...]:
    return () if aim is None else (aim.reason,)


def _due(why: Iterable[Reason]) -> bool:
    return any(reason.code in {"overdue", "never", "clue"} for reason in why)


def _mean(risks: Iterable[float]) -> float:
    values = list(risks)
    return sum(values) / len(values) if values else 0.0


def facts_of(venue: Any, zone: dt.tzinfo, prior: float | None = None) -> VisitFacts:
    """Return what is known of a venue, or of a row with its columns; ``prior``: for a risk that was never computed."""
    seen = venue.last_visited_at
    risk = prior if prior is not None and not venue.risk_reasons and not venue.risk else venue.risk
    return VisitFacts(
        seen.astimezone(zone).date() if seen else None, venue.revisit_interval_days, risk, venue.last_outcome,
        venue.wanted_by, venue.wanted_urgent, venue.wanted_why,
    )  # fmt: skip


def why_not(plan: Any, venue: Venue, zone: dt.tzinfo) -> str:
    """Return the code that says why an open venue is not in a plan, also one that was never laid before the planner."""
    told = {key: str(why) for key, why in plan.left_out}
    if venue.uid in told:
        return told[venue.uid]
    return "fresh" if is_fresh(facts_of(venue, zone), plan.day) else "less_urgent"


def obligation_of(
    venue: Any, facts: VisitFacts, day: dt.date, mean_risk: float, aim: Aim | None = None
) -> Obligation:
    """Return a venue as the horizon takes it; where no risk is known anywhere all places are alike."""
    return Obligation(
        venue.uid,
        max(1, facts.interval_days),
        facts.since_days(day),
        facts.risk if mean_risk > 0 else 0.0,
        venue.service_minutes + WAY_MIN,
        deadline_days=None if facts.wanted_by is None else max(0, (facts.wanted_by - day).days),
        campaign_days=None if aim is None else aim.days_left(day),
        urgent=facts.wanted_urgent and facts.wanted_by is not None,
    )


def wanted_today(duties: Sequence[Obligation], minutes: float) -> frozenset[str]:
    """Return the venues that the levelled plan of the next two weeks visits on its first day."""
    soon = [duty for duty in duties if duty.due_in < HORIZON_DAYS]
    if not soon:
        return frozenset()
    plan = plan_horizon(soon, days=HORIZON_DAYS, minutes_a_day=minutes)
    return frozenset(plan.days[0])


def kept_offer(venue: Venue, prize: float, words: Iterable[Any], without: frozenset[str]) -> Offer:
    """Return a stop's venue as it was weighed when the plan was made; ``without``: codes that are not its own."""
    why = tuple(
        Reason(word.get("code", ""), word.get("zh", ""), word.get("en", ""))
        for word in words
        if isinstance(word, Mapping) and word.get("code") not in without
    )
    return Offer(venue, prize, why)
