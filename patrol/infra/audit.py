"""An append-only, hash-chained record of who did what, written in the transaction of the deed.

Each entry's hash covers the hash before it and its own canonical JSON (RFC 8785), so that a changed, removed
or reordered entry breaks the chain. The newest link is kept in a one-row table that every writer updates: on
PostgreSQL that row is also the lock which puts the links in commit order.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import rfc8785
from sqlalchemy import String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.infra.db.base import Base, BigId
from patrol.infra.db.scope import Principal

GENESIS = "0" * 64
_GATHERED = "audit.gathered"


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


_HEAD, _LINKS = cast(Table, AuditHead.__table__), cast(Table, AuditEntry.__table__)


def link(previous: str, content: dict[str, Any]) -> str:
    """Return the hash of a link: SHA-256 over the previous hash and the canonical content."""
    return hashlib.sha256(previous.encode() + rfc8785.dumps(content)).hexdigest()


@dataclass
class _Gathered:
    """Links that are reckoned and not yet written, and the head they lead to (``None`` before the first)."""

    head: tuple[int, str] | None = None
    links: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def gathered(session: Session, head: tuple[int, str] | None = None) -> Iterator[None]:
    """Write the links of the block together at its end: one insert and one move of the head for all of them.

    The head is locked by the first link, as ever, unless ``head`` says where :func:`take_turn` found it in this very
    transaction. When the block raises, none of its links is written: the caller rolls back to where the block began.
    """
    if _GATHERED in session.info:
        yield
        return
    waiting = session.info[_GATHERED] = _Gathered(head)
    try:
        yield
    finally:
        del session.info[_GATHERED]
    if waiting.links and waiting.head is not None:
        _write(session, waiting.links, waiting.head)


def take_turn(session: Session) -> tuple[int, str]:
    """Lock the head of the chain before anything else is written; return its number and hash.

    On PostgreSQL two transactions that write the same rows in another order would otherwise wait for each other.
    SQLite has one writer anyway.
    """
    asked = select(AuditHead.number, AuditHead.sha256).where(AuditHead.id == 1).with_for_update()
    head = session.execute(asked).one_or_none()
    if head is None:
        try:
            with session.begin_nested():
                session.add(AuditHead(id=1))
        except IntegrityError:
            pass  # somebody else wrote the very first link meanwhile
        head = session.execute(asked).one()
    return head.number, head.sha256


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
    waiting: _Gathered = session.info.get(_GATHERED) or _Gathered()
    head_number, previous = waiting.head or _locked_head(session)
    content = {
        "number": head_number + 1,
        "at": at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "person_uid": actor.uid if actor else "",
        "verb": verb,
        "subject": subject,
        "detail": detail or {},
    }
    digest = link(previous, content)
    waiting.links.append({**content, "previous": previous, "sha256": digest})
    waiting.head = head_number + 1, digest
    if _GATHERED not in session.info:
        _write(session, waiting.links, waiting.head)
    return head_number + 1


def _locked_head(session: Session) -> tuple[int, str]:
    head = session.execute(
        select(AuditHead.number, AuditHead.sha256).where(AuditHead.id == 1).with_for_update()
    ).one_or_none()
    if head is None:
        session.execute(insert(AuditHead).values(id=1, number=0, sha256=GENESIS))
        return 0, GENESIS
    return head.number, head.sha256


def _write(session: Session, links: list[dict[str, Any]], head: tuple[int, str]) -> None:
    # The tables themselves, past the mapper: the head is locked, and everybody else who writes waits for this.
    session.execute(insert(_LINKS), links)
    session.execute(update(_HEAD).where(_HEAD.c.id == 1), {"number": head[0], "sha256": head[1]})


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
