"""What the database of the served city holds, read beside the browser: the last word on "exactly once"."""

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from tests.databases import build_app, let_go


@dataclass(frozen=True)
class Door:
    """A stop of a route: its venue's name and place, and how often it was visited before."""

    name: str
    lon: float
    lat: float
    visits: int


class Ledger:
    """Reads the served database through the program's own models, unbounded, and never writes."""

    def __init__(self, url, folder):
        self._app = build_app(url, folder)

    def close(self):
        """Let go of the database."""
        let_go(self._app)

    @contextmanager
    def _session(self):
        from patrol.infra.db import db, unscoped

        with self._app.app_context():
            db.session.info["readonly"] = True
            with unscoped(db.session, "the story's ledger looks at everything"):
                yield db.session
            db.session.rollback()

    def doors(self, username: str, day: dt.date) -> list[Door]:
        """Return the stops of the published route of one person's team on a day, in their order."""
        from patrol.accounts import Person
        from patrol.patrols import Visit
        from patrol.routes import Plan, Route, Stop, TeamMember
        from patrol.venues import Venue

        with self._session() as session:
            rows = session.execute(
                select(Venue.id, Venue.name, Venue.lon, Venue.lat)
                .join(Stop, Stop.venue_id == Venue.id)
                .join(Route, Route.id == Stop.route_id)
                .join(Plan, Plan.id == Route.plan_id)
                .join(TeamMember, TeamMember.team_id == Route.team_id)
                .join(Person, Person.id == TeamMember.person_id)
                .where(Person.username == username, Route.day == day, Plan.state == "published")
                .order_by(Stop.position)
            ).all()
            counts = dict(
                session.execute(
                    select(Visit.venue_id, func.count())
                    .where(Visit.venue_id.in_([row.id for row in rows]))
                    .group_by(Visit.venue_id)
                ).all()
            )
        return [Door(row.name, row.lon, row.lat, counts.get(row.id, 0)) for row in rows]

    def arrived(self, since: dt.datetime) -> dict:
        """Return all that phones and residents brought since an instant, as plain values."""
        from patrol.clues import Sighting, SightingPhoto
        from patrol.findings import Finding, Photo
        from patrol.patrols import Patrol, TrackPoint, Visit

        with self._session() as session:
            visits = session.scalars(
                select(Visit).where(Visit.received_at >= since).order_by(Visit.arrived_at)
            )
            patrols = session.scalars(select(Patrol).where(Patrol.started_at >= since))
            findings = session.scalars(select(Finding).where(Finding.received_at >= since))
            sightings = session.scalars(select(Sighting).where(Sighting.received_at >= since))
            return {
                "visits": [(row.venue.name, row.outcome) for row in visits],
                "patrols": [(row.uid, row.state, [event["step"] for event in row.events]) for row in patrols],
                "points": session.scalar(select(func.count(TrackPoint.id))),
                "findings": [
                    {"uid": row.uid, "kind": row.kind, "text": row.text, "answers": row.answers,
                     "photos": sorted(photo.sha256_original for photo in row.photos)}
                    for row in findings
                ],
                "photos": session.scalar(select(func.count(Photo.id))),
                "sightings": [(row.uid, row.channel, row.kind, row.text) for row in sightings],
                "sighting_photos": sorted(session.scalars(select(SightingPhoto.sha256_original))),
            }  # fmt: skip
