"""Every SELECT about patrols, tracks and visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from patrol.infra.db import unscoped
from patrol.patrols.models import Patrol, TrackGap, TrackPoint, Visit
from patrol.routes import Team


def patrol_by_uid(session: Session, uid: str) -> Patrol | None:
    """Return a patrol wherever it lies: its number says nothing, its owner is compared by the caller."""
    with unscoped(session, "whether a number made by a phone is taken does not depend on the division"):
        return session.scalars(select(Patrol).where(Patrol.uid == uid)).one_or_none()


def visit_exists(session: Session, uid: str) -> bool:
    """Say whether a visit's number is taken, anywhere."""
    with unscoped(session, "whether a number made by a phone is taken does not depend on the division"):
        return session.scalar(select(Visit.id).where(Visit.uid == uid)) is not None


def visit_id(session: Session, uid: str) -> int | None:
    """Return the key of a visit within scope."""
    return session.scalar(select(Visit.id).where(Visit.uid == uid))


def recent_visits(session: Session, venue_ids: Sequence[int], most: int) -> dict[int, list[Visit]]:
    """Return the last ``most`` visits of each venue, newest first."""
    if not venue_ids:
        return {}
    newest = (
        func.row_number().over(
            partition_by=Visit.venue_id, order_by=(Visit.arrived_at.desc(), Visit.id.desc())
        )
    ).label("place")
    ranked = select(Visit.id, newest).where(Visit.venue_id.in_(venue_ids)).subquery()
    rows = session.scalars(
        select(Visit)
        .join(ranked, ranked.c.id == Visit.id)
        .where(ranked.c.place <= most)
        .order_by(Visit.arrived_at.desc(), Visit.id.desc())
    )
    found: dict[int, list[Visit]] = {}
    for row in rows:
        found.setdefault(row.venue_id, []).append(row)
    return found


def patrols_between(start: dt.datetime, end: dt.datetime, team_uid: str = "") -> Select[Patrol]:
    """Return the patrols that started in a half-open period, newest first; of one team if given."""
    statement = (
        select(Patrol)
        .where(Patrol.started_at >= start, Patrol.started_at < end)
        .options(joinedload(Patrol.person), joinedload(Patrol.team))
        .order_by(Patrol.started_at.desc(), Patrol.id.desc())
    )
    return statement.where(Patrol.team.has(uid=team_uid)) if team_uid else statement


def patrols_of(person_id: int) -> Select[Patrol]:
    """Return one person's own patrols, newest first."""
    return (
        select(Patrol)
        .where(Patrol.person_id == person_id)
        .options(joinedload(Patrol.person), joinedload(Patrol.team))
        .order_by(Patrol.started_at.desc(), Patrol.id.desc())
    )


def visits_of(session: Session, patrol: Patrol) -> list[Visit]:
    """Return the visits of a patrol in the order they were made."""
    statement = (
        select(Visit)
        .where(Visit.patrol_id == patrol.id)
        .options(joinedload(Visit.venue))
        .order_by(Visit.arrived_at, Visit.id)
    )
    return list(session.scalars(statement))


def visits_at(venue_id: int) -> Select[Visit]:
    """Return the visits of a venue, newest first."""
    return (
        select(Visit)
        .where(Visit.venue_id == venue_id)
        .options(joinedload(Visit.person))
        .order_by(Visit.arrived_at.desc(), Visit.id.desc())
    )


def teams_to_choose(session: Session) -> list[tuple[str, str]]:
    """Return the active teams within scope, by name."""
    rows = session.execute(select(Team.uid, Team.name).where(Team.active.is_(True)).order_by(Team.name))
    return [(uid, name) for uid, name in rows]


def visit_counts(session: Session, patrol_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return for each patrol how many visits had which outcome."""
    rows = session.execute(
        select(Visit.patrol_id, Visit.outcome, func.count(Visit.id))
        .where(Visit.patrol_id.in_(patrol_ids))
        .group_by(Visit.patrol_id, Visit.outcome)
    )
    counts: dict[int, dict[str, int]] = {}
    for patrol_id, outcome, number in rows:
        counts.setdefault(int(patrol_id or 0), {})[outcome] = int(number)
    return counts


def track_of(session: Session, patrol: Patrol) -> tuple[list[TrackPoint], list[TrackGap]]:
    """Return the points and gaps of a patrol in time order; the caller has loaded the patrol within scope."""
    points = session.scalars(
        select(TrackPoint).where(TrackPoint.patrol_id == patrol.id).order_by(TrackPoint.at)
    )
    gaps = session.scalars(select(TrackGap).where(TrackGap.patrol_id == patrol.id).order_by(TrackGap.from_at))
    return list(points), list(gaps)


def track_parts(
    points: Sequence[TrackPoint], gaps: Sequence[TrackGap], longest_silence_s: float = 60.0
) -> tuple[list[list[tuple[float, float]]], list[dict[str, Any]]]:
    """Cut a track where nothing was recorded, so that no map draws a line that nobody walked.

    Parameters: points and gaps in time order; ``longest_silence_s`` seconds between two points of one part.
    Returns: the parts as lists of (lon, lat), and the gaps between them as ``{"from", "to", "reason", "line"}``.
    """
    parts: list[list[tuple[float, float]]] = []
    holes: list[dict[str, Any]] = []
    before: TrackPoint | None = None
    for point in points:
        here = (point.lon, point.lat)
        silent = before is not None and (point.at - before.at).total_seconds() > longest_silence_s
        if before is None or silent:
            parts.append([])
        if before is not None and silent:
            reason = next((g.reason for g in gaps if g.from_at < point.at and g.to_at > before.at), "")
            line = [(before.lon, before.lat), here]
            holes.append({"from": before.at, "to": point.at, "reason": reason, "line": line})
        parts[-1].append(here)
        before = point
    return parts, holes
