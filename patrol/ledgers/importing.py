"""A file of records: the columns found by their names, every row judged like a form, all stored or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock, china_date
from patrol.core.errors import Fault, PatrolError
from patrol.core.labels import Label
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.ledgers import domain as d
from patrol.ledgers import queries
from patrol.ledgers.ledger import Ledger
from patrol.ledgers.reading import Lookup
from patrol.ledgers.services import add_row, checked_values
from patrol.venues import Table, read_table

NUMBER = d.Field("number", Label("编号", "Number"))
LON = d.Field("lon", Label("经度", "Longitude"), aliases=("lng", "x"))
LAT = d.Field("lat", Label("纬度", "Latitude"), aliases=("y",))
MOST_FAULTS = 500


@dataclass
class Outcome:
    """What became of a file: how many rows there were, how many were stored, and every bad row in words."""

    rows: int = 0
    stored: int = 0
    notes: list[dict[str, str]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it for a job's result."""
        return {
            "rows": self.rows,
            "stored": self.stored,
            "notes": self.notes,
            "faults": self.faults[:MOST_FAULTS],
        }


def columns_of(ledger: Ledger) -> list[d.Field]:
    """Return every column a file of this ledger may have, in the order of its form."""
    found = [NUMBER]
    for f in ledger.fields:
        if f.kind == "place":
            found += [LON, LAT]
        elif f.kind == "counts":
            found += [d.Field(f"{f.name}.{code}", label) for code, label in f.choices.items()]
        else:
            found.append(f)
    return found


def _knows(ledger: Ledger) -> Callable[[str], bool]:
    names = {name for f in columns_of(ledger) for name in f.names()}
    return lambda text: d.fold(text) in names


def match_columns(ledger: Ledger, table: Table) -> tuple[dict[int, str], list[Fault]]:
    """Find which column holds which field; raises :class:`PatrolError` for required ones that are missing."""
    wanted = columns_of(ledger)
    mapping: dict[int, str] = {}
    notes: list[Fault] = []
    for said in (str, _lower_part):
        for at, name in enumerate(table.columns):
            words = d.fold(said(name))
            hit = next((f for f in wanted if words in f.names() and f.name not in mapping.values()), None)
            if hit and at not in mapping:
                mapping[at] = hit.name
    for at, name in enumerate(table.columns):
        if at not in mapping:
            notes.append(Fault(d.COLUMN_UNKNOWN, "", {"name": name[:40]}))
    missing = [f for f in wanted if f.required and f.default is None and f.name not in mapping.values()]
    if missing:
        raise PatrolError.of([Fault(d.COLUMN_MISSING, f.label.zh, {"label": _head(f)}) for f in missing])
    return mapping, notes


def _head(f: d.Field) -> Label:
    """Name a column as a file may head it: English readers are told its Chinese name too."""
    return Label(f.label.zh, f"{f.label.en} ({f.label.zh})")


def _lower_part(name: str) -> str:
    """Return what the lower of two header rows says; the upper one often groups: 人员 over 出动, 驱散."""
    return name.rpartition(" ")[2]


def import_file(
    session: Session,
    actor: Principal,
    ledger: Ledger,
    path: Path,
    *,
    partial: bool,
    job_uid: str,
    clock: Clock,
    progress: Callable[[float, float, str, str], None],
) -> Outcome:
    """Store a file of records. With any bad row nothing is stored, unless ``partial`` says to take the good ones."""
    table = read_table(path, _knows(ledger))
    mapping, notes = match_columns(ledger, table)
    outcome = Outcome(notes=[told(fault) for fault in (*table.notes, *notes)])
    lookup = Lookup(session, china_date(clock.now()))
    good: list[tuple[dict[str, Any], str, int]] = []
    rows = list(table.rows())
    numbers: set[str] = set()
    for row in rows:
        progress(outcome.rows, 2 * len(rows), f"正在核对第{row.number}行", f"Checking row {row.number}")
        outcome.rows += 1
        given = {name: row.cells[at].strip() for at, name in mapping.items()}
        try:
            if row.faults:
                raise PatrolError.of(list(row.faults.values()))
            values = checked_values(session, ledger, None, given, lookup)
            _claim(session, ledger, given.get("number", ""), numbers)
            good.append((values, given.get("number", ""), row.number))
        except PatrolError as error:
            outcome.faults += [told(fault, row.number) for fault in error.faults]
    if outcome.faults and not partial:
        return outcome
    _store(session, actor, ledger, good, outcome, job_uid, clock, progress)
    return outcome


def _claim(session: Session, ledger: Ledger, number: str, numbers: set[str]) -> None:
    """Refuse a number that is taken, in the ledger or further up in the file."""
    if number and (number in numbers or queries.record_by_number(session, ledger, number) is not None):
        raise PatrolError(d.NUMBER_TAKEN, where="number", text=number[:40])
    numbers.add(number)


def _store(
    session: Session, actor: Principal, ledger: Ledger, good: list[tuple[dict[str, Any], str, int]],
    outcome: Outcome, job_uid: str, clock: Clock, progress: Callable[[float, float, str, str], None],
) -> None:  # fmt: skip
    for done, (values, number, at) in enumerate(good):
        progress(len(good) + done, 2 * len(good), f"正在入库第{at}行", f"Storing row {at}")
        row = add_row(session, actor, ledger, values, number, clock=clock, import_uid=job_uid)
        ledger.after(session, actor, row, clock)
        outcome.stored += 1
    detail = {"ledger": ledger.code, "stored": outcome.stored, "rows": outcome.rows}
    audit.record(session, actor, f"{ledger.code}.import", job_uid, detail, at=clock.now())


def told(fault: Fault, row: int = 0) -> dict[str, Any]:
    """Return a fault in both languages with the row and column it stands at."""
    return {"row": row, "where": fault.where, "zh": fault.sentence("zh"), "en": fault.sentence("en")}
