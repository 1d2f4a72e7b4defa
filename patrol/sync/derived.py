"""What follows when a file has come whole: copies to look at are ordered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from patrol.clues import photos_with_bytes as sighting_photos
from patrol.findings import photos_with_bytes as finding_photos
from patrol.infra.db import Principal
from patrol.infra.jobs import enqueue


def order_copies(session: Session, sha256: str, actor: Principal) -> None:
    """Have the display copies made of the photos that this file belongs to; commits the orders."""
    photos = [("findings.derive_photo", photo) for photo in finding_photos(session, sha256)]
    photos += [("clues.derive_photo", photo) for photo in sighting_photos(session, sha256)]  # type: ignore[misc]
    waiting = [(kind, photo.uid) for kind, photo in photos if not photo.sha256_copy]
    for kind, uid in waiting:
        enqueue(kind, {"photo_uid": uid}, actor if kind.startswith("findings.") else None)
