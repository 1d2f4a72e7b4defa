"""Builds the demo city from nothing, the same for the same seed and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import shapely
from flask import current_app
from numpy.random import Generator, default_rng
from sqlalchemy import select

from patrol.core.clock import Clock
from patrol.demo import ground, store
from patrol.demo.clue_year import store_clues
from patrol.demo.every_state import store_every_state
from patrol.demo.guarded import store_guarded
from patrol.demo.past import store_past
from patrol.demo.plans import store_plans
from patrol.demo.records import file_meetings_of_today, store_records
from patrol.infra.crypto import keyring
from patrol.infra.db import unscoped
from patrol.routes import Ways
from patrol.territory import Division, Grid, Points, Streets, grids_from_streets

Say = Callable[[str], None]
VENUES = {"420102": 1700, "420103": 1300}
BRANCH = {"420102": "jiangan", "420103": "jianghan"}
VENUES_PER_GRID = 30


@dataclass
class City:
    """What the demo has stored so far, handed from step to step."""

    points: np.ndarray
    places: list[ground.Place]
    venue_ids: list[int]
    venue_grid: list[int | None]
    venue_scope: list[str]
    people: dict[str, Any]
    divisions: dict[str, Division]
    teams: list[Any]


def is_empty(session: Any) -> bool:
    """Say whether the database holds no division yet."""
    with unscoped(session, "asking whether there is anything at all"):
        return session.scalar(select(Division.id).limit(1)) is None


def build(session: Any, ways: Ways, clock: Clock, seed: int, say: Say) -> City:
    """Store the whole demo city in one transaction; the caller commits. ``ways`` are what its plans go along."""
    rng, random = default_rng(seed), Random(seed)
    with unscoped(session, "the demo city is made by the system"):
        divisions = store.store_divisions(session, random)
        agencies = store.store_agencies(session, divisions, random)
        people = store.store_people(session, agencies, random)
        city = City(np.zeros((0, 2)), [], [], [], [], people, divisions, [])
        streets = ground.streets()
        for code in ground.DISTRICTS:
            say(f"{divisions[code].name}: 网格与场所 / grids and venues")
            _fill_district(session, city, code, agencies[BRANCH[code]], streets, clock, rng, random)
        city.teams = store.store_teams(session, agencies, people, random)
        say("一年的巡查 / a year of patrols")
        store_past(session, city, clock, rng, random)
        say("一年的线索 / a year of clues")
        store_clues(session, city, clock, default_rng(seed + 1), Random(seed + 1))
        say("一年的业务台账 / a year of records")
        store_records(session, city, clock, Random(seed + 2))
        ring = keyring(current_app.config["SETTINGS"])
        store_guarded(session, people, ring, clock, Random(seed + 3))
        store_every_state(session, city, clock, Random(seed + 5))
        say("今天的计划 / plans for today")
        store_plans(session, city, ways, clock, seed, random)
        file_meetings_of_today(session, city, clock, Random(seed + 4))
        session.flush()  # inside: what is written after this block belongs to a person
    return city


def _fill_district(
    session: Any,
    city: City,
    code: str,
    agency: Any,
    streets: Streets,
    clock: Clock,
    rng: Generator,
    random: Random,
) -> None:
    boundary = shapely.union_all(list(ground.district_shape(code).geoms))
    points = ground.scatter(boundary, streets.lines, VENUES[code], rng)
    cells = list(
        grids_from_streets(
            boundary, streets, Points(points[:, 0], points[:, 1]), rng=rng, venues_per_grid=VENUES_PER_GRID
        ).shapes
    )
    towns, grids = _store_cells(session, city, code, agency, cells, random)
    owner = _cell_of_points(points, cells)
    places = ground.invent_places(points, [towns[i].name for i in owner], rng)
    rows = store.venue_rows(
        places,
        [grids[i] for i in owner],
        [towns[i] for i in owner],
        len(city.places) + 1,
        clock.now(),
        random,
    )
    city.venue_ids += store.store_venues(session, rows)
    city.places += places
    city.points = np.vstack([city.points, points])
    city.venue_grid += [grids[i].id for i in owner]
    city.venue_scope += [towns[i].scope_path for i in owner]
    store.store_duties(session, grids, city.people, BRANCH[code])
    session.flush()


def _store_cells(
    session: Any, city: City, code: str, agency: Any, cells: list[Any], random: Random
) -> tuple[list[Division], list[Grid]]:
    names = ground.township_names(code)
    centres = np.array([[cell.centroid.x, cell.centroid.y] for cell in cells])
    owner = store.share_out(centres, names)
    towns = {
        index: store.store_township(
            session,
            city.divisions[code],
            *names[index],
            [c for c, o in zip(cells, owner, strict=True) if o == index],
            random,
        )
        for index in sorted(set(owner))
    }
    numbers = dict.fromkeys(towns, 0)
    grids = []
    for cell, index in zip(cells, owner, strict=True):
        numbers[index] += 1
        grids.append(store.store_grid(session, towns[index], agency, numbers[index], cell, random))
    session.flush()
    return [towns[i] for i in owner], grids


def _cell_of_points(points: np.ndarray, cells: list[Any]) -> list[int]:
    tree = shapely.STRtree(cells)
    shapes = shapely.points(points)
    hit = dict(zip(*(x.tolist() for x in tree.query(shapes, predicate="within")), strict=True))
    return [hit[i] if i in hit else int(tree.nearest(shapes[i])) for i in range(len(points))]


def local_midnight(clock: Clock, zone: dt.tzinfo) -> dt.datetime:
    """Return the beginning of today in the bureau's time zone."""
    return clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
