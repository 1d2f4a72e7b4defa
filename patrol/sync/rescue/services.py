"""Take a rescue file in: its entries through the ordinary batch, in their owners' names; its photos as if sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import Person, principal_of_person
from patrol.core.clock import Clock
from patrol.infra.audit import record
from patrol.infra.config import Settings
from patrol.infra.db import Principal, bind_principal
from patrol.infra.files import blob_store, scratch_file
from patrol.sync.blobs import mark_stored
from patrol.sync.queries import declared_blob
from patrol.sync.rescue.container import Record, RescueFile, read_rescue
from patrol.sync.rescue.keys import private_key, public_key
from patrol.sync.schemas import BatchIn
from patrol.sync.services import apply_batch

AT_ONCE = 20
#: done, total
Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """What became of a rescue file: counts by state, whose entries they were, and why some were not taken."""

    device_uid: str = ""
    exported_at: str = ""
    part: int = 1
    parts: int = 1
    entries: Counter[str] = field(default_factory=Counter)
    photos: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)
    reasons: list[dict[str, str]] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """Return what a page shows, as JSON can say it."""
        return {
            "device_uid": self.device_uid, "exported_at": self.exported_at, "part": self.part, "parts": self.parts,
            "entries": dict(+self.entries), "photos": dict(+self.photos), "names": self.names,
            "reasons": self.reasons[:100],
        }  # fmt: skip


def import_rescue(
    session: Session,
    supervisor: Principal,
    path: Path,
    settings: Settings,
    *,
    clock: Clock,
    progress: Progress,
) -> Outcome:
    """Take in what a phone could not send, in the names of its owners, and write down who brought it.

    Owners outside the supervisor's division are counted and left alone. An entry that came before is a duplicate,
    as everywhere. ``progress`` is called after every twenty entries and every photo: there the caller commits, as a
    phone's own sending would, and may stop; what was taken in until then stays, and the file may be brought again.
    Raises :class:`PatrolError` for a file that is none, or that was sealed for another server.
    """
    key = private_key(settings)
    read = read_rescue(path, key, public_key(settings)["id"])
    header = read.header
    outcome = Outcome(header.device_uid, header.exported_at, header.part, header.parts)
    owners = _owners(session, read)
    outcome.names = [principal.name for principal in owners.values()]
    total, done = len(header.records), 0
    for batch in _batches(read, owners, outcome):
        _take(session, supervisor, batch, read, settings, outcome, clock)
        done += len(batch.entries)
        progress(done, total)
    for sealed, data in read.sealed("blob"):
        _take_photo(session, supervisor, owners.get(sealed.owner), sealed, data, settings, outcome, clock)
        done += 1
        progress(done, total)
    detail = {"entries": dict(+outcome.entries), "photos": dict(+outcome.photos), "owners": list(owners)}
    record(session, supervisor, "sync.rescue", header.device_uid, detail, at=clock.now())
    return outcome


@dataclass
class Batch:
    """Some entries of one person."""

    owner: Principal
    entries: list[dict[str, Any]] = field(default_factory=list)


def _owners(session: Session, read: RescueFile) -> dict[str, Principal]:
    """Return those of the owners whom the supervisor is responsible for."""
    people = session.scalars(select(Person).where(Person.uid.in_(list(read.keys))))
    return {person.uid: principal_of_person(person) for person in people}


def _batches(read: RescueFile, owners: dict[str, Principal], outcome: Outcome) -> Iterator[Batch]:
    """Open the entries and gather them by owner, in the order in which the phone made them."""
    waiting: dict[str, Batch] = {}
    for sealed, data in read.sealed("entry"):
        owner = owners.get(sealed.owner)
        wire = _wire(sealed, data) if data is not None else None
        if owner is None or wire is None:
            outcome.entries["damaged" if owner else "outside"] += 1
            continue
        batch = waiting.setdefault(owner.uid, Batch(owner))
        batch.entries.append(wire)
        if len(batch.entries) == AT_ONCE:
            yield waiting.pop(owner.uid)
    yield from waiting.values()


def _wire(sealed: Record, data: bytes) -> dict[str, Any] | None:
    """Return an entry as the phone would have sent it."""
    try:
        content = json.loads(data.decode("utf-8"))
        kept = {name: content[name] for name in ("kind", "schema", "captured_at", "sha256", "body")}
    except (ValueError, KeyError, TypeError):
        return None
    return {"id": sealed.id, "device_seq": sealed.seq, **kept}


def _take(
    session: Session,
    supervisor: Principal,
    batch: Batch,
    read: RescueFile,
    settings: Settings,
    outcome: Outcome,
    clock: Clock,
) -> None:
    """Apply one batch in its owner's name."""
    envelope = BatchIn(
        device_uid=read.header.device_uid, sent_at=_sent_at(read, clock), entries=batch.entries, unsent=0
    )
    with _as(session, batch.owner, supervisor):
        results = apply_batch(
            session, batch.owner, envelope, clock=clock, photo_max_bytes=settings.PHOTO_MAX_BYTES
        )
        session.flush()
    outcome.entries["failed"] += len(batch.entries) - len(results)
    for result in results:
        outcome.entries[result["status"]] += 1
        if result["status"] in {"conflict", "rejected"}:
            said = {"zh": result.get("message_zh", ""), "en": result.get("message_en", "")}
            outcome.reasons.append({"id": result["id"], "owner": batch.owner.name, **said})


def _sent_at(read: RescueFile, clock: Clock) -> dt.datetime | None:
    """Return the instant that carries the phone's clock offset, as a phone that sends by itself would say it."""
    offset_ms = read.header.clock_offset_ms
    if offset_ms is None or abs(offset_ms) > 1e13:
        return None
    try:
        return clock.now() - dt.timedelta(milliseconds=offset_ms)
    except OverflowError:
        return None


@contextmanager
def _as(session: Session, owner: Principal, supervisor: Principal) -> Iterator[None]:
    """Work in the owner's name and division, then in the supervisor's again."""
    bind_principal(session, owner)
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        bind_principal(session, supervisor)


def _take_photo(
    session: Session,
    supervisor: Principal,
    owner: Principal | None,
    sealed: Record,
    data: bytes | None,
    settings: Settings,
    outcome: Outcome,
    clock: Clock,
) -> None:
    """Store a photo that an entry of this owner declared; durable before it is counted."""
    if owner is None:
        outcome.photos["outside"] += 1
        return
    if data is None or hashlib.sha256(data).hexdigest() != sealed.sha256:
        outcome.photos["damaged"] += 1
        return
    with _as(session, owner, supervisor):
        blob = declared_blob(session, sealed.sha256, owner.person_id)
        if blob is None:
            outcome.photos["waiting"] += 1
        elif blob.state == "stored":
            outcome.photos["duplicate"] += 1
        else:
            _keep(settings, sealed.sha256, data)
            mark_stored(session, blob, len(data), clock=clock)
            session.flush()
            outcome.photos["stored"] += 1
            outcome.arrived.append(sealed.sha256)


def _keep(settings: Settings, sha256: str, data: bytes) -> None:
    """Hand the bytes to the store by way of its own file system, so that the rename is one step."""
    path = scratch_file(settings, ".rescued")
    path.write_bytes(data)
    try:
        blob_store(settings).put(sha256, path)
    finally:
        path.unlink(missing_ok=True)
