"""Commands on files of actions and of crowds of points."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from patrol.hotspots import analyses
from patrol.hotspots.cli.options import (
    FILE,
    POSITIVE,
    Between,
    file_argument,
    group,
    options,
    out_option,
    position_options,
    tell,
    until_day,
    until_option,
    writable,
)
from patrol.hotspots.statistics import Watch
from patrol.hotspots.tables import read_table, write_table

ring_options = options(
    click.option("--site", type=POSITIVE, default=100, show_default=True, help="The place itself, to so many metres."),
    click.option("--near", type=POSITIVE, default=500, show_default=True, help="Outer edge of the near ring."),
    click.option("--far", type=POSITIVE, default=1500, show_default=True, help="Outer edge of the far ring."),
    click.option("--days", type=Between(1, 3660, whole=True), default=90, show_default=True,
                 help="Days watched before and after."),
    click.option("--controls", type=Between(1, 1000, whole=True), default=5, show_default=True,
                 help="Matched places for each action."),
)  # fmt: skip


@group.command("displacement")
@file_argument
@click.argument("findings", type=FILE)
@click.argument("visits", type=FILE)
@position_options
@click.option("--date", default="date", show_default=True, help="Column of the date.")
@ring_options
@until_option
@click.option("--actions-out", type=FILE, callback=writable, help="Also write one row for each action here.")
@out_option
def displacement(file: Path, findings: Path, visits: Path, x: str | None, y: str | None, date: str, site: float,
                 near: float, far: float, days: int, controls: int, until: dt.datetime | None,
                 actions_out: Path | None, out: Path | None) -> None:  # fmt: skip
    """Tell whether FILE's actions helped, moved it next door or saw it come back: FINDINGS against VISITS.

    Rings round each action (site, near, far), before and after, against matched places where nothing was done.
    """
    made = analyses.after_actions(
        read_table(file), read_table(findings), read_table(visits),
        Watch(site=site, near=near, far=far, days=days, controls=controls),
        analyses.Periods(date, days, site, x, y, until_day(until)),
    )  # fmt: skip
    if actions_out is not None:
        write_table(made.actions, actions_out)
    tell(made.rings, out)


@group.command("clusters")
@file_argument
@position_options
@click.option("--method", type=click.Choice(["dbscan", "hdbscan"]), default="dbscan", show_default=True,
              help="hdbscan needs no --reach.")  # fmt: skip
@click.option("--reach", type=POSITIVE, default=100, show_default=True,
              help="Points this near belong together (metres or units).")  # fmt: skip
@click.option(
    "--least", type=Between(2, whole=True), default=5, show_default=True, help="Points of a cluster."
)
@click.option("--hulls", type=FILE, callback=writable, help="Also write each cluster with its hull here.")
@out_option
def clusters(file: Path, x: str | None, y: str | None, method: str, reach: float, least: int, hulls: Path | None,
             out: Path | None) -> None:  # fmt: skip
    """Write FILE back with the cluster of each point, -1 for none: crowds by density, wherever they lie."""
    made = analyses.cluster_points(read_table(file), method=method, reach=reach, least=least, names=(x, y))
    if hulls is not None:
        write_table(made.hulls, hulls)
    tell(made.points, out)
