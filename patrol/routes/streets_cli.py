"""``patrol streets``: bring street networks into this installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from patrol.routes.travel import Mode, StreetNetwork, read_streets, save_network

if TYPE_CHECKING:
    from patrol.routes.fitting import Fit

#: so many venues away from every street are named
NAMED = 20


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
@click.option("--anyway", is_flag=True, help="Keep it even where it seems to be another city's.")
def import_file(file: Path, name: str, data_dir: Path, anyway: bool) -> None:
    """Read FILE (.osm.pbf or GeoParquet), compare it with the register, and keep it for travel times.

    A file that cannot be read, or whose streets are another city's, is refused and changes nothing.
    """
    network = read_streets(file)
    if name:
        network = network.renamed(name)
    fit = None if anyway else compared(data_dir, network)
    path = save_network(data_dir, network)
    for line in [*summary(network), *(fit_lines(fit) if fit else [])]:
        click.echo(line)
    click.echo(f"kept as        {path.name}, {path.stat().st_size / 1e6:.1f} MB")


def compared(data_dir: Path, network: StreetNetwork) -> Fit | None:
    """Compare a network with the register; ``None`` where this installation has no database yet."""
    from sqlalchemy import inspect

    from patrol import create_app
    from patrol.infra.db import db, unscoped
    from patrol.routes.fitting import fit_of

    with (
        create_app({"DATA_DIR": data_dir}).app_context(),
        unscoped(db.session, "whoever runs commands on the server works for all"),
    ):
        if not inspect(db.engine).has_table("venue"):
            return None
        return fit_of(db.session(), network)


def fit_lines(fit: Fit) -> list[str]:
    """Say in both languages how a network lies to the register, and name the venues that no street comes near."""
    if not fit.venues:
        return ["register       尚无场所可供核对 / no venue is on record to compare with"]
    lines = [
        f"register       {fit.city}：{fit.venues:,}个在巡场所中{fit.near:,}个在道路范围内 / "
        f"{fit.near:,} of {fit.venues:,} open venues of {fit.city} lie in the area of these streets"
    ]
    if fit.far:
        lines += [
            f"no street near {len(fit.far):,}个场所附近没有道路，行程按直线估算 / {len(fit.far):,} venues lie away "
            "from every street; ways to them are estimates by straight line"
        ]
        lines += [f"               {name} {address}" for name, address in fit.far[:NAMED]]
        lines += [f"               … +{len(fit.far) - NAMED:,}"] if len(fit.far) > NAMED else []
    return lines


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
