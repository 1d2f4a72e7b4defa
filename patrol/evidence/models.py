"""Signed heads of the audit chain, and what was exported for whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class ChainSignature(Base):
    """The head of the audit chain at one moment, signed with this installation's key; append-only."""

    __tablename__ = "chain_signature"
    __table_args__ = (UniqueConstraint("number", "key"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    timestamp_token: Mapped[str] = mapped_column(default="")


class CaseExport(UidMixin, Scoped, Base):
    """案卷导出: which findings went into a file for which case, who asked for it and why, and the file's hash."""

    __tablename__ = "case_export"
    title: Mapped[str] = mapped_column(String(120))
    case_number: Mapped[str] = mapped_column(String(60), default="")
    purpose: Mapped[str] = mapped_column(default="")
    finding_uids: Mapped[list[Any]]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    job_uid: Mapped[str] = mapped_column(String(36), default="")
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigId, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now, index=True)
    person: Mapped[Any] = relationship("Person")
