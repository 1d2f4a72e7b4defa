"""Every SELECT of evidence: what belongs to a case, the links that prove it, and what was exported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from patrol.evidence.models import CaseExport, ChainSignature
from patrol.findings import Finding
from patrol.infra.audit import AuditEntry
from patrol.infra.db import one_or_404
from patrol.sync import Receipt


def findings_to_choose(start: dt.datetime, end: dt.datetime, text: str) -> Select[Finding]:
    """Return the findings of a period that a phone sent, newest first, narrowed by words of the venue or the text."""
    statement = (
        select(Finding)
        .where(Finding.found_at >= start, Finding.found_at < end, Finding.entry_sha256 != "")
        .options(joinedload(Finding.venue), selectinload(Finding.photos))
        .order_by(Finding.found_at.desc(), Finding.id.desc())
    )
    if text:
        pattern = f"%{text}%"
        statement = statement.where(Finding.text.ilike(pattern) | Finding.venue.has(name=text))
    return statement


def findings_of(session: Session, uids: Sequence[str]) -> list[Finding]:
    """Return the named findings within scope that a phone sent, oldest first."""
    statement = (
        select(Finding)
        .where(Finding.uid.in_(list(uids)), Finding.entry_sha256 != "")
        .options(joinedload(Finding.venue), joinedload(Finding.person), selectinload(Finding.photos))
        .order_by(Finding.found_at, Finding.id)
    )
    return list(session.scalars(statement).unique())


def receipt_of(session: Session, finding: Finding) -> Receipt | None:
    """Return the receipt under which a finding came."""
    statement = select(Receipt).where(
        Receipt.person_id == finding.person_id,
        Receipt.sha256 == finding.entry_sha256,
        Receipt.kind == "finding.record",
    )
    return session.scalars(statement.limit(1)).one_or_none()


def place_of(session: Session, finding: Finding) -> tuple[float, float]:
    """Return lon and lat of a finding."""
    row = session.execute(
        select(func.ST_X(Finding.geom), func.ST_Y(Finding.geom)).where(Finding.id == finding.id)
    ).one()
    return float(row[0]), float(row[1])


def links_about(session: Session, subjects: Sequence[str]) -> list[int]:
    """Return the numbers of the chain's links about these subjects."""
    numbers: list[int] = []
    for start in range(0, len(subjects), 500):
        some = list(subjects[start : start + 500])
        numbers += session.scalars(select(AuditEntry.number).where(AuditEntry.subject.in_(some)))
    return sorted(numbers)


def links_between(session: Session, first: int, last: int) -> list[AuditEntry]:
    """Return a stretch of the chain."""
    statement = select(AuditEntry).where(AuditEntry.number >= first, AuditEntry.number <= last)
    return list(session.scalars(statement.order_by(AuditEntry.number)))


def signatures(session: Session, key: str) -> list[ChainSignature]:
    """Return the heads signed with a key, ascending."""
    return list(
        session.scalars(
            select(ChainSignature).where(ChainSignature.key == key).order_by(ChainSignature.number)
        )
    )


def exports() -> Select[CaseExport]:
    """Return the exports within scope, the newest first."""
    return select(CaseExport).order_by(CaseExport.created_at.desc(), CaseExport.id.desc())


def export_by_uid(session: Session, uid: str) -> CaseExport:
    """Return one export within scope, or raise the 404."""
    return one_or_404(session, select(CaseExport).where(CaseExport.uid == uid))
