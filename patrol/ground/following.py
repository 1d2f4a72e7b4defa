"""What lies on redrawn ground follows: people, venues, and what was recorded at them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Table, func, or_, select, update
from sqlalchemy.orm import Session

from patrol.infra.db import db
from patrol.territory import Division, Grid
from patrol.venues import Placer, Venue, load_placer

_AT_ONCE = 500


def venues_follow(session: Session, division: Division) -> int:
    """Place every venue of a division anew and return how many lie in another grid than before.

    Stops hang on their venue and need nothing. A venue that lies in no grid any more keeps its division.
    """
    placer = load_placer(session, division.uid)
    rows = session.execute(
        select(
            Venue.id, Venue.grid_id, Venue.division_id, func.ST_X(Venue.geom), func.ST_Y(Venue.geom)
        ).where(Venue.scope_path.startswith(division.scope_path, autoescape=True))
    ).all()
    places = placer.places(np.array([row[3] for row in rows]), np.array([row[4] for row in rows]))
    moved = [
        {
            "id": row[0],
            "grid_id": place.grid_id,
            "division_id": place.division_id,
            "scope_path": place.scope_path,
        }
        for row, place in zip(rows, places, strict=True)
        if (row[1], row[2]) != (place.grid_id, place.division_id)
    ]
    for start in range(0, len(moved), _AT_ONCE):
        session.execute(update(Venue), moved[start : start + _AT_ONCE])
    session.flush()
    _records_follow(session, placer, division, [row["id"] for row in moved])
    return len(moved)


def _records_follow(session: Session, placer: Placer, division: Division, moved: list[Any]) -> None:
    """Visits, findings and sightings are counted in the grid where their venue lies today.

    Their own texts, times and positions are sealed and stay; the grid is only where they are counted.
    """
    venue: Any = Venue.__table__
    for _name, table in sorted(db.metadata.tables.items()):
        if not {"grid_id", "venue_id", "scope_path"} <= set(table.c.keys()):
            continue
        now = select(venue.c.grid_id).where(venue.c.id == table.c.venue_id).scalar_subquery()
        for start in range(0, len(moved), _AT_ONCE):
            theirs = table.c.venue_id.in_(moved[start : start + _AT_ONCE])
            session.execute(update(table).where(theirs).values(grid_id=now))
        if "geom" in table.c and table.c.venue_id.nullable:
            _placeless_follow(session, table, placer, division)


def _placeless_follow(session: Session, table: Table, placer: Placer, division: Division) -> None:
    """What has a position but no venue goes by its position."""
    low, high = division.scope_path, division.scope_path[:-1] + "0"
    gone = select(Grid.id).where(Grid.retired_at.is_not(None))
    rows = session.execute(
        select(table.c.id, func.ST_X(table.c.geom), func.ST_Y(table.c.geom)).where(
            (table.c.scope_path >= low) & (table.c.scope_path < high),
            table.c.venue_id.is_(None),
            table.c.geom.is_not(None),
            or_(table.c.grid_id.is_(None), table.c.grid_id.in_(gone)),
        )
    ).all()
    if not rows:
        return
    places = placer.places(np.array([row[1] for row in rows]), np.array([row[2] for row in rows]))
    for row, place in zip(rows, places, strict=True):
        session.execute(update(table).where(table.c.id == row[0]).values(grid_id=place.grid_id))
