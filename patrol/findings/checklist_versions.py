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
_KEPT = "findings.checklists"


@cache
def shipped() -> dict[int, dict[str, Any]]:
    """Return the checklists that came with the program, by version."""
    return {int(path.stem): json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}


def ensure_checklist(session: Session) -> int:
    """Put every shipped version that is missing into the table; return the newest version."""
    known = known_checklists(session)
    missing = [version for version in sorted(shipped()) if version not in known]
    if missing:
        session.add_all(Checklist(version=version, body=shipped()[version]) for version in missing)
        session.flush()
    return max(set(known) | set(shipped()))


def known_checklists(session: Session) -> dict[int, dict[str, Any]]:
    """Return every version in the table; asked once a session, because none ever changes or goes."""
    kept: dict[int, dict[str, Any]] = session.info.get(_KEPT, {})
    if shipped().keys() - kept.keys():
        kept = {row.version: dict(row.body) for row in session.scalars(select(Checklist))}
        if not shipped().keys() - kept.keys():
            session.info[_KEPT] = kept
    return kept


def current_checklist(session: Session) -> dict[str, Any]:
    """Return the newest checklist, from the table or, before its first use, from the shipped file."""
    row = session.scalars(select(Checklist).order_by(Checklist.version.desc()).limit(1)).one_or_none()
    newest = max(shipped())
    return dict(row.body) if row is not None and row.version >= newest else shipped()[newest]


def checklist_of(session: Session, version: int | None) -> dict[str, Any] | None:
    """Return one version, ``None`` if it is unknown here."""
    if version is None:
        return None
    return known_checklists(session).get(version) or shipped().get(version)
