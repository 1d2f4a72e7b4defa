"""Every change of evidence: an export is asked for, made, and stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.evidence import domain, queries
from patrol.evidence.models import CaseExport
from patrol.infra.audit import record
from patrol.infra.config import Settings
from patrol.infra.db import Principal


def ask_for_export(
    session: Session,
    actor: Principal,
    finding_uids: Sequence[str],
    *,
    title: str,
    case_number: str,
    purpose: str,
    clock: Clock,
) -> CaseExport:
    """Put down which findings are wanted for which case and why.

    Raises :class:`PatrolError` without name or purpose, and for too many findings or none.
    """
    if not title.strip() or not purpose.strip():
        raise PatrolError(domain.NO_TITLE, where="title" if not title.strip() else "purpose")
    if len(finding_uids) > domain.MOST_FINDINGS:
        raise PatrolError(domain.TOO_MANY, most=domain.MOST_FINDINGS)
    findings = queries.findings_of(session, finding_uids)
    if not findings:
        raise PatrolError(domain.NO_FINDINGS)
    export = CaseExport(
        scope_path=actor.scope_path,
        title=title.strip()[:120],
        case_number=case_number.strip()[:60],
        purpose=purpose.strip()[:400],
        finding_uids=[finding.uid for finding in findings],
        person_id=actor.person_id,
        created_at=clock.now(),
    )
    session.add(export)
    session.flush()
    detail = {"case": export.case_number, "title": export.title, "purpose": export.purpose,
              "findings": export.finding_uids}  # fmt: skip
    record(session, actor, "evidence.export", export.uid, detail, at=clock.now())
    return export


def note_made(
    session: Session, actor: Principal | None, export: CaseExport, facts: dict[str, Any], *, clock: Clock
) -> None:
    """Put down what the made file is: its size and SHA-256."""
    export.state, export.sha256, export.size = "made", facts["sha256"], facts["size"]
    export.counts = facts["counts"]
    session.flush()
    detail = {"sha256_of_file": export.sha256, "size": export.size}
    record(session, actor, "evidence.made", export.uid, detail, at=clock.now())


def export_path(settings: Settings, export_uid: str) -> Path:
    """Return where the file of an export lies."""
    return settings.DATA_DIR / "exports" / f"{export_uid}.zip"
