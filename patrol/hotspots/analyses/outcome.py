"""What an analysis gives back, and the grid of squares that several of them lay over points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrol.core.errors import PatrolError, Problem
from patrol.hotspots.statistics import Frame, problems
from patrol.hotspots.statistics.frames import MOST_CELLS
from patrol.hotspots.tables import Places, Table, plain


@dataclass(frozen=True)
class Outcome:
    """A table, and sentences a reader must see beside it: denominator, period, n, what was left out."""

    table: Table
    notes: tuple[str, ...] = ()


def lay_frame(places: Places, size: float) -> Frame:
    """Lay a grid of squares over points; a size that does not fit is a person's mistake."""
    try:
        return Frame.over(places.x, places.y, size)
    except ValueError as error:
        wide, high = np.ptp(places.x), np.ptp(places.y)
        raise PatrolError(
            problems.TOO_MANY_CELLS, cells=round(wide / size) * round(high / size), most=MOST_CELLS,
            where_to=farthest(places),
        ) from error  # fmt: skip


def farthest(places: Places) -> str:
    """Say which position lies farthest from the middle of all, as its file writes it."""
    away = np.hypot(places.x - np.median(places.x), places.y - np.median(places.y))
    at = slice(int(away.argmax()), int(away.argmax()) + 1)
    x, y = places.x[at], places.y[at]
    if places.flat is None:
        return f"x {x[0]:g}, y {y[0]:g}"
    lon, lat = places.flat.unproject(x, y)
    return f"lon {round(float(lon[0]), 4) + 0.0:g}, lat {round(float(lat[0]), 4) + 0.0:g}"


def frame_table(
    frame: Frame, places: Places, columns: dict[str, Any], kept: NDArray[np.bool_] | None = None
) -> Table:
    """Make a table of cells with their middles and squares, in degrees where the points came in degrees."""
    x, y = frame.middles()
    squares, names = frame.squares(), ("x", "y")
    rows = np.flatnonzero(np.ones(frame.cells, dtype=bool) if kept is None else kept)
    x, y, squares = x[rows], y[rows], squares[rows]
    if places.flat is not None:
        flat, names = places.flat, ("lon", "lat")
        x, y = flat.unproject(x, y)
        squares = shapely.transform(squares, lambda corners: np.column_stack(flat.unproject(*corners.T)))
    made: dict[str, Any] = {"cell": rows, names[0]: x, names[1]: y}
    made.update({name: np.asarray(values)[rows] for name, values in columns.items()})
    return Table({name: [plain(v) for v in values] for name, values in made.items()}, np.asarray(squares))


def repeats_note(table: Table) -> list[str]:
    """Say how many rows are exact repeats: perhaps an import done twice."""
    many = table.repeats()
    return [told(problems.REPEATS, table.name, many=many)] if many else []


def told(what: Problem, where: str = "", **facts: Any) -> str:
    """Say a problem that stops nothing in both languages, as a line beside an answer."""
    error = PatrolError(what, **facts)
    return f"{where + ': ' if where else ''}{error.sentence('zh')} / {error.sentence('en')}"
