"""What has arrived from phones: one receipt for each entry, the devices themselves; and what phones may pull."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, utc_now


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


class FeedEntry(Scoped, Base):
    """One change of something that phones keep, written by a trigger; numbers become visible in their order."""

    __tablename__ = "feed_entry"
    __table_args__ = {"sqlite_autoincrement": True}
    number: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject_uid: Mapped[str] = mapped_column(String(36))
    change: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(40), default="", server_default="")
    at: Mapped[dt.datetime] = mapped_column(index=True)


class FeedMark(Base):
    """How far the feed was pruned, and which life of this database its numbers belong to; one row."""

    __tablename__ = "feed_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    pruned: Mapped[int] = mapped_column(BigId, default=0)
    epoch: Mapped[str] = mapped_column(String(36))
