"""Publicity, communities without pyramid selling, direct selling, and the joint mechanism."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now
from patrol.ledgers import LedgerRow


class PublicityEvent(LedgerRow, Base):
    """宣传活动: who was told what, where, with how much material."""

    __tablename__ = "publicity_event"
    __table_args__ = (Index("ix_publicity_event_scope_held", "scope_path", "held_on"),)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12), index=True)
    held_on: Mapped[dt.date] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    agencies: Mapped[list[Any]] = mapped_column(default=list)
    audience: Mapped[int] = mapped_column(default=0)
    leaflets: Mapped[int] = mapped_column(default=0)
    posters: Mapped[int] = mapped_column(default=0)
    booklets: Mapped[int] = mapped_column(default=0)
    banners: Mapped[int] = mapped_column(default=0)
    boards: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")


class MaterialMove(LedgerRow, Base):
    """材料库存: what came into stock or was lost; what events used is counted from the events."""

    __tablename__ = "material_move"
    title: Mapped[str] = mapped_column(String(200))
    material: Mapped[str] = mapped_column(String(12), index=True)
    way: Mapped[str] = mapped_column(String(8))
    moved_on: Mapped[dt.date] = mapped_column(index=True)
    count: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


class OpenLetter(LedgerRow, Base):
    """公开信: one kind of letter to one group of addressees."""

    __tablename__ = "open_letter"
    title: Mapped[str] = mapped_column(String(200))
    addressee: Mapped[str] = mapped_column(String(12), index=True)
    sent_on: Mapped[dt.date] = mapped_column(index=True)
    copies: Mapped[int]
    agencies: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(default="")


class CampusDate(LedgerRow, Base):
    """校园日历: the days at a school on which students are courted - term begins, job fairs, graduation."""

    __tablename__ = "campus_date"
    title: Mapped[str] = mapped_column(String(200))
    school: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12), index=True)
    begins_on: Mapped[dt.date] = mapped_column(index=True)
    ends_on: Mapped[dt.date | None]
    students: Mapped[int] = mapped_column(default=0)
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    contact: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(default="")


class TextMessage(LedgerRow, Base):
    """宣传短信: one text to many telephones. Numbers lie sealed in ``waiting`` until they are served, then are gone."""

    __tablename__ = "text_message"
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    audience: Mapped[str] = mapped_column(String(80), default="")
    written_on: Mapped[dt.date] = mapped_column(index=True)
    delivered: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[str] = mapped_column(default="")
    last_sent_at: Mapped[dt.datetime | None]


class Community(LedgerRow, Base):
    """无传销社区/村/县: applying → creating → inspected → awarded → revoked, each with its day."""

    __tablename__ = "community"
    __table_args__ = (Index("ix_community_scope_awarded", "scope_path", "awarded_on"),)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="applying", index=True)
    households: Mapped[int] = mapped_column(default=0)
    contact: Mapped[str] = mapped_column(String(80), default="")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    applied_on: Mapped[dt.date] = mapped_column(index=True)
    creating_on: Mapped[dt.date | None]
    inspected_on: Mapped[dt.date | None]
    awarded_on: Mapped[dt.date | None] = mapped_column(index=True)
    certificate: Mapped[str] = mapped_column(String(40), default="")
    reinspect_on: Mapped[dt.date | None]
    revoked_on: Mapped[dt.date | None]
    revoked_reason: Mapped[str] = mapped_column(String(400), default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CommunityItem(Base):
    """An item of the community checklist (五个一): data that managers edit, never deleted."""

    __tablename__ = "community_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    zh: Mapped[str] = mapped_column(String(200))
    en: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class CommunityInspection(UidMixin, Scoped, Base):
    """验收: a random sample of households with its published seed, what residents answered, the result."""

    __tablename__ = "community_inspection"
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    inspected_on: Mapped[dt.date]
    seed: Mapped[str] = mapped_column(String(64))
    households: Mapped[int]
    sample: Mapped[list[Any]] = mapped_column(default=list)
    asked: Mapped[int] = mapped_column(default=0)
    knew: Mapped[int] = mapped_column(default=0)
    passed: Mapped[bool | None]
    inspectors: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    created_by_id: Mapped[int | None] = mapped_column(BigId)


class DirectSeller(LedgerRow, Base):
    """直销企业."""

    __tablename__ = "direct_seller"
    title: Mapped[str] = mapped_column(String(200))
    credit_code: Mapped[str] = mapped_column(String(18), default="", index=True)
    licence: Mapped[str] = mapped_column(String(60), default="")
    responsible: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    since: Mapped[dt.date]
    note: Mapped[str] = mapped_column(default="")


class Outlet(LedgerRow, Base):
    """直销企业的分支机构、服务网点."""

    __tablename__ = "outlet"
    title: Mapped[str] = mapped_column(String(200))
    company_id: Mapped[int] = mapped_column(ForeignKey("direct_seller.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), deferred=True)
    responsible: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[dt.date]


class SellerCheck(LedgerRow, Base):
    """走访、专项检查、企业自查: the checklist, the problems, and until when they are mended."""

    __tablename__ = "seller_check"
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("direct_seller.id"), index=True)
    checked_on: Mapped[dt.date] = mapped_column(index=True)
    faulty: Mapped[list[Any]] = mapped_column(default=list)
    signs: Mapped[list[Any]] = mapped_column(default=list)
    problems: Mapped[str] = mapped_column(default="")
    mend_by: Mapped[dt.date | None]
    mended_on: Mapped[dt.date | None]


class FiledMeeting(LedgerRow, Base):
    """会议备案: a direct seller's meeting as it was filed in advance."""

    __tablename__ = "filed_meeting"
    title: Mapped[str] = mapped_column(String(200))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("direct_seller.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    filed_on: Mapped[dt.date] = mapped_column(index=True)
    held_on: Mapped[dt.date] = mapped_column(index=True)
    begins: Mapped[str] = mapped_column(String(5), default="")
    ends: Mapped[str] = mapped_column(String(5), default="")
    speakers: Mapped[list[Any]] = mapped_column(default=list)
    size: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")


class SellerCount(LedgerRow, Base):
    """直销底数: how many direct sellers a district says it has on a day; zero is an answer, silence is not."""

    __tablename__ = "seller_count"
    title: Mapped[str] = mapped_column(String(200), default="")
    counted_on: Mapped[dt.date] = mapped_column(index=True)
    count: Mapped[int]


class RiskWarning(LedgerRow, Base):
    """风险提示: a warning issued to the public or to a company."""

    __tablename__ = "risk_warning"
    title: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[dt.date] = mapped_column(index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("direct_seller.id"), index=True)
    text: Mapped[str] = mapped_column(default="")


class JointMeeting(LedgerRow, Base):
    """联席会议."""

    __tablename__ = "joint_meeting"
    title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[dt.date] = mapped_column(index=True)
    chair: Mapped[str] = mapped_column(String(80), default="")
    present: Mapped[list[Any]] = mapped_column(default=list)
    absent: Mapped[list[Any]] = mapped_column(default=list)
    agenda: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(default="")


class Decision(LedgerRow, Base):
    """议定事项: what a meeting decided, who answers for it, until when."""

    __tablename__ = "decision"
    title: Mapped[str] = mapped_column(String(200))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("joint_meeting.id"), index=True)
    decided_on: Mapped[dt.date]
    owner: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[dt.date] = mapped_column(index=True)
    done_on: Mapped[dt.date | None]
    outcome: Mapped[str] = mapped_column(default="")


class Statement(LedgerRow, Base):
    """责任状: signed by year and level."""

    __tablename__ = "statement"
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int] = mapped_column(index=True)
    level: Mapped[str] = mapped_column(String(12))
    signer: Mapped[str] = mapped_column(String(80))
    receiver: Mapped[str] = mapped_column(String(80), default="")
    signed_on: Mapped[dt.date] = mapped_column(index=True)


class Contact(LedgerRow, Base):
    """通讯录: whom to call in which agency."""

    __tablename__ = "contact"
    title: Mapped[str] = mapped_column(String(200))
    agency: Mapped[str] = mapped_column(String(80))
    duty: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(30))
    since: Mapped[dt.date]
