"""An append-only, hash-chained record of who did what, written in the transaction of the deed.

Each entry's hash covers the hash before it and its own canonical JSON (RFC 8785), so that a changed, removed
or reordered entry breaks the chain. The newest link is kept in a one-row table that every writer updates: on
PostgreSQL that row is also the lock which puts the links in commit order.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import rfc8785
from sqlalchemy import String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.infra.db.base import Base, BigId
from patrol.infra.db.scope import Principal

GENESIS = "0" * 64


class AuditHead(Base):
    """The newest link of the chain; one row."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigId, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default=GENESIS)


class AuditEntry(Base):
    """One link: number, instant, person, verb, object, detail, and the chained hash."""

    __tablename__ = "audit_entry"
    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    person_uid: Mapped[str] = mapped_column(String(36), index=True)
    verb: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)


def link(previous: str, content: dict[str, Any]) -> str:
    """Return the hash of a link: SHA-256 over the previous hash and the canonical content."""
    return hashlib.sha256(previous.encode() + rfc8785.dumps(content)).hexdigest()


def record(
    session: Session,
    actor: Principal | None,
    verb: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    *,
    at: dt.datetime,
) -> int:
    """Append one entry and return its number. ``actor`` is ``None`` for the system or an anonymous reporter."""
    head = session.execute(
        select(AuditHead.number, AuditHead.sha256).where(AuditHead.id == 1).with_for_update()
    ).one_or_none()
    if head is None:
        session.execute(insert(AuditHead).values(id=1, number=0, sha256=GENESIS))
        head_number, previous = 0, GENESIS
    else:
        head_number, previous = head
    content = {
        "number": head_number + 1,
        "at": at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "person_uid": actor.uid if actor else "",
        "verb": verb,
        "subject": subject,
        "detail": detail or {},
    }
    digest = link(previous, content)
    session.execute(insert(AuditEntry).values(**content, previous=previous, sha256=digest))
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=head_number + 1, sha256=digest))
    return head_number + 1


def instant_of(entry: AuditEntry) -> dt.datetime:
    """Return the instant of a link, which is kept as the text that its hash covers."""
    return dt.datetime.fromisoformat(entry.at)


def first_broken_link(session: Session) -> int | None:
    """Walk the whole chain; return the number of the first entry that does not fit, ``None`` if all do."""
    previous, expected = GENESIS, 1
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number)).yield_per(1000):
        content = {
            name: getattr(entry, name) for name in ("number", "at", "person_uid", "verb", "subject", "detail")
        }
        if entry.number != expected or entry.previous != previous or entry.sha256 != link(previous, content):
            return entry.number
        previous, expected = entry.sha256, expected + 1
    head = session.execute(select(AuditHead.number, AuditHead.sha256)).one_or_none()
    if head is not None and tuple(head) != (expected - 1, previous):
        return expected
    return None
