"""Teams, day plans, routes and their stops; the street network's name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, ScopePath, UidMixin, utc_now


class Team(UidMixin, Scoped, Base):
    """巡查组: who goes together, how, and from where. Joint when its members have different duties.

    It ends where it starts unless ``end_lon`` and ``end_lat`` say otherwise; ``break_minutes`` 0 = no break.
    """

    __tablename__ = "team"
    name: Mapped[str] = mapped_column(String(60))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    mode: Mapped[str] = mapped_column(String(8), default="walk")
    start_lon: Mapped[float]
    start_lat: Mapped[float]
    start_name: Mapped[str] = mapped_column(String(80), default="")
    end_lon: Mapped[float | None]
    end_lat: Mapped[float | None]
    shift_start: Mapped[str] = mapped_column(String(5), default="09:00")
    shift_end: Mapped[str] = mapped_column(String(5), default="17:00")
    break_start: Mapped[str] = mapped_column(String(5), default="12:00")
    break_minutes: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    members: Mapped[list[TeamMember]] = relationship(back_populates="team", cascade="all, delete-orphan")


class TeamMember(Base):
    """One person of a team, with the duty fulfilled there."""

    __tablename__ = "team_member"
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    duty: Mapped[str] = mapped_column(String(20))
    team: Mapped[Team] = relationship(back_populates="members")
    person: Mapped[Any] = relationship("Person")


class Plan(UidMixin, Scoped, Base):
    """巡查计划: one day of one branch, of which at most one can be published: the database sees to it.

    States: draft, planning, planned, published, cancelled.
    """

    __tablename__ = "plan"
    __table_args__ = (
        Index(
            "uq_plan_published",
            "agency_id",
            "day",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    day: Mapped[dt.date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(12), default="draft", index=True)
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    left_out: Mapped[list[Any]] = mapped_column(default=list)
    seed: Mapped[int] = mapped_column(default=0)
    visible_from: Mapped[dt.datetime | None]
    job_uid: Mapped[str] = mapped_column(String(36), default="")
    created_by_id: Mapped[int] = mapped_column(BigId, index=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    published_by_id: Mapped[int | None] = mapped_column(BigId)
    published_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    routes: Mapped[list[Route]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Route.id"
    )
    serves: Mapped[list[PlanCampaign]] = relationship(
        cascade="all, delete-orphan", order_by="PlanCampaign.ended_on, PlanCampaign.campaign_uid"
    )


class PlanCampaign(Base):
    """A campaign (专项行动) that a plan serves: when the plan was made it ran on that day and had places in its area.

    Campaigns are a room above: what a plan says of one is kept here. ``owner_path``: the division whose campaign it is.
    """

    __tablename__ = "plan_campaign"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    campaign_uid: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)
    title: Mapped[str] = mapped_column(String(200))
    ended_on: Mapped[dt.date]
    owner_path: Mapped[str] = mapped_column(ScopePath)


class Route(UidMixin, Scoped, Base):
    """路线: an ordered list of stops for a team on a day.

    ``line``: legs ``{"from", "to", "points", "m"}`` along the streets, one more than stops. ``figures``: when the
    team is back, its breaks and everything that is wrong with the route.
    """

    __tablename__ = "route"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    day: Mapped[dt.date] = mapped_column(index=True)
    start_at: Mapped[dt.datetime]
    end_at: Mapped[dt.datetime]
    locked: Mapped[bool] = mapped_column(default=False)
    travel_minutes: Mapped[float] = mapped_column(default=0.0)
    length_m: Mapped[float] = mapped_column(default=0.0)
    line: Mapped[list[Any]] = mapped_column(default=list)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    plan: Mapped[Plan] = relationship(back_populates="routes")
    team: Mapped[Team] = relationship()
    stops: Mapped[list[Stop]] = relationship(
        back_populates="route", cascade="all, delete-orphan", order_by="Stop.position"
    )


class Stop(UidMixin, Base):
    """点位: one venue of a route with its planned times and why it is there today."""

    __tablename__ = "stop"
    __table_args__ = (UniqueConstraint("route_id", "venue_id"),)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), index=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    position: Mapped[int]
    planned_arrival: Mapped[dt.datetime]
    planned_leave: Mapped[dt.datetime]
    locked: Mapped[bool] = mapped_column(default=False)
    sampled: Mapped[bool] = mapped_column(default=False)
    added_by_hand: Mapped[bool] = mapped_column(default=False)
    prize: Mapped[float] = mapped_column(default=0.0)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    route: Mapped[Route] = relationship(back_populates="stops")
    venue: Mapped[Any] = relationship("Venue")
