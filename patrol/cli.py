"""The ``patrol`` command: one group for each room, loaded when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from patrol import __version__
from patrol.core.errors import PatrolError

#: command -> (module:object, one line of help). Loaded lazily, so that pure commands start fast.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("patrol.demo.cli:command", "Build the demo city."),
    "db": ("patrol.infra.cli:database", "Migrate, check and repair the database."),
    "jobs": ("patrol.infra.cli:jobs", "Run the job worker."),
    "serve": ("patrol.infra.serve:command", "Serve: web server and job worker in one process."),
    "people": ("patrol.accounts.cli:group", "Make the first administrator."),
    "hotspots": ("patrol.hotspots.cli:group", "Hotspot statistics on files."),
    "routes": ("patrol.routes.cli:group", "Solve routing instances."),
    "simulate": ("patrol.routes.simulate_cli:command", "Simulate a year of patrols."),
    "venues": ("patrol.venues.cli:group", "Rank places by risk, and judge the ranking."),
    "streets": ("patrol.routes.streets_cli:streets", "Import street networks."),
    "import-inspections": (
        "patrol.findings.importing_cli:command",
        "Import real inspections as a city of its own.",
    ),
    "backup": ("patrol.evidence.cli:backup", "Back up database, files and keys."),
    "rotate-keys": ("patrol.infra.rotate_cli:rotate", "Make a new key for sealed fields."),
    "restore": ("patrol.evidence.cli:restore", "Restore a backup into nothing, and verify it."),
    "verify": ("patrol.evidence.cli:verify", "Check everything that was promised."),
    "bench": ("patrol.bench:command", "Measure ours beside named peers."),
}
#: command of a group -> (name, module:object): what stands in a room above the group's own
ADDED: dict[str, tuple[str, str]] = {"venues": ("rescore", "patrol.enforcement.cli:rescore")}


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command without importing any."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command called ``name``."""
        if name not in COMMANDS:
            return None
        command = _load(COMMANDS[name][0])
        if name in ADDED and isinstance(command, click.Group):
            added, where = ADDED[name]
            command.add_command(_load(where), added)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the one-line help of each command without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


def _load(where: str) -> click.Command:
    module, attribute = where.split(":")
    command: click.Command = getattr(importlib.import_module(module), attribute)
    return command


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="patrol")
def patrol() -> None:
    """Patrol (网格巡查): plan, walk, record and account for grid patrols."""


def main() -> None:
    """Run the command line; a person's situation is one clear sentence and exit code 2."""
    try:
        patrol()
    except PatrolError as error:
        for fault in error.faults:
            where = f"{fault.where}: " if fault.where else ""
            click.echo(
                f"{where}{fault.sentence('zh')} / {fault.sentence('en')} [{fault.problem.code}]", err=True
            )
        sys.exit(2)
