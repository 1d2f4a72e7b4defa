"""Looks at everything an installation promised: schema, seals, chain, signatures, receipts, every file by its hash."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Callable, Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError
from patrol.evidence import timestamping
from patrol.evidence.models import ChainSignature
from patrol.evidence.signing import head_statement
from patrol.evidence.verify_export import signed
from patrol.infra.audit import AuditEntry, first_broken_link
from patrol.infra.blobs import Blob
from patrol.infra.config import Settings
from patrol.infra.db import check_database, unscoped
from patrol.infra.files import DiskStore, blob_store, file_sha256
from patrol.sync import Receipt

Check = Callable[[Session, Settings], Iterator[str]]


def faults_of(session: Session, settings: Settings) -> Iterator[str]:
    """Yield one English sentence for each broken promise; nothing when all is well."""
    with unscoped(session, "the verifier looks at everything"):
        for check in CHECKS.values():
            yield from check(session, settings)


def _schema(session: Session, settings: Settings) -> Iterator[str]:
    try:
        check_database(session.connection())
    except PatrolError as error:
        yield error.sentence("en")
    if session.get_bind().dialect.name == "postgresql":
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            if session.execute(text(f"SHOW {name}")).scalar() == "off":
                yield f"PostgreSQL runs with {name} = off: a power cut may lose what was acknowledged"


def _chain(session: Session, settings: Settings) -> Iterator[str]:
    broken = first_broken_link(session)
    if broken is not None:
        yield f"the audit chain is broken at link {broken}"
    rows = session.execute(select(AuditEntry.number, AuditEntry.sha256)).all()
    hashes = {number: sha256 for number, sha256 in rows}
    for head in session.scalars(select(ChainSignature)):
        said = head_statement(head.number, head.sha256, head.signed_at)
        if not signed(bytes.fromhex(head.key), said, bytes.fromhex(head.signature)):
            yield f"the signature of head {head.number} is wrong"
        try:
            if head.timestamp_token:
                timestamping.check(b64decode(head.timestamp_token), bytes.fromhex(head.signature))
        except ValueError as error:
            yield f"the time stamp of head {head.number} does not hold: {error}"
        if hashes.get(head.number) != head.sha256:
            yield f"head {head.number} was signed with another hash than the chain has now"


def _receipts(session: Session, settings: Settings) -> Iterator[str]:
    statement = select(Receipt.entry_uid, Receipt.sha256, Receipt.body).where(Receipt.body != "")
    for uid, sha256, body in session.execute(statement).yield_per(1000):
        if hashlib.sha256(body.encode()).hexdigest() != sha256:
            yield f"entry {uid} does not have the SHA-256 it was acknowledged with"


def _files(session: Session, settings: Settings) -> Iterator[str]:
    store = blob_store(settings)
    for sha256 in session.scalars(select(Blob.sha256).where(Blob.state == "stored")):
        if not store.has(sha256):
            yield f"file {sha256} was acknowledged and is missing"
    for sha256 in store.names():
        found = file_sha256(store.path(sha256)) if isinstance(store, DiskStore) else _read(store, sha256)
        if found != sha256:
            yield f"file {sha256} was altered"


def _read(store: object, sha256: str) -> str:
    return hashlib.sha256(store.read(sha256)).hexdigest()  # type: ignore[attr-defined]


CHECKS: dict[str, Check] = {"schema": _schema, "chain": _chain, "receipts": _receipts, "files": _files}
