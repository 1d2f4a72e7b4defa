"""A table: columns of one length, perhaps with a shape for each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrol.core.errors import PatrolError
from patrol.hotspots.statistics import problems
from patrol.hotspots.tables.values import DateOrder, day_of, number, order_of, plain

Floats = NDArray[np.float64]
DATES = (
    "date", "day", "datetime", "time", "timestamp", "occurred", "occurred_on", "occurred_at", "date_single", "日期",
    "时间", "发现时间", "发现日期", "发生时间", "发生日期", "检查时间", "检查日期", "fecha", "datum",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Columns of one length, in order; ``shapes`` of the rows if the file had geometry (degrees in
    GeoJSON).
    """

    columns: dict[str, list[Any]]
    shapes: NDArray[Any] | None = None
    name: str = "table"

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else len(self._shapes())

    def _shapes(self) -> NDArray[Any]:
        return np.empty(0, dtype=object) if self.shapes is None else self.shapes

    def column(self, name: str) -> list[Any]:
        """One column; a :class:`PatrolError` names those there are."""
        if name not in self.columns:
            raise PatrolError(
                problems.NO_COLUMN, where=self.name, column=name, present=", ".join(self.columns) or "–"
            )
        return self.columns[name]

    def numbers(self, name: str, *, least: float | None = None) -> Floats:
        """One column as finite numbers, at least ``least``."""
        values = self.column(name)
        made = np.array([number(value) for value in values], dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(made))
        if wrong.size:
            raise PatrolError(
                problems.NOT_A_NUMBER, where=self.name, column=name, count=wrong.size,
                row=int(wrong[0]) + 1, value=values[wrong[0]],
            )  # fmt: skip
        if least is not None and (made < least).any():
            row = int(np.flatnonzero(made < least)[0])
            raise PatrolError(problems.NEGATIVE, where=self.name, column=name, row=row + 1, value=values[row])
        return made

    def days(self, name: str) -> NDArray[np.int64]:
        """One column of dates (or instants) as ordinal day numbers."""
        made, values = np.empty(len(self), dtype=np.int64), self.column(name)
        order = self.date_order(name)
        values = [value if isinstance(value, dt.date) else str(value) for value in values]
        known: dict[Any, int] = {}
        for row, value in enumerate(values):
            try:
                if value not in known:
                    known[value] = day_of(value, order)
            except ValueError as error:
                raise PatrolError(
                    problems.NOT_A_DATE, where=self.name, column=name, row=row + 1, value=value
                ) from error
            made[row] = known[value]
        return made

    def date_order(self, name: str) -> DateOrder:
        """In which order a column of dates writes day, month and year."""
        return order_of({str(value) for value in self.column(name) if not isinstance(value, dt.date)})

    def repeats(self) -> int:
        """How many rows are exact repeats of an earlier one: an import done twice."""
        held: list[Any] = [map(str, values) for values in self.columns.values()]
        if self.shapes is not None:
            held.append(shapely.to_wkb(self.shapes).tolist())
        return len(self) - len({hash(row) for row in zip(*held, strict=True)})


def date_column(table: Table, asked: str) -> str:
    """Find the column of the date: the one asked for, else one of a usual name, else the only one named after it."""
    if asked in table.columns or asked != "date":
        return asked
    small = {name.lower(): name for name in reversed(list(table.columns))}
    usual = next((small[name] for name in DATES if name in small), None)
    if usual:
        return usual
    alike = [
        name for low, name in small.items() if any(word in low for word in ("date", "time", "日期", "时间"))
    ]
    if len(alike) != 1:
        raise PatrolError(problems.NO_DATE, where=table.name, present=", ".join(table.columns) or "–")
    return alike[0]


def with_columns(table: Table, added: Mapping[str, Sequence[Any] | NDArray[Any]]) -> Table:
    """Return the table with further columns."""
    made = {name: [plain(value) for value in values] for name, values in added.items()}
    return Table({**table.columns, **made}, table.shapes, table.name)
