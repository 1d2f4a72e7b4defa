"""SELECTs of the guarded register: by key or as counts. There is no query that searches it by anything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.enforcement.models import Action
from patrol.enforcement.register.models import GuardedPerson, ListRequest
from patrol.infra.db import one_or_404

MOST = 100


def person_by_uid(session: Session, uid: str) -> GuardedPerson:
    """Return one entry within scope, or raise 404."""
    return one_or_404(session, select(GuardedPerson).where(GuardedPerson.uid == uid))


def request_by_uid(session: Session, uid: str) -> ListRequest:
    """Return one request for a list within scope, or raise 404."""
    return one_or_404(session, select(ListRequest).where(ListRequest.uid == uid))


def own_request(session: Session, uid: str, person_id: int) -> ListRequest:
    """Return a request that this person made, or raise 404: nobody else sees its list."""
    return one_or_404(
        session, select(ListRequest).where(ListRequest.uid == uid, ListRequest.asked_by_id == person_id)
    )


def action_of(session: Session, row: GuardedPerson | ListRequest) -> Action:
    """Return the action that an entry or a request belongs to."""
    return one_or_404(session, select(Action).where(Action.id == row.action_id))


def counts_by_role(session: Session, action_id: int | None = None) -> dict[str, int]:
    """Count living entries by role, of one action or of all within scope."""
    statement = select(GuardedPerson.role, func.count()).where(GuardedPerson.shredded_at.is_(None))
    if action_id is not None:
        statement = statement.where(GuardedPerson.action_id == action_id)
    return {role: count for role, count in session.execute(statement.group_by(GuardedPerson.role))}


def due(session: Session, until: dt.date) -> Sequence[Any]:
    """Return (last day, role, number of the action, entries) of what is due until a day, soonest first."""
    statement = (
        select(GuardedPerson.expires_on, GuardedPerson.role, Action.number, func.count())
        .join(Action, Action.id == GuardedPerson.action_id)
        .where(GuardedPerson.expires_on <= until, GuardedPerson.shredded_at.is_(None))
        .group_by(GuardedPerson.expires_on, GuardedPerson.role, Action.number)
        .order_by(GuardedPerson.expires_on, Action.number)
        .limit(MOST)
    )
    return session.execute(statement).all()


def shredded(session: Session) -> int:
    """Count the entries whose keys were destroyed."""
    statement = select(func.count()).select_from(GuardedPerson).where(GuardedPerson.shredded_at.is_not(None))
    return int(session.scalar(statement) or 0)


def requests(session: Session, since: dt.datetime) -> Sequence[Any]:
    """Return (request, action) of lists asked for since an instant, newest first."""
    statement = (
        select(ListRequest, Action)
        .join(Action, Action.id == ListRequest.action_id)
        .where(ListRequest.asked_at >= since)
        .order_by(ListRequest.asked_at.desc())
        .limit(MOST)
    )
    return session.execute(statement).all()
