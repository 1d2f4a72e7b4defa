"""XLSX: refused when it would explode, read value by value, merged areas filled, formulas named."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from patrol.core.errors import Fault, PatrolError
from patrol.venues.importing import problems as p
from patrol.venues.importing.table import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Source

MOST_PARTS = 2_000
MOST_UNPACKED = 400_000_000
#: real workbooks pack 5 to 60 times; deflate itself reaches 1,032
MOST_RATIO = 200
HEAD_ROWS = 50
_SMALL = 20_000_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
)

Area = tuple[int, int, int, int]


def open_workbook(path: Path) -> Source:
    """Open the first sheet that holds something; raises :class:`PatrolError` for anything unsafe or broken."""
    try:
        require_harmless(path)
        title, part, others = _first_sheet(path)
        merged, has_formulas = _scan(path, part)
    except _BROKEN as error:
        raise PatrolError(p.UNREADABLE) from error
    notes = []
    if merged:
        notes.append(Fault(p.MERGED_CELLS, "", {"count": len(merged)}))
    if others:
        notes.append(Fault(p.OTHER_SHEETS, "", {"sheet": title, "others": others}))
    return Source("xlsx", lambda: _read(path, title, merged, has_formulas), "", tuple(notes))


def _first_sheet(path: Path) -> tuple[str, str, int]:
    """Return title and part of the first visible sheet that holds something, and how many others there are."""
    with _opened(path, values=True) as book:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        sheet = next((each for each in sheets if _has_content(each)), None)
        if sheet is None:
            raise PatrolError(p.EMPTY)
        return sheet.title, sheet._worksheet_path, len(book.worksheets) - 1


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Any]:
    """Open a workbook from a file object: the path has no ending, for files are kept by their hash."""
    with path.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=values)
        try:
            yield book
        finally:
            book.close()


def require_harmless(path: Path) -> None:
    """Refuse a zip whose declared sizes say that it would explode; zipfile never yields more than declared."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise PatrolError(p.OLD_EXCEL)
        unpacked = sum(part.file_size for part in parts)
        size = max(path.stat().st_size, 1)
        bomb = unpacked > _SMALL and unpacked > size * MOST_RATIO
        if bomb or unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
            raise PatrolError(p.ZIP_BOMB, unpacked_mb=unpacked // 1_000_000, packed_kb=size // 1000)
        if "xl/workbook.xml" not in packed.namelist():
            raise PatrolError(p.UNREADABLE)


def _has_content(sheet: Any) -> bool:
    rows = sheet.iter_rows(max_row=HEAD_ROWS, max_col=MOST_COLUMNS, values_only=True)
    return any(value not in (None, "") for row in rows for value in row)


def _scan(path: Path, part: str) -> tuple[tuple[Area, ...], bool]:
    """Find merged areas and formulas in the sheet's own XML, which the streaming reader does not tell of."""
    areas: list[Area] = []
    formulas, tail = False, b""
    with zipfile.ZipFile(path) as packed, packed.open(part.lstrip("/")) as sheet:
        while chunk := sheet.read(1 << 20):
            text = tail + chunk
            formulas = formulas or bool(_FORMULA.search(text))
            cut = max(text.rfind(b"<"), 0)
            for match in _MERGED.finditer(text[:cut]):
                areas.append(_area(match[1].decode()))
            tail = text[cut:]
    return tuple(areas[:20_000]), formulas


def _area(reference: str) -> Area:
    west, north, east, south = range_boundaries(reference)
    return int(west or 1), int(north or 1), int(east or 1), int(south or 1)


def _read(path: Path, title: str, merged: tuple[Area, ...], has_formulas: bool) -> Iterator[Row]:
    by_row = _by_row(merged)
    held: dict[Area, str] = {}
    try:
        computed = _formula_cells(path, title) if has_formulas else iter(())
        formula_row, formula_cells = next(computed, (0, frozenset()))
        for number, row in enumerate(_rows_of(path, title, values=True), start=1):
            while formula_row and formula_row < number:
                formula_row, formula_cells = next(computed, (0, frozenset()))
            here: frozenset[int] = formula_cells if formula_row == number else frozenset()
            yield _row(number, row, by_row.get(number, ()), held, here)
    except _BROKEN as error:
        raise PatrolError(p.UNREADABLE) from error


def _by_row(merged: tuple[Area, ...]) -> dict[int, list[Area]]:
    found: dict[int, list[Area]] = {}
    for area in merged:
        for number in range(area[1], min(area[3], area[1] + MOST_ROWS) + 1):
            found.setdefault(number, []).append(area)
    return found


def _row(
    number: int,
    values: tuple[Any, ...],
    areas: list[Area] | tuple[()],
    held: dict[Area, str],
    computed: frozenset[int],
) -> Row:
    cells = [text_of(value) for value in values]
    for area in areas:
        west, north, east, _south = area
        cells += [""] * (min(east, MOST_COLUMNS) - len(cells))
        if number == north:
            held[area] = cells[west - 1] if west <= len(cells) else ""
        for at in range(west - 1, min(east, MOST_COLUMNS)):
            cells[at] = cells[at] or held.get(area, "")
    faults = {at: Fault(p.ERROR_CELL, "", {"text": cell}) for at, cell in enumerate(cells) if cell in _ERRORS}
    faults |= {at: Fault(p.FORMULA_EMPTY) for at in computed if at < len(cells) and not cells[at]}
    return Row(number, tuple(cells), faults, frozenset(at for at in computed if at not in faults))


def _formula_cells(path: Path, title: str) -> Iterator[tuple[int, frozenset[int]]]:
    """Yield (row, columns) wherever a formula stands, from the workbook as it was written."""
    for number, row in enumerate(_rows_of(path, title, values=False), start=1):
        found = frozenset(at for at, cell in enumerate(row) if cell.data_type == "f")
        if found:
            yield number, found


def _rows_of(path: Path, title: str, *, values: bool) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet: values as they were computed, or cells as they were written."""
    with _opened(path, values=values) as book:
        yield from book[title].iter_rows(
            max_col=MOST_COLUMNS + 1, max_row=MOST_ROWS + 200, values_only=values
        )


def text_of(value: Any) -> str:
    """Write a cell's value as a person would read it: whole numbers without a point, days without midnight.

    >>> text_of(13800138000.0), text_of(114.25), text_of(dt.datetime(2026, 3, 1)), text_of(None)
    ('13800138000', '114.25', '2026-03-01', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        whole = value.time() == dt.time(0)
        return value.date().isoformat() if whole else value.isoformat(sep=" ", timespec="minutes")
    return str(value)[: LONGEST_CELL + 1]
