"""Sightings, who reported them (apart, and secret), their photos and their progress."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class Sighting(UidMixin, Scoped, Base):
    """目击: what a liaison or resident saw. Says nothing of who; a photo here is a clue (线索), not evidence."""

    __tablename__ = "sighting"
    __table_args__ = (Index("ix_sighting_scope_received", "scope_path", "received_at"),)
    channel: Mapped[str] = mapped_column(String(12), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    seen_on: Mapped[str] = mapped_column(String(40), default="")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    position: Mapped[dict[str, Any]] = mapped_column(default=dict)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="received", index=True)
    follow_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    contact_point_id: Mapped[int | None] = mapped_column(BigId, index=True)
    received_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    closed_at: Mapped[dt.datetime | None]
    photos: Mapped[list[SightingPhoto]] = relationship(order_by="SightingPhoto.id")
    steps: Mapped[list[SightingStep]] = relationship(order_by="SightingStep.id")
    venue: Mapped[Any] = relationship("Venue")


class SightingReporter(Base):
    """Who reported: apart from the sighting, read only by those who need it, every look audited."""

    __tablename__ = "sighting_reporter"
    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id"), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contact_sealed: Mapped[str] = mapped_column(default="")


class SightingStep(Base):
    """One step of progress: state, the sentence the reporter may read, the note for colleagues only."""

    __tablename__ = "sighting_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(20), default="")
    public_note: Mapped[str] = mapped_column(default="")
    internal_note: Mapped[str] = mapped_column(default="")


class SightingPhoto(UidMixin, Base):
    """A photo of a sighting: 线索, never evidence; metadata is stripped from what is shown."""

    __tablename__ = "sighting_photo"
    __table_args__ = (UniqueConstraint("sighting_id", "sha256_original"),)
    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id"), index=True)
    sha256_original: Mapped[str] = mapped_column(String(64), index=True)
    size_original: Mapped[int]
    type_original: Mapped[str] = mapped_column(String(40))
    sha256_display: Mapped[str] = mapped_column(String(64), default="", index=True)
    size_display: Mapped[int] = mapped_column(default=0)
    sha256_copy: Mapped[str] = mapped_column(String(64), default="", index=True)
    copy_fault: Mapped[str] = mapped_column(String(40), default="")
    taken_at: Mapped[dt.datetime | None]
