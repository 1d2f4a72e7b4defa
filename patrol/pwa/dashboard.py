"""The figures of the overview page; each is one query that the session bounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select

from patrol.clues import Sighting
from patrol.findings import Finding
from patrol.infra.db import utc_now
from patrol.infra.i18n import local_zone
from patrol.patrols import Patrol, Visit
from patrol.routes import Plan
from patrol.venues import Venue


def overview(session: Any) -> dict[str, Any]:
    """Return today's plans, patrols and latest findings, and the counts of the last 30 days."""
    now = utc_now()
    today = now.astimezone(local_zone()).date()
    since = now - dt.timedelta(days=30)
    count = _counter(session)
    return {
        "today": today,
        "plans": list(
            session.scalars(
                select(Plan)
                .where(Plan.day >= today, Plan.day <= today + dt.timedelta(days=1))
                .order_by(Plan.day)
            )
        ),
        "running": list(session.scalars(select(Patrol).where(Patrol.state == "running").limit(10))),
        "findings": list(session.scalars(select(Finding).order_by(Finding.found_at.desc()).limit(6))),
        "sightings": list(
            session.scalars(
                select(Sighting)
                .where(Sighting.state == "received")
                .order_by(Sighting.received_at.desc())
                .limit(6)
            )
        ),
        "figures": {
            "venues": count(select(func.count(Venue.id)).where(Venue.state == "open")),
            "visited_30": count(
                select(func.count(Venue.id)).where(Venue.state == "open", Venue.last_visited_at >= since)
            ),
            "visits_30": count(select(func.count(Visit.id)).where(Visit.arrived_at >= since)),
            "findings_30": count(select(func.count(Finding.id)).where(Finding.found_at >= since)),
            "sightings_open": count(select(func.count(Sighting.id)).where(Sighting.state != "closed")),
            "patrols_running": count(select(func.count(Patrol.id)).where(Patrol.state == "running")),
        },
    }


def _counter(session: Any) -> Any:
    def count(statement: Any) -> int:
        return int(session.scalar(statement) or 0)

    return count
