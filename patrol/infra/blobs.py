"""Declared files: what was announced, by whom, and whether its bytes have come."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db.base import Base, BigId, utc_now


class Blob(Base):
    """A declared file: size and type as announced, and how much of it has come."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigId)
    media_type: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default="awaited", index=True)
    declared_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    stored_at: Mapped[dt.datetime | None]


class BlobOwner(Base):
    """Who declared a blob: the same bytes may be declared by two people."""

    __tablename__ = "blob_owner"
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, primary_key=True, index=True)
