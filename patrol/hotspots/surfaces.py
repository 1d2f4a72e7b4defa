"""From counts to classes: what each grid is called on the map, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from patrol.hotspots.queries import GridCount
from patrol.hotspots.statistics import classify_cells, touching


@dataclass(frozen=True)
class Cell:
    """One grid judged: its class, what was expected there, and q after FDR (``None`` where unknown)."""

    counted: GridCount
    name: str
    expected: float
    q: float | None


def judge(counts: Sequence[GridCount]) -> list[Cell]:
    """Judge every grid against the visits paid there, false discoveries controlled at 5 %."""
    if not counts:
        return []
    findings = np.array([each.findings for each in counts], dtype=float)
    visits = np.array([each.visits for each in counts], dtype=float)
    if visits.sum() == 0:
        return [Cell(each, "unknown", 0.0, None) for each in counts]
    result = classify_cells(
        findings, visits, touching(np.array([each.shape for each in counts], dtype=object))
    )
    rate = findings.sum() / visits.sum()
    return [
        Cell(each, str(name), float(went * rate), None if np.isnan(q) else float(q))
        for each, name, went, q in zip(counts, result.classes, visits, result.q, strict=True)
    ]
