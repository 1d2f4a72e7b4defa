"""A small chart of a unit's history: findings as bars over visits as a line, as SVG without any script."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

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
