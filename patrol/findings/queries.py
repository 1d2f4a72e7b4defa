"""Every SELECT about findings and their photos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from patrol.findings.models import Finding, Photo
from patrol.infra.db import one_or_404, unscoped
from patrol.venues import Venue


def finding_exists(session: Session, uid: str) -> bool:
    """Say whether a finding's number is taken, anywhere."""
    with unscoped(session, "whether a number made by a phone is taken does not depend on the division"):
        return session.scalar(select(Finding.id).where(Finding.uid == uid)) is not None


def is_withdrawn(session: Session, uid: str) -> bool:
    """Say whether a finding was taken in once and withdrawn since, anywhere."""
    with unscoped(session, "a phone that sends a withdrawn record again is told so wherever it lies"):
        found = session.scalar(
            select(Finding.id).where(Finding.uid == uid, Finding.withdrawn_at.is_not(None))
        )
    return found is not None


def finding_by_uid(session: Session, uid: str) -> Finding:
    """Return one finding within scope with all its page shows, or raise the 404."""
    return one_or_404(
        session,
        select(Finding)
        .where(Finding.uid == uid)
        .options(joinedload(Finding.venue), joinedload(Finding.person), selectinload(Finding.photos)),
    )


def findings_between(
    start: dt.datetime, end: dt.datetime, *, kind: str = "", text: str = ""
) -> Select[Finding]:
    """Return the findings of a half-open period, newest first."""
    statement = (
        select(Finding)
        .where(Finding.found_at >= start, Finding.found_at < end, Finding.withdrawn_at.is_(None))
        .options(joinedload(Finding.venue), joinedload(Finding.person), selectinload(Finding.photos))
        .order_by(Finding.found_at.desc(), Finding.id.desc())
    )
    if kind:
        statement = statement.where(Finding.kind == kind)
    if text:
        pattern = f"%{text}%"
        statement = statement.where(
            or_(
                Finding.text.ilike(pattern),
                Finding.venue.has(or_(Venue.name.ilike(pattern), Venue.code == text)),
            )
        )
    return statement


def points_of(statement: Select[Finding]) -> Select[Any]:
    """Return uid, kind, venue's name, lon and lat of the findings of a statement."""
    wanted = statement.with_only_columns(Finding.id).order_by(None).order_by(Finding.found_at.desc())
    return (
        select(Finding.uid, Finding.kind, Venue.name, func.ST_X(Finding.geom), func.ST_Y(Finding.geom))
        .join(Venue, Venue.id == Finding.venue_id)
        .where(Finding.id.in_(wanted.scalar_subquery()))
    )


def place_of(session: Session, finding: Finding) -> tuple[float, float]:
    """Return lon and lat of a finding."""
    row = session.execute(
        select(func.ST_X(Finding.geom), func.ST_Y(Finding.geom)).where(Finding.id == finding.id)
    ).one()
    return float(row[0]), float(row[1])


def texts_of_visits(session: Session, visit_ids: Sequence[int]) -> dict[int, str]:
    """Return the finding's text of each visit that has one which still stands."""
    rows = session.execute(
        select(Finding.visit_id, Finding.text).where(
            Finding.visit_id.in_(visit_ids), Finding.withdrawn_at.is_(None)
        )
    )
    return {int(visit_id): text for visit_id, text in rows if visit_id is not None}


def chain_of(session: Session, finding: Finding) -> list[Finding]:
    """Return a finding with what it corrected and what corrected it, oldest first."""
    before: list[Finding] = []
    at = finding
    while at.supersedes_id is not None and len(before) < 50:
        earlier = session.scalars(select(Finding).where(Finding.id == at.supersedes_id)).one_or_none()
        if earlier is None:
            break
        before.insert(0, earlier)
        at = earlier
    after = list(
        session.scalars(select(Finding).where(Finding.supersedes_id == finding.id).order_by(Finding.id))
    )
    return [*before, finding, *after]


def photo_by_uid(session: Session, uid: str) -> Photo:
    """Return a photo whose finding lies within scope, or raise the 404."""
    return one_or_404(
        session, select(Photo).join(Finding, Finding.id == Photo.finding_id).where(Photo.uid == uid)
    )


def photos_with_bytes(session: Session, sha256: str) -> list[Photo]:
    """Return the photos within scope that a blob belongs to."""
    return list(
        session.scalars(
            select(Photo)
            .join(Finding, Finding.id == Photo.finding_id)
            .where(Photo.camera_or_album != "sound")
            .where(or_(Photo.sha256_original == sha256, Photo.sha256_display == sha256))
        )
    )
