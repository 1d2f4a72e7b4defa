"""Actions, the cases and dens they led to, and the campaigns they belong to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId
from patrol.ledgers import LedgerRow


class Campaign(LedgerRow, Base):
    """专项行动: a period of concentrated work in some areas."""

    __tablename__ = "campaign"
    title: Mapped[str] = mapped_column(String(200))
    begun_on: Mapped[dt.date] = mapped_column(index=True)
    ended_on: Mapped[dt.date]
    areas: Mapped[list[Any]] = mapped_column(default=list)
    goal: Mapped[str] = mapped_column(default="")
    lead: Mapped[str] = mapped_column(String(200), default="")


class CampaignTarget(Base):
    """What a campaign wants to reach: a value of an indicator, of one division or of the whole."""

    __tablename__ = "campaign_target"
    __table_args__ = (UniqueConstraint("campaign_id", "indicator", "division_code"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    indicator: Mapped[str] = mapped_column(String(40))
    division_code: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[int]


class Action(LedgerRow, Base):
    """执法行动: who went, where to, what was done, and the legal steps that sealing needs."""

    __tablename__ = "action"
    __table_args__ = (Index("ix_action_scope_begun", "scope_path", "begun_on"),)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    begun_on: Mapped[dt.date] = mapped_column(index=True)
    ended_on: Mapped[dt.date | None]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    agencies: Mapped[list[Any]] = mapped_column(default=list)
    officers: Mapped[list[Any]] = mapped_column(default=list)
    officers_count: Mapped[int]
    vehicles: Mapped[int] = mapped_column(default=0)
    dispersed: Mapped[int] = mapped_column(default=0)
    educated: Mapped[int] = mapped_column(default=0)
    rescued: Mapped[int] = mapped_column(default=0)
    identity_records: Mapped[int] = mapped_column(default=0)
    measures: Mapped[list[Any]] = mapped_column(default=list)
    approval: Mapped[str] = mapped_column(String(12), default="")
    approval_number: Mapped[str] = mapped_column(String(60), default="")
    approved_by: Mapped[str] = mapped_column(String(40), default="")
    approved_on: Mapped[dt.date | None]
    sealed_on: Mapped[dt.date | None] = mapped_column(index=True)
    seal_extended: Mapped[bool] = mapped_column(default=False)
    seal_lifted_on: Mapped[dt.date | None]
    handed_over: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    at_venues: Mapped[list[ActionVenue]] = relationship(
        order_by="ActionVenue.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def venue_ids(self) -> list[int]:
        """The keys of its venues, in the order they were named; the first gives the action its place."""
        return [each.venue_id for each in self.at_venues]

    @venue_ids.setter
    def venue_ids(self, keys: list[int]) -> None:
        held = {each.venue_id: each for each in self.at_venues}
        self.at_venues = [held.get(key) or ActionVenue(venue_id=key) for key in keys]
        for position, each in enumerate(self.at_venues):
            each.position = position


class ActionVenue(Base):
    """One of the venues that an action was at; ``position`` counts from 0 in the order they were named."""

    __tablename__ = "action_venue"
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), primary_key=True, index=True)
    position: Mapped[int]


class Case(LedgerRow, Base):
    """案件: what was filed, and whether it was decided or transferred to the police."""

    __tablename__ = "enforcement_case"
    title: Mapped[str] = mapped_column(String(200))
    filed_on: Mapped[dt.date] = mapped_column(index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    acts: Mapped[list[Any]] = mapped_column(default=list)
    joint: Mapped[bool] = mapped_column(default=False)
    persons: Mapped[int] = mapped_column(default=0)
    levels: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="filed", index=True)
    transferred_on: Mapped[dt.date | None] = mapped_column(index=True)
    transferred_to: Mapped[str] = mapped_column(String(80), default="")
    decided_on: Mapped[dt.date | None] = mapped_column(index=True)
    fine: Mapped[int] = mapped_column(BigId, default=0)
    note: Mapped[str] = mapped_column(default="")


class Den(LedgerRow, Base):
    """窝点: suspected → confirmed → closed → watched → quiet or returned (回流).

    ``found_at`` and ``closed_at`` are the noons of ``found_on`` and ``closed_on``, for what computes with instants.
    """

    __tablename__ = "den"
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(200), default="")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    state: Mapped[str] = mapped_column(String(12), default="suspected", index=True)
    found_on: Mapped[dt.date] = mapped_column(index=True)
    confirmed_on: Mapped[dt.date | None]
    closed_on: Mapped[dt.date | None] = mapped_column(index=True)
    found_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    persons: Mapped[int] = mapped_column(default=0)
    relocated_from_id: Mapped[int | None] = mapped_column(ForeignKey("den.id"))
    note: Mapped[str] = mapped_column(default="")
