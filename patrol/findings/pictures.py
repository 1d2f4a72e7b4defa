"""The copy of a photo that people look at, made by a child process that may be killed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError
from patrol.findings.domain import NOT_A_PICTURE, PICTURE_TOO_LARGE
from patrol.infra.config import Settings
from patrol.infra.files import blob_store, scratch_file

CHILD = Path(__file__).with_name("picture_child.py")
LONGEST_PX = 1600
MEMORY_MB = 1400
CPU_S = 20
_PICTURE_SIGNS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def display_copy(data: bytes, settings: Settings) -> bytes:
    """Return a JPEG of at most 1,600 pixels a side without any metadata.

    Raises :class:`PatrolError` for bytes that are no picture, and for more bytes or pixels than the settings
    allow; nothing is decoded in this process.
    """
    if len(data) > settings.PHOTO_MAX_BYTES:
        raise too_large(settings)
    if not data.startswith(_PICTURE_SIGNS):
        raise PatrolError(NOT_A_PICTURE)
    limits = (settings.PHOTO_MAX_PIXELS, LONGEST_PX, MEMORY_MB, CPU_S)
    command = [sys.executable, "-I", str(CHILD), *(str(limit) for limit in limits)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=3 * CPU_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise too_large(settings) from error
    if done.returncode == 0 and done.stdout.startswith(b"\xff\xd8\xff"):
        return done.stdout
    # Killed by its own limits (a signal), or it said so: too large. Everything else was not a picture.
    if done.returncode < 0 or done.returncode == 4:
        raise too_large(settings)
    raise PatrolError(NOT_A_PICTURE)


def too_large(settings: Settings) -> PatrolError:
    """Return the fault of a picture beyond what the settings allow, with both limits."""
    most_mb, most_mp = settings.PHOTO_MAX_BYTES // 1_000_000, settings.PHOTO_MAX_PIXELS // 1_000_000
    return PatrolError(PICTURE_TOO_LARGE, most_mb=most_mb, most_mp=most_mp)


def keep_bytes(data: bytes, settings: Settings) -> str:
    """Store bytes durably under their SHA-256 and return it."""
    sha256 = hashlib.sha256(data).hexdigest()
    store = blob_store(settings)
    if not store.has(sha256):
        scratch = scratch_file(settings)
        scratch.write_bytes(data)
        store.put(sha256, scratch)
    return sha256


def copy_of_stored(sha256s: list[str], settings: Settings) -> str:
    """Make the display copy of the first of these blobs that is a picture; return the copy's SHA-256.

    Raises :class:`PatrolError` of the last one if none can be read, and ``FileNotFoundError`` if none has come.
    """
    store, fault = blob_store(settings), PatrolError(NOT_A_PICTURE)
    present = [sha256 for sha256 in sha256s if sha256 and store.has(sha256)]
    if not present:
        raise FileNotFoundError("no blob of this photo has arrived")
    for sha256 in present:
        try:
            return keep_bytes(display_copy(store.read(sha256), settings), settings)
        except PatrolError as error:
            fault = error
    raise fault


class Stored(Protocol):
    """A photo's row, of whatever room: the hashes of what came, and of the copy made of it."""

    sha256_original: str
    sha256_display: str
    sha256_copy: str
    copy_fault: str


def copy_into(session: Session, photo_of: Callable[[], Stored], settings: Settings) -> dict[str, Any]:
    """Make a photo's copy in a child process, outside of any transaction, and keep its hash or why there is none.

    The phone's watermarked copy is preferred, because it says where and when; the sealed original is the fall-back.
    """
    photo = photo_of()
    wanted = [photo.sha256_display, photo.sha256_original]
    if photo.sha256_copy:
        return {"sha256_copy": photo.sha256_copy}
    session.commit()
    copy, fault = "", ""
    try:
        copy = copy_of_stored(wanted, settings)
    except PatrolError as error:
        fault = error.code
    photo = photo_of()
    photo.sha256_copy, photo.copy_fault = copy, fault
    session.commit()
    return {"sha256_copy": copy, "fault": fault}
