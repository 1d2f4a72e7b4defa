"""Dens: places confirmed as such, with their life."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, Scoped, UidMixin


class Den(UidMixin, Scoped, Base):
    """窝点: suspected → confirmed → closed → watched → quiet or returned (回流)."""

    __tablename__ = "den"
    name: Mapped[str] = mapped_column(String(120))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    geom: Mapped[Any] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False, nullable=False), deferred=True
    )
    state: Mapped[str] = mapped_column(String(12), default="suspected", index=True)
    found_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    relocated_from_id: Mapped[int | None] = mapped_column(ForeignKey("den.id"))
    invented: Mapped[bool] = mapped_column(default=False)
