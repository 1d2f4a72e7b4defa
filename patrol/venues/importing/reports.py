"""The list of bad rows to take back to whoever made the file: CSV and XLSX in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from patrol.core.spreadsheets import inert
from patrol.venues.domain.facts import one_line
from patrol.venues.importing.columns import Field

HEADS = ("行号 Row", "列 Column", "原因", "Reason")


def _lines(rows: Iterable[Any], fields: Sequence[Field]) -> Iterator[list[str]]:
    yield [*HEADS, *(f"{field.label.zh} {field.label.en}" for field in fields)]
    for number, data, reasons in rows:
        said = [one_line(str(data["given"].get(field.name, ""))) for field in fields]
        for reason in reasons:
            yield [
                str(number),
                one_line(reason["where"]),
                one_line(reason["zh"]),
                one_line(reason["en"]),
                *said,
            ]


def report_csv(rows: Iterable[Any], fields: Sequence[Field]) -> bytes:
    """Return the bad rows as CSV (UTF-8 with BOM, which Excel reads): one line for each reason."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([inert(cell) for cell in line] for line in _lines(rows, fields))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def report_xlsx(rows: Iterable[Any], fields: Sequence[Field]) -> bytes:
    """Return the bad rows as XLSX, every cell declared as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("错误 Errors")
    sheet.freeze_panes = "A2"
    for at, line in enumerate(_lines(rows, fields)):
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            if at == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()
