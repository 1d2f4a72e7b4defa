"""The figures of the loop, as digital city management states them: rates over what was due (应结), never over all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from patrol.clues.models import Clue


@dataclass(frozen=True)
class LoopFigures:
    """Counts of a period, and their rates in percent (``None`` where nothing was due).

    ``due_accept`` and ``due_close`` count what was done or whose term has run out by ``today``.
    """

    received: int
    due_accept: int
    accepted: int
    accepted_in_time: int
    due_close: int
    closed: int
    closed_in_time: int
    reworked: int

    @property
    def accepted_rate(self) -> float | None:
        """按期受理率: accepted in time over what should have been accepted."""
        return _rate(self.accepted_in_time, self.due_accept)

    @property
    def closed_rate(self) -> float | None:
        """结案率: closed over what should have been closed."""
        return _rate(self.closed, self.due_close)

    @property
    def closed_in_time_rate(self) -> float | None:
        """按期结案率: closed in time over what should have been closed."""
        return _rate(self.closed_in_time, self.due_close)

    @property
    def rework_rate(self) -> float | None:
        """返工率: sent back by the checker over what was closed."""
        return _rate(self.reworked, self.closed)


def _rate(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def loop_figures(session: Session, *, since: dt.datetime, until: dt.datetime, today: dt.date) -> LoopFigures:
    """Count the clues in scope received in [since, until), as they stand on ``today``."""

    def count(clause: Any) -> Any:
        return func.coalesce(func.sum(case((clause, 1), else_=0)), 0)

    refused = and_(Clue.accepted_on.is_(None), Clue.closed_on.is_not(None))
    row = session.execute(
        select(
            func.count(Clue.id),
            count(or_(Clue.accepted_on.is_not(None), refused, Clue.accept_due < today)),
            count(or_(Clue.accepted_on.is_not(None), refused)),
            count(or_(Clue.accepted_on <= Clue.accept_due, and_(refused, Clue.closed_on <= Clue.accept_due))),
            count(or_(Clue.closed_on.is_not(None), Clue.close_due < today)),
            count(Clue.closed_on.is_not(None)),
            count(Clue.closed_on <= Clue.close_due),
            count(and_(Clue.closed_on.is_not(None), Clue.rework_count > 0)),
        ).where(Clue.received_at >= since, Clue.received_at < until)
    ).one()
    return LoopFigures(*(int(value) for value in row))
