"""``patrol bench NAME``: each room's ``bench.py`` yields figures; this prints them in one form."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable

import click

from patrol.core.figures import Figure

#: name of a benchmark -> the module whose ``figures()`` yields it
BENCHMARKS = {
    "web": "patrol.pwa.bench",
    "routes": "patrol.routes.bench",
    "sync": "patrol.sync.bench",
    "hotspots": "patrol.hotspots.bench",
    "records": "patrol.reports.bench",
    "venues": "patrol.venues.bench",
}


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHMARKS)))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option("--only", default="", help="Parts of the benchmark, comma-separated; all without it.")
@click.option(
    "--seeds", type=click.IntRange(1, 50), default=5, show_default=True, help="Runs of each random search."
)
def command(name: str, as_json: bool, only: str, seeds: int) -> None:
    """Run benchmark NAME, ours and its peers in turn, and print one row for each figure."""
    measure = importlib.import_module(BENCHMARKS[name]).figures
    taken = inspect.signature(measure).parameters
    options = {key: value for key, value in {"only": only, "seeds": seeds}.items() if key in taken}
    figures: Iterable[Figure] = measure(**options)
    for figure in figures:
        click.echo(figure.as_json() if as_json else _row(figure))


def _row(figure: Figure) -> str:
    verdict = {True: "holds", False: "MISSED", None: ""}[figure.holds]
    peer = "" if figure.peer_value is None else f"{figure.peer} {figure.peer_value:.6g}"
    return f"{figure.name:<58} {figure.value:>12.6g} {figure.unit:<10} {peer:<28} {figure.goal:<12} {verdict}"
