"""Every SELECT of proposals, and of what lies on the ground."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from patrol.ground.models import GroundDraft
from patrol.infra.audit import AuditEntry
from patrol.infra.db import one_or_404
from patrol.territory import Division, Grid, Points
from patrol.venues import Venue


def draft_by_uid(session: Session, uid: str) -> GroundDraft:
    """Return one proposal in scope with its content, or raise the 404."""
    return one_or_404(
        session, select(GroundDraft).where(GroundDraft.uid == uid).options(undefer(GroundDraft.content))
    )


def open_drafts(session: Session, most: int = 20) -> list[GroundDraft]:
    """Return the proposals that wait for a decision, newest first."""
    waiting = GroundDraft.state.in_(("asked", "ready"))
    return list(
        session.scalars(select(GroundDraft).where(waiting).order_by(GroundDraft.id.desc()).limit(most))
    )


def venue_points(session: Session, scope_path: str) -> Points:
    """Return the positions of the open venues of a division and everything below it."""
    rows = session.execute(
        select(func.ST_X(Venue.geom), func.ST_Y(Venue.geom))
        .where(Venue.scope_path.startswith(scope_path, autoescape=True), Venue.state == "open")
        .order_by(Venue.id)
    ).all()
    places = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 2)
    return Points(places[:, 0], places[:, 1])


def grids_below(session: Session, scope_path: str, *, retired: bool = False) -> list[Grid]:
    """Return the grids of a division and everything below it with their shapes, by code."""
    statement = (
        select(Grid).where(Grid.scope_path.startswith(scope_path, autoescape=True)).order_by(Grid.code)
    )
    if not retired:
        statement = statement.where(Grid.retired_at.is_(None))
    return list(session.scalars(statement.options(undefer(Grid.geom))))


def codes_ever_used(session: Session) -> list[str]:
    """Return every grid code in scope, retired ones included, so that no code comes back."""
    return list(session.scalars(select(Grid.code)))


def divisions_below(session: Session, scope_path: str) -> dict[str, Division]:
    """Return a division and everything below it, by code."""
    rows = session.scalars(
        select(Division)
        .where(Division.scope_path.startswith(scope_path, autoescape=True))
        .order_by(Division.scope_path)
    )
    return {row.code: row for row in rows}


def venues_per_grid(session: Session) -> dict[int, int]:
    """Count the open venues of every grid in scope."""
    rows = session.execute(
        select(Venue.grid_id, func.count(Venue.id)).where(Venue.state == "open").group_by(Venue.grid_id)
    )
    return {grid_id: number for grid_id, number in rows if grid_id is not None}


def history_of(session: Session, subject: str) -> list[AuditEntry]:
    """Return what happened to a grid or division, newest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == subject)
            .order_by(AuditEntry.number.desc())
            .limit(100)
        )
    )


def division_tree(session: Session) -> list[dict[str, Any]]:
    """Return every division in scope with its depth below the topmost, its own grids and venues."""
    divisions = list(session.scalars(select(Division).order_by(Division.scope_path)))
    grids = _per_division(session, Grid, Grid.retired_at.is_(None))
    venues = _per_division(session, Venue, Venue.state == "open")
    bounded = set(session.scalars(select(Division.id).where(Division.geom.is_not(None))))
    top = min((row.scope_path.count("/") for row in divisions), default=0)
    return [
        {
            "row": row,
            "depth": row.scope_path.count("/") - top,
            "grids": sum(n for path, n in grids.items() if path.startswith(row.scope_path)),
            "venues": sum(n for path, n in venues.items() if path.startswith(row.scope_path)),
            "bounded": row.id in bounded,
        }
        for row in divisions
    ]


def _per_division(session: Session, model: Any, keep: Any) -> dict[str, int]:
    rows = session.execute(
        select(model.scope_path, func.count(model.id)).where(keep).group_by(model.scope_path)
    )
    return {path: number for path, number in rows}
