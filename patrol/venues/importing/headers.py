"""Which rows of a sheet name its columns: titles above, two header rows, blanks and doubles."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from patrol.core.errors import Fault, PatrolError
from patrol.venues.importing import problems as p
from patrol.venues.importing.columns import knows_word
from patrol.venues.importing.table import Row

_NUMBER = re.compile(r"[+-]?[\d.,/:年月日\s-]*\d[\d.,/:年月日\s-]*%?")


def find_header(
    head: Sequence[Row], knows: Callable[[str], bool] = knows_word
) -> tuple[int, tuple[str, ...], tuple[Fault, ...]]:
    """Find the column names in the first rows of a file; ``knows`` says which texts could be a column's name.

    Returns: the number of the last row that belongs to the names, the names (unique, none empty), and notes
    on what was passed over or joined. Raises :class:`PatrolError` for a first row that holds data.
    """
    rows = [row for row in head if not row.blank]
    if not rows:
        raise PatrolError(p.EMPTY)
    notes: list[Fault] = []
    width = max(len([cell for cell in row.cells if cell.strip()]) for row in rows)
    while len(rows) > 1 and _is_title(rows[0], width):
        notes.append(Fault(p.TITLE_SKIPPED, "", {"row": rows[0].number, "text": _first(rows[0])[:40]}))
        rows.pop(0)
    top, names = rows[0], _trimmed(rows[0])
    if sum(bool(_NUMBER.fullmatch(cell)) for cell in names) * 2 >= max(len(names), 1) or top.faults:
        raise PatrolError(p.NO_HEADER)
    last = top.number
    if len(rows) > 1 and _is_second_header(names, rows[1], knows):
        names = _joined(names, _trimmed(rows[1]))
        last = rows[1].number
        notes.append(Fault(p.TWO_HEADERS, "", {"first": top.number, "second": last}))
    return last, _unique(names), tuple(notes)


def _trimmed(row: Row) -> list[str]:
    cells = [" ".join(cell.split())[:80] for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _first(row: Row) -> str:
    return next(cell.strip() for cell in row.cells if cell.strip())


def _is_title(row: Row, width: int) -> bool:
    """One text alone (or spread over a merged area) above a wider table."""
    said = {cell.strip() for cell in row.cells if cell.strip()}
    return len(said) == 1 and width > 2


def _is_second_header(names: list[str], row: Row, knows: Callable[[str], bool]) -> bool:
    below = _trimmed(row)
    if len(below) < 2 or row.faults or any(_NUMBER.fullmatch(cell) for cell in below):
        return False
    unclear = [
        at
        for at in range(max(len(names), len(below)))
        if at >= len(names) or not names[at] or names.count(names[at]) > 1
    ]
    said = [cell for cell in below if cell]
    filled = all(at < len(below) and below[at] for at in unclear)
    known = any(knows(cell) for cell in said)
    return bool(unclear) and filled and known and len(set(said)) == len(said)


def _joined(top: list[str], below: list[str]) -> list[str]:
    width = max(len(top), len(below))
    upper = top + [""] * (width - len(top))
    lower = below + [""] * (width - len(below))
    return [
        " ".join(dict.fromkeys(part for part in (a, b) if part)) for a, b in zip(upper, lower, strict=True)
    ]


def _unique(names: list[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    unique = []
    for at, name in enumerate(names):
        shown = name or f"#{column_letters(at)}"
        seen[shown] = seen.get(shown, 0) + 1
        unique.append(shown if seen[shown] == 1 else f"{shown} ({seen[shown]})")
    return tuple(unique)


def column_letters(at: int) -> str:
    """Return the letters of a spreadsheet column, counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
