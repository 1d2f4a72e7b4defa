"""Every change to a ledger: record, change, withdraw, attach. Written once for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock, china_date
from patrol.core.errors import Faults, PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.ledgers import domain as d
from patrol.ledgers import queries
from patrol.ledgers.ledger import Ledger
from patrol.ledgers.models import Attachment
from patrol.ledgers.reading import Lookup, keep_unseen, read_values


def record_new(
    session: Session,
    actor: Principal | None,
    ledger: Ledger,
    given: Mapping[str, str],
    *,
    clock: Clock,
    uid: str = "",
) -> Any:
    """Record one fact as a form says it; raises :class:`PatrolError` with every fault at once.

    ``uid`` is given where it must not be left to chance, as in the demonstration.
    """
    lookup = Lookup(session, china_date(clock.now()))
    values = checked_values(session, ledger, None, given, lookup) | ({"uid": uid} if uid else {})
    row = add_row(session, actor, ledger, values, str(given.get("number", "")).strip(), clock=clock)
    detail = {"ledger": ledger.code, "number": row.number}
    audit.record(session, actor, f"{ledger.code}.record", row.uid, detail, at=clock.now())
    if actor is not None:
        ledger.after(session, actor, row, clock)
    return row


def doubts_of(
    session: Session, ledger: Ledger, row: Any, given: Mapping[str, str], *, clock: Clock
) -> list[str]:
    """Return what a form should ask about before it saves; nothing where its editor said "nonetheless" (``anyway``).

    Raises :class:`PatrolError` with every fault at once, as saving would.
    """
    if given.get("anyway") == "1":
        return []
    values = checked_values(session, ledger, row, given, Lookup(session, china_date(clock.now())))
    return ledger.doubts(session, row, values)


def checked_values(
    session: Session, ledger: Ledger, row: Any, given: Mapping[str, str], lookup: Lookup
) -> dict[str, Any]:
    """Read and judge what was given; raises :class:`PatrolError` with every fault at once."""
    faults = Faults()
    values = read_values(ledger, given, lookup, faults)
    d.judge_order(ledger.fields, ledger.order, values, faults)
    ledger.check(session, row, values, faults, lookup.today)
    faults.raise_if_any()
    return values


def add_row(
    session: Session,
    actor: Principal | None,
    ledger: Ledger,
    values: dict[str, Any],
    number: str,
    *,
    clock: Clock,
    import_uid: str = "",
) -> Any:
    """Store judged values as a new record under its own number or the next free one."""
    values = dict(values)
    code = values.pop("_division_code", "")
    queries.one_writer(session, ledger)
    if number and queries.record_by_number(session, ledger, number) is not None:
        raise PatrolError(d.NUMBER_TAKEN, where="number", text=number[:40])
    if not number:
        year = (values.get(ledger.day) or china_date(clock.now())).year
        start = f"{ledger.prefix}-{code}-{year}-"
        number = f"{start}{queries.next_count(session, ledger, start):04d}"
    now = clock.now()
    row = ledger.model(
        **values, number=number[:40], import_uid=import_uid, created_at=now, updated_at=now,
        created_by_id=actor.person_id if actor else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def change_record(
    session: Session, actor: Principal, ledger: Ledger, row: Any, given: Mapping[str, str], *, clock: Clock
) -> Any:
    """Replace what a record says; the version in ``given`` is the one its editor saw."""
    version, withdrawn_at = queries.locked(session, ledger, row)
    if withdrawn_at is not None:
        raise PatrolError(d.WITHDRAWN)
    if str(given.get("version", "")) != str(version):
        raise PatrolError(d.CHANGED_MEANWHILE)
    lookup = Lookup(session, china_date(clock.now()))
    values = checked_values(session, ledger, row, given, lookup)
    values.pop("_division_code", None)
    keep_unseen(session, ledger, row, values)
    changed = {}
    for name, value in values.items():
        before = None if name == "geom" else getattr(row, name)
        if name != "geom" and before != value:
            changed[name] = [_plain(before), _plain(value)]
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, clock.now()
    session.flush()
    audit.record(session, actor, f"{ledger.code}.change", row.uid, {"changed": changed}, at=clock.now())
    ledger.after(session, actor, row, clock)
    return row


def withdraw_record(
    session: Session, actor: Principal, ledger: Ledger, row: Any, reason: str, *, clock: Clock
) -> Any:
    """Take a record out of every list and figure; it stays readable with the reason."""
    _version, withdrawn_at = queries.locked(session, ledger, row)
    if withdrawn_at is not None:
        raise PatrolError(d.WITHDRAWN)
    if len(reason.strip()) < 4:
        raise PatrolError(d.NO_REASON, where="reason")
    row.withdrawn_at, row.withdrawn_reason = clock.now(), reason.strip()[:400]
    row.version, row.updated_at = row.version + 1, clock.now()
    detail = {"ledger": ledger.code, "number": row.number, "reason": row.withdrawn_reason}
    audit.record(session, actor, f"{ledger.code}.withdraw", row.uid, detail, at=clock.now())
    session.flush()
    return row


def attach(
    session: Session, actor: Principal, ledger: Ledger, row: Any, file: Mapping[str, Any], *, clock: Clock
) -> Attachment:
    """Attach a stored file (``name caption media_type size sha256``) to a record."""
    found = Attachment(
        **file, ledger=ledger.code, record_uid=row.uid, scope_path=row.scope_path, added_at=clock.now(),
        added_by_id=actor.person_id,
    )  # fmt: skip
    session.add(found)
    session.flush()
    detail = {"name": found.name, "sha256": found.sha256}
    audit.record(session, actor, f"{ledger.code}.attach", row.uid, detail, at=clock.now())
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
