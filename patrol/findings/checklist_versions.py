"""The checklists as versioned data: shipped as files, kept in a table, never changed once used."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.findings.models import Checklist

FOLDER = Path(__file__).parent / "checklists"


@cache
def shipped() -> dict[int, dict[str, Any]]:
    """Return the checklists that came with the program, by version."""
    return {int(path.stem): json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}


def ensure_checklist(session: Session) -> int:
    """Put every shipped version that is missing into the table; return the newest version."""
    known = set(session.scalars(select(Checklist.version)))
    for version, body in sorted(shipped().items()):
        if version not in known:
            session.add(Checklist(version=version, body=body))
    session.flush()
    return max(known | set(shipped()))


def current_checklist(session: Session) -> dict[str, Any]:
    """Return the newest checklist, from the table or, before its first use, from the shipped file."""
    row = session.scalars(select(Checklist).order_by(Checklist.version.desc()).limit(1)).one_or_none()
    newest = max(shipped())
    return dict(row.body) if row is not None and row.version >= newest else shipped()[newest]


def checklist_of(session: Session, version: int | None) -> dict[str, Any] | None:
    """Return one version, ``None`` if it is unknown here."""
    if version is None:
        return None
    row = session.scalars(select(Checklist).where(Checklist.version == version)).one_or_none()
    return dict(row.body) if row is not None else shipped().get(version)
