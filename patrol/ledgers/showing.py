"""How the values of a record are said to a reader: in lists, on its page, in workbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from patrol.core.labels import Label
from patrol.core.spreadsheets import inert
from patrol.infra.db import principal_of, within
from patrol.infra.i18n import current_language
from patrol.ledgers import queries
from patrol.ledgers.domain import Field
from patrol.ledgers.ledger import LEDGERS, Ledger
from patrol.ledgers.reading import money_text, venue_text


def say(label: Label | None) -> str:
    """Say a label in the reader's language."""
    return label.within(current_language()) if label else ""


def choice_name(f: Field, code: str) -> str:
    """Say one choice of a field."""
    label = f.choices.get(code)
    return say(label) if label else code


def cell(f: Field, row: Any, venues: Mapping[int, Any] | None = None) -> Any:
    """Return what a list shows of a field; ``venues`` are those that its records name, by key."""
    if f.kind == "venues":
        return _venues_cell(row.venue_ids, venues or {})
    value = getattr(row, f.name, None)
    if value in (None, "", [], {}):
        return ""
    if f.kind in {"choice", "many", "names", "counts"}:
        return _listed(f, value)
    if f.kind == "money":
        return f"{money_text(value)} {_('yuan')}" if value else ""
    if f.kind == "flag":
        return _("Yes") if value else _("No")
    if f.kind == "day":
        return value.isoformat()
    if f.kind == "whole" and f.unit:
        return f"{value} {say(f.unit)}"
    return value


def _listed(f: Field, value: Any) -> str:
    """Say what was chosen or listed."""
    if f.kind == "choice":
        return choice_name(f, value)
    if f.kind == "names":
        return "、".join(value)
    if f.kind == "many":
        return "、".join(choice_name(f, each) for each in value)
    return "、".join(f"{choice_name(f, code)} {count}" for code, count in value.items())


def _venues_cell(keys: Sequence[int], venues: Mapping[int, Any]) -> str:
    """Name the first venue in sight and count the others."""
    seen = [venues[key].name for key in keys if key in venues]
    more = len(keys) - 1
    if not seen or not more:
        return "".join(seen)
    return ngettext("%(first)s and %(num)s more", "%(first)s and %(num)s more", more, first=seen[0])


def venues_named(session: Session, ledger: Ledger, rows: Sequence[Any]) -> Mapping[int, Any]:
    """Return the venues within scope that records name, by key."""
    if ledger.has_venues:
        return queries.venues_of(session, sorted({key for row in rows for key in row.venue_ids}))
    if any(f.kind == "venue" for f in ledger.fields):
        return queries.venues_of(session, sorted({row.venue_id for row in rows} - {None}))
    return {}


def numbers_named(session: Session, ledger: Ledger, rows: Sequence[Any]) -> Mapping[str, Mapping[int, str]]:
    """Return the numbers of the records that records name, by the field's name and key."""
    return {
        f.name: queries.numbers_of(
            session, f.target, sorted({getattr(row, _column_of(f)) for row in rows} - {None})
        )
        for f in ledger.fields
        if f.kind == "record"
    }


def facts_of(session: Session, ledger: Ledger, row: Any) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return what a record says, by group: (group, [(label, value or (value, address) or a list of these)])."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for f in ledger.fields:
        if f.kind == "place":
            continue
        groups.setdefault(say(f.group), []).append((say(f.label), _fact(session, f, row)))
    return list(groups.items())


def _fact(session: Session, f: Field, row: Any) -> Any:
    if f.kind == "division":
        division = queries.division_of(session, row.division_id) if row.division_id else None
        return division.name if division else ""
    if f.kind == "venue":
        venue = queries.venue_of(session, row.venue_id) if row.venue_id else None
        return (f"{venue.name} ({venue.code})", f"/venues/{venue.uid}") if venue else ""
    if f.kind == "venues":
        return _venues_fact(session, row.venue_ids)
    if f.kind == "record":
        key = getattr(row, f"{f.name}_id")
        found = queries.record_of_key(session, f.target, key) if key else None
        if not found:
            return ""
        said = f"{found.number} {getattr(found, LEDGERS[f.target].title)}"
        own = within(found.scope_path, principal_of(session).scope_path)
        return (said, f"/{f.target}/{found.uid}") if own else said
    if f.kind == "flag" and not getattr(row, f.name):
        return _("No")
    return cell(f, row)


def _venues_fact(session: Session, keys: Sequence[int]) -> list[Any] | str:
    """Return a link to each venue in sight, and how many are elsewhere."""
    seen = queries.venues_of(session, keys)
    said: list[Any] = [(venue_text(venue), f"/venues/{venue.uid}") for venue in seen.values()]
    away = len(keys) - len(seen)
    if away:
        said.append(ngettext("%(num)s venue outside your area", "%(num)s venues outside your area", away))
    return said or ""


def changes_in_words(
    session: Session, ledger: Ledger, changed: Mapping[str, list[Any]]
) -> list[tuple[str, Any, Any]]:
    """Return (label, before, now) of what a change changed, each as the record's page would say it.

    ``changed`` is what the audit keeps: columns with their values before and after. Columns that follow from others
    (instants, paths) are left out.
    """
    fields = {_column_of(f): f for f in ledger.fields}
    if "venue_id" in changed and "venue_ids" in fields:  # written when a record held one venue only
        several = [[key] if key else [] for key in changed["venue_id"]]
        changed = {"venue_ids" if name == "venue_id" else name: pair for name, pair in changed.items()}
        changed["venue_ids"] = several
    return [
        (say(fields[name].label), *(_once(session, fields[name], value) for value in pair))
        for name, pair in changed.items()
        if name in fields
    ]


def _column_of(f: Field) -> str:
    if f.kind == "venues":
        return "venue_ids"
    return f"{f.name}_id" if f.kind in {"division", "venue", "record"} else f.name


def _once(session: Session, f: Field, value: Any) -> Any:
    """Say a value of the past as :func:`_fact` says one of today."""
    if f.kind == "day" and value:
        return str(value)[:10]
    said = _fact(
        session, f, SimpleNamespace(**{_column_of(f): value or ([] if f.kind == "venues" else None)})
    )
    if isinstance(said, list):
        return "、".join(_plainly(each) for each in said)
    return _plainly(said)


def _plainly(said: Any) -> Any:
    return said[0] if isinstance(said, tuple) else said


def divisions_by_id(session: Session) -> Mapping[int, str]:
    """Return the name of every division in scope by key, for lists."""
    from patrol.territory import divisions_in_scope

    return {each.id: each.name for each in divisions_in_scope(session)}


@dataclass(frozen=True)
class Named:
    """What records name by key: divisions, venues, and numbers of other records by field."""

    divisions: Mapping[int, str]
    venues: Mapping[int, Any]
    numbers: Mapping[str, Mapping[int, str]]


def workbook(ledger: Ledger, rows: list[Any], named: Named) -> bytes:
    """Return records as an XLSX file; a cell that looks like a formula is kept a text."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    listed = [f for f in ledger.fields if f.kind != "place"]
    book = Workbook()
    sheet = book.active
    sheet.title = say(ledger.name)[:30]
    sheet.append([_("Number"), *(say(f.label) for f in listed)])
    for row in rows:
        sheet.append([inert(row.number), *(_exported(f, row, named) for f in listed)])
    for head in sheet[1]:
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = 18
    sheet.freeze_panes = "B2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _exported(f: Field, row: Any, named: Named) -> Any:
    if f.kind == "division":
        return named.divisions.get(row.division_id, "")
    if f.kind in {"venue", "venues"}:
        keys = row.venue_ids if f.kind == "venues" else [row.venue_id]
        return inert("、".join(venue_text(named.venues[key]) for key in keys if key in named.venues))
    if f.kind == "record":
        return named.numbers[f.name].get(getattr(row, _column_of(f)), "")
    value = getattr(row, f.name, None)
    if f.kind == "money":
        return (value or 0) / 100
    if f.kind == "whole" or isinstance(value, dt.date):
        return value
    return inert(cell(f, row))


def blank_workbook(ledger: Ledger, columns: list[Field]) -> bytes:
    """Return an empty file with the column names, required ones marked, for people to fill in."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = say(ledger.name)[:30]
    sheet.append([say(f.label) + ("*" if f.required else "") for f in columns])
    for head in sheet[1]:
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = 16
    out = BytesIO()
    book.save(out)
    return out.getvalue()
