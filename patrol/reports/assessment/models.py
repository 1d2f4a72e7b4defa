"""Schemes by which districts are assessed, each version a row of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class AssessmentScheme(UidMixin, Scoped, Base):
    """考核方案: one version. A draft is edited; once published it never changes again, a new version replaces it."""

    __tablename__ = "assessment_scheme"
    __table_args__ = (UniqueConstraint("family", "number"),)
    family: Mapped[str] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(default="")
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    units: Mapped[str] = mapped_column(String(12), default="divisions")
    state: Mapped[str] = mapped_column(String(12), default="draft", index=True)
    items: Mapped[list[Any]] = mapped_column(default=list)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    created_by_id: Mapped[int | None] = mapped_column(BigId)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[str] = mapped_column(String(40), default="")
