"""``patrol import-inspections [FILE]``."""

from __future__ import annotations

import time
from pathlib import Path

import click


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path | None) -> None:
    """Import real inspections (Chicago 2011-2014, shipped) as a city of its own, through the ordinary imports.

    FILE is a CSV of inspections, packed with gzip or not; without it the shipped one is taken.
    """
    from patrol import create_app
    from patrol.core.clock import SystemClock
    from patrol.findings.chicago import PASSWORD, PEOPLE, import_city
    from patrol.infra.resources import resource
    from patrol.infra.serve import refuse_unsound

    begun = time.monotonic()
    source = file or resource("geodata", "chicago_inspections.csv.gz")
    with refuse_unsound(create_app()).app_context():
        figures = import_city(source, lambda line: click.echo(f"  {line}"), clock=SystemClock())
    if figures.was_there:
        click.echo("  Chicago is already there; nothing was changed.")
    click.echo(
        f"  Chicago: {figures.venues} venues in {figures.grids} grids, {figures.visits} visits,"
        f" {figures.findings} findings ({time.monotonic() - begun:.0f} s)"
    )
    for username, name, _role in PEOPLE:
        click.echo(f"  {username:<20} {PASSWORD}   {name}")
