"""Every SELECT of the hotspot room: places in scope, what happened there by day, and what else a map shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from patrol.accounts import GridDuty
from patrol.clues import Sighting
from patrol.enforcement import Action, ActionVenue, Den
from patrol.findings import Finding
from patrol.hotspots.models import SIGHTING_CELLS_PER_DEGREE, PlaceDay, PlaceStamp, SightingDay
from patrol.infra import spatial
from patrol.patrols import Visit
from patrol.territory import Grid, grids_in_scope
from patrol.venues import Venue

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
COUNTED = ("visits", "no_answer", "sampled_visits", "findings", "sampled_findings")
#: places whose days are summed up in one statement
PART = 1000


@dataclass(frozen=True)
class Places:
    """The venues that are looked at, as columns of one length; ``grid`` is -1 without a grid."""

    id: Ints
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    grid: Ints
    interval: Ints

    def __len__(self) -> int:
        return int(self.id.size)


def stamp(session: Session) -> str:
    """Return what changes whenever a fact of the maps has changed, for anybody."""
    newest = select(Visit.received_at).order_by(Visit.id.desc()).limit(1)
    number = session.scalar(select(PlaceStamp.stamp))
    at = session.scalar(newest)
    return f"{number}.{at.timestamp() if at else 0}"


def own_grids(session: Session, person_id: int) -> list[int]:
    """Return the grids that a person answers for."""
    return sorted(session.scalars(select(GridDuty.grid_id).where(GridDuty.person_id == person_id)))


def places(session: Session, kind: str = "", grids: Sequence[int] | None = None) -> Places:
    """Return the venues in scope, of one kind or all, in some grids or everywhere."""
    statement = select(
        Venue.id, func.ST_X(Venue.geom), func.ST_Y(Venue.geom), Venue.grid_id, Venue.revisit_interval_days
    )
    rows = session.execute(_narrowed(statement, kind, grids).order_by(Venue.id)).all()
    table = np.array([tuple(-1 if v is None else v for v in row) for row in rows], dtype=np.float64).reshape(
        -1, 5
    )
    return Places(
        table[:, 0].astype(np.int64), table[:, 1], table[:, 2],
        table[:, 3].astype(np.int64), table[:, 4].astype(np.int64),
    )  # fmt: skip


def _narrowed(statement: Select[Any], kind: str, grids: Sequence[int] | None) -> Select[Any]:
    if kind:
        statement = statement.where(Venue.kind == kind)
    return statement if grids is None else statement.where(Venue.grid_id.in_(list(grids)))


def counts(
    session: Session, there: Places, first: int, last: int, *, steps: int = 1, names: Sequence[str] = COUNTED
) -> dict[str, Ints]:
    """Sum what happened at each place in ``steps`` equal steps that end on day ``last``.

    Returns: each of ``names`` -> (places, steps). ``last - first + 1`` must be a multiple of ``steps``.
    A row of a venue outside ``there`` is left out, so nothing outside the scope of ``there`` is counted.
    """
    sums = [func.sum(getattr(PlaceDay, name)) for name in names]
    made = _by_step(session, there, (first, last), steps, sums, 0)
    return dict(zip(names, made, strict=True))


def last_visited(session: Session, there: Places, last: int) -> Ints:
    """Return the day of each place's last answered visit up to ``last``, -1 for never."""
    return last_visited_by_step(session, there, -(10**6), last)[:, 0]


def last_visited_by_step(session: Session, there: Places, first: int, last: int, *, steps: int = 1) -> Ints:
    """Return the day of each place's last answered visit in each step, (places, steps), -1 for none."""
    newest = [func.max(case((PlaceDay.visits > 0, PlaceDay.day), else_=-1))]
    return _by_step(session, there, (first, last), steps, newest, -1)[0]


def _by_step(
    session: Session, there: Places, days: tuple[int, int], steps: int, figures: Sequence[Any], nothing: int
) -> list[Ints]:
    """Return each figure by place and step, (places, steps); ``nothing`` where there is no row.

    Places are asked for by the thousand: SQLite sorts the days of each part in memory, and a million rows at once
    would take 80 MB; rows become numbers by the ten thousand, or their tuples would take 200 MB.
    """
    first, last = days
    length = (last - first + 1) // steps
    made = [np.full((len(there), steps), nothing, dtype=np.int64) for _ in figures]
    # of one step, rows by venue alone come in the order of the key: SQLite need not sort them
    step: Any = literal(0) if steps == 1 else (PlaceDay.day - first) // length
    statement = (
        select(PlaceDay.venue_id, step, *figures)
        .where(PlaceDay.day >= first, PlaceDay.day <= last)
        .group_by(PlaceDay.venue_id, *(() if steps == 1 else (step,)))
    )
    for begin in range(0, len(there), PART):
        ids = there.id[begin : begin + PART]
        part = statement.where(PlaceDay.venue_id.between(int(ids[0]), int(ids[-1])))
        # the connection's own rows: the ORM would hold all of them, and these are no objects
        for rows in session.connection().execute(part.order_by(None)).partitions(10_000):
            table = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 2 + len(figures))
            at = np.minimum(np.searchsorted(ids, table[:, 0]), ids.size - 1)
            held = ids[at] == table[:, 0]
            for column, figure in enumerate(made, start=2):
                figure[begin + at[held], table[held, 1]] = table[held, column]
    return made


def place_days(session: Session, there: Places, first: int, last: int) -> tuple[Small, Small, Small, Small]:
    """Return each place and day with a visit or finding: index of the place, day, visits, findings.

    The days of a place come as one text: of a million rows the database writes them, and numpy reads them, in a
    fraction of the time that a million rows of Python take.
    """
    parts = [np.empty((0, 3), dtype=np.int32)]
    places = [np.empty(0, dtype=np.int32)]
    told = [cast(column, String) for column in (PlaceDay.day, PlaceDay.visits, PlaceDay.findings)]
    days = func.aggregate_strings(told[0] + "," + told[1] + "," + told[2], ",")
    for begin in range(0, len(there), PART):
        ids = there.id[begin : begin + PART]
        statement = (
            select(PlaceDay.venue_id, days)
            .where(
                PlaceDay.venue_id.between(int(ids[0]), int(ids[-1])), PlaceDay.day.between(first, last),
                (PlaceDay.visits > 0) | (PlaceDay.findings > 0),
            )
            .group_by(PlaceDay.venue_id)
        )  # fmt: skip
        index = {number: begin + at for at, number in enumerate(ids.tolist())}
        for venue, text in session.connection().execute(statement):
            if venue in index:
                parts.append(np.fromstring(text, dtype=np.int32, sep=",").reshape(-1, 3))
                places.append(np.full(len(parts[-1]), index[venue], dtype=np.int32))
    day, visits, findings = (np.concatenate([part[:, at] for part in parts]) for at in range(3))
    return np.concatenate(places), day, visits, findings


def days_known(session: Session) -> tuple[int, int] | None:
    """Return the first and last day with a record, ``None`` without any."""
    first, last = session.execute(select(func.min(PlaceDay.day), func.max(PlaceDay.day))).one()
    return None if first is None else (int(first), int(last))


def grids_with_shapes(session: Session, only: Sequence[int] | None = None) -> list[tuple[Grid, Any]]:
    """Return the grids in use with their polygons, all in scope or some."""
    return [
        (grid, spatial.to_shapely(grid.geom))
        for grid in grids_in_scope(session, with_shape=True)
        if only is None or grid.id in set(only)
    ]


def grid_names(session: Session) -> dict[int, str]:
    """Return the names of the grids in use by number."""
    return {grid.id: grid.name for grid in grids_in_scope(session)}


def records_twice(
    session: Session, begin: dt.datetime, end: dt.datetime, grids: Sequence[int] | None = None
) -> tuple[int, int]:
    """Count visits, and findings, that repeat another of the same venue, moment and outcome or kind."""
    found = []
    standing = Finding.supersedes_id.is_(None), Finding.withdrawn_at.is_(None)
    for record, at, what, more in (
        (Visit, Visit.arrived_at, Visit.outcome, ()), (Finding, Finding.found_at, Finding.kind, standing),
    ):  # fmt: skip
        statement = select(func.count().label("many")).where(at >= begin, at < end, *more)
        if grids is not None:
            statement = statement.where(record.grid_id.in_(list(grids)))
        alike = statement.group_by(record.venue_id, at, what).having(func.count() > 1).subquery()
        found.append(int(session.scalar(select(func.coalesce(func.sum(alike.c.many - 1), 0))) or 0))
    return found[0], found[1]


def sighting_cells(
    session: Session, first: int, last: int, grids: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """Return lon, lat (middle of the cell), grid (0 for none) and number of sightings of each cell, (cells, 4)."""
    statement = select(
        SightingDay.cell_x, SightingDay.cell_y, SightingDay.grid_id, func.sum(SightingDay.sightings)
    ).where(SightingDay.day >= first, SightingDay.day <= last, SightingDay.sightings > 0)
    if grids is not None:
        statement = statement.where(SightingDay.grid_id.in_(list(grids)))
    rows = session.execute(
        statement.group_by(SightingDay.cell_x, SightingDay.cell_y, SightingDay.grid_id)
    ).all()
    table = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 4)
    table[:, :2] = (table[:, :2] + 0.5) / SIGHTING_CELLS_PER_DEGREE
    return table


def register_risks(session: Session, there: Places) -> NDArray[np.float64]:
    """Return the risk that the register keeps of each place, 0 to 1, in the order of ``there``."""
    risk = np.zeros(len(there))
    rows = session.execute(select(Venue.id, Venue.risk)).all()
    table = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 2)
    if len(there) and len(table):
        at = np.minimum(np.searchsorted(there.id, table[:, 0]), len(there) - 1)
        held = there.id[at] == table[:, 0]
        risk[at[held]] = table[held, 1]
    return risk


def sightings(
    session: Session, box: tuple[float, float, float, float], begin: dt.datetime, end: dt.datetime, most: int,
    grids: Sequence[int] | None = None,
) -> list[tuple[float, float, str]] | None:  # fmt: skip
    """Return lon, lat and kind of the sightings in a box, apart from findings; ``None`` for more than ``most``."""
    lon, lat, (west, south, east, north) = func.ST_X(Sighting.geom), func.ST_Y(Sighting.geom), box
    statement = select(lon, lat, Sighting.kind).where(
        Sighting.received_at >= begin, Sighting.received_at < end, Sighting.geom.is_not(None),
        lon.between(west, east), lat.between(south, north),
    )  # fmt: skip
    if grids is not None:
        statement = statement.where(Sighting.grid_id.in_(list(grids)))
    rows = session.execute(statement.limit(most + 1)).all()
    return None if len(rows) > most else [(x, y, kind) for x, y, kind in rows]


def dens(session: Session, begin: dt.datetime, end: dt.datetime) -> list[Any]:
    """Return the dens alive at some time of the period: uid, name, lon, lat, found, closed, moved from, grid.

    A den without a position of its own stands at its venue; a withdrawn one is none.
    """
    statement = (
        select(
            Den.id, Den.uid, Den.name, *_position(Den), Den.found_at, Den.closed_at, Den.relocated_from_id,
            Den.grid_id,
        )
        .outerjoin(Venue, Venue.id == Den.venue_id)
        .where(Den.found_at < end, (Den.closed_at.is_(None)) | (Den.closed_at >= begin), *_standing(Den))
    )  # fmt: skip
    return list(session.execute(statement.order_by(Den.found_at)))


def actions(session: Session, begin: dt.date, end: dt.date) -> list[Any]:
    """Return the period's actions that have a place: uid, title, lon, lat, first day, grid of its first venue.

    An action without a position of its own stands at the first of its venues.
    """
    statement = (
        select(
            Action.uid, Action.title, *_position(Action), Action.begun_on, Venue.grid_id.label("grid_id"),
        )
        .outerjoin(Action.at_venues.and_(ActionVenue.position == 0))
        .outerjoin(Venue, Venue.id == ActionVenue.venue_id)
        .where(Action.begun_on >= begin, Action.begun_on <= end, *_standing(Action))
    )  # fmt: skip
    return list(session.execute(statement.order_by(Action.begun_on)))


def action_places(session: Session, begin: dt.date, end: dt.date) -> list[Any]:
    """Return each place of the period's actions: uid, title, first day, lon, lat, grid of the venue.

    An action at several venues has several; one without a venue in scope stands at its own position.
    """
    lon, lat = (
        func.coalesce(side(Venue.geom), side(Action.geom)).label(name)
        for side, name in ((func.ST_X, "lon"), (func.ST_Y, "lat"))
    )
    statement = (
        select(Action.uid, Action.title, Action.begun_on, lon, lat, Venue.grid_id.label("grid_id"))
        .outerjoin(Action.at_venues)
        .outerjoin(Venue, Venue.id == ActionVenue.venue_id)
        .where(Action.begun_on >= begin, Action.begun_on <= end, *_standing(Action))
    )
    return list(session.execute(statement.order_by(Action.begun_on, Action.id, ActionVenue.position)))


def dens_of_actions(session: Session, uids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return uid and name of the dens that actions closed, by the action's uid."""
    found: dict[str, list[tuple[str, str]]] = {}
    for begin in range(0, len(uids), PART):
        statement = (
            select(Action.uid, Den.uid, Den.name)
            .join(Den, Den.action_id == Action.id)
            .where(Action.uid.in_(list(uids)[begin : begin + PART]), Den.withdrawn_at.is_(None))
            .order_by(Den.name, Den.id)
        )
        for action, den, name in session.execute(statement):
            found.setdefault(action, []).append((den, name))
    return found


def _position(record: Any) -> tuple[Any, Any]:
    """Lon and lat of a record, else of its venue."""
    return (
        func.coalesce(func.ST_X(record.geom), func.ST_X(Venue.geom)).label("lon"),
        func.coalesce(func.ST_Y(record.geom), func.ST_Y(Venue.geom)).label("lat"),
    )


def _standing(record: Any) -> tuple[Any, Any]:
    return record.withdrawn_at.is_(None), record.geom.is_not(None) | Venue.geom.is_not(None)


def findings_in_box(
    session: Session, box: tuple[float, float, float, float], begin: dt.datetime, end: dt.datetime,
    most: int, grids: Sequence[int] | None = None,
) -> list[tuple[str, float, float, str]] | None:  # fmt: skip
    """Return uid, lon, lat and kind of the findings in a box, or ``None`` where there are more than ``most``."""
    statement = select(Finding.uid, func.ST_X(Finding.geom), func.ST_Y(Finding.geom), Finding.kind).where(
        spatial.in_box(session, Finding, *box), Finding.found_at >= begin, Finding.found_at < end,
        Finding.supersedes_id.is_(None), Finding.withdrawn_at.is_(None),
    )  # fmt: skip
    if grids is not None:
        statement = statement.where(Finding.grid_id.in_(list(grids)))
    rows = session.execute(statement.limit(most + 1)).all()
    return None if len(rows) > most else [(uid, lon, lat, kind) for uid, lon, lat, kind in rows]


def venues_by_id(session: Session, ids: Sequence[int], most: int = 50) -> list[Venue]:
    """Return venues in scope by number, the riskiest first."""
    statement = select(Venue).where(Venue.id.in_(list(ids)[:2000])).order_by(Venue.risk.desc(), Venue.name)
    return list(session.scalars(statement.limit(most)))
