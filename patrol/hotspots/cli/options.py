"""The group of commands, the options that several of them share, and how an answer is told."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import shapely
from shapely.geometry.base import BaseGeometry

from patrol.core.errors import PatrolError
from patrol.hotspots import analyses
from patrol.hotspots.statistics import problems
from patrol.hotspots.tables import Table, check_suffix, read_table, write_table

F = TypeVar("F", bound=Callable[..., Any])


class Between(click.ParamType):
    """A number within bounds; outside of them the person is told the bounds in both languages."""

    def __init__(
        self, least: float, most: float = math.inf, *, whole: bool = False, above: bool = False
    ) -> None:
        self.least, self.most, self.whole, self.above = least, most, whole, above
        self.name = "integer" if whole else "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number; raise the sentence of ``hotspots.option.out_of_range`` for anything else."""
        try:
            made = int(value) if self.whole else float(value)
        except ValueError:
            made = math.nan
        if (
            (self.least < made if self.above else self.least <= made)
            and made <= self.most
            and made < math.inf
        ):
            return made
        option = param.opts[0] if param else self.name
        en = f"{'above' if self.above else 'at or above'} {self.least:g}"
        zh = f"{'大于' if self.above else '不小于'}{self.least:g}"
        if self.most < math.inf:
            en, zh = f"{en} and at most {self.most:g}", f"{zh}且不大于{self.most:g}"
        raise PatrolError(problems.BAD_OPTION, option=option, wanted_en=en, wanted_zh=zh, value=value)


POSITIVE = Between(0, above=True)
SHARE = Between(0, 1, above=True)
FILE = click.Path(dir_okay=False, path_type=Path)


def options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Join options that several commands share."""

    def apply(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return apply


file_argument = click.argument("file", type=FILE)


def writable(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file that cannot be written before any work is done for it."""
    check_suffix(path)
    return path


out_option = click.option(
    "--out", type=FILE, callback=writable, help=".csv, .geojson or .parquet; CSV to the screen without it."
)
seed_option = click.option("--seed", type=int, default=1, show_default=True, help="Start of the chance.")
position_options = options(
    click.option("--x", help="Column of x or longitude (found by itself if named x or lon)."),
    click.option("--y", help="Column of y or latitude."),
)
visits_option = click.option("--visits-file", type=FILE, help="Points of all visits: the denominator.")
class_options = options(
    click.option(
        "--fdr",
        type=Between(0, 0.49, above=True),
        default=0.05,
        show_default=True,
        help="False discovery rate.",
    ),
    click.option(
        "--min-visits", type=Between(0), default=10, show_default=True, help="Below it a cell is unknown."
    ),
)
until_option = click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y/%m/%d"]),
    help="Last day; later rows are left out [default: today].",
)
step_options = options(
    click.option("--date", default="date", show_default=True, help="Column of the date."),
    click.option("--cell", type=POSITIVE, default=500, show_default=True, help="Side of a cell (metres)."),
    click.option(
        "--period",
        type=Between(1, 3660, whole=True),
        default=28,
        show_default=True,
        help="Days in a period.",
    ),
    until_option,
)


@click.group()
def group() -> None:
    """Hotspot statistics on files, the same functions as the pages."""


def tell(outcome: analyses.Outcome, out: Path | None) -> None:
    """Write an answer's table to a file or the screen, and its notes beside it."""
    text = write_table(outcome.table, out)
    if text:
        click.echo(text, nl=False)
    for note in outcome.notes:
        click.echo(note, err=True)


def maybe(path: Path | None) -> Table | None:
    """Read a file where one is given."""
    return None if path is None else read_table(path)


def window_of(text: str | None) -> BaseGeometry | None:
    """Read a window: west,south,east,north or a file with polygons."""
    if text is None:
        return None
    parts = text.split(",")
    try:
        sides = [float(part) for part in parts]
    except ValueError:
        sides = []
    if len(sides) == 4 and sides[0] < sides[2] and sides[1] < sides[3]:
        return shapely.box(*sides)
    shapes = None if len(parts) == 4 else read_table(Path(text)).shapes
    made = None if shapes is None else shapely.union_all(shapely.make_valid(shapes))
    if made is None or made.area <= 0:
        raise PatrolError(problems.BAD_WINDOW, value=text)
    return made


def until_day(day: dt.datetime | None) -> dt.date:
    """Return the last day that rows may have: today by China's clock unless another is given."""
    return day.date() if day else (dt.datetime.now(dt.UTC) + dt.timedelta(hours=8)).date()
