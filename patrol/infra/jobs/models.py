"""One row for each piece of long work."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db.base import Base, BigId, UidMixin, utc_now


class Job(UidMixin, Base):
    """Kind, owner, state (queued, running, done, failed, cancelled) and what came of it."""

    __tablename__ = "job"
    kind: Mapped[str] = mapped_column(String(60), index=True)
    person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    person_uid: Mapped[str] = mapped_column(String(36), default="")
    state: Mapped[str] = mapped_column(String(12), default="queued", index=True)
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error_zh: Mapped[str] = mapped_column(default="")
    error_en: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
