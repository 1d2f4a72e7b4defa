"""Reads a history of visits and a list of candidates, in the columns of the city of Chicago's inspections."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import math
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from patrol.core.encodings import looks_chinese
from patrol.core.errors import Faults, PatrolError
from patrol.venues.domain.risk import Floats, Places, Visits
from patrol.venues.risk import problems

NEEDED = ("venue_id", "lat", "lon")
NEEDED_HISTORY = (*NEEDED, "inspected_on", "critical_violation_found")
#: measured columns of a place besides every ``area_…``
NUMBERS = ("licence_age_years", "capacity")
MOST_FAULTS = 20
#: bytes that a file may have when it is unpacked: about two million visits
MOST_BYTES = 512 << 20


@dataclass(frozen=True)
class CsvFile:
    """Heading and rows of a CSV file; ``name`` as a person knows it."""

    name: str
    heading: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class History:
    """Places that were visited and their visits in order of time; days count from 0001-01-01."""

    places: Places
    visits: Visits
    name: str


def read_csv(path: Path, needed: Sequence[str]) -> CsvFile:
    """Read a CSV file, plain or gzip, with at least the columns ``needed``; ``PatrolError`` if it is not one."""
    try:
        reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
        rows = tuple(reader)
    except FileNotFoundError as error:
        raise PatrolError(problems.NO_FILE, file=path.name) from error
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise PatrolError(problems.UNREADABLE, file=path.name, reason=_short(error)) from error
    heading = tuple(reader.fieldnames or ())
    for name, times in Counter(heading).items():
        if name and times > 1:
            raise PatrolError(problems.TWICE, file=path.name, column=name)
    missing = [name for name in needed if name not in heading]
    if missing:
        present = ", ".join(heading[:30]) or "–"
        raise PatrolError(problems.NO_COLUMNS, file=path.name, missing=", ".join(missing), present=present)
    if not rows:
        raise PatrolError(problems.NO_ROWS, file=path.name)
    file, faults = CsvFile(path.name, heading, rows), Faults()
    for number, row in enumerate(rows):
        if None in row:
            _add(faults, problems.TOO_WIDE, file=file.name, line=number + 2)
        elif not (row["venue_id"] or "").strip():
            _add(faults, problems.NO_KEY, file=file.name, line=number + 2)
    faults.raise_if_any()
    return file


def _text(path: Path) -> str:
    """Return the text of a file, plain or gzip, in UTF-8, UTF-16 or as Chinese Windows writes it."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise PatrolError(problems.TOO_LARGE, file=path.name, most=MOST_BYTES >> 20)
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or looks_chinese(text):
            return text
    raise PatrolError(problems.NOT_TEXT, file=path.name)


def _short(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else str(error)
    return (said or str(error) or type(error).__name__).splitlines()[0][:120]


def read_history(path: Path, *, today: dt.date | None = None) -> History:
    """Read visits: who was visited when, by whom (``inspector_group``, may be missing) and what came out.

    The description of a place is that of its last visit. Raises ``PatrolError`` naming lines and columns, also for
    visits after ``today``, if that is given: one mistyped year would make everything else look decades old.
    """
    file = read_csv(path, NEEDED_HISTORY)
    faults = Faults()
    days = _days(file, faults, today)
    found = _outcomes(file, faults)
    lesser = np.minimum(_counts(file, "minor_count", faults), 10.0)
    lesser = lesser + 3.0 * np.minimum(_counts(file, "serious_count", faults), 5.0)
    order = np.argsort(days, kind="stable")
    last = {file.rows[row]["venue_id"]: int(row) for row in order}
    places = _places(file, list(last.values()), faults)
    faults.raise_if_any()
    if found.min() == found.max():
        raise PatrolError(problems.ALL_ALIKE, file=file.name)
    place = np.array([places.index[file.rows[row]["venue_id"]] for row in order], dtype=np.int64)
    officer = tuple((file.rows[row].get("inspector_group") or "").strip() for row in order)
    answered = np.ones(len(order), dtype=bool)
    visits = Visits(place, days[order], found[order], officer, lesser[order], answered)
    return History(places, visits, file.name)


def read_candidates(path: Path) -> tuple[CsvFile, Places, tuple[str, ...]]:
    """Read places to be ranked: the file as it is, its places (each once), and the place of every row."""
    file = read_csv(path, NEEDED)
    faults = Faults()
    last = {row["venue_id"]: number for number, row in enumerate(file.rows)}
    places = _places(file, list(last.values()), faults)
    faults.raise_if_any()
    return file, places, tuple(row["venue_id"] for row in file.rows)


def _places(file: CsvFile, rows: Sequence[int], faults: Faults) -> Places:
    lon, lat = (np.array([_number(file, row, name, faults) for row in rows]) for name in ("lon", "lat"))
    for row, x, y in zip(rows, lon.tolist(), lat.tolist(), strict=True):
        if math.isfinite(x) and math.isfinite(y) and not (abs(x) <= 180 and abs(y) <= 90):
            _add(faults, problems.OFF_THE_EARTH, file=file.name, line=row + 2, lon=x, lat=y)
    measured = [n for n in file.heading if n in NUMBERS or n.startswith("area_")]
    numbers = {
        name: np.array([_number(file, row, name, faults, may_miss=True) for row in rows]) for name in measured
    }

    def texts(name: str) -> tuple[str, ...]:
        return tuple((file.rows[row].get(name) or "").strip() for row in rows)

    keys = tuple(file.rows[row]["venue_id"] for row in rows)
    return Places(
        keys, lon, lat, texts("venue_type"), texts("official_risk_class"), texts("venue_name"), numbers
    )


def _number(file: CsvFile, row: int, name: str, faults: Faults, *, may_miss: bool = False) -> float:
    text = (file.rows[row].get(name) or "").strip()
    if not text and may_miss:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        _add(faults, problems.NOT_A_NUMBER, file=file.name, line=row + 2, column=name, value=text[:40])
    return value


def _counts(file: CsvFile, name: str, faults: Faults) -> Floats:
    if name not in file.heading:
        return np.zeros(len(file.rows))
    numbers = [_number(file, row, name, faults, may_miss=True) for row in range(len(file.rows))]
    return np.nan_to_num(np.array(numbers))


def _days(file: CsvFile, faults: Faults, today: dt.date | None) -> np.ndarray:
    days = np.zeros(len(file.rows), dtype=np.int64)
    for number, row in enumerate(file.rows):
        text = (row["inspected_on"] or "").strip()
        try:
            day = dt.date.fromisoformat(text[:10])
        except ValueError:
            _add(faults, problems.NOT_A_DATE, file=file.name, line=number + 2, value=text[:40])
            continue
        if today is not None and day > today:
            _add(faults, problems.NOT_YET, file=file.name, line=number + 2, value=day.isoformat())
        days[number] = day.toordinal()
    return days


def _outcomes(file: CsvFile, faults: Faults) -> Floats:
    column = "critical_violation_found"
    found = np.zeros(len(file.rows))
    for number, row in enumerate(file.rows):
        text = (row[column] or "").strip()
        if text in ("0", "1", "0.0", "1.0"):
            found[number] = float(text)
        else:
            _add(
                faults,
                problems.NOT_AN_OUTCOME,
                file=file.name,
                line=number + 2,
                column=column,
                value=text[:40],
            )
    return found


def _add(faults: Faults, what: object, **facts: object) -> None:
    """Remember a fault, up to as many as a person can read at once."""
    if len(faults.found) < MOST_FAULTS:
        faults.add(what, where=f"line {facts['line']}", **facts)  # type: ignore[arg-type]
    elif len(faults.found) == MOST_FAULTS:
        faults.add(problems.MORE, file=facts["file"], shown=MOST_FAULTS)
