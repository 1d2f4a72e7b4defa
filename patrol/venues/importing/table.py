"""A file as rows of text under named columns, whatever it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from patrol.core.errors import Fault, PatrolError
from patrol.venues.importing import problems as p

MOST_ROWS = 200_000
MOST_COLUMNS = 300
LONGEST_CELL = 20_000
#: rows looked at to find the column names
HEAD = 30


@dataclass(frozen=True)
class Row:
    """One row with its number in the file; ``faults`` and ``computed`` name cells by column."""

    number: int
    cells: tuple[str, ...]
    faults: Mapping[int, Fault] = field(default_factory=dict)
    computed: frozenset[int] = frozenset()

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.strip() for cell in self.cells) and not self.faults


@dataclass(frozen=True)
class Source:
    """What a reader offers: every row from the first, again and again, and what it noticed on the way."""

    kind: str
    rows: Callable[[], Iterator[Row]]
    encoding: str = ""
    notes: tuple[Fault, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file with named columns. ``rows()`` reads it anew each time, from the first row of data."""

    source: Source
    columns: tuple[str, ...]
    notes: tuple[Fault, ...]
    header_row: int

    def rows(self) -> Iterator[Row]:
        """Yield every row of data that is not blank, cut or filled to the columns.

        Raises :class:`PatrolError` where the file turns out to be too long or broken further down.
        """
        width = len(self.columns)
        for count, row in enumerate(self.source.rows()):
            if count > MOST_ROWS:
                raise PatrolError(p.TOO_MANY_ROWS, limit=MOST_ROWS)
            if row.number <= self.header_row or row.blank:
                continue
            faults = dict(row.faults)
            if any(cell.strip() for cell in row.cells[width:]):
                faults[-1] = Fault(p.SHORT_ROW, "", {"count": len(row.cells), "columns": width})
            cells = (*row.cells[:width], *[""] * (width - len(row.cells)))
            yield replace(row, cells=cells, faults=faults)

    def sample(self, count: int = 5) -> list[Row]:
        """Return the first rows."""
        return list(islice(self.rows(), count))


def read_table(path: Path, knows: Callable[[str], bool] | None = None) -> Table:
    """Open a file as a table: XLSX, GeoJSON or delimited text, told by its content and never by its name.

    ``knows`` says which texts are names of columns where they are other ones than a venue's.

    Raises :class:`PatrolError` with a sentence for everything that is not one of these.
    """
    from patrol.venues.importing.headers import find_header, knows_word

    source = open_source(path)
    notes: tuple[Fault, ...] = ()
    if source.columns:
        header_row, columns = 0, source.columns
    else:
        header_row, columns, notes = find_header(list(islice(source.rows(), HEAD)), knows or knows_word)
    if len(columns) > MOST_COLUMNS:
        raise PatrolError(p.TOO_MANY_COLUMNS, count=len(columns), limit=MOST_COLUMNS)
    table = Table(source, columns, (*source.notes, *notes), header_row)
    if not table.sample(1):
        raise PatrolError(p.NO_ROWS)
    return table


def open_source(path: Path) -> Source:
    """Choose the reader by the first bytes."""
    from patrol.venues.importing.features import open_geojson
    from patrol.venues.importing.text_files import open_text
    from patrol.venues.importing.workbooks import open_workbook

    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise PatrolError(p.EMPTY)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise PatrolError(p.OLD_EXCEL)
    if start.startswith(b"%PDF"):
        raise PatrolError(p.UNREADABLE)
    if start.startswith(b"PK"):
        return open_workbook(path)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return open_geojson(path)
    return open_text(path)
