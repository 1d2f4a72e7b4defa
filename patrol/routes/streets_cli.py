"""``patrol streets``: bring street networks into this installation."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from patrol.routes.travel import Mode, StreetNetwork, read_streets, save_network


@click.group()
def streets() -> None:
    """Import street networks."""


@streets.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="Name of the network; the file's name if not given.")
@click.option(
    "--data-dir",
    envvar="DATA_DIR",
    default="data",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the installation keeps its data.",
)
def import_file(file: Path, name: str, data_dir: Path) -> None:
    """Read FILE (.osm.pbf or GeoParquet), check it, and keep it as a network for travel times."""
    network = read_streets(file)
    if name:
        network = network.renamed(name)
    path = save_network(data_dir, network)
    for line in summary(network):
        click.echo(line)
    click.echo(f"kept as        {path.name}, {path.stat().st_size / 1e6:.1f} MB")


def summary(network: StreetNetwork) -> list[str]:
    """Say in a few lines what a network holds."""
    west, south, east, north = network.bounds
    lines = [
        f"network        {network.name} ({network.attribution})",
        f"streets        {network.edges:,} pieces, {network.nodes:,} crossings, "
        f"{network.length_m.sum() / 1000:,.0f} km",
        f"area           {west:.4f}, {south:.4f} to {east:.4f}, {north:.4f}",
    ]
    for mode in Mode:
        usable = network.graph(mode).usable
        share = float(np.sum(network.length_m[usable]) / network.length_m.sum())
        lines.append(f"{mode.value:<14} {share:.1%} of the length usable and connected")
    return lines
