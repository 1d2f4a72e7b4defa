"""Field encryption: AES-256-GCM under keys that lie outside the database, and blind indexes for exact look-up.

A sealed field is ``k<version>.<base64>``: a fresh 96-bit nonce before the ciphertext, bound to its place
(``table|column|row``) and to its key's version, so that a value moved to another row or column does not open.
Keys lie in ``KEYS_DIR`` (``DATA_DIR/keys`` by default), each readable by its owner only. They are no part of a
backup of database and files: who has only that backup reads nothing.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings

NO_KEY = problem(
    "crypto.no_key",
    en="The key this field was sealed with (version {version}) is not in the key folder. Restore it from where"
    " your bureau keeps its keys.",
    zh="密钥目录中没有封存该字段的密钥（第{version}版），请从本单位的密钥保管处恢复。",
    status=500,
)
DAMAGED = problem(
    "crypto.damaged",
    en="A sealed field does not open: it was altered, or belongs to another record.",
    zh="封存字段无法解开：内容被改动，或属于另一条记录。",
    status=500,
)
_SEALED = re.compile(r"k(\d{1,4})\.([A-Za-z0-9_-]+)")
_NONCE = 12


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation, read from ``folder`` when they are needed and made on first use."""

    folder: Path

    def current(self) -> int:
        """Return the version that new fields are sealed with."""
        return max(self.versions(), default=0) or self._make("field-1")

    def versions(self) -> list[int]:
        """Return the versions whose keys are here, oldest first."""
        return sorted(int(path.stem.rpartition("-")[2]) for path in self.folder.glob("field-*.key"))

    def destroy(self, version: int) -> None:
        """Destroy the key of an older version; the current one raises ``ValueError``.

        The file is overwritten first. Disks and file systems may keep older blocks all the same: what is promised is
        that this program cannot read it any more.
        """
        if version == self.current():
            raise ValueError("the current key seals what comes next")
        path = self.folder / f"field-{version}.key"
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()

    def rotate(self) -> int:
        """Make a new key for all that is sealed from now on; older keys stay for what they sealed."""
        return self._make(f"field-{self.current() + 1}")

    def seal(self, text: str, place: str, *, version: int | None = None) -> str:
        """Seal ``text`` for its ``place`` ("table|column|row"); the same text never looks the same twice."""
        number = version or self.current()
        nonce = secrets.token_bytes(_NONCE)
        body = AESGCM(self._key(number)).encrypt(nonce, text.encode(), _bound(place, number))
        return f"k{number}.{base64.urlsafe_b64encode(nonce + body).decode()}".rstrip("=")

    def unseal(self, sealed: str, place: str) -> str:
        """Open what :meth:`seal` made for the same ``place``.

        Raises :class:`PatrolError` where the key is missing, or the field was altered or moved.
        """
        match = _SEALED.fullmatch(sealed)
        if match is None:
            raise PatrolError(DAMAGED)
        number, text = int(match[1]), match[2]
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        try:
            return (
                AESGCM(self._key(number)).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(place, number)).decode()
            )
        except (InvalidTag, ValueError) as error:
            raise PatrolError(DAMAGED) from error

    def blind_index(self, text: str, purpose: str) -> str:
        """Return 64 hex digits by which exactly this text is found again, under a key of their own."""
        path = self.folder / "index.key"
        if not path.exists():
            self._make("index")
        return hmac.digest(path.read_bytes(), f"{purpose}|{text}".encode(), "sha256").hex()

    def _key(self, version: int) -> bytes:
        path = self.folder / f"field-{version}.key"
        if not path.exists():
            raise PatrolError(NO_KEY, version=version)
        return path.read_bytes()

    def _make(self, name: str) -> int:
        """Write a new key whole or not at all; of two makers at once, the first wins."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, self.folder / f"{name}.key")
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
        return int(name.rpartition("-")[2]) if name != "index" else 0


def keyring(settings: Settings) -> Keyring:
    """Return the keys of this installation."""
    return Keyring(Path(settings.KEYS_DIR) if settings.KEYS_DIR else settings.DATA_DIR / "keys")


def _bound(place: str, version: int) -> bytes:
    return f"{place}|{version}".encode()
