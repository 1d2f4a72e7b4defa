"""Small charts as SVG without any script: a unit's history, intervals of ratios, venues round an action."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, FLOOR = 300, 88, 74


def history_chart(ends: Sequence[str], findings: Sequence[int] | None, visits: Sequence[int]) -> Markup:
    """Draw steps from left to right; findings are left out where they are withheld.

    Both scales begin at 0; the largest of each fills the height. The numbers stand in the table beside it.
    """
    many = max(len(ends), 1)
    wide = WIDTH / many
    top_found, top_went = max([*(findings or ()), 1]), max([*visits, 1])
    bars = [
        f'<rect x="{k * wide + wide * 0.15:.1f}" y="{FLOOR - FLOOR * n / top_found * 0.92:.1f}" '
        f'width="{wide * 0.7:.1f}" height="{FLOOR * n / top_found * 0.92:.1f}"/>'
        for k, n in enumerate(findings or ())
        if n
    ]
    line = " ".join(
        f"{(k + 0.5) * wide:.1f},{FLOOR - FLOOR * n / top_went * 0.92:.1f}" for k, n in enumerate(visits)
    )
    begin, end = (ends[0][5:], ends[-1][5:]) if ends else ("", "")
    # Numbers and our own dates only: nothing a person wrote stands in it.
    return Markup(  # noqa: S704
        f'<svg class="hot-chart" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<g class="found">{"".join(bars)}</g><polyline class="went" points="{line}"/>'
        f'<line class="floor" x1="0" x2="{WIDTH}" y1="{FLOOR}" y2="{FLOOR}"/>'
        f'<text x="2" y="{HEIGHT - 3}">{begin}</text>'
        f'<text x="{WIDTH - 2}" y="{HEIGHT - 3}" text-anchor="end">{end}</text></svg>'
    )


#: ratios at the ends of the scale of intervals, and where it has ticks
LEAST, MOST, TICKS = 0.05, 20.0, (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SIDE, ROW = 92, 34


def interval_chart(
    rows: Sequence[tuple[str, float | None, float | None, float | None, str]], ends: tuple[str, str]
) -> Markup:
    """Draw ratios with their intervals on a scale of ratios: (label, ratio, low, high, class) a row, 1 in the middle.

    What reaches beyond the scale ends in an arrow; a row without a ratio is a broken line over the whole scale.
    ``ends`` say what less and more than 1 mean. The numbers stand in the table beside it.
    """
    high = len(rows) * ROW + 40

    def at(ratio: float) -> float:
        part = math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
        return SIDE + part * (WIDTH - SIDE - 8)

    drawn = [
        f'<line class="{"even" if tick == 1 else "tick"}" x1="{at(tick):.1f}" x2="{at(tick):.1f}" y1="0"'
        f' y2="{high - 38}"/>'
        f'<text x="{at(tick):.1f}" y="{high - 26}" text-anchor="middle">{tick:g}</text>'
        for tick in TICKS
    ]
    for row, (label, ratio, low, top, name) in enumerate(rows):
        y = row * ROW + ROW / 2
        drawn.append(f'<text class="name" x="0" y="{y + 4:.1f}">{escape(label)}</text>')
        if ratio is None or low is None or top is None:
            drawn.append(f'<line class="untold" x1="{SIDE}" x2="{WIDTH - 8}" y1="{y}" y2="{y}"/>')
            continue
        drawn.append(f'<line class="reach {name}" x1="{at(low):.1f}" x2="{at(top):.1f}" y1="{y}" y2="{y}"/>')
        drawn += [
            f'<path class="arrow {name}" d="M{x:.1f} {y - 5}l{step} 5l{-step} 5z"/>'
            for beyond, x, step in ((low < LEAST, at(LEAST), -6), (top > MOST, at(MOST), 6)) if beyond
        ]  # fmt: skip
        drawn.append(f'<circle class="{name}" cx="{at(ratio):.1f}" cy="{y}" r="6"/>')
    words = (
        f'<text x="{at(1) - 8:.1f}" y="{high - 8}" text-anchor="end">← {escape(ends[0])}</text>'
        f'<text x="{at(1) + 8:.1f}" y="{high - 8}">{escape(ends[1])} →</text>'
    )
    # Numbers, and our own words, escaped.
    return Markup(  # noqa: S704
        f'<svg class="hot-chart hot-intervals" viewBox="0 0 {WIDTH} {high}" aria-hidden="true">'
        f"{''.join(drawn)}{words}</svg>"
    )


def plan_chart(radii: Sequence[float], marks: Sequence[tuple[float, float, str, float]]) -> Markup:
    """Draw venues round a place, north up: rings of ``radii`` metres, and (east, north, class, radius) of each mark."""
    scale = 140 / radii[-1]
    rings = [f'<circle class="ring" cx="150" cy="150" r="{radius * scale:.1f}"/>' for radius in radii]
    names = [
        f'<text x="150" y="{150 + radius * scale + 11:.1f}" text-anchor="middle">{radius:g} m</text>'
        for radius in radii
    ]
    dots = [
        f'<circle class="{name}" cx="{150 + x * scale:.1f}" cy="{150 - y * scale:.1f}" r="{size:.1f}"/>'
        for x, y, name, size in marks
    ]
    # Numbers only.
    return Markup(  # noqa: S704
        f'<svg class="hot-chart hot-plan" viewBox="0 4 300 302" aria-hidden="true">'
        f'{"".join((*rings, *dots, *names))}<path class="cross" d="M143 150h14M150 143v14"/></svg>'
    )
