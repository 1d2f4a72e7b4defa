"""SELECTs on summaries, editions and targets, and what pages of figures need of the tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.enforcement import CampaignTarget
from patrol.infra.audit import AuditEntry
from patrol.infra.db import one_or_404, principal_of
from patrol.ledgers import LEDGERS
from patrol.reports.domain import SCORES
from patrol.reports.models import Summary, SummaryEdition
from patrol.territory import Division


def summaries(session: Session) -> Sequence[Summary]:
    """Return the summaries in scope, newest first."""
    return session.scalars(
        select(Summary)
        .where(Summary.template != SCORES)
        .order_by(Summary.updated_at.desc(), Summary.id.desc())
        .limit(200)
    ).all()


def summary_by_uid(session: Session, uid: str) -> Summary:
    """Return one summary within scope, or raise the 404."""
    return one_or_404(session, select(Summary).where(Summary.uid == uid, Summary.template != SCORES))


def summary_of(session: Session, edition: SummaryEdition) -> Summary:
    """Return the summary an edition belongs to."""
    return one_or_404(session, select(Summary).where(Summary.id == edition.summary_id))


def editions_of(session: Session, summary: Summary) -> Sequence[SummaryEdition]:
    """Return the frozen editions of a summary, newest first."""
    return session.scalars(
        select(SummaryEdition)
        .where(SummaryEdition.summary_id == summary.id)
        .order_by(SummaryEdition.number.desc())
    ).all()


def edition_by_uid(session: Session, uid: str) -> SummaryEdition:
    """Return one frozen edition within scope, or raise the 404."""
    return one_or_404(session, select(SummaryEdition).where(SummaryEdition.uid == uid))


def edition_of_summary(session: Session, uid: str) -> SummaryEdition | None:
    """Return an edition within scope if it is a summary's, not scores as they were announced."""
    found = session.scalars(select(SummaryEdition).where(SummaryEdition.uid == uid)).first()
    return None if found is None or found.content["template"] == SCORES else found


def home_division(session: Session) -> Division | None:
    """Return the division the reader belongs to, else the topmost one in scope."""
    path = principal_of(session).scope_path
    found = session.scalars(select(Division).where(Division.scope_path == path)).first()
    return found or session.scalars(select(Division).order_by(Division.scope_path).limit(1)).first()


def trail_of(session: Session, division: Division) -> list[Division]:
    """Return the divisions above one that are in scope, the topmost first."""
    parts = division.scope_path.strip("/").split("/")
    paths = ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]
    return list(
        session.scalars(select(Division).where(Division.scope_path.in_(paths)).order_by(Division.scope_path))
    )


def targets_of(session: Session, campaign_id: int) -> dict[str, int]:
    """Return a campaign's targets: "indicator" or "indicator@division" → value."""
    rows = session.scalars(select(CampaignTarget).where(CampaignTarget.campaign_id == campaign_id))
    return {row.indicator + (f"@{row.division_code}" if row.division_code else ""): row.value for row in rows}


def changes_since(
    session: Session, edition: SummaryEdition, most: int = 20
) -> list[tuple[AuditEntry, str, str]]:
    """Return what was recorded, changed or withdrawn since an edition was frozen, with number and address of it.

    Only records within the reader's scope: this is why figures may read differently now.
    """
    at = edition.frozen_at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    rows = session.scalars(
        select(AuditEntry).where(AuditEntry.at >= at).order_by(AuditEntry.number.desc()).limit(400)
    )
    found = []
    for entry in rows:
        code, _, verb = entry.verb.partition(".")
        if code not in LEDGERS or verb not in {"withdraw", "change", "record"}:
            continue
        model = LEDGERS[code].model
        row = session.scalars(select(model).where(model.uid == entry.subject)).first()
        if row is not None:
            found.append((entry, row.number, f"/{code}/{row.uid}"))
    return found[:most]
