"""``patrol hotspots …``: the statistics of the pages, on files."""

from __future__ import annotations

import csv
from pathlib import Path

import click
import numpy as np

from patrol.hotspots.statistics import false_discovery_q, gi, gi_star, two_sided_p, within_distance


@click.group()
def group() -> None:
    """Hotspot statistics on files, the same functions as the pages."""


@group.command("gistar")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--x", "x_name", default="x", show_default=True, help="Column of the first coordinate.")
@click.option("--y", "y_name", default="y", show_default=True, help="Column of the second coordinate.")
@click.option("--value", "value_name", default="value", show_default=True, help="Column of the value.")
@click.option(
    "--distance", type=float, required=True, help="Cells this near are neighbours (units of x and y)."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV to write.")
def gistar(file: Path, x_name: str, y_name: str, value_name: str, distance: float, out: Path) -> None:
    """Write FILE (CSV) back with Gi, Gi*, the two-sided p of Gi* and q after FDR."""
    with file.open(newline="", encoding="utf-8-sig") as source:
        rows = list(csv.DictReader(source))
    x, y, values = (np.array([float(row[name]) for row in rows]) for name in (x_name, y_name, value_name))
    near = within_distance(x, y, distance)
    without, with_self = gi(values, near), gi_star(values, near)
    p = two_sided_p(with_self)
    q = false_discovery_q(p)
    with out.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, [*rows[0], "gi", "gi_star", "p", "q"])
        writer.writeheader()
        for row, *computed in zip(rows, without, with_self, p, q, strict=True):
            writer.writerow(
                {**row, **dict(zip(("gi", "gi_star", "p", "q"), map(float, computed), strict=True))}
            )
