"""The triggers that the promise rests on: what is sealed cannot be changed, what changes stands in the feed.

They are made by migrations. A table that is rebuilt loses its triggers without a word, so every start asks for them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from patrol.core.errors import PatrolError, problem

TRIGGERS_LOST = problem(
    "db.triggers_lost",
    en="The database lacks triggers that keep records sealed ({names}). Restore a backup or migrate again.",
    zh="数据库缺少保护记录的触发器（{names}）。请恢复备份或重新迁移。",
    status=500,
)
SEALS = tuple(
    f"sealed_{table}_{verb}"
    for table in ("audit_entry", "receipt", "chain_signature", "finding")
    for verb in ("update", "delete")
)
FEEDS = (
    *(f"feed_{kind}_insert" for kind in ("venue", "finding", "grid")),
    "feed_venue_update", "feed_venue_delete", "feed_grid_update", "feed_finding_withdraw",
)  # fmt: skip
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


def assert_guarded(connection: Any) -> None:
    """Raise :class:`PatrolError` unless every trigger that seals or feeds is in its place."""
    there = set(connection.execute(text(_NAMES[connection.dialect.name])).scalars())
    lost = sorted({*SEALS, *FEEDS} - there)
    if lost:
        raise PatrolError(TRIGGERS_LOST, names=", ".join(lost))
