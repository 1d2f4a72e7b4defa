"""What visits established: findings, their photos, and the checklists as versioned data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class Checklist(Base):
    """检查表: one version of the questions, built on the three acts of article 7. Data, not code."""

    __tablename__ = "checklist"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]]
    valid_from: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Finding(UidMixin, Scoped, Base):
    """发现: append-only; a correction is a new finding that supersedes this one."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_venue_found", "venue_id", "found_at"),
        Index("ix_finding_scope_found", "scope_path", "found_at"),
        Index("ix_finding_grid_found", "grid_id", "found_at"),
    )
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    visit_uid: Mapped[str] = mapped_column(String(36), default="", index=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="suspicious", index=True)
    found_at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(default="")
    checklist_version: Mapped[int | None]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    acts: Mapped[list[Any]] = mapped_column(default=list)
    geom: Mapped[Any] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False, nullable=False), deferred=True
    )
    position: Mapped[dict[str, Any]] = mapped_column(default=dict)
    witness: Mapped[str] = mapped_column(String(80), default="")
    is_clue: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(8), default="phone")
    device_uid: Mapped[str] = mapped_column(String(36), default="")
    clock_offset_s: Mapped[float | None]
    entry_sha256: Mapped[str] = mapped_column(String(64), default="")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"), index=True)
    received_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(BigId)
    withdrawn_reason: Mapped[str] = mapped_column(default="", server_default="")
    venue: Mapped[Any] = relationship("Venue")
    person: Mapped[Any] = relationship("Person")
    photos: Mapped[list[Photo]] = relationship(back_populates="finding", order_by="Photo.id")


class Photo(UidMixin, Base):
    """照片: the sealed original by its hash, and the display copy made by the phone or the server."""

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("finding_id", "sha256_original"),)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    sha256_original: Mapped[str] = mapped_column(String(64), index=True)
    size_original: Mapped[int]
    type_original: Mapped[str] = mapped_column(String(40))
    sha256_display: Mapped[str] = mapped_column(String(64), default="", index=True)
    size_display: Mapped[int] = mapped_column(default=0)
    sha256_copy: Mapped[str] = mapped_column(String(64), default="")
    copy_fault: Mapped[str] = mapped_column(String(40), default="")
    taken_at: Mapped[dt.datetime | None]
    camera_or_album: Mapped[str] = mapped_column(String(8), default="camera")
    finding: Mapped[Finding] = relationship(back_populates="photos")
