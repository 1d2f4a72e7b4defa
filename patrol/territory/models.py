"""Divisions (a tree) and the grids inside them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, Scoped, UidMixin, utc_now


class Division(UidMixin, Scoped, Base):
    """行政区划: ``scope_path`` is its own path, e.g. ``42/4201/420102/``; ``level`` as in ``DivisionLevel``."""

    __tablename__ = "division"
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(12))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)
    geom: Mapped[Any | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), deferred=True
    )
    parent: Mapped[Division | None] = relationship(remote_side="Division.id")


class Grid(UidMixin, Scoped, Base):
    """网格: a polygon with a code inside a division; retired grids stay for the history."""

    __tablename__ = "grid"
    code: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(80))
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(12), default="street")
    geom: Mapped[Any] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False, nullable=False), deferred=True
    )
    retired_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    version: Mapped[int] = mapped_column(default=1)
    division: Mapped[Division] = relationship()
