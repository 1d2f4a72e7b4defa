"""Every SELECT of sync: receipts and declared files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.infra.blobs import Blob, BlobOwner
from patrol.sync.models import Device, Receipt


def receipts_of(session: Session, entry_uids: Iterable[str]) -> dict[str, Receipt]:
    """Return the receipts that exist, by entry."""
    rows = session.scalars(select(Receipt).where(Receipt.entry_uid.in_(list(entry_uids))))
    return {row.entry_uid: row for row in rows}


def stored_blobs(session: Session, sha256s: Iterable[str]) -> set[str]:
    """Return those of the hashes whose bytes have come."""
    return set(
        session.scalars(select(Blob.sha256).where(Blob.sha256.in_(list(sha256s)), Blob.state == "stored"))
    )


def bytes_since(session: Session, person_id: int, since: dt.datetime) -> int:
    """Return how many bytes of files this person sent since an instant."""
    summed = (
        select(func.coalesce(func.sum(Blob.size), 0))
        .join(BlobOwner, BlobOwner.sha256 == Blob.sha256)
        .where(BlobOwner.person_id == person_id, Blob.stored_at >= since)
    )
    return int(session.scalar(summed) or 0)


def declared_blob(session: Session, sha256: str, person_id: int) -> Blob | None:
    """Return a file that this person declared."""
    return session.scalars(
        select(Blob)
        .join(BlobOwner, BlobOwner.sha256 == Blob.sha256)
        .where(Blob.sha256 == sha256, BlobOwner.person_id == person_id)
    ).one_or_none()


def device_by_uid(session: Session, uid: str) -> Device | None:
    """Return a phone that has been here before."""
    return session.scalars(select(Device).where(Device.uid == uid)).one_or_none()
