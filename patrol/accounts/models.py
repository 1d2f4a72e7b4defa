"""Agencies, people, their roles, and who answers for which grid."""

from __future__ import annotations

import datetime as dt

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from patrol.infra.db import Base, BigId, Scoped, UidMixin, utc_now

person_role = Table(
    "person_role",
    Base.metadata,
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Agency(UidMixin, Scoped, Base):
    """单位: bureau, branch (分局/所), police station, residents' committee; a tree of its own."""

    __tablename__ = "agency"
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    parent: Mapped[Agency | None] = relationship(remote_side="Agency.id")


class Role(Base, RoleMixin):
    """A role's stable code; what it may do is on the map page ``accounts/permissions.py``."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)


class Person(UidMixin, Scoped, Base, UserMixin):
    """人员: an account, bounded by the division of its ``scope_path``."""

    __tablename__ = "person"
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    badge_number: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str | None] = mapped_column(String(120), unique=True)  # type: ignore[assignment]
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    large_type: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    last_login_at: Mapped[dt.datetime | None]  # type: ignore[assignment]
    agency: Mapped[Agency] = relationship(lazy="joined")
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=person_role, lazy="selectin"
    )


class GridDuty(Base):
    """责任人: who answers for a grid, as inspector, police liaison officer or community liaison."""

    __tablename__ = "grid_duty"
    __table_args__ = (UniqueConstraint("grid_id", "person_id", "duty"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    duty: Mapped[str] = mapped_column(String(20))
    since: Mapped[dt.datetime] = mapped_column(default=utc_now)
    person: Mapped[Person] = relationship()


class SignInFailure(Base):
    """Failed attempts under one account name, known or not: the hash of the name, how many, and until when locked."""

    __tablename__ = "sign_in_failure"
    name_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[dt.datetime]
    locked_until: Mapped[dt.datetime | None]


class PasswordCode(Base):
    """The one code with which a person may choose a password: hashed, used once, short-lived."""

    __tablename__ = "password_code"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[dt.datetime]


class EndedSignIn(Base):
    """A sign-in that was signed out: its cookie is refused though its signature is good."""

    __tablename__ = "ended_sign_in"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class SecondFactor(Base):
    """第二因素: the secret that a person's phone reckons codes from, sealed; in force once confirmed.

    ``last_counter`` is the half minute of the last code that counted: none up to it counts again.
    """

    __tablename__ = "second_factor"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    person_uid: Mapped[str] = mapped_column(String(36))
    sealed_secret: Mapped[str]
    begun_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    last_counter: Mapped[int] = mapped_column(BigId, default=0)


class RecoveryCode(Base):
    """恢复码: stands in for the second factor once; hashed."""

    __tablename__ = "recovery_code"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[dt.datetime | None]
