"""Which places may be drawn for a day, so that statistics do not only know what plans preferred."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from patrol.routes.planning import lot_of
from patrol.routes.weighing import WAY_MIN, Offer

#: the planner is offered so many times the places needed, for those that turn out to be closed or too far
SPARE = 4
#: the length of visits is taken from so many of the most urgent places
LIKELY = 300


@dataclass(frozen=True)
class Lot:
    """Places in the order in which they are drawn, those raised before planning, and the share of stops wanted."""

    order: tuple[str, ...] = ()
    first: frozenset[str] = frozenset()
    share: float = 0.0
    pool: int = 0


def lot_for(
    found: Sequence[Offer], share: float, minutes: float, rng: Generator, drawn_before: Sequence[str] = ()
) -> Lot:
    """Draw an order among the quarter of places visited least often and longest ago, whatever their risk.

    Parameters: ``found`` every open place, the most urgent first; ``share`` 0 … 1 of the stops; ``minutes`` all
    teams can work; ``drawn_before``: places that an earlier making of the plan drew and a manager kept.
    """
    if share <= 0 or not found:
        return Lot()
    likely = [offer.venue.service_minutes for offer in found[:LIKELY]]
    about = share * minutes / (sum(likely) / len(likely) + WAY_MIN)
    wanted = max(1, round(about))
    least = [offer.venue.uid for offer in sorted(found, key=_looked_at)]
    drawn = lot_of(least, wanted, rng)
    order = tuple(dict.fromkeys([*drawn_before, *drawn]))[: len(drawn_before) + SPARE * wanted + 10]
    return Lot(order, frozenset(order[: round(about)]), share, len(drawn))


def _looked_at(offer: Offer) -> tuple[int, dt.datetime, int]:
    seen = offer.venue.last_visited_at or dt.datetime.min.replace(tzinfo=dt.UTC)
    return offer.venue.visit_count, seen, offer.venue.id
