"""Summaries as drafts, and their frozen editions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class Summary(UidMixin, Scoped, Base):
    """工作总结: a draft whose text holds tokens; its figures are computed whenever it is shown."""

    __tablename__ = "summary"
    template: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    since: Mapped[dt.date]
    until: Mapped[dt.date] = mapped_column(index=True)
    text: Mapped[str]
    signature: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    created_by_id: Mapped[int | None] = mapped_column(BigId)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class SummaryEdition(UidMixin, Scoped, Base):
    """定稿: a summary as it read at one moment, with every figure and a hash over all of it."""

    __tablename__ = "summary_edition"
    __table_args__ = (UniqueConstraint("summary_id", "number"),)
    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    frozen_by_id: Mapped[int | None] = mapped_column(BigId)
    frozen_by: Mapped[str] = mapped_column(String(40), default="")
