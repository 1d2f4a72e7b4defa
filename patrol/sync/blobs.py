"""Photos in pieces that resume: declared by an entry, appended to a part file, durable before anybody is told."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.infra.audit import record
from patrol.infra.blobs import Blob, BlobOwner
from patrol.infra.config import Settings
from patrol.infra.db import Principal
from patrol.infra.files import ALTERED, DISK_FULL, blob_store
from patrol.sync.domain import BLOB_ALTERED, BLOB_HEADERS, BLOB_MOVED, QUOTA
from patrol.sync.queries import bytes_since, stored_blobs

#: a part that proves altered this often is not asked for again
TRIES = 3


@dataclass(frozen=True)
class Progress:
    """How far a file has come."""

    offset: int
    complete: bool


def declare_blobs(
    session: Session, actor: Principal, declared: Mapping[str, tuple[int, str]], *, at: dt.datetime
) -> None:
    """Announce the files of an entry, so that its author may send them; the same bytes may be announced twice.

    ``declared``: SHA-256 to size in bytes and media type.
    """
    if not declared:
        return
    known = {blob.sha256: blob for blob in session.scalars(select(Blob).where(Blob.sha256.in_(declared)))}
    owned = set(
        session.scalars(
            select(BlobOwner.sha256).where(
                BlobOwner.sha256.in_(declared), BlobOwner.person_id == actor.person_id
            )
        )
    )
    for sha256, (size, media_type) in declared.items():
        if sha256 not in known:
            session.add(Blob(sha256=sha256, size=size, media_type=media_type, declared_at=at))
    session.flush()
    session.add_all(
        BlobOwner(sha256=sha256, person_id=actor.person_id) for sha256 in declared if sha256 not in owned
    )
    session.flush()


def missing_blobs(session: Session, declared: Mapping[str, tuple[int, str]]) -> list[str]:
    """Return the declared files whose bytes have not come, in their order."""
    stored = stored_blobs(session, list(declared)) if declared else set()
    return [sha256 for sha256 in declared if sha256 not in stored]


def part_path(settings: Settings, sha256: str, person_id: int) -> Path:
    """Return where one person's part of a file grows, on the blobs' own file system."""
    folder = settings.DATA_DIR / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{sha256}.{person_id}.part"


def progress_of(settings: Settings, blob: Blob, person_id: int) -> Progress:
    """Say how far a declared file has come."""
    if blob.state == "stored":
        return Progress(blob.size, True)
    part = part_path(settings, blob.sha256, person_id)
    return Progress(part.stat().st_size if part.exists() else 0, False)


def receive_chunk(
    settings: Settings, blob: Blob, person_id: int, offset: int, total: int, data: bytes
) -> bool:
    """Append a piece to its part and, when it is the last one, make the file durable under its hash.

    Parameters: ``offset`` where the phone believes the part stands; ``total`` bytes of the whole file.
    Returns: whether the file is now complete on disk. The row is the caller's to write, after this.
    Raises :class:`PatrolError`: 409 when the part stands elsewhere or proved altered (begin again), 422 when it
    proved altered for the third time, 507 when the disk is full; then nothing of the piece was kept.
    """
    if not 0 <= offset <= total or offset + len(data) > total or not 1 <= total <= settings.PHOTO_MAX_BYTES:
        raise PatrolError(BLOB_HEADERS)
    if blob_store(settings).has(blob.sha256):
        # Whoever renamed it may have died before the folder was flushed: the promise is made anew.
        blob_store(settings).keep(blob.sha256)
        return True
    path = part_path(settings, blob.sha256, person_id)
    with _locked(path) as part:
        size = os.fstat(part).st_size
        if size != offset:
            raise PatrolError(BLOB_MOVED, offset=size)
        _append(part, offset, data)
        if offset + len(data) < total:
            return False
        _seal(settings, blob.sha256, path)
    return True


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open a part alone: two tabs or two retries must not write into each other."""
    part = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(part, fcntl.LOCK_EX)
        if not path.exists() or os.fstat(part).st_ino != path.stat().st_ino:
            # Another request sealed this very part while we waited for it.
            raise PatrolError(BLOB_MOVED, offset=0)
        yield part
    finally:
        os.close(part)


def _append(part: int, offset: int, data: bytes) -> None:
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(part, data[written:], offset + written)
    except OSError as error:
        os.ftruncate(part, offset)
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise PatrolError(DISK_FULL) from error
        raise


def _seal(settings: Settings, sha256: str, path: Path) -> None:
    """Move a whole part to its place; count the times it proved altered."""
    tries = path.with_suffix(".tries")
    try:
        blob_store(settings).put(sha256, path)
        tries.unlink(missing_ok=True)
    except PatrolError as error:
        if error.code != ALTERED.code:
            raise
        path.unlink(missing_ok=True)
        failed = len(tries.read_bytes()) + 1 if tries.exists() else 1
        if failed >= TRIES:
            tries.unlink(missing_ok=True)
            raise PatrolError(BLOB_ALTERED) from error
        tries.write_bytes(b"." * failed)
        raise PatrolError(BLOB_MOVED, offset=0) from error
    except OSError as error:
        # After a flush that failed the kernel may call the same pages clean: the bytes must come again.
        path.unlink(missing_ok=True)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise PatrolError(DISK_FULL) from error
        raise


def require_quota(session: Session, settings: Settings, person_id: int, *, clock: Clock) -> None:
    """Raise 429 when a person has sent more within a day than anybody photographs; nothing is lost by waiting."""
    sent = bytes_since(session, person_id, clock.now() - dt.timedelta(days=1))
    if sent > settings.PHOTO_QUOTA_MB_PER_DAY * 1_000_000:
        most = settings.PHOTO_QUOTA_MB_PER_DAY
        raise PatrolError(QUOTA, sent=sent // 1_000_000, most=most, retry_after_s=3600)


def mark_stored(session: Session, blob: Blob, size: int, *, clock: Clock) -> bool:
    """Write that a file has come; return whether that is news."""
    if blob.state == "stored":
        return False
    blob.state, blob.size, blob.stored_at = "stored", size, clock.now()
    # The system writes this link: a sighting's photo must not name its reporter in the audit.
    record(session, None, "sync.blob", blob.sha256, {"size": size}, at=clock.now())
    session.flush()
    return True
