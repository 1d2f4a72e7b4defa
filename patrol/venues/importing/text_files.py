"""Delimited text: which encoding, which delimiter, and what must not be in it."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from patrol.core.encodings import looks_chinese
from patrol.core.errors import Fault, PatrolError
from patrol.venues.importing import problems as p
from patrol.venues.importing.table import LONGEST_CELL, Row, Source

_DELIMITERS = ",\t;|"
_CHUNK = 1 << 20
#: a formula of any spreadsheet, or a call that opens another program; plain signed numbers and telephones pass
_FORMULA = re.compile(r"\s*(?:=|[@+\-](?=.*[(|!])(?![\d\s().\-]+$))", re.S)
_TEXT_TRICK = re.compile(r'="([^"=]*)"')
#: line breaks in one cell beyond which a quotation mark is taken to be unclosed
_MOST_BREAKS = 50


def open_text(path: Path) -> Source:
    """Open delimited text; raises :class:`PatrolError` for bytes that are no text in a known encoding."""
    encoding = find_encoding(path)
    delimiter = find_delimiter(path, encoding)
    notes = (Fault(p.DECODED_GBK),) if encoding == "gb18030" else ()
    return Source("csv", lambda: _rows(path, encoding, delimiter), encoding, notes)


def find_encoding(path: Path) -> str:
    """Tell UTF-8 (with or without BOM), UTF-16 with BOM and GBK apart by reading the whole file.

    GBK accepts nearly any bytes, so what it yields must also be characters in common use.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _require_decodable(path, "utf-16")
        return "utf-16"
    if b"\x00" in start:
        raise PatrolError(p.UNREADABLE)
    if _undecodable_line(path, "utf-8") is None:
        return "utf-8-sig"
    _require_decodable(path, "gb18030")
    if not _is_common_chinese(path):
        line = _undecodable_line(path, "utf-8")
        raise PatrolError(p.MISENCODED, line=line)
    return "gb18030"


def _require_decodable(path: Path, encoding: str) -> None:
    line = _undecodable_line(path, encoding)
    if line is not None:
        raise PatrolError(p.MISENCODED, line=line)


def _undecodable_line(path: Path, encoding: str) -> int | None:
    """Return the line of the first bytes that are not ``encoding``; ``None`` when all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return lines + bytes(error.object[: error.start]).count(b"\n")
            if not chunk:
                return None
            lines += chunk.count(b"\n")


def _is_common_chinese(path: Path) -> bool:
    with path.open("r", encoding="gb18030", errors="ignore") as file:
        return looks_chinese(file.read(1 << 18))


def find_delimiter(path: Path, encoding: str) -> str:
    """Choose the delimiter under which most of the first rows have the same, largest number of cells."""

    def score(delimiter: str) -> tuple[float, int]:
        with path.open("r", encoding=encoding, newline="") as file:
            counts = Counter(len(row) for row in islice(_cells(file, delimiter), 40) if any(row))
        if not counts:
            return 0.0, 0
        width, rows = counts.most_common(1)[0]
        return (rows / counts.total() if width > 1 else 0.0), width

    return max(_DELIMITERS, key=score)


def _cells(file: IO[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise PatrolError(p.LONG_CELL, line=reader.line_num) from error


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open("r", encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        line = 1
        try:
            for cells in reader:
                _require_ended(cells, line)
                yield _row(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise PatrolError(p.LONG_CELL, line=line) from error


def _require_ended(cells: list[str], line: int) -> None:
    if any(len(cell) > LONGEST_CELL or cell.count("\n") > _MOST_BREAKS for cell in cells):
        raise PatrolError(p.LONG_CELL, line=line)


def _row(number: int, cells: list[str]) -> Row:
    if not any(cell and cell.lstrip()[:1] in "=+-@" for cell in cells):
        return Row(number, tuple(cells))
    plain = [_plain(cell) for cell in cells]
    faults = {
        at: Fault(p.FORMULA_TEXT, "", {"text": cell.strip()[:40]})
        for at, cell in enumerate(plain)
        if _FORMULA.match(cell)
    }
    return Row(number, tuple(plain), faults)


def _plain(cell: str) -> str:
    """Excel's own trick for text that looks like a number, ="00123", is the text and no formula."""
    trick = _TEXT_TRICK.fullmatch(cell.strip())
    return trick[1] if trick else cell
