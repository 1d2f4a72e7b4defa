"""What happened at each place on each day; kept by triggers (migration 0009), never written by the program."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId


class PlaceDay(Base):
    """One venue on one day (days since 1970-01-01 by China's clock)."""

    __tablename__ = "place_day"
    __table_args__ = {"sqlite_with_rowid": False}
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column(default=0)
    no_answer: Mapped[int] = mapped_column(default=0)
    sampled_visits: Mapped[int] = mapped_column(default=0)
    findings: Mapped[int] = mapped_column(default=0)
    sampled_findings: Mapped[int] = mapped_column(default=0)


class PlaceStamp(Base):
    """One row that changes with every commit that changes a fact shown on a map."""

    __tablename__ = "place_stamp"
    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[int] = mapped_column(BigId, default=1)
