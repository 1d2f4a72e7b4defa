"""What a bureau set: terms, its calendar, its contact points."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.clues.domain import DEFAULT_TERMS, TERM_LABELS, Terms
from patrol.clues.models import CalendarDay, ClueTerm, ContactPoint, SettledYear
from patrol.core.clock import WorkingDays
from patrol.infra.db import one_or_404, unscoped


def calendar_days(session: Session) -> list[CalendarDay]:
    """Return every day of the bureau's own table, newest first."""
    return list(session.scalars(select(CalendarDay).order_by(CalendarDay.day.desc())))


def settled_years(session: Session) -> frozenset[int]:
    """Return the years whose table the bureau says is complete."""
    return frozenset(session.scalars(select(SettledYear.year)))


def calendar_of(session: Session) -> WorkingDays:
    """Return the working-day calendar: the published one, corrected by the bureau's table."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.works)).all()
    table: dict[dt.date, bool] = {row.day: bool(row.works) for row in rows}
    return WorkingDays(table, settled_years(session))


def terms_of(session: Session) -> Terms:
    """Return the terms in force: the defaults, overridden by what the bureau set."""
    set_here = {
        code: int(value)
        for code, value in session.execute(select(ClueTerm.code, ClueTerm.value))
        if code in TERM_LABELS
    }
    return replace(DEFAULT_TERMS, **set_here)


def contact_points(session: Session) -> list[ContactPoint]:
    """Return the contact points in scope, those in use first."""
    return list(session.scalars(select(ContactPoint).order_by(ContactPoint.active.desc(), ContactPoint.name)))


def contact_point_by_uid(session: Session, uid: str) -> ContactPoint:
    """Return one contact point in scope, or raise the 404."""
    return one_or_404(session, select(ContactPoint).where(ContactPoint.uid == uid))


def contact_point_by_token(session: Session, token: str) -> ContactPoint | None:
    """Return the contact point in use whose poster carries ``token``."""
    with unscoped(session, "what stands on a poster is public"):
        return session.scalars(
            select(ContactPoint).where(ContactPoint.token == token, ContactPoint.active.is_(True))
        ).one_or_none()
