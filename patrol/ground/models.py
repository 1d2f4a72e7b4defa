"""Proposals of new ground, kept until somebody applies or drops them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now


class GroundDraft(UidMixin, Scoped, Base):
    """划分方案: what would be made and retired. States: asked, ready, applied, dropped."""

    __tablename__ = "ground_draft"
    kind: Mapped[str] = mapped_column(String(12))
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    job_uid: Mapped[str] = mapped_column(String(36), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    division: Mapped[Any] = relationship("Division")
