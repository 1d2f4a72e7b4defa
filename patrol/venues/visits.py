"""What a visit changes on the venue itself: when it was last seen, with what outcome, and the counters."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, inspect, update
from sqlalchemy.orm import Session

from patrol.venues.models import Venue


def note_visit(session: Session, venue: Venue, *, outcome: str, arrived_at: dt.datetime) -> None:
    """Count a visit; a visit that arrives late never overwrites the outcome of a newer one."""
    venue.visit_count = Venue.visit_count + 1
    if venue.last_visited_at is None or arrived_at >= venue.last_visited_at:
        venue.last_visited_at, venue.last_outcome = arrived_at, outcome
    session.flush()


def note_finding(venue: Venue, number: int = 1) -> None:
    """Count a finding, or with −1 one that was withdrawn; several may be counted before the caller's flush."""
    waiting = inspect(venue).dict.get("finding_count")
    venue.finding_count = (waiting if isinstance(waiting, ColumnElement) else Venue.finding_count) + number


def want_visit(session: Session, venue_id: int, *, by: dt.date | None, urgent: bool, why: str) -> None:
    """Say that somebody has to look at a venue by a day, and why (the number of a clue); ``by=None`` ends it.

    The planner reads it; a room above says it. The venue's version stays: nothing that people edit changed.
    """
    session.execute(
        update(Venue)
        .where(Venue.id == venue_id)
        .values(wanted_by=by, wanted_urgent=urgent, wanted_why=why[:40])
        .execution_options(synchronize_session="fetch")
    )
