"""From what a form or a file says to the values of a record: references looked up, every fault at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.errors import Faults
from patrol.infra import spatial
from patrol.ledgers import domain as d
from patrol.ledgers import queries
from patrol.ledgers.domain import Field
from patrol.ledgers.ledger import LEDGERS, Ledger

#: as many venues as one record may name
MOST_VENUES = 100


@dataclass
class Lookup:
    """Remembers what was looked up, so that a file of many rows asks for each division once."""

    session: Session
    today: dt.date

    def __post_init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}

    def find(self, kind: str, text: str, target: str = "") -> Any:
        """Return the division, venue or record that ``text`` names, or ``None``."""
        key = (kind + target, text)
        if key not in self.known:
            if kind == "division":
                self.known[key] = queries.division_named(self.session, text)
            elif kind == "venue":
                self.known[key] = queries.venue_named(self.session, text)
            else:
                self.known[key] = queries.record_meant(self.session, LEDGERS[target], text)
        return self.known[key]


def read_values(ledger: Ledger, given: Mapping[str, str], lookup: Lookup, faults: Faults) -> dict[str, Any]:
    """Read every field of ``given`` into column values; adds all faults to ``faults``.

    Returns the columns by name: ``division_id`` with ``scope_path``, ``venue_id``, ``<name>_id``, ``geom``, and the
    plain fields under their own names.
    """
    values: dict[str, Any] = {}
    for f in ledger.fields:
        values.update(_read_field(f, given, lookup, faults))
    return values


def _read_field(f: Field, given: Mapping[str, str], lookup: Lookup, faults: Faults) -> dict[str, Any]:
    if f.kind == "counts":
        return {f.name: d.read_counts(f, given, faults)}
    if f.kind == "place":
        position = d.read_position(f, given, faults)
        return {"geom": spatial.point(*position) if position else None}
    text = str(given.get(f.name, "") or "").replace("\r\n", "\n").strip()  # as forms send a line break
    if f.kind == "flag":
        return {f.name: d.read_flag(text)}
    if not text:
        if f.required and f.default is None:
            faults.add(d.MISSING, where=f.name, label=f.label)
        return {"division_id": 0, "scope_path": ""} if f.kind == "division" else {_column(f): d.empty_of(f)}
    if f.kind == "venues":
        return {_column(f): _read_venues(f, text, lookup, faults)}
    if f.kind in {"division", "venue", "record"}:
        return _read_reference(f, text, lookup, faults)
    return {f.name: d.read_plain(f, text, faults, lookup.today)}


def _read_venues(f: Field, text: str, lookup: Lookup, faults: Faults) -> list[int]:
    """Read venues in the order they are named: one on a line, or several with 、 , ; between them.

    A line that is a venue as it stands is one, so a name that holds such a sign is understood too.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_VENUES:
        faults.add(d.TOO_MANY_VENUES, where=f.name, label=f.label, count=len(lines), most=MOST_VENUES)
        return []
    names = [
        part for line in lines for part in ([line] if lookup.find("venue", line) else d.read_names(line))
    ]
    if len(names) > MOST_VENUES:
        faults.add(d.TOO_MANY_VENUES, where=f.name, label=f.label, count=len(names), most=MOST_VENUES)
        return []
    keys: list[int] = []
    for name in names:
        venue = lookup.find("venue", name)
        if venue is None:
            faults.add(d.NO_VENUE, where=f.name, text=name[:40])
        elif venue.id in keys:
            faults.add(d.VENUE_TWICE, where=f.name, label=f.label, text=name[:40])
        else:
            keys.append(venue.id)
    return keys


def keep_unseen(session: Session, ledger: Ledger, row: Any, values: dict[str, Any]) -> None:
    """Leave with a record the venues that its editor cannot see, which a form therefore cannot name.

    Whoever leaves those in sight as they are leaves the order as it is too, and with it the first one.
    """
    if not ledger.has_venues:
        return
    before, chosen = row.venue_ids, values["venue_ids"]
    seen = queries.venues_of(session, before)
    unseen = [key for key in before if key not in seen]
    same = chosen == [key for key in before if key in seen]
    values["venue_ids"] = before if same else [*chosen, *unseen]


def _column(f: Field) -> str:
    if f.kind == "venues":
        return "venue_ids"
    return f"{f.name}_id" if f.kind in {"venue", "record"} else f.name


def _read_reference(f: Field, text: str, lookup: Lookup, faults: Faults) -> dict[str, Any]:
    found = lookup.find(f.kind, text, f.target)
    if f.kind == "division":
        if found is None:
            faults.add(d.NO_DIVISION, where=f.name, text=text[:40])
            return {"division_id": 0, "scope_path": ""}
        return {"division_id": found.id, "scope_path": found.scope_path, "_division_code": found.code}
    if found is None and f.kind == "venue":
        faults.add(d.NO_VENUE, where=f.name, text=text[:40])
    elif found is None:
        faults.add(d.NO_RECORD, where=f.name, label=f.label, text=text[:40])
    return {_column(f): found.id if found is not None else None}


def form_values(session: Session, ledger: Ledger, row: Any) -> dict[str, Any]:
    """Return a record as its form shows it."""
    values: dict[str, Any] = {"number": row.number, "version": row.version}
    for f in ledger.fields:
        values.update(_shown(session, ledger, f, row))
    return values


def _shown(session: Session, ledger: Ledger, f: Field, row: Any) -> dict[str, Any]:
    if f.kind == "place":
        place = queries.place_of(session, ledger, row)
        return {"lon": f"{place[0]:.6f}", "lat": f"{place[1]:.6f}"} if place else {"lon": "", "lat": ""}
    if f.kind == "division":
        division = queries.division_of(session, row.division_id)
        return {f.name: division.code if division else ""}
    if f.kind == "venue":
        venue = queries.venue_of(session, row.venue_id) if row.venue_id else None
        return {f.name: venue.code if venue else ""}
    if f.kind == "venues":
        return {f.name: "\n".join(map(venue_text, queries.venues_of(session, row.venue_ids).values()))}
    if f.kind == "record":
        key = getattr(row, _column(f))
        found = queries.record_of_key(session, f.target, key) if key else None
        return {f.name: found.number if found else ""}
    value = getattr(row, f.name)
    if f.kind == "counts":
        return {f"{f.name}.{code}": count for code, count in (value or {}).items()}
    if f.kind == "money":
        return {f.name: money_text(value or 0) if value else ""}
    if f.kind == "names":
        return {f.name: "、".join(value or [])}
    if f.kind == "day":
        return {f.name: value.isoformat() if value else ""}
    return {f.name: value if value is not None else ""}


def venue_text(venue: Any) -> str:
    """Write a venue as people read it and as a form or file may name it.

    >>> from types import SimpleNamespace
    >>> venue_text(SimpleNamespace(name="江城宾馆", code="JA-0001"))
    '江城宾馆 (JA-0001)'
    """
    return f"{venue.name} ({venue.code})"


def money_text(fen: int) -> str:
    """Write an amount in yuan, without needless zeros.

    >>> money_text(200000), money_text(150)
    ('2000', '1.50')
    """
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"
