"""Commands on the facts of the database, and on files of cells, points and scans."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from patrol.hotspots import analyses
from patrol.hotspots.analyses.cells import Choice, neighbours
from patrol.hotspots.analyses.scanning import settings_from
from patrol.hotspots.cli.options import (
    FILE,
    POSITIVE,
    SHARE,
    Between,
    class_options,
    file_argument,
    group,
    maybe,
    out_option,
    position_options,
    seed_option,
    step_options,
    tell,
    until_day,
    visits_option,
    window_of,
)
from patrol.hotspots.statistics.scan import Settings
from patrol.hotspots.tables import read_table


@group.command("rebuild")
def rebuild() -> None:
    """Make the figures that maps are drawn from anew, from visits, findings and sightings."""
    from patrol import create_app
    from patrol.hotspots.services import rebuild_facts
    from patrol.infra.db import db

    with create_app().app_context():
        many = rebuild_facts(db.session())
        db.session.commit()
    click.echo(f"{many} rows of a venue and a day made anew.")


@group.command("verify")
def verify() -> None:
    """Compare the figures that maps are drawn from with the records; exit 1 where they differ."""
    from patrol import create_app
    from patrol.hotspots.services import differences, sighting_differences, twice
    from patrol.infra.db import db

    with create_app().app_context():
        wrong = differences(db.session())
        unlike = sighting_differences(db.session())
        visits, findings = twice(db.session())
    for each in wrong:
        click.echo(f"venue {each.venue_id}, day {each.day}: kept {each.kept}, recorded {each.recorded}")
    for cell in unlike:
        click.echo(f"sightings of {cell.cell}: kept {cell.kept}, recorded {cell.recorded}")
    _tell_twice(visits, findings)
    click.echo("All equal." if not wrong and not unlike else "They differ. Run: patrol hotspots rebuild")
    if wrong or unlike:
        raise SystemExit(1)


def _tell_twice(visits: int, findings: int) -> None:
    if visits or findings:
        click.echo(f"{visits} visits and {findings} findings stand twice: perhaps an import was done twice.")


@group.command("gistar")
@file_argument
@position_options
@click.option("--value", help="Column of the value [default: value].")
@click.option("--findings", help="Column of findings; with --visits cells are judged against their effort.")
@click.option("--visits", help="Column of visits (or hours, or venues inspected).")
@click.option(
    "--distance", type=POSITIVE, help="Cells this near are neighbours (units of x and y, or metres)."
)
@click.option("--edges", type=FILE, help="Neighbours: two columns of row numbers from 0.")
@click.option("--cell", type=POSITIVE, help="Rows are points: lay squares of this side over them (metres).")
@visits_option
@click.option(
    "--permutations",
    type=Between(0, 99_999, whole=True),
    default=0,
    show_default=True,
    help="Conditional permutations.",
)
@click.option(
    "--grow",
    type=Between(0, 20, whole=True),
    default=0,
    show_default=True,
    help="Rings more where little was inspected.",
)
@class_options
@seed_option
@out_option
def gistar(file: Path, x: str | None, y: str | None, value: str | None, findings: str | None,
           visits: str | None, distance: float | None, edges: Path | None, cell: float | None,
           visits_file: Path | None,
           permutations: int, grow: int, fdr: float, min_visits: float, seed: int,
           out: Path | None) -> None:  # fmt: skip
    """Write FILE back with Gi, Gi*, two-sided p, q after FDR and the class of each cell.

    Rows are cells: neighbours by --distance, by --edges, or polygons that touch. With --cell rows are points.
    """
    table, choice = read_table(file), Choice(fdr, min_visits, permutations, grow, seed)
    if cell is not None:
        outcome = analyses.judge_points(table, maybe(visits_file), cell=cell, names=(x, y), choice=choice)
    else:
        near = neighbours(table, maybe(edges), distance, x, y)
        outcome = analyses.judge_cells(
            table, near, value=value, findings=findings, visits=visits, choice=choice
        )
    tell(outcome, out)


@group.command("kde")
@file_argument
@position_options
@click.option(
    "--bandwidth", type=POSITIVE, required=True, help="Standard deviation of the kernel (metres or units)."
)
@click.option("--at", "at_file", type=FILE, help="Exact density at the places of this file.")
@click.option("--at-points", is_flag=True, help="Exact density at the points themselves.")
@click.option(
    "--pixels",
    type=Between(1, 4096, whole=True),
    default=256,
    show_default=True,
    help="Pixels on the long side.",
)
@click.option("--window", help="west,south,east,north or a polygon file; edges are corrected at it.")
@click.option("--edge/--no-edge", default=True, show_default=True, help="Correct the density at the edge.")
@click.option("--weight", help="Column of weights.")
@visits_option
@click.option(
    "--min-visits", type=Between(0), default=10, show_default=True, help="Below it a pixel is unknown."
)
@out_option
def kde(file: Path, x: str | None, y: str | None, bandwidth: float, at_file: Path | None, at_points: bool,
        pixels: int, window: str | None, edge: bool, weight: str | None, visits_file: Path | None,
        min_visits: float, out: Path | None) -> None:  # fmt: skip
    """Write the kernel density of FILE's points: on a raster, or exactly at places; risk if visits are given."""
    table, shape = read_table(file), window_of(window)
    if at_points or at_file is not None:
        outcome = analyses.density_at(
            table, maybe(at_file), bandwidth, window=shape if edge else None, names=(x, y), weight=weight
        )
    else:
        outcome = analyses.density_raster(
            table, maybe(visits_file), bandwidth, pixels=pixels, window=shape, names=(x, y), weight=weight,
            edge=edge, min_visits=min_visits,
        )  # fmt: skip
    tell(outcome, out)


@group.command("scan")
@click.option("--prm", type=FILE, help="SaTScan settings; files are looked for beside it.")
@click.option("--cas", type=FILE, help="Case file.")
@click.option("--geo", type=FILE, help="Coordinates file: latitude, longitude (or x, y with --planar).")
@click.option("--pop", type=FILE, help="Population file (Poisson).")
@click.option("--ctl", type=FILE, help="Control file (Bernoulli).")
@click.option("--model", type=click.Choice(["poisson", "bernoulli", "permutation"]), help="Model.")
@click.option(
    "--analysis",
    type=click.Choice(["spatial", "temporal", "space-time", "prospective", "prospective-temporal"]),
)
@click.option("--start", type=click.DateTime(["%Y-%m-%d", "%Y/%m/%d"]), help="First day of the study.")
@click.option("--end", type=click.DateTime(["%Y-%m-%d", "%Y/%m/%d"]), help="Last day of the study.")
@click.option("--precision", type=click.Choice(["none", "year", "month", "day"]), help="Of the case times.")
@click.option("--unit", type=click.Choice(["year", "month", "day"]), help="Time is aggregated by this unit.")
@click.option("--length", "unit_length", type=Between(1, whole=True), help="So many units are one step.")
@click.option("--planar/--spherical", default=None, help="Kind of coordinates.")
@click.option(
    "--side", type=click.Choice(["high", "low", "both"]), help="Clusters of high rates, low, or both."
)
@click.option("--max-share", type=SHARE, help="Largest share of the population in a circle.")
@click.option("--replicas", type=Between(0, 999_999, whole=True), help="Monte-Carlo replicas [default: 999].")
@click.option(
    "--stop-after",
    type=Between(0, whole=True),
    help="Stop when so many replicas reach the first cluster; 0 never.",
)
@click.option("--most", type=Between(1, whole=True), default=10, show_default=True, help="Clusters to tell.")
@seed_option
@out_option
def scan(prm: Path | None, most: int, seed: int, out: Path | None, **given: Any) -> None:
    """Find the most likely clusters of space and time in SaTScan's files (.prm, or .cas .geo .pop .ctl)."""
    settings = Settings() if prm is None else settings_from(prm)
    changed = _changed(settings, given)
    said = set(changed) if prm is None else None
    folder = Path() if prm is None else prm.parent
    outcome = analyses.scan_files(replace(settings, **changed), folder, seed=seed, most=most, said=said)
    tell(outcome, out)


def _changed(settings: Settings, given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that options give; they override what the .prm file says."""
    said = {name: value for name, value in given.items() if value is not None}
    files = {"cas": "case_file", "geo": "coordinates_file", "pop": "population_file", "ctl": "control_file"}
    changed: dict[str, Any] = {
        field: str(said.pop(name).absolute()) for name, field in files.items() if name in said
    }
    if not settings.case_file and "case_file" not in changed:
        raise click.UsageError("give --prm, or --cas and --geo")
    for name in ("start", "end"):
        if isinstance(said.get(name), dt.datetime):
            changed[name] = said.pop(name).date()
    if "planar" in said:
        changed["spherical"] = not said.pop("planar")
    if said.get("stop_after") == 0:
        changed["stop_after"] = said.pop("stop_after") or None
    return changed | said


@group.command("emerging")
@file_argument
@position_options
@step_options
@visits_option
@class_options
@out_option
def emerging(file: Path, x: str | None, y: str | None, date: str, cell: float, period: int, until: dt.datetime | None,
             visits_file: Path | None, fdr: float, min_visits: float, out: Path | None) -> None:  # fmt: skip
    """Name the history of each cell of FILE's dated points with one of 17 classes; mark hotspots that moved."""
    periods = analyses.Periods(date, period, cell, x, y, until_day(until))
    tell(
        analyses.name_histories(
            read_table(file), maybe(visits_file), periods, fdr=fdr, min_visits=min_visits
        ),
        out,
    )


@group.command("evaluate")
@file_argument
@position_options
@step_options
@visits_option
@click.option(
    "--origins",
    type=Between(1, 500, whole=True),
    default=6,
    show_default=True,
    help="Periods predicted, each from its past.",
)
@click.option("--area", type=SHARE, multiple=True, default=(0.01, 0.02, 0.05), show_default=True,
              help="Share of the cells that can be patrolled; may be given several times.")  # fmt: skip
@click.option("--bandwidth", type=POSITIVE, help="Kernel among cells [default: 1.5 cells].")
@seed_option
@out_option
def evaluate(file: Path, x: str | None, y: str | None, date: str, cell: float, period: int, until: dt.datetime | None,
             visits_file: Path | None, origins: int, area: tuple[float, ...], bandwidth: float | None,
             seed: int, out: Path | None) -> None:  # fmt: skip
    """Test the forecast on FILE's dated points against KDE and last period: PAI and PEI at equal area."""
    periods = analyses.Periods(date, period, cell, x, y, until_day(until))
    outcome = analyses.evaluate_points(
        read_table(file),
        maybe(visits_file),
        periods,
        origins=origins,
        areas=area,
        bandwidth=bandwidth,
        seed=seed,
    )
    tell(outcome, out)
