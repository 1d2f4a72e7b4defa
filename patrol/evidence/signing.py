"""The installation's own Ed25519 key, and the head of the audit chain signed with it."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.evidence.models import ChainSignature
from patrol.infra.audit import AuditHead
from patrol.infra.config import Settings
from patrol.infra.files import fsync_folder

logger = logging.getLogger(__name__)
TIMEOUT_S = 15


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
        timestamp_token=_timestamp(settings.TIMESTAMP_URL, signature) if settings.TIMESTAMP_URL else "",
    )
    session.add(row)
    session.flush()
    return row


def timestamp_request(digest: bytes) -> bytes:
    """Return the DER of an RFC 3161 request for a SHA-256, asking for the authority's certificate.

    >>> timestamp_request(bytes(32))[:5].hex()
    '3039020101'
    """
    algorithm = bytes.fromhex("300d06096086480165030402010500")
    imprint = _der(0x30, algorithm + _der(0x04, digest))
    return _der(0x30, bytes.fromhex("020101") + imprint + bytes.fromhex("0101ff"))


def _der(tag: int, content: bytes) -> bytes:
    if len(content) > 127:
        raise ValueError("only short structures are made here")
    return bytes([tag, len(content)]) + content


def _timestamp(url: str, signature: bytes) -> str:
    """Ask the time-stamping authority (RFC 3161); an authority that does not answer only costs its token."""
    if not url.startswith(("http://", "https://")):
        return ""
    request = urllib.request.Request(  # noqa: S310
        url,
        timestamp_request(hashlib.sha256(signature).digest()),
        {"Content-Type": "application/timestamp-query"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return base64.b64encode(answer.read(65_536)).decode()
    except OSError as error:
        logger.warning("no time stamp: %s", error)
        return ""
