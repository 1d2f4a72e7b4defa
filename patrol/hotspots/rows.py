"""The facts of each unit as every output tells them: page, map, table, file and brief show these rows alike.

Small counts are withheld here and nowhere else, so no output can forget to. A unit whose findings, or whose
neighbourhood's, number 1 to 4 tells neither counts nor class; where that leaves a single unit withheld, the
next smallest is withheld too, or it could be had by subtraction. Sums over neighbours are not told at all, for
the same reason; totals are of the units shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from patrol.hotspots.answers import Answer, Viewer

SMALL = 5


def chance_words(p: float | None, digits: int = 3) -> str:
    """Write a p or q for a reader; nothing is ever said to be 0.

    >>> chance_words(0.0412), chance_words(1e-9), chance_words(None)
    ('0.041', '< 0.001', '—')
    """
    if p is None:
        return "—"
    least = 10.0**-digits
    return f"{p:.{digits}f}" if p >= least else f"< {least:.{digits}f}"


@dataclass(frozen=True)
class Row:
    """One unit. ``None`` means not known or withheld; ``name`` of the class says which."""

    index: int
    key: str
    title: str
    name: str
    findings: int | None
    visits: int
    expected: float | None
    observed_around: int | None
    visits_around: int
    p: float | None
    q: float | None
    risk: float | None
    low: float | None
    high: float | None
    venues: int

    @property
    def p_words(self) -> str:
        """The p as a reader sees it."""
        return chance_words(self.p)

    @property
    def q_words(self) -> str:
        """The q as a reader sees it."""
        return chance_words(self.q)


def rows(given: Answer, viewer: Viewer) -> list[Row]:
    """Return the rows of an answer, the most significant first, as this viewer may see them."""
    j = given.judged
    venues = given.units.total(np.ones(len(given.places)))
    made = [
        Row(
            at, given.units.keys[at], given.units.names[at], str(j.classes[at]), int(j.found[at]), int(j.went[at]),
            round(float(j.expected[at]), 2), int(j.observed[at]), int(j.around[at]), _known(j.p[at]), _known(j.q[at]),
            _known(j.risk[at]), _known(j.low[at]), _known(j.high[at]), int(venues[at]),
        )
        for at in range(len(given.units))
    ]  # fmt: skip
    if not viewer.small_counts:
        made = withhold(made)
    return sorted(
        made, key=lambda row: (row.q is None, row.q or 0.0, -(row.findings or 0), _in_turn(row.title))
    )


def _in_turn(title: str) -> list[str | int]:
    """Order titles by the numbers in them: 2 before 10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", title)]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def withhold(given: list[Row]) -> list[Row]:
    """Withhold small counts, one more unit where only one would be, and every sum that a small count could be
    reckoned from: neighbourhoods, their p and q, and areas hold units that are withheld.
    """
    given = [replace(row, name="none") if row.name == "area" else row for row in given]
    small = {row.index for row in given if _small(row.findings) or _small(row.observed_around)}
    if len(small) == 1 and len(given) > 1:
        rest = [row for row in given if row.index not in small]
        small.add(min(rest, key=lambda row: (row.findings or 0, row.index)).index)
    visits = sum(row.visits for row in given)
    rate = sum(row.findings or 0 for row in given) / visits if visits else 0.0
    return [_bare(row) if row.index in small else _alone(row, rate) for row in given]


def _alone(row: Row, rate: float) -> Row:
    """Tell a unit by its own counts and the overall rate only: shrinkage would carry the spread of small counts.

    Source of the interval: Garwood 1936, Biometrika 28:437, exact limits of a Poisson mean.
    """
    own, expected = row.findings or 0, row.visits * rate
    bare = replace(row, observed_around=None, p=None, q=None, expected=round(expected, 2))
    if expected <= 0:
        return replace(bare, risk=None, low=None, high=None)
    low = float(special.gammaincinv(own, 0.025)) if own else 0.0
    high = float(special.gammaincinv(own + 1, 0.975))
    return replace(bare, risk=own / expected, low=low / expected, high=high / expected)


def _small(count: int | None) -> bool:
    return count is not None and 0 < count < SMALL


def _bare(row: Row) -> Row:
    return replace(
        row, name="few", findings=None, expected=None, observed_around=None, p=None, q=None, risk=None, low=None,
        high=None,
    )  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """Figures above the table; of the units shown only, where some are withheld."""

    findings: int
    visits: int
    hot: int
    unknown: int
    withheld: int


def totals(given: list[Row]) -> Totals:
    """Sum rows up."""
    return Totals(
        sum(row.findings or 0 for row in given), sum(row.visits for row in given if row.name != "few"),
        sum(row.name in {"hot95", "hot99"} for row in given), sum(row.name == "unknown" for row in given),
        sum(row.name == "few" for row in given),
    )  # fmt: skip
