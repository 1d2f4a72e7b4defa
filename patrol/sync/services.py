"""A batch from a phone: every entry in a savepoint of its own, a receipt for each, one commit by the caller."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError, Problem
from patrol.core.ids import is_uid
from patrol.findings import FindingIn, foreseen, is_withdrawn, known_checklists
from patrol.infra.audit import gathered, take_turn
from patrol.infra.db import Principal
from patrol.patrols import DeviceFacts
from patrol.sync import domain
from patrol.sync.blobs import declare_blobs, missing_blobs
from patrol.sync.domain import Status
from patrol.sync.kinds import KINDS, Kind, files_in
from patrol.sync.models import Device, Receipt
from patrol.sync.queries import device_by_uid, receipts_of
from patrol.sync.schemas import BatchIn, EntryIn

logger = logging.getLogger(__name__)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Entry:
    """An entry that is well formed: its envelope, its kind, its checked body, and the bytes its hash covers."""

    envelope: EntryIn
    kind: Kind
    body: BaseModel
    canonical: bytes


@dataclass(eq=False)
class Refused(Exception):  # noqa: N818  (it is an answer, not a failure)
    """Why one entry is not taken; the others are."""

    what: Problem
    facts: dict[str, Any] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True)
class Sender:
    """Whose batch it is: the person, the phone, how far its clock is off (s), and our own clock."""

    actor: Principal
    device_uid: str
    offset_s: float | None
    clock: Clock

    def facts(self, entry: Entry, now: dt.datetime) -> DeviceFacts:
        """Return what is kept beside a record about how it came."""
        envelope = entry.envelope
        return DeviceFacts(
            received_at=now,
            device_uid=self.device_uid,
            clock_offset_s=self.offset_s,
            entry_sha256=envelope.sha256,
            entry_uid=envelope.id,
            captured_at=envelope.captured_at,
        )

    def apply(self, session: Session, entry: Entry, now: dt.datetime) -> dict[str, Any] | None:
        """Have the entry's own room take it; return what the receipt says beyond "stored"."""
        return entry.kind.apply(session, self.actor, entry.body, self.facts(entry, now), self.clock)


def apply_batch(
    session: Session, actor: Principal, batch: BatchIn, *, clock: Clock, photo_max_bytes: int
) -> list[dict[str, Any]]:
    """Take a batch in and return one result for each entry, in order.

    Parameters: the batch as read; ``photo_max_bytes`` the size above which a declared photo is refused.
    Returns: results as :class:`patrol.sync.schemas.ResultOut` names them. An entry that failed for a reason of
    ours has no result: the phone keeps it and asks again.
    Nothing is committed: the caller commits once and answers only then.
    """
    judged = [_judged(raw, photo_max_bytes) for raw in batch.entries]  # before anybody has to wait for us
    now = clock.now()
    offset_s = (now - batch.sent_at).total_seconds() if batch.sent_at else None
    new: dict[str, Entry] = {}
    for each in judged:
        if isinstance(each, Entry):
            new.setdefault(each.envelope.id, each)  # the first of two under one number counts
    held, device = receipts_of(session, new), device_by_uid(session, batch.device_uid)
    fresh = {uid: entry for uid, entry in new.items() if uid not in held}
    if any(isinstance(entry.body, FindingIn) for entry in fresh.values()):
        known_checklists(session)  # they never change: nobody has to wait for us while we ask
    # On PostgreSQL two batches with the same entries in another order would otherwise wait for each other, and two
    # first batches of a phone would both make it known.
    head = take_turn(session) if fresh or device is None else None
    sender = Sender(actor, batch.device_uid, offset_s, clock)
    stored = _store_together(session, sender, fresh, head)
    told = []
    for each in judged:
        if isinstance(each, Entry):
            told.append(stored.pop(each.envelope.id, None) or _taken(session, sender, each))
        else:
            told.append(each)
    results = [result for result in told if result]
    taken = sum(result["status"] in {Status.STORED, Status.DUPLICATE} for result in results)
    device = device or device_by_uid(session, batch.device_uid)
    _note_device(session, actor, batch, device, (offset_s, max(0, batch.unsent - taken)), now)
    return results


def _judged(raw: Any, most: int) -> Entry | dict[str, Any]:
    """Read one entry; return it, or the answer that refuses it. Asks no database."""
    given = raw if isinstance(raw, dict) else {}
    try:
        return read_entry(raw, most)
    except Refused as refused:
        told = _rejected(refused.what, refused.facts, refused.where)
        return {"id": domain.echoed(given.get("id")), "sha256": domain.echoed(given.get("sha256"))} | told
    except Exception:
        logger.exception("entry %s could not be read", domain.echoed(given.get("id")))
        return {}


def _store_together(
    session: Session, sender: Sender, new: Mapping[str, Entry], head: tuple[int, str] | None
) -> dict[str, Any]:
    """Store all that was new in one savepoint; return their results by number, none if one of them does not fit.

    Then nothing of them is kept, and each is taken alone by :func:`_taken`: one bad entry costs time and no other.
    So it is when somebody else stored one of them since we asked: its receipt's key refuses it.
    """
    if not new or not all(sender.actor.may(entry.kind.permission) for entry in new.values()):
        return {}
    now = sender.clock.now()
    files = {sha256: fact for entry in new.values() for sha256, fact in files_in(entry.body).items()}
    savepoint = session.begin_nested()
    try:
        findings = [entry.body for entry in new.values() if isinstance(entry.body, FindingIn)]
        with foreseen(session, findings), gathered(session, head):
            told = {uid: sender.apply(session, entry, now) for uid, entry in new.items()}
        session.add_all(_receipt(sender.actor, entry, sender.facts(entry, now)) for entry in new.values())
        declare_blobs(session, sender.actor, files, at=now)
        session.flush()
        savepoint.commit()
    except Exception as error:
        savepoint.rollback()
        session.expire_all()
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
            raise
        return {}
    missing = set(missing_blobs(session, files))
    return {
        uid: _echo(entry)
        | {"status": Status.STORED.value}
        | (told[uid] or {})
        | {"needs_blobs": [sha256 for sha256 in files_in(entry.body) if sha256 in missing]}
        for uid, entry in new.items()
    }


def _echo(entry: Entry) -> dict[str, Any]:
    return {"id": entry.envelope.id, "sha256": entry.envelope.sha256}


def _taken(session: Session, sender: Sender, entry: Entry) -> dict[str, Any] | None:
    """Store one entry if it is new and fits; say so if it is here already, or why it is not taken."""
    echo = _echo(entry)
    try:
        return echo | _store(session, sender, entry)
    except Refused as refused:
        return echo | _rejected(refused.what, refused.facts, refused.where)
    except PatrolError as error:
        fault = error.faults[0]
        status = Status.CONFLICT if error.status == 409 else Status.REJECTED
        return echo | _rejected(fault.problem, dict(fault.facts), fault.where, status)
    except DBAPIError:
        raise
    except Exception:
        # A mistake of ours in one entry must neither block the others nor make the phone drop or park this one.
        logger.exception("entry %s was not taken", echo["id"])
        return None


def read_entry(raw: Any, photo_max_bytes: int) -> Entry:
    """Check an entry from the outside in: envelope, size, kind, version, hash, body. Raises :class:`Refused`."""
    if not isinstance(raw, dict) or not is_uid(raw.get("id")):
        raise Refused(domain.BAD_ID, where="id")
    kind = KINDS.get(str(raw.get("kind")))
    if kind is None:
        raise Refused(domain.UNKNOWN_KIND, {"kind": domain.echoed(raw.get("kind"))}, "kind")
    envelope = _validated(EntryIn, raw)
    if envelope.schema_ not in domain.SCHEMAS:
        raise Refused(domain.OLD_SCHEMA, {"schema": envelope.schema_}, "schema")
    canonical = _hashed(envelope)
    body = _validated(kind.schema, domain.upgraded(envelope.kind, envelope.schema_, envelope.body))
    if any(size > photo_max_bytes for size, _ in files_in(body).values()):
        raise Refused(domain.PHOTO_TOO_LARGE, {"most_mb": photo_max_bytes // 1_000_000}, "photos")
    return Entry(envelope, kind, body, canonical)


def _hashed(envelope: EntryIn) -> bytes:
    """Return the canonical bytes of a body; raises :class:`Refused` unless its hash is theirs."""
    if domain.depth_of(envelope.body) > domain.DEPTH:
        raise Refused(domain.NOT_CANONICAL, where="body")
    try:
        canonical = domain.canonical(envelope.body)
    except ValueError as error:
        raise Refused(domain.NOT_CANONICAL, where="body") from error
    if len(canonical) > domain.ENTRY_BYTES:
        raise Refused(domain.TOO_LARGE, {"most": domain.ENTRY_BYTES}, "body")
    if domain.has_nul(envelope.body):
        raise Refused(domain.NOT_CANONICAL, where="body")
    if hashlib.sha256(canonical).hexdigest() != envelope.sha256:
        raise Refused(domain.HASH_DIFFERS, where="sha256")
    return canonical


def _validated(schema: type[Model], raw: Any) -> Model:
    """Read ``raw`` by a schema; raises :class:`Refused` with the first field that does not fit."""
    try:
        return schema.model_validate(raw)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
        raise Refused(domain.BAD_BODY, {"field": domain.echoed(place)}, domain.echoed(place)) from error


def _store(session: Session, sender: Sender, entry: Entry) -> dict[str, Any]:
    """Store a sound entry, or say that it is already here; its savepoint holds the receipt and the record."""
    envelope, actor = entry.envelope, sender.actor
    held = receipts_of(session, [envelope.id]).get(envelope.id)
    if held is not None:
        return _already(session, actor, entry, held)
    if not actor.may(entry.kind.permission):
        raise Refused(domain.NOT_ALLOWED)
    now = sender.clock.now()
    savepoint = session.begin_nested()
    try:
        session.add(_receipt(actor, entry, sender.facts(entry, now)))
        session.flush()
        told = sender.apply(session, entry, now)
        declare_blobs(session, actor, files_in(entry.body), at=now)
        session.flush()
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
        session.expire_all()
        held = receipts_of(session, [envelope.id]).get(envelope.id)
        if held is None:
            raise
        return _already(session, actor, entry, held)
    except BaseException:
        savepoint.rollback()
        session.expire_all()
        raise
    return {"status": Status.STORED.value} | (told or {}) | _needs(session, entry)


def _receipt(actor: Principal, entry: Entry, device: DeviceFacts) -> Receipt:
    envelope = entry.envelope
    return Receipt(
        entry_uid=envelope.id,
        kind=envelope.kind,
        sha256=envelope.sha256,
        person_id=actor.person_id,
        device_uid=device.device_uid,
        device_seq=envelope.device_seq,
        captured_at=envelope.captured_at,
        received_at=device.received_at,
        body=entry.canonical.decode() if entry.kind.archived else "",
    )


def _already(session: Session, actor: Principal, entry: Entry, held: Receipt) -> dict[str, Any]:
    """Answer for an entry whose number is known: a duplicate only with the same bytes from the same person."""
    if held.person_id == actor.person_id and held.sha256 == entry.envelope.sha256:
        uid = getattr(entry.body, "finding_uid", "")
        if uid and is_withdrawn(session, uid):
            return _rejected(domain.WITHDRAWN, {}, "id", Status.CONFLICT) | {"stored_sha256": held.sha256}
        declare_blobs(session, actor, files_in(entry.body), at=held.received_at)
        return {"status": Status.DUPLICATE.value} | _needs(session, entry)
    stored = held.sha256 if held.person_id == actor.person_id else ""
    return _rejected(domain.CONFLICT, {}, "id", Status.CONFLICT) | {"stored_sha256": stored}


def _needs(session: Session, entry: Entry) -> dict[str, Any]:
    """Name the photos whose bytes are still to come."""
    return {"needs_blobs": missing_blobs(session, files_in(entry.body))}


def _rejected(
    what: Problem, facts: dict[str, Any], where: str, status: Status = Status.REJECTED
) -> dict[str, Any]:
    return {"status": status.value} | domain.refusal(what, facts, field=where)


def _note_device(
    session: Session,
    actor: Principal,
    batch: BatchIn,
    device: Device | None,
    facts: tuple[float | None, int],
    now: dt.datetime,
) -> None:
    """Remember the phone, its clock and what it holds after this; at most twice a minute while nothing changes."""
    offset_s, unsent = facts
    if device is None:
        device = Device(uid=batch.device_uid, person_id=actor.person_id, last_seen_at=now)
        session.add(device)
    unchanged = device.person_id == actor.person_id and device.unsent == unsent
    still = abs((offset_s or 0.0) - (device.clock_offset_s or 0.0)) < 1.0
    if unchanged and still and (now - device.last_seen_at).total_seconds() < 30 and device not in session.new:
        return
    device.person_id, device.last_seen_at, device.unsent = actor.person_id, now, unsent
    device.clock_offset_s = offset_s or 0.0
