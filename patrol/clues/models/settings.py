"""What a bureau sets for its clues: terms, days worked and off, contact points."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, Scoped, UidMixin, utc_now


class ClueTerm(Base):
    """One term that a bureau has set for itself, over the default."""

    __tablename__ = "clue_term"
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    value: Mapped[int]


class CalendarDay(Base):
    """A day that is worked or off other than the published calendar says (调休, a local holiday)."""

    __tablename__ = "calendar_day"
    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool]
    note: Mapped[str] = mapped_column(String(80), default="")


class SettledYear(Base):
    """A year whose holidays the bureau says are complete in its table."""

    __tablename__ = "settled_year"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ContactPoint(UidMixin, Scoped, Base):
    """联系点: a place with poster, telephone and person; its poster's code opens the report page."""

    __tablename__ = "contact_point"
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200), default="")
    telephone: Mapped[str] = mapped_column(String(30), default="")
    person_name: Mapped[str] = mapped_column(String(40), default="")
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    token: Mapped[str] = mapped_column(String(12), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    response_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
