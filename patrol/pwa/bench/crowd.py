"""The big database of the web benchmark: the demo city grown to 20,000 venues and 1,000,000 visits on SQLite.

Venues are the demo's, copied a few metres aside; visits are spread over five years, 15 to a patrol, with the demo's
share of findings. Everything is invented, the same for the same seed.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng
from sqlalchemy import func, insert, select

from patrol.findings import Finding
from patrol.infra import spatial
from patrol.infra.db import db, unscoped, upgrade, utc_now
from patrol.patrols import Patrol, Visit
from patrol.routes import Plan, Route, Stop, Team
from patrol.venues import Venue

VENUES = 20_000
VISITS = 1_000_000
VISITS_PER_PATROL = 15
YEARS = 5
CHUNK = 20_010
#: keys of the stops made here lie above those of the demo's plans
STOPS_FROM = 10_000_000
_PLACE = (func.ST_X(Venue.geom).label("lon"), func.ST_Y(Venue.geom).label("lat"))
OUTCOMES = np.array(["nothing_found", "no_answer", "refused", "suspicious", "violation"])
SHARES = (0.80, 0.165, 0.015, 0.015, 0.005)


def grown_city(folder: Path, seed: int = 20260501) -> dict[str, Any]:
    """Make the database below ``folder`` (once: a finished one is used again) and return the settings to open it."""
    from patrol import create_app

    settings = {"DATABASE_URL": f"sqlite:///{folder / 'patrol.db'}", "DATA_DIR": str(folder)}
    done = folder / "grown"
    if done.exists():
        return settings
    demo_city(settings, seed)
    app = create_app(settings)
    with app.app_context():
        with unscoped(db.session, "the benchmark's city is made by the system"):
            _grow(default_rng(seed))
        db.session.commit()
    upgrade(app)  # keeps the database's statistics fresh, as every start of the program does
    done.touch()
    return settings


def demo_city(settings: dict[str, Any], seed: int = 20260501) -> None:
    """Make the demo city by the program's own commands, as whoever installs it does."""
    for words in (["db", "upgrade"], ["demo", "--if-empty", "--seed", str(seed)]):
        command = [sys.executable, "-c", "from patrol.cli import main; main()", *words]
        subprocess.run(command, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)


def _grow(rng: Generator) -> None:
    session = db.session
    columns = [column for column in Venue.__table__.c if column.name not in {"id", "uid", "geom"}]
    found = session.execute(select(*columns, *_PLACE)).mappings().all()
    session.execute(insert(Venue), list(_more_venues(found, VENUES - len(found), rng)))
    venues = session.execute(select(Venue.id, Venue.grid_id, Venue.scope_path, *_PLACE)).all()
    places = dict(
        zip(("id", "grid", "scope", "lon", "lat"), map(list, zip(*venues, strict=True)), strict=True)
    )
    officers = sorted({person for person in session.scalars(select(Visit.person_id)) if person is not None})
    first = (session.scalar(select(Visit.id).order_by(Visit.id.desc()).limit(1)) or 0) + 1
    missing, patrol = VISITS - first + 1, 1
    for start in range(0, missing, CHUNK):
        count = min(CHUNK, missing - start)
        _store_visits(places, officers, (first + start, patrol), count, rng)
        patrol += -(-count // VISITS_PER_PATROL)


def _more_venues(found: Any, missing: int, rng: Generator) -> Iterator[dict[str, Any]]:
    for number in range(missing):
        row = dict(found[number % len(found)])
        lon, lat = row.pop("lon") + rng.normal(0, 4e-4), row.pop("lat") + rng.normal(0, 4e-4)
        copy = number // len(found) + 2
        yield {**row, "uid": _uid(rng), "geom": spatial.point(round(lon, 6), round(lat, 6)),
               "code": f"{row['code']}-{copy}", "name": f"{row['name']}之{copy}",
               "qr_token": rng.bytes(10).hex()}  # fmt: skip


def _store_visits(
    places: dict[str, list[Any]], officers: list[int], keys_from: tuple[int, int], count: int, rng: Generator
) -> None:
    """Store ``count`` visits with all that belongs to them; ``keys_from``: the first visit's and patrol's key."""
    first, first_patrol = keys_from
    session, now = db.session, utc_now().replace(microsecond=0)
    session.flush()
    patrols = -(-count // VISITS_PER_PATROL)
    days_ago = np.sort(rng.integers(1, 365 * YEARS, patrols))[::-1]
    begun = [(now - dt.timedelta(days=int(d))).replace(hour=1, minute=0, second=0) for d in days_ago]
    person = rng.choice(officers, patrols)
    # Steps of one length never meet a venue twice within a patrol.
    number = np.arange(count)
    start, step = rng.integers(0, len(places["id"]), patrols), rng.integers(1, 1000, patrols)
    walk_of, turn_of = number // VISITS_PER_PATROL, number % VISITS_PER_PATROL
    where = (start[walk_of] + step[walk_of] * turn_of) % len(places["id"])
    keys = [first_patrol + n for n in range(patrols)]
    routes = _store_routes(begun, first_patrol)
    session.execute(
        insert(Patrol),
        [
            {"id": keys[n], "uid": _uid(rng), "scope_path": places["scope"][where[n * VISITS_PER_PATROL]],
             "person_id": int(person[n]), "route_id": routes[n], "state": "ended", "started_at": begun[n],
             "ended_at": begun[n] + dt.timedelta(hours=7), "events": []}
            for n in range(patrols)
        ],
    )  # fmt: skip
    outcomes = rng.choice(OUTCOMES, count, p=SHARES)
    stops, visits = [], []
    for n, (place, outcome) in enumerate(zip(where, outcomes, strict=True)):
        walk, turn = divmod(n, VISITS_PER_PATROL)
        arrived = begun[walk] + dt.timedelta(minutes=25 * turn)
        left = arrived + dt.timedelta(minutes=12)
        stops.append(
            {"id": STOPS_FROM + first + n, "uid": _uid(rng), "route_id": routes[walk], "venue_id": places["id"][place],
             "position": turn + 1, "planned_arrival": arrived, "planned_leave": left}
        )  # fmt: skip
        visits.append(
            {"id": first + n, "uid": _uid(rng), "scope_path": places["scope"][place], "venue_id": places["id"][place],
             "grid_id": places["grid"][place], "patrol_id": keys[walk], "person_id": int(person[walk]),
             "stop_id": STOPS_FROM + first + n, "outcome": str(outcome), "arrived_at": arrived, "left_at": left,
             "lon": places["lon"][place], "lat": places["lat"][place], "accuracy_m": 12.0, "presence": {},
             "source": "bench", "received_at": arrived}
        )  # fmt: skip
    session.execute(insert(Stop), stops)
    session.execute(insert(Visit), visits)
    session.execute(insert(Finding), [_finding(row, rng) for row in visits if row["outcome"] in OUTCOMES[3:]])


def _store_routes(begun: list[dt.datetime], first: int) -> list[int]:
    """Store a published plan for each day and a route for each patrol; return the routes' keys."""
    session = db.session
    teams = session.execute(select(Team.id, Team.agency_id, Team.scope_path).order_by(Team.id)).all()
    creator = session.scalar(select(Plan.created_by_id).limit(1))
    # An agency has one plan a day: the demo's own plans, and those of earlier chunks, take the new routes in.
    plans: dict[tuple[dt.date, int], Plan] = {
        (plan.day, plan.agency_id): plan for plan in session.scalars(select(Plan))
    }
    routes = []
    for number, at in enumerate(begun):
        team = teams[(first + number) % len(teams)]
        plan = plans.get((at.date(), team.agency_id))
        if plan is None:
            plan = plans[(at.date(), team.agency_id)] = Plan(
                agency_id=team.agency_id, scope_path=team.scope_path, day=at.date(), state="published",
                created_by_id=creator, published_at=at,
            )  # fmt: skip
            session.add(plan)
        route = Route(
            plan=plan, team_id=team.id, scope_path=team.scope_path, day=at.date(), start_at=at,
            end_at=at + dt.timedelta(hours=7),
        )  # fmt: skip
        routes.append(route)
    session.add_all(routes)
    session.flush()
    keys = [route.id for route in routes]
    session.expunge_all()
    return keys


def _finding(visit: dict[str, Any], rng: Generator) -> dict[str, Any]:
    return {
        "uid": _uid(rng), "scope_path": visit["scope_path"], "visit_id": visit["id"], "visit_uid": visit["uid"],
        "venue_id": visit["venue_id"], "grid_id": visit["grid_id"], "person_id": visit["person_id"],
        "kind": visit["outcome"], "found_at": visit["arrived_at"], "text": "屋内有多人听课，墙面有课程表。",
        "checklist_version": 1, "answers": {}, "source": "bench", "geom": spatial.point(visit["lon"], visit["lat"]),
        "position": {"lon": visit["lon"], "lat": visit["lat"], "accuracy_m": 12.0, "source": "gps"},
        "received_at": visit["received_at"],
    }  # fmt: skip


def _uid(rng: Generator) -> str:
    return str(uuid.UUID(bytes=rng.bytes(16), version=4))
