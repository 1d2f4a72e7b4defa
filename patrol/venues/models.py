"""The venue register and its imports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import JSON, Date, ForeignKey, Index, String, false, func
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now

#: key of ``features`` under which further numbers of the same place in the source register are kept
OTHER_NUMBERS = "other_numbers"


class Venue(UidMixin, Scoped, Base):
    """场所: a place that is patrolled. ``opening_hours`` is ``[["08:00","22:00"], …]``, empty = any time."""

    __tablename__ = "venue"
    code: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    geom: Mapped[Any] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False, nullable=False), deferred=True
    )
    datum_given: Mapped[str] = mapped_column(String(8), default="wgs84")
    owner_name: Mapped[str] = mapped_column(String(80), default="")
    owner_phone: Mapped[str] = mapped_column(String(30), default="")
    capacity: Mapped[int | None]
    opening_hours: Mapped[list[Any]] = mapped_column(default=list)
    service_minutes: Mapped[int] = mapped_column(default=12)
    revisit_interval_days: Mapped[int] = mapped_column(default=30)
    needs_duty: Mapped[str] = mapped_column(String(20), default="", server_default="")
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    risk: Mapped[float] = mapped_column(default=0.0, index=True)
    risk_reasons: Mapped[list[Any]] = mapped_column(default=list)
    last_visited_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    last_outcome: Mapped[str] = mapped_column(String(20), default="")
    visit_count: Mapped[int] = mapped_column(default=0)
    finding_count: Mapped[int] = mapped_column(default=0)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    qr_token: Mapped[str] = mapped_column(String(32), unique=True)
    external_id: Mapped[str] = mapped_column(String(60), default="", index=True)
    invented: Mapped[bool] = mapped_column(default=False)
    features: Mapped[dict[str, Any]] = mapped_column(default=dict)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("venue_import.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    version: Mapped[int] = mapped_column(default=1)
    wanted_by: Mapped[dt.date | None] = mapped_column(Date)
    wanted_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    wanted_why: Mapped[str] = mapped_column(String(40), default="", server_default="")
    grid: Mapped[Any] = relationship("Grid", lazy="raise_on_sql")


Venue.lon = column_property(func.ST_X(Venue.geom))
Venue.lat = column_property(func.ST_Y(Venue.geom))


class VenueImport(UidMixin, Scoped, Base):
    """One file of venues or past findings on its way in: mapping, datum, state, counts."""

    __tablename__ = "venue_import"
    purpose: Mapped[str] = mapped_column(String(12))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    person_id: Mapped[int] = mapped_column(BigId, index=True)
    state: Mapped[str] = mapped_column(String(12), default="uploaded")
    encoding: Mapped[str] = mapped_column(String(20), default="")
    columns: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    datum: Mapped[str] = mapped_column(String(8), default="wgs84")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    job_uid: Mapped[str] = mapped_column(String(36), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class ImportRow(Base):
    """One row of an import: ok, bad (with reasons in both languages) or a likely duplicate to decide on."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_import_state", "import_id", "state"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("venue_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    data: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    decision: Mapped[str] = mapped_column(String(12), default="")


class VenueAmendment(UidMixin, Scoped, Base):
    """A change of one field that waits for a person: somebody else had changed it meanwhile, or it weighs too much."""

    __tablename__ = "venue_amendment"
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    field: Mapped[str] = mapped_column(String(30))
    seen: Mapped[Any] = mapped_column(JSON)
    kept: Mapped[Any] = mapped_column(JSON)
    wanted: Mapped[Any] = mapped_column(JSON)
    kept_by_uid: Mapped[str] = mapped_column(String(36), default="")
    kept_at: Mapped[dt.datetime | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entry_uid: Mapped[str] = mapped_column(String(36), default="")
    remark: Mapped[str] = mapped_column(String(200), default="", server_default="")
    made_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(8), default="open", index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[dt.datetime | None]
    venue: Mapped[Any] = relationship("Venue")
