"""Did actions help, did it move next door (转移), did it come back (回流): rings round them, from ``place_day``.

The figures are those of :func:`~patrol.hotspots.statistics.monitor_displacement`, whose source stands there. Only
venues of the reader's division count; each that lies far from all actions may be a control.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from patrol.core.geo import LocalMetres
from patrol.hotspots import answers, queries
from patrol.hotspots.answers import Viewer
from patrol.hotspots.questions import EPOCH, Question
from patrol.hotspots.rows import SMALL
from patrol.hotspots.statistics import Displacement, Events, Watch, monitor_displacement

WATCH = Watch()
Ints = NDArray[np.integer[Any]]
#: before, after
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class Ring:
    """One ring over all actions; a count is ``None`` where it is withheld, a ratio where none can be told."""

    name: str
    findings: Pair
    visits: Pair
    control_findings: Pair
    control_visits: Pair
    ratio: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True)
class Spot:
    """One place of an action: what was found within the first ring, and when and where something was found again."""

    uid: str
    title: str
    day: dt.date
    lon: float
    lat: float
    observed: int
    findings: Pair
    visits: Pair
    first_again: int | None
    again: tuple[int, ...]


@dataclass(frozen=True)
class Mark:
    """A venue round one action, metres east and north of it, with its findings and visits before and after."""

    x: float
    y: float
    findings: tuple[int, int]
    visits: tuple[int, int]


@dataclass(frozen=True)
class Aftermath:
    """The outcome for the actions of a period or for one of them; ``spots`` with something found again come first.

    ``compared`` places have ``controls``, and the rings are of these, of all where none has. ``marks`` are the venues
    round one action; empty for many.
    """

    until: dt.date
    rings: tuple[Ring, ...]
    verdict: str
    spots: tuple[Spot, ...]
    controls: int
    compared: int
    quotient: float | None
    withheld: bool
    marks: tuple[Mark, ...]

    @property
    def actions(self) -> int:
        """How many actions are judged; one may have several places."""
        return len({spot.uid for spot in self.spots})

    @property
    def observed(self) -> tuple[int, int]:
        """Fewest and most days after an action that are known."""
        days = [spot.observed for spot in self.spots]
        return (min(days), max(days)) if days else (0, 0)

    @property
    def again(self) -> tuple[Spot, ...]:
        """Places where something was found again; none where that is withheld."""
        return tuple(spot for spot in self.spots if spot.first_again is not None)


def aftermath(
    session: Session, viewer: Viewer, asked: Question, today: dt.date, action_uid: str = ""
) -> Aftermath:
    """Judge the actions that began in a period, or one of them; from the shelf where nothing changed since.

    Actions up to 90 days before and after it are not judged, but where they were is no control.
    """
    more = dt.timedelta(days=WATCH.days)
    near = tuple(
        (a.uid, a.title, a.begun_on, float(a.lon), float(a.lat))
        for a in queries.action_places(session, asked.begin - more, asked.end + more)
        if viewer.grids is None or a.grid_id in viewer.grids
    )
    version = answers.version_of(session, viewer, asked, str(today), action_uid)
    made: Aftermath = answers.kept(
        ("aftermath", version, near), lambda: _judged(session, viewer, asked, today, near, action_uid)
    )
    return made if viewer.small_counts else withhold(made)


def _judged(
    session: Session, viewer: Viewer, asked: Question, today: dt.date, near: tuple[Any, ...], uid: str
) -> Aftermath:
    chosen = [asked.begin <= each[2] <= asked.end and uid in ("", each[0]) for each in near]
    mine = [each for each, held in zip(near, chosen, strict=True) if held]
    others = [each for each, held in zip(near, chosen, strict=True) if not held]
    there = queries.places(session, asked.kind, viewer.grids)
    first, last = asked.first - WATCH.days, min(asked.last + WATCH.days, _number(today))
    place, day, visits, findings = _by_day([*queries.place_days(session, there, first, last)])
    visited = np.bincount(place, visits, minlength=len(there)) > 0
    findings[~visited[place]] = 0
    until = int(day[visits > 0].max(initial=min(asked.first, _number(today))))
    flat = LocalMetres(*_middle(there, near))
    x, y = flat.project(there.lon, there.lat)
    ax, ay = flat.project(*_columns(mine))
    acted = np.array([_number(each[2]) for each in mine], dtype=np.float64)
    watch = replace(WATCH, until=float(until))
    made = monitor_displacement(
        Events.of(ax, ay, acted), Events(x, y, day, findings, place), Events(x, y, day, visits, place),
        Events.of(x[visited], y[visited], np.zeros(int(visited.sum()))), watch,
        others=Events.of(*flat.project(*_columns(others)), np.zeros(len(others))),
    )  # fmt: skip
    facts = _Facts(there.id, x, y, place, day, visits, findings)
    spots = [_spot(made, facts, at, each, (float(ax[at]), float(ay[at]))) for at, each in enumerate(mine)]
    marks = (
        _marks(facts, float(ax[0]), float(ay[0]), acted[0], made.observed_days[0]) if len(mine) == 1 else ()
    )
    return Aftermath(
        dt.date.fromordinal(EPOCH + until), tuple(_ring(each) for each in made.rings), made.verdict,
        tuple(sorted(spots, key=lambda spot: (spot.first_again is None, -spot.day.toordinal()))),
        len(made.controls), np.unique(made.control_of).size, _known(made.weighted_quotient), False, marks,
    )  # fmt: skip


def _number(day: dt.date) -> int:
    return day.toordinal() - EPOCH


def _middle(there: queries.Places, near: tuple[Any, ...]) -> tuple[float, float]:
    lon, lat = (there.lon, there.lat) if len(there) else _columns(list(near))
    return (round(float(np.median(lon)), 4), round(float(np.median(lat)), 4)) if len(lon) else (0.0, 0.0)


def _columns(spots: list[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = (np.array([each[at] for each in spots], dtype=np.float64) for at in (3, 4))
    return lon, lat


def _by_day(columns: list[Ints]) -> list[Ints]:
    """Put rows (place, day, …) in the order of days, column by column: a million of them weigh something."""
    order = np.argsort(columns[1], kind="stable")
    for at in range(len(columns)):
        columns[at] = columns[at][order]
    return columns


@dataclass(frozen=True)
class _Facts:
    """Venues (venue number, metres) and what happened there (place, day, visits, findings)."""

    id: Ints
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    place: Ints
    day: Ints
    visits: Ints
    findings: Ints


def _ring(change: Any) -> Ring:
    return Ring(
        change.ring, (change.findings_before, change.findings_after), (change.visits_before, change.visits_after),
        (change.control_before, change.control_after), (change.control_visits_before, change.control_visits_after),
        _known(change.ratio), _known(change.low), _known(change.high), change.verdict,
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _spot(made: Displacement, facts: _Facts, at: int, action: Any, where: tuple[float, float]) -> Spot:
    (before, after), (went_before, went_after) = made.counts[at, 0].tolist()
    found = {each.action: int(each.days_after) for each in made.returns}
    day, span = _number(action[2]), int(made.observed_days[at])
    beside = np.flatnonzero(np.hypot(facts.x - where[0], facts.y - where[1]) <= WATCH.site)
    begin, end = np.searchsorted(
        facts.day, np.array([day, day + span], facts.day.dtype), side="right"
    ).tolist()
    again = begin + np.flatnonzero(facts.findings[begin:end])
    again = again[np.isin(facts.place[again], beside)]
    uid, title, began, lon, lat = action
    return Spot(
        uid, title, began, lon, lat, span, (before, after), (went_before, went_after), found.get(at),
        tuple(sorted(set(facts.id[facts.place[again]].tolist()))),
    )  # fmt: skip


def _marks(facts: _Facts, x: float, y: float, day: float, span: float) -> tuple[Mark, ...]:
    since = facts.day - day
    windows = ((since < 0) & (since >= -span), (since > 0) & (since <= span))
    found, went = (
        [np.bincount(facts.place, values * window, minlength=facts.x.size).astype(int) for window in windows]
        for values in (facts.findings, facts.visits)
    )
    return tuple(
        Mark(
            float(facts.x[at] - x), float(facts.y[at] - y), (int(found[0][at]), int(found[1][at])),
            (int(went[0][at]), int(went[1][at])),
        )
        for at in np.flatnonzero(np.hypot(facts.x - x, facts.y - y) <= WATCH.far).tolist()
    )  # fmt: skip


def withhold(given: Aftermath) -> Aftermath:
    """Withhold all findings, and what is reckoned from them, of a ring where any of its counts is 1 to 4.

    Places and venues are withheld whole: one place's findings are nearly always few. Where the site or the near
    ring is withheld, so is the verdict, which would tell on which side they lie.
    """
    rings = tuple(
        _bare(ring) if any(map(_small, (*ring.findings, *ring.control_findings))) else ring
        for ring in given.rings
    )
    spots = tuple(
        replace(spot, findings=(None, None), first_again=None, again=())
        for spot in sorted(given.spots, key=lambda spot: -spot.day.toordinal())
    )
    hidden = any(ring.verdict == "withheld" for ring in rings[:2])
    return replace(
        given, rings=rings, spots=spots, verdict="withheld" if hidden else given.verdict,
        quotient=None if hidden else given.quotient, withheld=True, marks=(),
    )  # fmt: skip


def _small(count: int | None) -> bool:
    return count is not None and 0 < count < SMALL


def _bare(ring: Ring) -> Ring:
    nothing = (None, None)
    return replace(
        ring, findings=nothing, control_findings=nothing, ratio=None, low=None, high=None, verdict="withheld"
    )
