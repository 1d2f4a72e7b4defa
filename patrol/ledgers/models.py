"""What every ledger's table has in common, and the documents attached to a record."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class LedgerRow(UidMixin, Scoped):
    """The columns of every ledger: number, division, who and when, version, and a withdrawal that keeps the row."""

    number: Mapped[str] = mapped_column(String(40), index=True, sort_order=-9)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True, sort_order=-8)
    version: Mapped[int] = mapped_column(default=1, sort_order=900)
    invented: Mapped[bool] = mapped_column(default=False, sort_order=901)
    import_uid: Mapped[str] = mapped_column(String(36), default="", sort_order=902)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now, sort_order=903)
    created_by_id: Mapped[int | None] = mapped_column(BigId, sort_order=904)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utc_now, sort_order=905)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(index=True, sort_order=906)
    withdrawn_reason: Mapped[str] = mapped_column(default="", sort_order=907)


class Attachment(UidMixin, Scoped, Base):
    """文书、照片: a file that belongs to one record of one ledger, under its SHA-256."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_record", "ledger", "record_uid"),)
    ledger: Mapped[str] = mapped_column(String(30))
    record_uid: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(160))
    caption: Mapped[str] = mapped_column(String(160), default="")
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    added_by_id: Mapped[int | None] = mapped_column(BigId)
