"""One question answered whole: places in scope, what happened there, and the units judged. Kept on a shelf."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from patrol.core.geo import LocalMetres
from patrol.hotspots import queries
from patrol.hotspots.questions import EPOCH, Question
from patrol.hotspots.shelf import Shelf
from patrol.hotspots.surfaces import Coverage, History, Judged, coverage, histories, judge
from patrol.hotspots.units import Units, grid_units, square_units
from patrol.infra.db import Principal

CHINA = dt.timezone(dt.timedelta(hours=8))
STEPS = 12
#: days for which a visit counts as a recent look
SEEN_DAYS = 30
#: how far a hotspot is thought to move
REACH_M = 1500.0
_shelf = Shelf()


@event.listens_for(Engine, "engine_disposed")
def forget_answers(_engine: Engine) -> None:
    """Clear the shelf with the last connection: the next may lead to another database with the same stamp."""
    _shelf.clear()


@dataclass(frozen=True)
class Viewer:
    """Who looks: the grids they are kept to (``None`` for the whole scope), and whether small counts are shown."""

    scope_path: str
    grids: tuple[int, ...] | None
    small_counts: bool


def viewer_of(session: Session, actor: Principal) -> Viewer:
    """Say what a person may see: managers their division, everybody else the grids they answer for."""
    grids = None if actor.may("hotspots.read") else tuple(queries.own_grids(session, actor.person_id))
    return Viewer(actor.scope_path, grids, actor.may("hotspots.small_counts"))


@dataclass(frozen=True)
class Answer:
    """Counts of the period are (places,) in ``here``. ``impossible`` (places,) marks those with findings though no
    door opened there in the period: which cannot be, so their findings are in no count.
    """

    question: Question
    version: str
    places: queries.Places
    here: dict[str, NDArray[np.int64]]
    units: Units
    judged: Judged
    future: int
    impossible: NDArray[np.bool_]

    def total(self, name: str) -> int:
        """Sum one count over all places."""
        return int(self.here[name].sum())

    @cached_property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of what is shown: of the grids, else of nearly all places."""
        if len(self.units) == 0:
            return None
        if not self.units.squares:
            return _box(shapely.total_bounds(self.units.shapes))
        lon, lat = self.places.lon, self.places.lat
        west, east = np.quantile(lon, [0.002, 0.998])
        south, north = np.quantile(lat, [0.002, 0.998])
        return _box((west - 0.004, south - 0.004, east + 0.004, north + 0.004))


def _box(bounds: Any) -> tuple[float, float, float, float]:
    west, south, east, north = (float(side) for side in bounds)
    return west, south, east, north


def version_of(session: Session, viewer: Viewer, question: Question, *more: str) -> str:
    """Return the data version of an answer: what its ETag says."""
    told = "|".join((queries.stamp(session), str(viewer), str(question), *more))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def answer(session: Session, viewer: Viewer, question: Question) -> Answer:
    """Answer a question for a viewer, from the shelf where nothing has changed since."""
    version = version_of(session, viewer, question)
    return _shelf.take(("answer", version), lambda: _answer(session, viewer, question, version))


def _answer(session: Session, viewer: Viewer, question: Question, version: str) -> Answer:
    now = queries.stamp(session)
    there = _shelf.take(
        ("places", now, viewer, question.kind), lambda: queries.places(session, question.kind, viewer.grids)
    )
    here = {n: c[:, 0] for n, c in queries.counts(session, there, question.first, question.last).items()}
    impossible = without_visits(here)
    if question.by == "grids":
        units = grid_units(there, queries.grids_with_shapes(session, viewer.grids))
    else:
        units = square_units(there, int(question.by), queries.grid_names(session))
    totals = {name: units.total(count) for name, count in here.items()}
    judged = judge(
        totals["findings"], totals["visits"], totals["sampled_findings"], totals["sampled_visits"], units.near,
        lattice=units.lattice,
    )  # fmt: skip
    return Answer(question, version, there, here, units, judged, _future(session, question), impossible)


def without_visits(counted: dict[str, NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Take the findings of places without any answered visit out of counts (places,) or (places, steps).

    Returns (places,): where there were such findings. A place that was visited in some step keeps those of all.
    """
    steps = tuple(range(1, counted["visits"].ndim))
    visits, findings = (counted[name].sum(axis=steps) for name in ("visits", "findings"))
    impossible = (findings > 0) & (visits == 0)
    for name in ("findings", "sampled_findings"):
        if name in counted:
            counted[name][impossible] = 0
    return np.asarray(impossible)


def _future(session: Session, question: Question) -> int:
    """How many days after the period's end hold records: dates in the future, if the period ends today."""
    known = _shelf.take(("days", queries.stamp(session)), lambda: queries.days_known(session))
    return max(0, known[1] - question.last) if known else 0


def steps_of(question: Question, steps: int = STEPS) -> tuple[int, int]:
    """Return first day and length of equal steps that end with the period; older days fill the first steps."""
    length = max(7, question.days // steps)
    return question.last - steps * length + 1, length


def step_days(question: Question) -> list[str]:
    """Return the last day of each step."""
    first, length = steps_of(question)
    return [dt.date.fromordinal(EPOCH + first + (k + 1) * length - 1).isoformat() for k in range(STEPS)]


def counts_by_step(session: Session, given: Answer) -> dict[str, NDArray[np.float64]]:
    """Return findings and visits (units, steps) of an answer's units."""

    def make() -> dict[str, NDArray[np.float64]]:
        first, _length = steps_of(given.question)
        last, names = given.question.last, ("findings", "visits")
        counted = queries.counts(session, given.places, first, last, steps=STEPS, names=names)
        without_visits(counted)
        return {name: given.units.total(values) for name, values in counted.items()}

    return _shelf.take(("steps", given.version), make)


def history(session: Session, given: Answer) -> History | None:
    """Name the history of each unit of an answer."""

    def make() -> History | None:
        counted = counts_by_step(session, given)
        x, y = flat(given)
        return histories(counted["findings"], counted["visits"], given.units.near, x, y, REACH_M)

    return _shelf.take(("history", given.version), make)


def flat(given: Answer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of an answer's units in metres round the middle of what is shown."""
    lon, lat = given.units.middles()
    if lon.size == 0:
        return lon, lat
    return LocalMetres(round(float(np.median(lon)), 4), round(float(np.median(lat)), 4)).project(lon, lat)


def covered(session: Session, given: Answer) -> Coverage:
    """Say what was looked at in an answer's units as of the end of its period."""

    def make() -> Coverage:
        last = queries.last_visited(session, given.places, given.question.last)
        return coverage(
            last, given.places.interval, given.units.of_place, len(given.units), given.question.last
        )

    return _shelf.take(("coverage", given.version), make)


def days_since_by_step(session: Session, given: Answer) -> NDArray[np.float64]:
    """Share of each unit's venues that had been visited in the 30 days before each step's end, (units, steps)."""

    def make() -> NDArray[np.float64]:
        first, length = steps_of(given.question)
        earlier = -(-SEEN_DAYS // length)
        begin, steps = first - earlier * length, earlier + STEPS
        by_step = queries.last_visited_by_step(session, given.places, begin, given.question.last, steps=steps)
        newest = np.maximum.accumulate(by_step, axis=1)[:, earlier:]
        ends = first + length * np.arange(1, STEPS + 1) - 1
        seen = (newest >= 0) & (ends - newest < SEEN_DAYS)
        venues = np.maximum(given.units.total(np.ones(len(given.places))), 1)
        return np.asarray(given.units.total(seen) / venues[:, None], dtype=np.float64)

    return _shelf.take(("looked", given.version), make)


def kept(key: tuple[Any, ...], make: Any) -> Any:
    """Take anything else made of an answer from the shelf; ``key`` must hold the answer's version."""
    return _shelf.take(key, make)
