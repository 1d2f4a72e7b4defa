"""Every row of a venue list, judged: good, bad with its reasons, repeated, or possibly already known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from patrol.core.datum import Datum
from patrol.core.errors import Fault, PatrolError
from patrol.venues.domain import VenueFacts, VenueKind, read_facts
from patrol.venues.domain.facts import read_degrees
from patrol.venues.domain.likeness import Entry, normal_address, normal_name
from patrol.venues.domain.problems import CODE_TAKEN, POSITION_OUTSIDE
from patrol.venues.importing import problems as p
from patrol.venues.importing.columns import Mapping_, pick, raise_faults
from patrol.venues.importing.datums import datum_notes, fit_datum
from patrol.venues.importing.headers import column_letters
from patrol.venues.importing.table import Table
from patrol.venues.importing.twins import Known, Twin, TwinFinder
from patrol.venues.placing import Placer

#: done, total, what is being done in Chinese and in English
Progress = Callable[[float, float, str, str], None]
STATES = ("ok", "bad", "twin", "repeat")


@dataclass
class CheckedRow:
    """One row as it will be kept: what it said, what is wrong with it, what it may be the same as."""

    number: int
    given: dict[str, str]
    features: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    facts: VenueFacts | None = None
    twin_of_venue: Twin | None = None
    twin_of_row: Twin | None = None
    repeats: int = 0

    @property
    def state(self) -> str:
        """Return ok, bad, twin (a person decides) or repeat (the same as an earlier row)."""
        if self.faults:
            return "bad"
        if self.repeats:
            return "repeat"
        return "twin" if self.twin_of_venue or self.twin_of_row else "ok"


@dataclass
class Checked:
    """A whole file, judged."""

    rows: list[CheckedRow]
    notes: list[Fault]

    def counts(self) -> dict[str, int]:
        """Return how many rows are in each state, and how many there are."""
        found = {state: 0 for state in STATES}
        for row in self.rows:
            found[row.state] += 1
        return {**found, "total": len(self.rows)}


def read_rows(
    table: Table, mapping: Mapping_, read: Callable[[dict[str, str]], Any], progress: Progress
) -> tuple[list[tuple[int, dict[str, str], dict[str, str], list[Fault], Any]], list[Fault]]:
    """Read every row of a table through ``read``, which turns texts by field into facts or raises.

    Returns: (number, given, features, faults, facts) for each row — every fault names its column as the file
    calls it — and notes on formulas whose stored values were used.
    """
    rows = []
    named = {name: table.columns[at] for at, name in reversed(list(mapping.items()))}
    formulas, first = 0, ""
    for done, row in enumerate(table.rows()):
        if done % 500 == 0:
            progress(done, 0, f"正在读取第{row.number}行", f"Reading row {row.number}")
        computed = [at for at in row.computed if at in mapping]
        formulas += len(computed)
        first = first or (f"{column_letters(min(computed))}{row.number}" if computed else "")
        given, features, faults = pick(row, mapping, table.columns)
        facts = None
        try:
            raise_faults(faults)
            facts = read(given)
        except PatrolError as error:
            faults = [_in_column(fault, named) for fault in error.faults]
        rows.append((row.number, given, features, faults, facts))
    notes = [Fault(p.FORMULA_VALUES, "", {"count": formulas, "cell": first})] if formulas else []
    return rows, notes


def _in_column(fault: Fault, named: dict[str, str]) -> Fault:
    column = named.get(fault.where) or (named.get("position", "") if fault.where in {"lon", "lat"} else "")
    return Fault(fault.problem, column or fault.where, fault.facts)


def check_venues(
    table: Table,
    mapping: Mapping_,
    datum: Datum,
    default_kind: VenueKind | None,
    placer: Placer,
    known: Sequence[Known],
    progress: Progress,
    codes: Mapping[str, str] | None = None,
) -> Checked:
    """Judge every row of a venue list.

    ``known`` are the venues already in the register, ``codes`` their codes with their names; ``progress`` may
    raise to cancel.
    Returns: every row of the file in its order, none left out, and warnings about the file as a whole.
    """
    read, notes = read_rows(
        table, mapping, lambda given: read_facts(given, datum, default_kind=default_kind), progress
    )
    rows = [CheckedRow(*each) for each in read]
    notes += _check_places(rows, datum, placer)
    _check_codes(rows, dict(codes or {}))
    named = {name: table.columns[at] for at, name in reversed(list(mapping.items()))}
    for row in rows:
        row.faults = [_in_column(fault, named) for fault in row.faults]
    _mark_repeats(rows)
    good = [row for row in rows if row.state == "ok"]
    _find_twins(good, known, progress)
    return Checked(rows, [*table.notes, *notes])


def _check_places(rows: list[CheckedRow], datum: Datum, placer: Placer) -> list[Fault]:
    """Name every row outside the division, and warn where the coordinate system looks wrong."""
    placed = [row for row in rows if row.facts is not None]
    lon = np.array([row.facts.lon for row in placed if row.facts], dtype=float)
    lat = np.array([row.facts.lat for row in placed if row.facts], dtype=float)
    for row, inside in zip(placed, placer.inside(lon, lat).tolist(), strict=True):
        if not inside:
            row.faults.append(Fault(POSITION_OUTSIDE, "lon", {"division": placer.name}))
            row.facts = None
    x, y = given_degrees([row.given for row in rows])
    return (
        datum_notes(fit_datum(x, y, placer.inside), datum, placer.name) if placer.outline is not None else []
    )


def _check_codes(rows: list[CheckedRow], taken: dict[str, str]) -> None:
    """Refuse a code of this register that is already given, in the register or further up in the file."""
    for row in rows:
        if row.facts is None or not row.facts.code:
            continue
        if row.facts.code in taken:
            row.faults.append(
                Fault(CODE_TAKEN, "code", {"code": row.facts.code, "name": taken[row.facts.code]})
            )
        else:
            taken[row.facts.code] = row.facts.name


def given_degrees(rows: Iterable[dict[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the longitudes and latitudes of rows as they were written, where both can be read."""
    pairs = [(read_degrees(row.get("lon", "")), read_degrees(row.get("lat", ""))) for row in rows]
    read = [(x, y) for x, y in pairs if x is not None and y is not None]
    columns = np.array(read, dtype=float).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def _mark_repeats(rows: list[CheckedRow]) -> None:
    """Mark rows that say the same place again: a register of inspections repeats its places."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if row.faults or row.facts is None:
            continue
        name, address = normal_name(row.facts.name), normal_address(row.facts.address)
        same = (
            (row.facts.external_id,)
            if row.facts.external_id
            else (round(row.facts.lon, 6), round(row.facts.lat, 6))
        )
        row.repeats = seen.setdefault((name, address, *same), row.number)
        if row.repeats == row.number:
            row.repeats = 0


def known_of(facts: VenueFacts, key: int) -> Known:
    """Return facts as an entry to compare."""
    return Known(key, Entry(facts.name, facts.address, facts.external_id), facts.lon, facts.lat)


def _find_twins(rows: list[CheckedRow], known: Sequence[Known], progress: Progress) -> None:
    """Compare the good rows with the register, and with the rows before them."""
    entries = [known_of(row.facts, row.number) for row in rows if row.facts is not None]

    def step(done: int) -> None:
        if done % 500 == 0:
            progress(done, len(rows), f"正在比对第{done}条", f"Comparing entry {done}")

    in_register = TwinFinder(known).twins(entries, step=step)
    in_file = TwinFinder(entries).twins(entries, before=True, step=step)
    for row, venue, earlier in zip(rows, in_register, in_file, strict=True):
        row.twin_of_venue = venue
        row.twin_of_row = None if venue else earlier
