"""The route as it was walked: patrols, their events, track points, gaps and visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class Patrol(UidMixin, Scoped, Base):
    """巡查: started and ended by hand; ``events`` holds start, pause, resume, end with time and position."""

    __tablename__ = "patrol"
    route_id: Mapped[int | None] = mapped_column(ForeignKey("route.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="running")
    started_at: Mapped[dt.datetime] = mapped_column(index=True)
    ended_at: Mapped[dt.datetime | None]
    events: Mapped[list[Any]] = mapped_column(default=list)
    device_uid: Mapped[str] = mapped_column(String(36), default="")
    person: Mapped[Any] = relationship("Person")
    team: Mapped[Any] = relationship("Team")


class TrackPoint(Base):
    """轨迹点: only between start and end of a patrol; expires."""

    __tablename__ = "track_point"
    __table_args__ = (UniqueConstraint("patrol_id", "at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrol.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float]
    source: Mapped[str] = mapped_column(String(8), default="gps")


class TrackGap(Base):
    """A stretch of a patrol without positions, and why."""

    __tablename__ = "track_gap"
    __table_args__ = (UniqueConstraint("patrol_id", "from_at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrol.id", ondelete="CASCADE"))
    from_at: Mapped[dt.datetime]
    to_at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(String(30))


class Visit(UidMixin, Scoped, Base):
    """到访: one stop done, with its outcome and the proof of presence."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_venue_arrived", "venue_id", "arrived_at"),
        Index("ix_visit_scope_arrived_venue", "scope_path", "arrived_at", "venue_id"),
        Index("ix_visit_arrived_scope", "arrived_at", "scope_path"),
        Index("ix_visit_grid_arrived", "grid_id", "arrived_at", "scope_path"),
    )
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    patrol_id: Mapped[int | None] = mapped_column(ForeignKey("patrol.id"), index=True)
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stop.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    arrived_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    presence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sampled: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(8), default="phone")
    received_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    venue: Mapped[Any] = relationship("Venue")
    person: Mapped[Any] = relationship("Person")
