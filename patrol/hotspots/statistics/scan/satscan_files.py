"""SaTScan's case, control, population and coordinates files, from their text to the arrays of a scan.

Expected cases follow SaTScan's rule: a population stands on its date (1 July of a year), changes linearly
between dates and stays constant before the first and after the last; a step's person-time is the exact
integral over its days; groups of covariates are standardised indirectly. This gives New Mexico's published
ratios to 1e-6.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from patrol.core.errors import Faults, PatrolError, Problem
from patrol.hotspots.statistics import problems
from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.scan.satscan_settings import Settings, parse_time
from patrol.hotspots.statistics.scan.windows import Limits, ScanData


@dataclass(frozen=True)
class Steps:
    """The steps of the study period: ``edges`` (steps + 1,) as days, the last one exclusive."""

    edges: NDArray[np.int64]
    names: tuple[str, ...]

    def of(self, day: int) -> int | None:
        """Step that holds ``day``, or ``None`` outside the period."""
        at = bisect.bisect_right(self.edges.tolist(), day) - 1
        return at if 0 <= at < len(self.names) else None


def steps_of(settings: Settings) -> Steps:
    """Cut the study period into steps, counted back from its end as SaTScan does."""
    start, end = settings.start, settings.end
    if settings.analysis == "spatial":
        return Steps(np.array([_day(start), _day(end) + 1]), ("all",))
    edges: list[dt.date | int] = []
    edge = end + 1 if isinstance(end, int) else end + dt.timedelta(days=1)
    while _day(edge) > _day(start):
        edges.append(edge)
        edge = _back(edge, settings.unit, settings.unit_length)
    edges.append(start)
    ordered = edges[::-1]
    return Steps(np.array([_day(e) for e in ordered]), tuple(str(e) for e in ordered[:-1]))


def last_days(settings: Settings) -> tuple[str, ...]:
    """Name the last day of each step, as SaTScan reports a cluster's end."""
    if settings.analysis == "spatial":
        return ("all",)
    edges = steps_of(settings).edges[1:].tolist()
    generic = isinstance(settings.end, int)
    return tuple(str(edge - 1) if generic else str(dt.date.fromordinal(edge - 1)) for edge in edges)


def _back(edge: dt.date | int, unit: str, length: int) -> dt.date | int:
    if isinstance(edge, int):
        return edge - length
    if unit == "day":
        return edge - dt.timedelta(days=length)
    months = edge.year * 12 + edge.month - 1 - length * (12 if unit == "year" else 1)
    return dt.date(months // 12, months % 12 + 1, min(edge.day, 28))


def _day(when: dt.date | int) -> int:
    return when if isinstance(when, int) else when.toordinal()


#: a field is quoted, or holds none of the signs that part fields; commas and semicolons keep empty fields apart
_FIELD = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^\s,;]+)')
#: faulty rows that are told one by one
MOST_FAULTS = 30
#: a date that stands in a file although the .prm file says that times are not used
_DATE = re.compile(r"\d{4}[-/]\d{1,2}([-/]\d{1,2})?")
_COMMENTS = ("//", "#", "/*", ";")
_WORD = re.compile(r"[^\W\d][\w #./()-]*")


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    r"""Split a file into numbered rows of fields: blanks, tabs, commas or semicolons part them, quotes hold them.

    Left out: empty lines, lines of comment, and a first line that names columns (no field of it after the
    first holds a digit).

    >>> rows_of('# from the north\nid,cases,date\n"San Juan", 3, 1991/5/2\r\n')
    [(3, ['San Juan', '3', '1991/5/2'])]
    """
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(_COMMENTS):
            continue
        fields = ["".join(parts).strip() for parts in _FIELD.findall(line)]
        if rows or not _names_columns(fields):
            rows.append((number, fields))
    return rows


def _names_columns(fields: Sequence[str]) -> bool:
    return len(fields) > 1 and all(_WORD.fullmatch(field) for field in fields[1:])


def _whole(text: str) -> int:
    """Read a whole number not below 0, also if it is written 3.0."""
    made = float(text)
    if made != int(made) or made < 0:
        raise ValueError("not a whole number")
    return int(made)


def _not_negative(text: str) -> float:
    made = float(text)
    if not 0 <= made < float("inf"):
        raise ValueError("below nought, or no number")
    return made


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Files:
    """The text of the files of one scan; those not needed are empty."""

    cases: str
    coordinates: str
    population: str = ""
    controls: str = ""


def read_scan(files: Files, settings: Settings) -> ScanData:
    """Turn the text of SaTScan files into what :func:`scan` takes.

    Raises a :class:`PatrolError` with every faulty row. Places without cases, controls or people are kept.
    """
    return _Reader(files, settings).data()


def limits_of(settings: Settings, steps: int) -> Limits:
    """Turn settings into the limits of windows over ``steps`` steps."""
    longest = settings.max_duration or max(1, int(steps * settings.max_duration_share + 1e-9))
    temporal = settings.analysis.endswith("temporal")
    return Limits(
        max_share=1.0 if temporal else settings.max_share, max_radius=settings.max_radius,
        min_duration=min(settings.min_duration, steps), max_duration=longest if steps > 1 else 1,
        alive=settings.analysis.startswith("prospective"), whole_period=settings.whole_period,
        whole_area=settings.whole_area and not temporal,
    )  # fmt: skip


class _Reader:
    def __init__(self, files: Files, settings: Settings) -> None:
        self.files, self.settings = files, settings
        self.faults, self.more, self.left_out = Faults(), 0, 0
        self.steps = steps_of(settings)
        self.places: dict[str, tuple[float, float]] = {}

    def data(self) -> ScanData:
        self._read_places()
        cases = self._read_counts(self.files.cases, "cases")
        population = self._population(cases)
        if self.more:
            self.faults.add(problems.SCAN_MORE, many=self.more)
        self.faults.raise_if_any()
        x, y = np.array(list(self.places.values())).T
        total = np.sum(list(cases.values()), axis=0) if cases else self._zeros()
        made = ScanData(
            tuple(self.places), x, y, total.astype(np.int64), self.settings.model, population,
            self.settings.spherical, self.steps.names, self.left_out,
        )  # fmt: skip
        return _merged(made) if self.settings.analysis.endswith("temporal") else made

    def _zeros(self) -> Floats:
        return np.zeros((len(self.places), len(self.steps.names)))

    def _read_places(self) -> None:
        temporal = self.settings.analysis.endswith("temporal")
        if not self.files.coordinates and temporal:
            everything = (self.files.cases, self.files.controls, self.files.population)
            names = [fields[0] for text in everything for _number, fields in rows_of(text)]
            self.places = dict.fromkeys(names, (0.0, 0.0))
        for number, fields in rows_of(self.files.coordinates):
            try:
                first, second = float(fields[1]), float(fields[2])
            except (IndexError, ValueError):
                self._wrong(problems.SCAN_PLACE, "coordinates", number, text=" ".join(fields))
                continue
            if self.settings.spherical and not (-90 <= first <= 90 and -180 <= second <= 360):
                self._wrong(problems.SCAN_DEGREES, "coordinates", number, text=" ".join(fields))
            if not self.settings.spherical and len(fields) > 3 and _is_number(fields[3]):
                self._wrong(problems.SCAN_THIRD, "coordinates", number, text=" ".join(fields))
            self.places[fields[0]] = (second, first) if self.settings.spherical else (first, second)
        self.index = {name: at for at, name in enumerate(self.places)}
        if not self.places:
            self.faults.raise_if_any()
            raise (
                PatrolError(problems.NO_ROWS, path=".cas")
                if temporal
                else PatrolError(problems.SCAN_NO_PLACES)
            )

    def _wrong(self, what: Problem, file: str, number: int, **facts: object) -> None:
        """Note a faulty row; after the first so many they are only counted."""
        if len(self.faults.found) < MOST_FAULTS:
            self.faults.add(what, where=f"{file} {number}", **facts)
        else:
            self.more += 1

    def _read_counts(self, text: str, file: str) -> dict[tuple[str, ...], Floats]:
        """Sum counts by place and step for each group of covariates."""
        timed = self.settings.precision != "none"
        time = {"none": "–", "generic": "7"}.get(self.settings.precision, "2024/5/31")
        counts: dict[tuple[str, ...], Floats] = defaultdict(self._zeros)
        for number, fields in rows_of(text):
            try:
                many = _whole(fields[1])
                day = self._time(fields[2]) if timed else _day(self.settings.start)
            except (IndexError, ValueError):
                self._wrong(problems.SCAN_COUNT, file, number, time=time, text=" ".join(fields))
                continue
            at = self._cell(fields[0], day, file, number, fields[2] if timed else "")
            if at is not None:
                undated = timed or (len(fields) > 2 and _DATE.fullmatch(fields[2]))
                counts[tuple(fields[3 if undated else 2 :])][at] += many
        return dict(counts)

    def _time(self, text: str) -> int:
        return _day(parse_time(text, self.settings.precision == "generic")[0])

    def _cell(self, name: str, day: int, file: str, number: int, date: str) -> tuple[int, int] | None:
        place, step = self.index.get(name), self.steps.of(day)
        settings = self.settings
        if (place is None and settings.relaxed_places) or (step is None and settings.relaxed_period):
            self.left_out += 1
            return None
        if place is None:
            self._wrong(problems.SCAN_UNKNOWN_PLACE, file, number, name=name)
        if step is None:
            self._wrong(
                problems.SCAN_OUTSIDE_PERIOD, file, number, date=date, start=settings.start, end=settings.end
            )
        return None if place is None or step is None else (place, step)

    def _population(self, cases: dict[tuple[str, ...], Floats]) -> Floats | None:
        if self.settings.model == "permutation":
            return None
        if self.settings.model == "bernoulli":
            if not self.files.controls.strip():
                self._nobody("control", "--ctl")
            controls = self._read_counts(self.files.controls, "controls")
            return self._zeros() + sum(cases.values()) + sum(controls.values())
        if not self.files.population.strip():
            if not self.settings.analysis.endswith("temporal"):
                self._nobody("population", "--pop")
            return np.tile(np.diff(self.steps.edges).astype(np.float64), (len(self.places), 1))
        return self._expected(cases)

    def _nobody(self, wanted: str, option: str) -> None:
        self.faults.add(problems.SCAN_NO_PEOPLE, model=self.settings.model, wanted=wanted, option=option)
        self.faults.raise_if_any()

    def _expected(self, cases: dict[tuple[str, ...], Floats]) -> Floats:
        """Cases expected at each place and step, standardised indirectly by groups of covariates."""
        people = self._read_people()
        expected = self._zeros()
        for group, count in cases.items():
            exposure = people.get(group)
            if exposure is None or exposure.sum() <= 0:
                self.faults.add(
                    problems.SCAN_NO_POPULATION, where="population", group=" ".join(group) or "all"
                )
            else:
                expected += exposure * (count.sum() / exposure.sum())
        return expected

    def _read_people(self) -> dict[tuple[str, ...], Floats]:
        """Person-time by place and step of each group."""
        sizes: dict[tuple[str, ...], dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        for number, fields in rows_of(self.files.population):
            try:
                time = fields[1] if fields[1] not in {"0", "unspecified"} else ""
                day = self._time(time) if time else _day(self.settings.start)
                people = _not_negative(fields[2])
            except (IndexError, ValueError):
                self._wrong(problems.SCAN_PEOPLE, "population", number, text=" ".join(fields))
                continue
            place = self.index.get(fields[0])
            if place is None and not self.settings.relaxed_places:
                self._wrong(problems.SCAN_UNKNOWN_PLACE, "population", number, name=fields[0])
            if place is None:
                continue
            held = sizes[tuple(fields[3:])][place]
            held[day] = held.get(day, 0.0) + people
        return {group: self._person_time(by_place) for group, by_place in sizes.items()}

    def _person_time(self, by_place: dict[int, dict[int, float]]) -> Floats:
        dates = sorted({day for held in by_place.values() for day in held})
        weight = _hat_integrals(self.steps.edges, dates)
        people = np.zeros((len(self.places), len(dates)))
        for place, held in by_place.items():
            people[place] = np.interp(dates, sorted(held), [held[day] for day in sorted(held)])
        return people @ weight


def _hat_integrals(edges: NDArray[np.int64], dates: Sequence[int]) -> Floats:
    """Integral over each step of the share that each date has in a linear interpolation, (dates, steps)."""
    weight = np.zeros((len(dates), edges.size - 1))
    for step, (start, end) in enumerate(itertools.pairwise(edges.tolist())):
        knots = np.unique([start, end, *(day for day in dates if start < day < end)])
        for at in range(len(dates)):
            height = np.interp(knots, dates, np.eye(len(dates))[at])
            weight[at, step] = ((height[1:] + height[:-1]) / 2 * np.diff(knots)).sum()
    return weight


def _merged(data: ScanData) -> ScanData:
    """Join all places into one, for a scan of time alone."""
    population = None if data.population is None else data.population.sum(axis=0, keepdims=True)
    return replace(
        data, names=("all",), x=np.zeros(1), y=np.zeros(1),
        cases=data.cases.sum(axis=0, keepdims=True), population=population,
    )  # fmt: skip
