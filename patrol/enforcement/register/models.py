"""Entries of the guarded register, and who asked a second person for a list."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class GuardedPerson(UidMixin, Scoped, Base):
    """One person met in one action. Every field is sealed under a key of its own, which is sealed under the ring's."""

    __tablename__ = "guarded_person"
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    identity_index: Mapped[str] = mapped_column(String(64), index=True)
    sealed_key: Mapped[str]
    sealed_name: Mapped[str]
    sealed_identity: Mapped[str]
    sealed_note: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    recorded_by_id: Mapped[int | None] = mapped_column(BigId)
    expires_on: Mapped[dt.date] = mapped_column(index=True)
    shredded_at: Mapped[dt.datetime | None]


class ListRequest(UidMixin, Scoped, Base):
    """A list somebody asked for: shown, masked, only after somebody else approved, and for a day."""

    __tablename__ = "list_request"
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    asked_by_id: Mapped[int] = mapped_column(BigId)
    approved_at: Mapped[dt.datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(BigId)
