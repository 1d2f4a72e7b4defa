"""The installation's own Ed25519 key, and the head of the audit chain signed with it."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.evidence import timestamping
from patrol.evidence.models import ChainSignature
from patrol.infra.audit import AuditHead
from patrol.infra.config import Settings
from patrol.infra.files import fsync_folder


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Read the key of this installation; made on first use, readable by its owner only, kept with every backup."""
    path = settings.DATA_DIR / "signing.key"
    if not path.exists():
        _make_key(path)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))


def _make_key(path: Path) -> None:
    raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(raw.hex())
        file.flush()
        os.fsync(file.fileno())
    fsync_folder(path.parent)


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public key as 64 hexadecimal digits."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def head_statement(number: int, sha256: str, signed_at: str) -> bytes:
    """Return the bytes that a signature of the chain's head covers.

    >>> head_statement(3, "ab", "2026-11-25T01:00:00+00:00")
    b'patrol chain head 3 ab 2026-11-25T01:00:00+00:00'
    """
    return f"patrol chain head {number} {sha256} {signed_at}".encode()


def sign_head(session: Session, settings: Settings, *, clock: Clock) -> ChainSignature | None:
    """Sign the newest link unless it is signed already; the caller commits. ``None`` while nothing was recorded."""
    head = session.execute(select(AuditHead.number, AuditHead.sha256)).one_or_none()
    if head is None or head.number == 0:
        return None
    key = signing_key(settings)
    public = public_hex(key)
    known = session.scalars(
        select(ChainSignature).where(ChainSignature.number == head.number, ChainSignature.key == public)
    ).one_or_none()
    if known is not None:
        return known
    signed_at = clock.now().isoformat(timespec="seconds")
    signature = key.sign(head_statement(head.number, head.sha256, signed_at))
    row = ChainSignature(
        number=head.number,
        sha256=head.sha256,
        signed_at=signed_at,
        key=public,
        signature=signature.hex(),
        timestamp_token=timestamping.ask(settings.TIMESTAMP_URL, signature, settings.TIMESTAMP_CA),
    )
    session.add(row)
    session.flush()
    return row
