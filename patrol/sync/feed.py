"""What changed since a phone last asked: numbers that become visible in order, tombstones, and what was revoked.

A cursor is signed, because it says which division its owner saw: when that shrank, the phone is told what to let go.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError
from patrol.infra.db import Principal, unscoped, within
from patrol.sync.domain import CURSOR_STALE
from patrol.sync.feed_records import KINDS, page_of_records, records_of
from patrol.sync.models import FeedEntry, FeedMark

#: changes or records in one answer
PAGE = 500


@dataclass(frozen=True)
class Cursor:
    """Where a phone stands: the newest number it knows, and while it copies everything, how far that has come."""

    epoch: str
    number: int
    scope_path: str
    kind: str = ""
    after_id: int = 0

    def sealed(self, secret: str) -> str:
        """Return the cursor as the phone keeps it."""
        facts = [self.epoch, self.number, self.scope_path, self.kind, self.after_id]
        return str(URLSafeSerializer(secret, "feed").dumps(facts))


def read_cursor(text: str, secret: str) -> Cursor:
    """Open a cursor; raises :class:`PatrolError` 410 for anything that this server did not seal."""
    try:
        epoch, number, scope_path, kind, after_id = URLSafeSerializer(secret, "feed").loads(text)
        return Cursor(str(epoch), int(number), str(scope_path), str(kind), int(after_id))
    except (BadData, ValueError, TypeError) as error:
        raise PatrolError(CURSOR_STALE) from error


def changes_since(session: Session, actor: Principal, given: str, secret: str) -> dict[str, Any]:
    """Return ``{changes, cursor, more}`` after a cursor; without one, everything there is, page by page.

    Raises :class:`PatrolError` 410 when the cursor is older than the feed is kept, comes from before a restore, or
    belongs to a division that is not the person's any more and did not merely shrink: copy everything again.
    """
    if not given:
        start = Cursor(epoch_of(session), newest_number(session), actor.scope_path, next(iter(KINDS)))
        return _copied(session, actor, start, secret)
    cursor = read_cursor(given, secret)
    stale = cursor.epoch != epoch_of(session) or cursor.number < _pruned(session)
    if stale or cursor.number > newest_number(session):
        raise PatrolError(CURSOR_STALE)
    if cursor.scope_path != actor.scope_path:
        return _shrunk(actor, cursor, secret)
    if cursor.kind:
        return _copied(session, actor, cursor, secret)
    return _changed(session, actor, cursor, secret)


def cursor_now(session: Session, actor: Principal, secret: str) -> str:
    """Return the cursor of this moment. Whoever reads records after it misses nothing that comes later."""
    return Cursor(epoch_of(session), newest_number(session), actor.scope_path).sealed(secret)


def _shrunk(actor: Principal, cursor: Cursor, secret: str) -> dict[str, Any]:
    """Tell the phone to keep only what lies in the smaller division; anything else needs a new copy."""
    if cursor.kind or not within(actor.scope_path, cursor.scope_path):
        raise PatrolError(CURSOR_STALE)
    told = {
        "number": cursor.number,
        "kind": "scope",
        "uid": actor.uid,
        "change": "revoked",
        "reason": "scope",
        "keep": actor.scope_path,
    }
    onward = Cursor(cursor.epoch, cursor.number, actor.scope_path)
    return {"changes": [told], "cursor": onward.sealed(secret), "more": True}


def _copied(session: Session, actor: Principal, cursor: Cursor, secret: str) -> dict[str, Any]:
    """Return one page of everything; what changes meanwhile has a higher number and follows after the last page."""
    kinds = [name for name in KINDS if actor.may(KINDS[name].permission)]
    here = cursor.kind if cursor.kind in kinds else ""
    if not here:
        return {"changes": [], "cursor": _onward(cursor, "", 0).sealed(secret), "more": True}
    rows = page_of_records(session, here, cursor.after_id, PAGE)
    changes = [
        {"number": cursor.number, "kind": here, "uid": record["uid"], "change": "changed", "record": record}
        for _, record in rows
    ]
    if len(rows) == PAGE:
        onward = _onward(cursor, here, rows[-1][0])
    else:
        following = kinds[kinds.index(here) + 1 :]
        onward = _onward(cursor, following[0] if following else "", 0)
    return {"changes": changes, "cursor": onward.sealed(secret), "more": True}


def _onward(cursor: Cursor, kind: str, after_id: int) -> Cursor:
    return Cursor(cursor.epoch, cursor.number, cursor.scope_path, kind, after_id)


def _changed(session: Session, actor: Principal, cursor: Cursor, secret: str) -> dict[str, Any]:
    kinds = [name for name in KINDS if actor.may(KINDS[name].permission)]
    rows = session.scalars(
        select(FeedEntry)
        .where(FeedEntry.number > cursor.number, FeedEntry.kind.in_(kinds))
        .order_by(FeedEntry.number)
        .limit(PAGE)
    ).all()
    latest = {(row.kind, row.subject_uid): row for row in rows}
    wanted = {kind: [uid for (of, uid), row in latest.items() if of == kind] for kind in kinds}
    known = {kind: records_of(session, kind, uids) for kind, uids in wanted.items() if uids}
    changes = [
        _told(row, known.get(row.kind, {}).get(row.subject_uid))
        for row in sorted(latest.values(), key=lambda row: row.number)
    ]
    number = rows[-1].number if rows else cursor.number
    onward = Cursor(cursor.epoch, number, cursor.scope_path)
    return {"changes": changes, "cursor": onward.sealed(secret), "more": len(rows) == PAGE}


def _told(row: FeedEntry, record: dict[str, Any] | None) -> dict[str, Any]:
    told = {"number": row.number, "kind": row.kind, "uid": row.subject_uid}
    if record is not None:
        return told | {"change": "changed", "record": record}
    # It was changed, and left this person's sight afterwards: the later entry says how, this one lets go already.
    gone = {"change": "removed", "reason": "gone"} if row.change == "changed" else {}
    return told | {"change": row.change, "reason": row.reason} | gone


def newest_number(session: Session) -> int:
    """Return the highest number given out, whoever may see it."""
    with unscoped(session, "a number says nothing about whose record it belongs to"):
        return int(session.scalar(select(func.max(FeedEntry.number))) or _pruned(session))


def _pruned(session: Session) -> int:
    mark = session.get(FeedMark, 1)
    return mark.pruned if mark else 0


def epoch_of(session: Session) -> str:
    """Return the life of this database that its numbers belong to; empty until the first restore."""
    mark = session.get(FeedMark, 1)
    return mark.epoch if mark else ""


def begin_epoch(session: Session) -> str:
    """Start a new life of the numbers: every cursor given out before is stale. Done after a restore."""
    mark = session.get(FeedMark, 1) or FeedMark(id=1, pruned=0)
    mark.epoch = str(uuid.uuid4())
    session.add(mark)
    session.flush()
    return mark.epoch
