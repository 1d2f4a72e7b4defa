"""A clue and its way: steps, the secret reporter, questions and answers, likeness, reward."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, Scoped, UidMixin, utc_now


class Clue(UidMixin, Scoped, Base):
    """线索: a report being followed, whatever way it came. Says nothing of who reported.

    ``accept_due`` and ``close_due`` are days in China; ``accepted_on``, ``closed_on`` the days on which it was
    done, so that "in time" is a comparison of columns. ``source_key`` is channel and original number, once only.
    """

    __tablename__ = "clue"
    __table_args__ = (
        Index("ix_clue_scope_received", "scope_path", "received_at"),
        Index("ix_clue_scope_state", "scope_path", "state"),
    )
    number: Mapped[str] = mapped_column(String(20), unique=True)
    channel: Mapped[str] = mapped_column(String(12), index=True)
    source_number: Mapped[str] = mapped_column(String(60), default="")
    source_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    source_name: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    seen_on: Mapped[str] = mapped_column(String(40), default="")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id"), unique=True)
    urgent: Mapped[bool] = mapped_column(default=False, index=True)
    escalated: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="received")
    verdict: Mapped[str] = mapped_column(String(12), default="")
    close_reason: Mapped[str] = mapped_column(String(20), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    accept_due: Mapped[dt.date] = mapped_column(Date)
    close_due: Mapped[dt.date] = mapped_column(Date, index=True)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    extended_days: Mapped[int] = mapped_column(default=0)
    rework_count: Mapped[int] = mapped_column(default=0)
    accepted_on: Mapped[dt.date | None] = mapped_column(Date)
    closed_on: Mapped[dt.date | None] = mapped_column(Date)
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("clue.id"), index=True)
    follow_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    invented: Mapped[bool] = mapped_column(default=False)
    steps: Mapped[list[ClueStep]] = relationship(order_by="ClueStep.id")
    messages: Mapped[list[ClueMessage]] = relationship(order_by="ClueMessage.id")
    venue: Mapped[Any] = relationship("Venue")
    agency: Mapped[Any] = relationship("Agency")
    person: Mapped[Any] = relationship("Person", foreign_keys=[person_id])
    acknowledged_by: Mapped[Any] = relationship("Person", foreign_keys=[acknowledged_by_id])
    __mapper_args__ = {"version_id_col": version}


class ClueReached(Base):
    """An urgent clue on one person's phone: when it was first shown there, which is not yet acknowledged."""

    __tablename__ = "clue_reached"
    clue_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class ClueNumber(Base):
    """The last running number of a year, taken in the same transaction as the clue."""

    __tablename__ = "clue_number"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class ClueStep(Base):
    """One move: what was done, from where to where, by whom, why, and what the reporter may read."""

    __tablename__ = "clue_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), index=True)
    move: Mapped[str] = mapped_column(String(12))
    before: Mapped[str] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    public_note: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    person: Mapped[Any] = relationship("Person")


class ClueReporter(Base):
    """Who reported by telephone or through another department: sealed, apart, every look audited."""

    __tablename__ = "clue_reporter"
    clue_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), primary_key=True)
    name_sealed: Mapped[str] = mapped_column(default="")
    contact_sealed: Mapped[str] = mapped_column(default="")
    way: Mapped[str] = mapped_column(String(8), default="")


class ClueMessage(Base):
    """A question of the bureau to whoever has the code, or their answer; nobody is named on either side."""

    __tablename__ = "clue_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), index=True)
    from_bureau: Mapped[bool]
    text: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ClueLink(Base):
    """Two clues that somebody said belong together."""

    __tablename__ = "clue_link"
    __table_args__ = (UniqueConstraint("clue_id", "other_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class ClueReward(Base):
    """The reward ledger: who was first is provable by ``received_at`` and the proof, claimed later by code."""

    __tablename__ = "clue_reward"
    clue_id: Mapped[int] = mapped_column(ForeignKey("clue.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default="offered")
    amount_fen: Mapped[int] = mapped_column(default=0)
    shares: Mapped[int] = mapped_column(default=1)
    proof_sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(default="")
    claimed_at: Mapped[dt.datetime | None]
    paid_at: Mapped[dt.datetime | None]
