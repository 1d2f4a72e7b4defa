"""What is left behind is cleared: pieces nobody continued, files nothing names, feed numbers too old to ask for."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.infra.config import Settings
from patrol.infra.db import db, unscoped
from patrol.infra.files import DiskStore, blob_store
from patrol.sync.models import FeedEntry, FeedMark

#: a piece that nobody continued for so long is begun again by its phone
PART_DAYS = 7
#: a file without a row may be one whose row is being written this moment; after a week it is not
ORPHAN_DAYS = 7
#: orphans are laid aside first, and removed only after this
QUARANTINE_DAYS = 30
FEED_DAYS = 90
DAY_S = 86_400.0


def sweep(session: Session, settings: Settings, *, clock: Clock) -> dict[str, int]:
    """Clear what is left behind and say how much; the caller commits."""
    counts = {
        "parts": _remove_older(settings.DATA_DIR / "incoming", PART_DAYS, clock),
        "orphans": _lay_aside_orphans(session, settings, clock),
        "removed": _remove_older(settings.DATA_DIR / "orphans", QUARANTINE_DAYS, clock),
        "feed": prune_feed(session, clock.now() - dt.timedelta(days=FEED_DAYS)),
    }
    return counts


def prune_feed(session: Session, before: dt.datetime) -> int:
    """Forget feed entries older than ``before``; a cursor from then is told to copy everything again."""
    with unscoped(session, "the feed is pruned for everybody"):
        last = session.scalar(select(func.max(FeedEntry.number)).where(FeedEntry.at < before))
        mark = session.get(FeedMark, 1)
        if mark is None:
            mark = FeedMark(id=1, pruned=0, epoch="")
            session.add(mark)
        if last is None:
            session.flush()
            return 0
        mark.pruned = max(mark.pruned, last)
        done: Any = session.execute(delete(FeedEntry).where(FeedEntry.number <= last))
        session.flush()
    return int(done.rowcount)


def named_hashes(session: Session) -> set[str]:
    """Return every SHA-256 that any row of any table names: the columns called ``sha256…``."""
    named: set[str] = set()
    with unscoped(session, "a file is an orphan only when nobody at all names it"):
        for table in db.metadata.sorted_tables:
            if table.name in {"audit_entry", "audit_head", "chain_signature"}:
                continue
            for column in table.columns:
                if "sha256" in column.name and isinstance(column.type, String):
                    named.update(session.execute(select(column).where(column != "").distinct()).scalars())
    return named


def _lay_aside_orphans(session: Session, settings: Settings, clock: Clock) -> int:
    store = blob_store(settings)
    if not isinstance(store, DiskStore):
        return 0
    old = [name for name in store.names() if _age_days(store.path(name), clock) > ORPHAN_DAYS]
    named = named_hashes(session) if old else set()
    aside = settings.DATA_DIR / "orphans"
    aside.mkdir(exist_ok=True)
    orphans = [name for name in old if name not in named]
    for name in orphans:
        target = aside / f"{name}.{uuid.uuid4().hex[:8]}"
        store.path(name).rename(target)
        target.touch()
    return len(orphans)


def _remove_older(folder: Path, days: float, clock: Clock) -> int:
    if not folder.is_dir():
        return 0
    old = [path for path in folder.iterdir() if path.is_file() and _age_days(path, clock) > days]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _age_days(path: Path, clock: Clock) -> float:
    try:
        return (clock.now().timestamp() - path.stat().st_mtime) / DAY_S
    except FileNotFoundError:
        return 0.0
