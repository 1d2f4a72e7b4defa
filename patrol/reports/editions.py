"""Editions of a paper: a summary as frozen, scores as announced. Kept with number, hash and who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.reports.domain import edition_hash
from patrol.reports.models import Summary, SummaryEdition


def last_edition(session: Session, paper: Summary) -> SummaryEdition | None:
    """Return the newest edition of a paper, nothing before the first."""
    return session.scalars(
        select(SummaryEdition)
        .where(SummaryEdition.summary_id == paper.id)
        .order_by(SummaryEdition.number.desc())
        .limit(1)
    ).first()


def keep_edition(
    session: Session,
    actor: Principal,
    paper: Summary,
    content: Mapping[str, Any],
    *,
    after: SummaryEdition | None,
    on_record: tuple[str, str],
    clock: Clock,
) -> SummaryEdition:
    """Keep ``content`` as the edition that follows ``after``; ``on_record`` is verb and object of its audit entry."""
    edition = SummaryEdition(
        summary_id=paper.id, scope_path=paper.scope_path, number=after.number + 1 if after else 1, content=content,
        sha256=edition_hash(content), frozen_at=clock.now(), frozen_by_id=actor.person_id,
        frozen_by=actor.name[:40],
    )  # fmt: skip
    session.add(edition)
    session.flush()
    detail = {"number": edition.number, "sha256": edition.sha256}
    audit.record(session, actor, *on_record, detail, at=clock.now())
    return edition
