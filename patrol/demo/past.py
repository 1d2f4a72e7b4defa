"""Stores the invented year: visits, findings, sightings, dens, and what follows for the venues."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import numpy as np
from numpy.random import Generator
from sqlalchemy import insert, select, update

from patrol.clues import Sighting, SightingReporter
from patrol.core.clock import CHINA, Clock
from patrol.demo import history
from patrol.demo.store import demo_uid
from patrol.enforcement import Den
from patrol.findings import Finding, current_checklist
from patrol.infra import spatial
from patrol.patrols import Visit
from patrol.territory import Division
from patrol.venues import Venue

SIGHTINGS = 220


def store_past(session: Any, city: Any, clock: Clock, rng: Generator, random: Random) -> None:
    """Store a year of work that ended yesterday."""
    end = clock.now().astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    dens = history.den_lives(_den_centres(city, rng))
    diligence = _diligence(city, rng)
    intervals = np.array([place.interval_days for place in city.places])
    venue, ago = history.visit_days(intervals, diligence, rng)
    chance = _chance(city, dens, venue, ago, rng)
    result = history.outcomes(chance, rng)
    visits = _visit_rows(city, venue, ago, result, end, rng, random)
    session.execute(insert(Visit), visits)
    checklist = current_checklist(session)
    _store_findings(session, city, visits, venue, result, checklist, rng, random)
    _store_dens(session, city, dens, end, random)
    _store_sightings(session, city, dens, end, rng, random)
    _sum_up_venues(session, city, visits, venue, result)
    session.flush()


def _den_centres(city: Any, rng: Generator) -> np.ndarray:
    """Choose two busy spots and, for each, another about a kilometre away."""
    centres = []
    for middle in ((114.3010, 30.6140), (114.2690, 30.6020)):
        first = city.points[np.argmin(np.hypot(*(city.points - middle).T))]
        metres = np.hypot((city.points[:, 0] - first[0]) * 95_700, (city.points[:, 1] - first[1]) * 111_195)
        ring = np.flatnonzero((metres > 850) & (metres < 1300))
        centres += [first, city.points[int(rng.choice(ring))]]
    return np.array(centres)


def _diligence(city: Any, rng: Generator) -> np.ndarray:
    grids = sorted({g for g in city.venue_grid if g is not None})
    share = dict(zip(grids, rng.beta(5, 1.6, size=len(grids)), strict=True))
    for grid in rng.choice(grids, size=max(2, len(grids) // 25), replace=False):
        share[int(grid)] = 0.0
    return np.array([share[g] for g in city.venue_grid])


def _chance(city: Any, dens: Any, venue: np.ndarray, ago: np.ndarray, rng: Generator) -> np.ndarray:
    base = np.array([history.BASE_RATE[place.kind] for place in city.places])[venue]
    strict = np.array(history.STRICTNESS)[venue % len(history.STRICTNESS)]
    return np.clip(base * strict + history.heat(city.points[venue], dens, ago), 0, 0.9)


def _visit_rows(
    city: Any,
    venue: np.ndarray,
    ago: np.ndarray,
    result: np.ndarray,
    end: dt.datetime,
    rng: Generator,
    random: Random,
) -> list[dict[str, Any]]:
    inspectors = {"4201/420102": [], "4201/420103": []}  # type: dict[str, list[int]]
    for person in city.people.values():
        for part, members in inspectors.items():
            if part in person.scope_path and any(r.name == "inspector" for r in person.roles):
                members.append(person.id)
    rows = []
    for index, days, outcome in zip(venue, ago, result, strict=True):
        scope = city.venue_scope[index]
        officers = inspectors["4201/420102" if "/420102/" in scope else "4201/420103"]
        arrived = history.arrival(end, int(days), rng)
        lon, lat = city.points[index] + rng.normal(0, 0.00012, 2)
        rows.append(
            {
                "uid": demo_uid(random),
                "scope_path": scope,
                "venue_id": city.venue_ids[index],
                "grid_id": city.venue_grid[index],
                "person_id": officers[index % len(officers)],
                "outcome": history.OUTCOMES[outcome],
                "arrived_at": arrived,
                "left_at": arrived + dt.timedelta(minutes=city.places[index].service_minutes),
                "lon": round(float(lon), 6),
                "lat": round(float(lat), 6),
                "accuracy_m": float(rng.integers(5, 45)),
                "source": "demo",
                "received_at": arrived + dt.timedelta(minutes=20),
            }
        )
    return rows


def _store_findings(
    session: Any,
    city: Any,
    visits: list[dict[str, Any]],
    venue: np.ndarray,
    result: np.ndarray,
    checklist: Any,
    rng: Generator,
    random: Random,
) -> None:
    keys = dict(session.execute(select(Visit.uid, Visit.id)).all())
    items = [item for section in checklist["sections"] for item in section["items"]]
    rows = []
    for row, index, outcome in zip(visits, venue, result, strict=True):
        if outcome < 3:
            continue
        rows.append(
            {
                "uid": demo_uid(random),
                "scope_path": row["scope_path"],
                "visit_id": keys[row["uid"]],
                "venue_id": row["venue_id"],
                "grid_id": row["grid_id"],
                "person_id": row["person_id"],
                "kind": history.OUTCOMES[outcome],
                "found_at": row["arrived_at"],
                "text": history.TEXTS[int(rng.integers(len(history.TEXTS)))],
                "checklist_version": checklist["version"],
                "answers": history.answers_for(outcome == 4, items, rng),
                "source": "demo",
                "geom": spatial.point(*city.points[index]),
                "position": {
                    "lon": row["lon"],
                    "lat": row["lat"],
                    "accuracy_m": row["accuracy_m"],
                    "source": "gps",
                },
                "received_at": row["received_at"],
            }
        )
    session.execute(insert(Finding), rows)


def _store_dens(session: Any, city: Any, dens: Any, end: dt.datetime, random: Random) -> None:
    stored: list[Den] = []
    towns: dict[str, int] = dict(session.execute(select(Division.scope_path, Division.id)).all())
    for den in dens:
        nearest = int(np.argmin(np.hypot(*(city.points - (den.lon, den.lat)).T)))
        closed = None if den.closed is None else end - dt.timedelta(days=den.closed - 0.5)
        found = end - dt.timedelta(days=den.opened - 20)
        row = Den(
            uid=demo_uid(random),
            number=f"WD-{city.venue_scope[nearest].split('/')[-2]}-{found.year}-9{len(stored) + 1:03d}",
            division_id=towns[city.venue_scope[nearest]],
            name=den.name,
            venue_id=city.venue_ids[nearest],
            grid_id=city.venue_grid[nearest],
            scope_path=city.venue_scope[nearest],
            geom=spatial.point(den.lon, den.lat),
            state="closed" if closed else "suspected",
            found_on=found.date(),
            found_at=found,
            closed_on=closed.date() if closed else None,
            closed_at=closed,
            invented=True,
            relocated_from_id=None if den.moved_from is None else stored[den.moved_from].id,
        )
        session.add(row)
        session.flush()
        stored.append(row)


def _store_sightings(
    session: Any, city: Any, dens: Any, end: dt.datetime, rng: Generator, random: Random
) -> None:
    ago = rng.integers(0, 180, SIGHTINGS)
    near = rng.random(SIGHTINGS) < 0.45
    liaison = city.people["liaison"].id
    towns = dict(session.execute(select(Venue.id, Venue.division_id)).all())
    rows, reporters = [], []
    for days, close in zip(ago, near, strict=True):
        weights = (
            history.heat(city.points, dens, np.full(len(city.points), int(days))) if close else np.zeros(1)
        )
        total = weights.sum()
        index = (
            int(rng.choice(len(city.points), p=weights / total))
            if total > 0
            else int(rng.integers(len(city.points)))
        )
        received = (
            history.arrival(end, int(days), rng)
            if days
            else end - dt.timedelta(hours=float(rng.uniform(2, 10)))
        )
        uid, channel = demo_uid(random), "liaison" if rng.random() < 0.7 else "resident"
        rows.append(
            {
                "uid": uid,
                "scope_path": city.venue_scope[index],
                "channel": channel,
                "kind": ("gathering", "lecture", "lodging", "recruiting")[int(rng.integers(4))],
                "text": history.SIGHTING_TEXTS[int(rng.integers(len(history.SIGHTING_TEXTS)))],
                "address": city.places[index].address,
                "venue_id": city.venue_ids[index] if channel == "liaison" else None,
                "grid_id": city.venue_grid[index],
                "division_id": towns[city.venue_ids[index]],
                "geom": spatial.point(*city.points[index]),
                "state": "closed" if days > 20 else "received",
                "received_at": received,
                "closed_at": received + dt.timedelta(days=4) if days > 20 else None,
            }
        )
        if channel == "liaison":
            reporters.append(uid)
    session.execute(insert(Sighting), rows)
    keys = dict(session.execute(select(Sighting.uid, Sighting.id)).all())
    session.execute(
        insert(SightingReporter), [{"sighting_id": keys[uid], "person_id": liaison} for uid in reporters]
    )


def _sum_up_venues(
    session: Any, city: Any, visits: list[dict[str, Any]], venue: np.ndarray, result: np.ndarray
) -> None:
    """Write last visit, last outcome, counts and a shrunken finding rate into every venue."""
    last: dict[int, dict[str, Any]] = {}
    for row in visits:
        best = last.get(row["venue_id"])
        if best is None or row["arrived_at"] > best["arrived_at"]:
            last[row["venue_id"]] = row
    visited = np.bincount(venue, minlength=len(city.places))
    found = np.bincount(venue[result >= 3], minlength=len(city.places))
    overall = found.sum() / max(visited.sum(), 1)
    risk = (found + 6 * overall) / (visited + 6)
    session.execute(
        update(Venue),
        [
            {
                "id": key,
                "last_visited_at": last[key]["arrived_at"] if key in last else None,
                "last_outcome": last[key]["outcome"] if key in last else "",
                "visit_count": int(visited[i]),
                "finding_count": int(found[i]),
                "risk": float(round(risk[i], 5)),
            }
            for i, key in enumerate(city.venue_ids)
        ],
    )
