"""Every SELECT about sightings."""

from __future__ import annotations

import shapely
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from patrol.clues.models import Sighting, SightingPhoto
from patrol.infra.db import one_or_404, unscoped
from patrol.infra.spatial import in_shape
from patrol.territory import Division, Grid


def sighting_exists(session: Session, uid: str) -> bool:
    """Say whether a sighting's number is taken, anywhere."""
    with unscoped(session, "whether a number made by a phone is taken does not depend on the division"):
        return session.scalar(select(Sighting.id).where(Sighting.uid == uid)) is not None


def grid_around(session: Session, point: shapely.Point) -> Grid | None:
    """Return the living grid within scope that a point lies in."""
    statement = select(Grid).where(in_shape(session, Grid, point), Grid.retired_at.is_(None)).limit(1)
    return session.scalars(statement).one_or_none()


def division_around(session: Session, point: shapely.Point) -> Division | None:
    """Return the smallest division within scope that a point lies in."""
    statement = (
        select(Division)
        .where(in_shape(session, Division, point))
        .order_by(func.length(Division.scope_path).desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def photo_by_uid(session: Session, uid: str) -> SightingPhoto:
    """Return a photo whose sighting lies within scope, or raise the 404."""
    return one_or_404(
        session,
        select(SightingPhoto)
        .join(Sighting, Sighting.id == SightingPhoto.sighting_id)
        .where(SightingPhoto.uid == uid),
    )


def photos_with_bytes(session: Session, sha256: str) -> list[SightingPhoto]:
    """Return the photos within scope that a blob belongs to."""
    return list(
        session.scalars(
            select(SightingPhoto)
            .join(Sighting, Sighting.id == SightingPhoto.sighting_id)
            .where(or_(SightingPhoto.sha256_original == sha256, SightingPhoto.sha256_display == sha256))
        )
    )
