"""The bureau's key pair for rescue files: made once, kept beside the secret key, backed up with the data folder."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from patrol.infra.config import Settings

BITS = 3072
#: what every browser with WebCrypto can do: RSA-OAEP with SHA-256
_OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def public_key(settings: Settings) -> dict[str, str]:
    """Return the public half as phones take it: ``{"id", "spki"}``, the latter DER in base64."""
    spki = (
        private_key(settings)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return {"id": key_id(spki), "spki": base64.b64encode(spki).decode()}


def key_id(spki: bytes) -> str:
    """Name a public key by the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(spki).hexdigest()[:16]


def private_key(settings: Settings) -> rsa.RSAPrivateKey:
    """Return the private half, made at first need and readable by the server's user only."""
    path = settings.DATA_DIR / "rescue.key"
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("rescue.key holds another kind of key")
    return key


def opened(key: rsa.RSAPrivateKey, escrow: bytes) -> bytes:
    """Unwrap a data key that a phone wrapped for the bureau; raises ``ValueError`` when it was meant for others."""
    return key.decrypt(escrow, _OAEP)


def _make(path: Path) -> None:
    """Write a new key whole or not at all: two processes may need the first one at the same moment."""
    pem = rsa.generate_private_key(public_exponent=65537, key_size=BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".rescue.key.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # the first one stays
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
