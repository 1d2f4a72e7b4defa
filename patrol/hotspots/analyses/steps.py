"""Analyses over time: points cut into cells and periods; emerging classes, and forecasts put to the test."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol.core.errors import PatrolError
from patrol.hotspots.analyses.outcome import Outcome, farthest, frame_table, lay_frame, repeats_note, told
from patrol.hotspots.statistics import (
    Frame,
    Surroundings,
    emerging,
    problems,
    relocations,
    walk_forward,
)
from patrol.hotspots.tables import Floats, Places, Table, date_column, places, places_beside, plain

#: counts of cells and periods that one analysis holds at most
MOST_COUNTS = 40_000_000


@dataclass(frozen=True)
class Periods:
    """How points become a cube: column of the date, days in a period, size of a cell, columns of position, and
    the last day that can be (``None`` for any).
    """

    date: str
    days: int
    cell: float
    x: str | None = None
    y: str | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Cube:
    """Findings and visits (cells, steps), oldest first; the last day closes the last period."""

    frame: Frame
    at: Places
    findings: Floats
    visits: Floats | None
    first: dt.date
    notes: tuple[str, ...]

    @property
    def steps(self) -> int:
        """How many periods there are."""
        return self.findings.shape[1]


def cube_of(findings: Table, visits: Table | None, periods: Periods) -> Cube:
    """Cut points into cells and whole periods, counted back from the last day; an older rest is left out."""
    at, day, late = dated(findings, periods, None)
    went, went_day, went_late = (None, None, []) if visits is None else dated(visits, periods, at)
    x = np.concatenate([at.x, [] if went is None else went.x])
    y = np.concatenate([at.y, [] if went is None else went.y])
    days = np.concatenate([day, [] if went_day is None else went_day])
    everywhere = Places(x, y, at.flat)
    frame = lay_frame(everywhere, periods.cell)
    last = int(days.max())
    steps = (last - int(days.min()) + 1) // periods.days
    _check_size(frame, steps, f"{dt.date.fromordinal(int(days.min()))}; {farthest(everywhere)}")

    def counted(where: Places, when: NDArray[np.int64]) -> Floats:
        step = steps - 1 - (last - when) // periods.days
        return frame.count_by_step(where.x, where.y, step, steps)

    found = counted(at, day)
    visited = None if went is None or went_day is None else counted(went, went_day)
    if visited is not None and not visited.any():
        raise PatrolError(problems.NOTHING_VISITED)
    first = dt.date.fromordinal(last - steps * periods.days + 1)
    many = int(found.sum())
    notes = [
        *repeats_note(findings), *at.notes(findings.name), *late, *went_late,
        told(
            problems.PERIODS_TOLD, many=many, steps=steps, days=periods.days, first=first,
            last=dt.date.fromordinal(last), cells=frame.cells, older=day.size - many,
        ),
        *([told(problems.EQUALLY_WATCHED)] if visited is None else []),
        *_doubts(found, visited, first, periods.days),
    ]  # fmt: skip
    return Cube(frame, at, found, visited, first, tuple(notes))


def _doubts(found: Floats, visited: Floats | None, first: dt.date, days: int) -> list[str]:
    """Lines about periods without any row, and about findings where and when nobody went."""
    empty = (found if visited is None else found + visited).sum(axis=0) == 0
    notes = []
    if empty.any():
        edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(int), [0]]))).reshape(-1, 2)
        begin, end = edges[np.argmax(edges[:, 1] - edges[:, 0])].tolist()
        facts = {"empty": int(empty.sum()), "steps": empty.size}
        notes.append(told(
            problems.GAP_WATCHED if visited is None else problems.GAP_UNKNOWN, **facts,
            begin=first + dt.timedelta(days=begin * days), end=first + dt.timedelta(days=end * days - 1),
        ))  # fmt: skip
    lonely = [] if visited is None else np.flatnonzero(((found > 0) & (visited == 0)).any(axis=1)).tolist()
    if lonely:
        cells = ", ".join(str(cell) for cell in lonely[:20])
        notes.append(told(problems.PERIODS_WITHOUT_VISITS, count=len(lonely), cells=cells))
    return notes


def dated(
    table: Table, periods: Periods, beside: Places | None
) -> tuple[Places, NDArray[np.int64], list[str]]:
    """Read positions and days of rows up to the last day that can be, and a line about the rows after it."""
    names = (periods.x, periods.y)
    at = places(table, *names) if beside is None else places_beside(table, beside, *names)
    column = date_column(table, periods.date)
    day, doubtful = table.days(column), table.date_order(column).doubtful
    doubts = [told(problems.DATE_ORDER, table.name, column=column, value=doubtful)] if doubtful else []
    kept = np.full(day.size, True) if periods.until is None else day <= periods.until.toordinal()
    if kept.all() or not kept.any():
        return at, day, doubts
    row = int(np.flatnonzero(~kept)[0])
    facts = {"many": int((~kept).sum()), "end": periods.until, "row": row + 1}
    note = told(problems.AFTER_THE_END, table.name, **facts, day=dt.date.fromordinal(int(day[row])))
    return Places(at.x[kept], at.y[kept], at.flat), day[kept], [note, *doubts]


def _check_size(frame: Frame, steps: int, far: str) -> None:
    if steps < 1:
        raise PatrolError(problems.TOO_FEW_STEPS, steps=0, needed=1)
    if frame.cells * steps > MOST_COUNTS:
        raise PatrolError(problems.TOO_MANY_CELLS, cells=frame.cells * steps, most=MOST_COUNTS, where_to=far)


def name_histories(findings: Table, visits: Table | None, periods: Periods, *, fdr: float = 0.05,
                   min_visits: float = 10, reach_cells: float = 3, within: int = 2) -> Outcome:  # fmt: skip
    """Name each cell's history, and mark where a hotspot moved from and to."""
    cube = cube_of(findings, visits, periods)
    near = cube.frame.neighbourhood()
    went = np.ones_like(cube.findings) if cube.visits is None else cube.visits
    least = 0 if cube.visits is None else min_visits
    named = emerging(cube.findings, went, near, fdr=fdr, min_visits=least)
    x, y = cube.frame.middles()
    moved = relocations(named.hot, x, y, reach=reach_cells * cube.frame.size, within=within)
    source = np.full(cube.frame.cells, -1)
    for each in moved:
        source[each.heated] = each.cooled
    columns = {
        "class": named.classes, "trend_z": named.trend_z, "trend_p": named.trend_p,
        "hot_steps": named.hot.sum(axis=1), "cold_steps": named.cold.sum(axis=1),
        "last_z": named.z[:, -1], "last_q": named.q[:, -1], "findings": cube.findings.sum(axis=1),
        "visits": np.full(cube.frame.cells, np.nan) if cube.visits is None else cube.visits.sum(axis=1),
        "relocated_from": np.where(source >= 0, source.astype(float), np.nan),
    }  # fmt: skip
    kept = (cube.findings.sum(axis=1) > 0) | (
        (cube.visits.sum(axis=1) > 0) if cube.visits is not None else True
    )
    tally = ", ".join(
        f"{n} {name}" for name, n in zip(*np.unique(named.classes, return_counts=True), strict=True)
    )
    return Outcome(frame_table(cube.frame, cube.at, columns, kept), (*cube.notes, tally + "."))


def evaluate_points(findings: Table, visits: Table | None, periods: Periods, *, origins: int, areas: tuple[float, ...],
                    bandwidth: float | None, seed: int) -> Outcome:  # fmt: skip
    """Walk forward over the last periods and score forecast and baselines at equal area."""
    cube = cube_of(findings, visits, periods)
    if cube.steps - origins < 3:
        raise PatrolError(problems.TOO_FEW_STEPS, steps=cube.steps, needed=origins + 3)
    watched = _watched(cube, cube.steps - origins)
    x, y = cube.frame.middles()
    around = Surroundings(x[watched], y[watched], bandwidth or 1.5 * periods.cell)
    outside = cube.findings[~watched].sum(axis=0)
    scores = walk_forward(
        cube.findings[watched], None if cube.visits is None else cube.visits[watched], around,
        rng=np.random.default_rng(seed), origins=origins, area_shares=areas, outside=outside,
    )  # fmt: skip
    names = list(vars(scores[0]))
    columns = {name: [plain(getattr(score, name)) for score in scores] for name in names}
    note = told(problems.AREA_TOLD, many=int(watched.sum()))
    return Outcome(Table(columns), (*cube.notes, note))


def _watched(cube: Cube, until: int) -> NDArray[np.bool_]:
    """Cells with, or beside, a finding or visit in the first ``until`` periods: what is known then."""
    seen = cube.findings[:, :until].sum(axis=1)
    if cube.visits is not None:
        seen = seen + cube.visits[:, :until].sum(axis=1)
    return cube.frame.neighbourhood().sum(seen) > 0
