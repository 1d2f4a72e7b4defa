r"""Reads a rescue file: a plain list of sealed records, each opened with the key its owner's phone wrapped for us.

``PATROLRESCUE1\n``, four bytes of header length (big endian), the header in JSON, then the sealed bytes one after
another in the order of ``records``. Every record is authenticated by itself (AES-GCM with its own name), so that a
damaged file gives up what is whole and names what is not.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from patrol.core.errors import PatrolError, problem
from patrol.sync.rescue.keys import opened

MAGIC = b"PATROLRESCUE1\n"
HEADER_BYTES = 4_000_000
RECORDS = 20_000

NOT_A_RESCUE = problem(
    "sync.not_a_rescue",
    en="This is not a rescue file of Patrol, or its beginning is damaged. Export it again on the phone.",
    zh="这不是网格巡查的抢救文件，或文件开头已损坏，请在手机上重新导出。",
)
OTHER_BUREAU = problem(
    "sync.other_bureau",
    en="This file was sealed for another server (key {key}). Only that server can open it.",
    zh="该文件是为另一台服务器加密的（密钥 {key}），只有那台服务器能打开。",
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Owner(_Strict):
    """Whose records these are, and the data key of that person's phone, wrapped for the bureau."""

    uid: str = Field(max_length=36)
    escrow: str = Field(max_length=1024)


class Record(_Strict):
    """One sealed record: an entry by its ``id`` or a photo by its ``sha256``."""

    type: Literal["entry", "blob"]
    owner: str = Field(max_length=36)
    iv: str = Field(max_length=32)
    size: int = Field(ge=16, le=200_000_000)
    id: str = Field(default="", max_length=36)
    seq: int = Field(default=0, ge=0, le=2**53)
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")

    @property
    def name(self) -> str:
        """Return the name that the seal authenticates (static/js/store/locker.js)."""
        return f"entry/{self.id}" if self.type == "entry" else f"{self.owner}/blob/{self.sha256}"


class Header(_Strict):
    """What stands in the open: which phone, when, whose, and how the bytes are divided."""

    key_id: str = Field(max_length=64)
    device_uid: str = Field(max_length=36)
    exported_at: str = Field(max_length=40)
    clock_offset_ms: float | None = None
    part: int = Field(default=1, ge=1)
    parts: int = Field(default=1, ge=1)
    people: list[Owner] = Field(max_length=50)
    records: list[Record] = Field(max_length=RECORDS)


@dataclass
class RescueFile:
    """A file whose header was read; ``keys`` holds the opened data key of each owner."""

    path: Path
    header: Header
    begins: int
    keys: dict[str, bytes] = field(default_factory=dict, repr=False)

    def sealed(self, kind: str) -> Iterator[tuple[Record, bytes | None]]:
        """Yield the records of a kind with their opened bytes; ``None`` where a record is damaged or cut off."""
        at = self.begins
        with self.path.open("rb") as file:
            for record in self.header.records:
                if record.type == kind:
                    file.seek(at)
                    yield record, self._opened(record, file.read(record.size))
                at += record.size

    def _opened(self, record: Record, data: bytes) -> bytes | None:
        key = self.keys.get(record.owner)
        if key is None or len(data) != record.size:
            return None
        try:
            iv = base64.b64decode(record.iv, validate=True)
            return AESGCM(key).decrypt(iv, data, record.name.encode())
        except (InvalidTag, ValueError):
            return None


def read_rescue(path: Path, key: rsa.RSAPrivateKey, own_key_id: str) -> RescueFile:
    """Read the header of a rescue file and open its owners' keys.

    Raises :class:`PatrolError` for what is no such file, and for one that was sealed for another server.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise PatrolError(NOT_A_RESCUE, where="file")
        length = struct.unpack(">I", file.read(4).rjust(4, b"\0"))[0]
        if not 2 <= length <= HEADER_BYTES:
            raise PatrolError(NOT_A_RESCUE, where="file")
        raw = file.read(length)
    header = _header(raw)
    if header.key_id != own_key_id:
        raise PatrolError(OTHER_BUREAU, where="file", key=header.key_id[:16])
    read = RescueFile(path, header, len(MAGIC) + 4 + length)
    for owner in header.people:
        try:
            read.keys[owner.uid] = opened(key, base64.b64decode(owner.escrow, validate=True))
        except ValueError as error:
            raise PatrolError(NOT_A_RESCUE, where="file") from error
    return read


def _header(raw: bytes) -> Header:
    try:
        said: Any = json.loads(raw.decode("utf-8"))
        return Header.model_validate(said)
    except (ValueError, RecursionError, ValidationError) as error:
        raise PatrolError(NOT_A_RESCUE, where="file") from error
