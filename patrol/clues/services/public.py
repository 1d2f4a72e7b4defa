"""A resident's report: nothing about who, a code to follow it, only the code's hash kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.clues.domain import ALREADY_SENT, NO_DIVISION, Channel, State, code_hash, new_follow_code
from patrol.clues.models import ContactPoint, Sighting, SightingPhoto, SightingStep
from patrol.clues.queries import REPORT_LEVELS, sighting_exists
from patrol.clues.schemas import PublicReportIn
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.core.ids import Rng
from patrol.infra.audit import record
from patrol.infra.db import unscoped
from patrol.territory import Division


def report_publicly(
    session: Session,
    new: PublicReportIn,
    *,
    uid: str,
    photos: Sequence[tuple[str, int]] = (),
    contact_point: ContactPoint | None = None,
    clock: Clock,
    rng: Rng,
) -> str:
    """Store a resident's report and return the code to follow it, which is nowhere kept.

    Parameters: ``uid`` from the form's signed token, so that a page sent twice is one report; ``photos`` as
    (SHA-256, size) of the re-encoded copies, the originals being gone already; ``rng`` a cryptographic source.
    Raises :class:`PatrolError` for an unknown division or a form that has been sent before.
    """
    code, now = new_follow_code(rng), clock.now()
    with unscoped(session, "a resident has no account and no division"):
        if sighting_exists(session, uid):
            raise PatrolError(ALREADY_SENT)
        division = session.scalars(
            select(Division).where(Division.uid == new.division_uid, Division.level.in_(REPORT_LEVELS))
        ).one_or_none()
        if division is None:
            raise PatrolError(NO_DIVISION, where="division")
        session.add(
            Sighting(
                uid=uid,
                channel=Channel.RESIDENT.value,
                kind=new.kind.value,
                text=new.text.strip(),
                address=new.address.strip(),
                seen_on=new.seen_on.strip(),
                division_id=division.id,
                scope_path=division.scope_path,
                follow_sha256=code_hash(code),
                contact_point_id=contact_point.id if contact_point else None,
                received_at=now,
                photos=[_photo(sha256, size) for sha256, size in dict(photos).items()],
                steps=[SightingStep(state=State.RECEIVED.value, at=now)],
            )
        )
        if contact_point is not None:
            contact_point.response_count += 1
        session.flush()
        record(session, None, "clues.report", uid, {"channel": Channel.RESIDENT.value}, at=now)
    return code


def _photo(sha256: str, size: int) -> SightingPhoto:
    return SightingPhoto(
        sha256_original=sha256,
        size_original=size,
        type_original="image/jpeg",
        sha256_display=sha256,
        size_display=size,
        sha256_copy=sha256,
    )
