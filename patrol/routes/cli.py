"""``patrol routes …``: the planner on files of published instances."""

from __future__ import annotations

from pathlib import Path

import click

from patrol.routes.planning import check_plan, plan_day
from patrol.routes.planning.instances import parse_instance


@click.group()
def group() -> None:
    """Solve routing instances with the engine that makes the day plans."""


@group.command("solve-instance")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--teams", type=int, default=None, help="Number of teams (TOPTW files do not name it).")
@click.option("--seconds", type=float, default=20.0, show_default=True, help="Time for the search.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--routes", "tell_routes", is_flag=True, help="Print the routes too; the depot is 0.")
def solve_instance(file: Path, teams: int | None, seconds: float, seed: int, tell_routes: bool) -> None:
    """Read FILE (TOPTW, VRPLIB CVRP, VRPTW or PCVRPTW), print the objective that the independent checker confirms."""
    instance = parse_instance(file.read_text(encoding="utf-8", errors="replace"), teams=teams)
    plan = plan_day(instance.given, seconds=seconds, seed=seed)
    broken = check_plan(instance.given, plan)
    click.echo(f"kind: {instance.kind}")
    click.echo(f"feasible: {'no' if broken or plan.unmet else 'yes'}")
    click.echo(f"stops: {sum(len(route.stops) for route in plan.routes)}")
    click.echo(f"objective: {instance.objective(plan):.10g}")
    if tell_routes:
        for number, route in enumerate((route for route in plan.routes if route.stops), start=1):
            click.echo(f"Route #{number}: {' '.join(route.keys)}")
