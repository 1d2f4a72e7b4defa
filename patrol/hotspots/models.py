"""What happened at each place on each day; kept by triggers (0009, 0020), never written by the program."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, ScopePath


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


#: cells of sightings in a degree: about 50 m, so that any larger square or grid is a sum of them
SIGHTING_CELLS_PER_DEGREE = 2000


class SightingDay(Scoped, Base):
    """Sightings of one kind in one cell on one day, apart from findings: nobody inspected there.

    ``grid_id`` is 0 for none. A sighting without a position has no cell and is in no row.
    """

    __tablename__ = "sighting_day"
    __table_args__ = {"sqlite_with_rowid": False}
    scope_path: Mapped[str] = mapped_column(ScopePath, primary_key=True, index=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cell_x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cell_y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    grid_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    sightings: Mapped[int]


class PlaceStamp(Base):
    """One row that changes with every commit that changes a fact shown on a map."""

    __tablename__ = "place_stamp"
    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[int] = mapped_column(BigId, default=1)
