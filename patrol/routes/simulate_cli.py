"""``patrol simulate``: a year in an invented city, the planner beside fixed rounds and nearest-first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click
import numpy as np

from patrol.routes.planning.searched_year import searching_way
from patrol.routes.planning.simulating import (
    Way,
    Year,
    build_world,
    fixed_rounds,
    nearest_way,
    planner_way,
    simulate,
)

#: way -> name in the picture, colour
NAMES = {
    "planner": ("本系统 Planner", "#0b6e4f"),
    "varied": ("随机化计划 Planner, varied", "#6a4c93"),
    "rounds": ("固定路线 Fixed rounds", "#c1661c"),
    "nearest": ("就近巡查 Nearest first", "#3566a8"),
}


@click.command("simulate")
@click.option("--venues", type=click.IntRange(1, 20000), default=3000, show_default=True)
@click.option("--teams", type=click.IntRange(1, 100), default=6, show_default=True)
@click.option("--days", type=click.IntRange(7, 3660), default=365, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--varied", is_flag=True, help="Also with plans that are hard to foresee.")
@click.option(
    "--search",
    type=click.FloatRange(0, 60),
    default=0.0,
    show_default=True,
    help="Seconds of search for each simulated day; 0: greedy day routes.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Draw the year, SVG.")
def command(
    venues: int, teams: int, days: int, seed: int, varied: bool, search: float, out: Path | None
) -> None:
    """Simulate a year of patrols in an invented city with hidden dens and sightings."""
    world = build_world(np.random.default_rng(seed), venues=venues, teams=teams, days=days)
    ways: dict[str, Way] = {"planner": searching_way(search) if search else planner_way}
    if varied:
        ways["varied"] = searching_way(search, varied=True) if search else partial(planner_way, varied=True)
    ways |= {"rounds": fixed_rounds(world), "nearest": nearest_way}
    years = {}
    click.echo(
        "way      in time  never late  risk-weighted overdue days  visits  findings  per hour"
        "  pairs repeated  prize lost"
    )
    for name, way in ways.items():
        one = years[name] = simulate(world, way)
        click.echo(
            f"{name:<8} {one.in_time:7.2%}  {one.never_late:10.2%}  {one.overdue_days:26.2f}"
            f"  {one.visits:6}  {one.findings:8}  {one.findings_per_hour:8.4f}"
            f"  {one.repeated:14.1%}  {one.lost:10.2%}"
        )
    if out is not None:
        out.write_text(year_chart(years), encoding="utf-8")


def year_chart(years: Mapping[str, Year]) -> str:
    """Draw the share of venues in time at each week's end, one line for each way, as SVG (900 × 520).

    Below it stand risk-weighted overdue days for each venue and findings for each hour, as bars.
    """
    left, top, wide, high = 64, 84, 810, 270
    low = min([0.9, *(share for one in years.values() for share in one.weekly)])
    low = np.floor(low * 10) / 10
    weeks = max(max(len(one.weekly) for one in years.values()) - 1, 1)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 520" font-family="Noto Sans CJK SC, sans-serif" '
        'font-size="14"><rect width="900" height="520" fill="#fff"/>'
        '<text x="20" y="28" font-size="18">'
        "每周末未超期场所的比例 Share of venues in time at the end of each week</text>"
    ]
    for share in np.linspace(low, 1.0, 6):
        y = top + high * (1 - (share - low) / (1 - low))
        parts.append(f'<path d="M{left} {y:.1f}h{wide}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 5:.1f}" text-anchor="end">{share:.0%}</text>')
    for number, (name, one) in enumerate(years.items()):
        words, colour = NAMES[name]
        dash = ' stroke-dasharray="9 7"' if name == "varied" else ""
        line = " ".join(
            f"{left + wide * k / weeks:.1f},{top + high * (1 - (share - low) / (1 - low)):.1f}"
            for k, share in enumerate(one.weekly)
        )
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>')
        x = left + number * 215
        parts.append(f'<path d="M{x} 54h22" stroke="{colour}" stroke-width="4"/>')
        parts.append(f'<text x="{x + 28}" y="59" font-size="13">{words}</text>')
    parts.append(f'<text x="{left}" y="376">第 1 周 Week 1</text>')
    parts.append(
        f'<text x="{left + wide}" y="376" text-anchor="end">第 {weeks + 1} 周 Week {weeks + 1}</text>'
    )
    return "".join([*parts, *_bars(years, left), "</svg>\n"])


def _bars(years: Mapping[str, Year], left: int) -> list[str]:
    """Draw lateness and yield of each way as bars below its name, each kind on one scale."""
    kinds = (
        ("风险加权超期天数 Overdue days", 412, "{:.1f}", [one.overdue_days for one in years.values()]),
        ("每小时发现 Findings an hour", 466, "{:.3f}", [one.findings_per_hour for one in years.values()]),
    )
    parts = []
    for words, y, form, values in kinds:
        top = max([*values, 1e-9])
        parts.append(f'<text x="{left}" y="{y}">{words}</text>')
        for number, (name, value) in enumerate(zip(years, values, strict=True)):
            x, colour = left + number * 215, NAMES[name][1]
            parts.append(
                f'<rect x="{x}" y="{y + 8}" width="{130 * value / top + 1:.1f}" height="16" fill="{colour}"/>'
            )
            parts.append(
                f'<text x="{x + 130 * value / top + 8:.1f}" y="{y + 21}">{form.format(value)}</text>'
            )
    return parts
