"""What has arrived from phones: one receipt for each entry, and the devices themselves."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, utc_now


class Receipt(Base):
    """An entry that was stored: its id, the SHA-256 of its canonical body, and whose it is.

    ``body`` is the canonical JSON of visits and findings, so that the hash can be checked years later; it is
    empty for tracks, which expire, and for sightings, whose reporter stands in a table of its own.
    """

    __tablename__ = "receipt"
    entry_uid: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    sha256: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device_uid: Mapped[str] = mapped_column(String(36), index=True)
    device_seq: Mapped[int] = mapped_column(BigId)
    captured_at: Mapped[dt.datetime]
    body: Mapped[str] = mapped_column(default="")
    received_at: Mapped[dt.datetime] = mapped_column(default=utc_now, index=True)


class Device(Base):
    """A phone as it presents itself: last seen, clock offset, entries still unsent by its own account."""

    __tablename__ = "device"
    uid: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    clock_offset_s: Mapped[float] = mapped_column(default=0.0)
    unsent: Mapped[int] = mapped_column(default=0)
