"""Gi, Gi* and effort-adjusted classes of cells, or of a grid laid over points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrol.core.errors import PatrolError
from patrol.hotspots.analyses.outcome import Outcome, frame_table, lay_frame, repeats_note, told
from patrol.hotspots.statistics import (
    CellClasses,
    Neighbourhood,
    class_names,
    classify_cells,
    conditional_permutation_p,
    false_discovery_q,
    gi,
    gi_star,
    graph_from_edges,
    problems,
    touching,
    two_sided_p,
    within_distance,
)
from patrol.hotspots.tables import (
    Floats,
    Places,
    Table,
    places,
    places_beside,
    value_column,
    with_columns,
)


@dataclass(frozen=True)
class Choice:
    """What every analysis of cells may be told."""

    fdr: float = 0.05
    min_visits: float = 10
    permutations: int = 0
    grow: int = 0
    seed: int = 1


def neighbours(
    table: Table, edges: Table | None, distance: float | None, x: str | None = None, y: str | None = None
) -> Neighbourhood:
    """Find who is whose neighbour: an edge list (two columns of row numbers from 0), a distance, or touching."""
    if edges is not None:
        first, second = (edges.numbers(name).astype(np.int64) for name in list(edges.columns)[:2])
        if (
            first.size
            and min(first.min(), second.min()) == 1
            and max(first.max(), second.max()) == len(table)
        ):
            first, second = first - 1, second - 1  # numbered from 1: no row 0 and one past the last
        try:
            return graph_from_edges(len(table), first, second)
        except ValueError as error:
            wrong = next(int(row) for row in np.concatenate([first, second]) if not 0 <= row < len(table))
            raise PatrolError(problems.BAD_EDGES, row=wrong, last=len(table) - 1, rows=len(table)) from error
    if distance is not None:
        at = places(table, x, y)
        return within_distance(at.x, at.y, distance)
    if table.shapes is None or any(shape.geom_type == "Point" for shape in table.shapes):
        raise PatrolError(problems.NO_NEIGHBOURS)
    return touching(table.shapes)


def judge_cells(
    table: Table, near: Neighbourhood, *, value: str | None, findings: str | None, visits: str | None,
    choice: Choice,
) -> Outcome:  # fmt: skip
    """Judge rows that are cells: by one value (Gi, Gi*), or by findings against visits (classes)."""
    if findings and visits:
        found, went = table.numbers(findings, least=0), table.numbers(visits, least=0)
        judged = _classes(found, went, near, choice)
        return Outcome(with_columns(table, _columns(judged)), tuple(_notes(judged, table)))
    values = table.numbers(value_column(table, value or findings))
    z = gi_star(values, near)
    p = two_sided_p(z)
    added: dict[str, np.ndarray] = {"gi": gi(values, near), "gi_star": z, "p": p}
    if choice.permutations:
        rng = np.random.default_rng(choice.seed)
        p = conditional_permutation_p(values, near, rng=rng, permutations=choice.permutations)
        added["p_permutation"] = p
    q = false_discovery_q(p)
    added |= {"q": q, "class": class_names(z, q, choice.fdr)}
    return Outcome(with_columns(table, added), (told(problems.CELLS_TOLD, many=len(table)),))


def judge_points(
    findings: Table,
    visits: Table | None,
    *,
    cell: float,
    names: tuple[str | None, str | None],
    choice: Choice,
) -> Outcome:
    """Count points in squares and judge each square against the visits there."""
    at = places(findings, *names)
    went_at = None if visits is None else places_beside(visits, at, *names)
    others = (np.empty(0), np.empty(0)) if went_at is None else (went_at.x, went_at.y)
    everywhere = Places(np.concatenate([at.x, others[0]]), np.concatenate([at.y, others[1]]), at.flat)
    frame = lay_frame(everywhere, cell)
    near = frame.neighbourhood()
    found = frame.count(at.x, at.y)
    notes = [*repeats_note(findings), *at.notes(findings.name)]
    if went_at is None:
        notes.append(told(problems.RAW_COUNTS))
        z = gi_star(found, near)
        p = two_sided_p(z)
        q = false_discovery_q(p)
        columns = {"findings": found, "gi_star": z, "p": p, "q": q, "class": class_names(z, q, choice.fdr)}
        return Outcome(frame_table(frame, at, columns), tuple(notes))
    went = frame.count(went_at.x, went_at.y)
    judged = _classes(found, went, near, choice)
    columns = {"findings": found, "visits_here": went, **_columns(judged)}
    table = frame_table(frame, at, columns, (found > 0) | (went > 0))
    return Outcome(table, tuple(notes + _notes(judged, table)))


def _classes(found: Floats, went: Floats, near: Neighbourhood, choice: Choice) -> CellClasses:
    if went.sum() <= 0:
        raise PatrolError(problems.NOTHING_VISITED)
    return classify_cells(found, went, near, fdr=choice.fdr, min_visits=choice.min_visits, grow=choice.grow)


def _columns(judged: CellClasses) -> dict[str, np.ndarray]:
    return {
        "class": judged.classes, "z": judged.z, "p": judged.p, "q": judged.q,
        "observed": judged.observed, "expected": judged.expected, "visits_around": judged.visits, "rings": judged.rings,
    }  # fmt: skip


def _notes(judged: CellClasses, table: Table) -> list[str]:
    unknown = int((judged.classes == "unknown").sum())
    notes = [
        told(
            problems.JUDGED_TOLD,
            many=judged.n,
            visits=judged.n_visits,
            tests=judged.tests,
            unknown=unknown,
            hot=int(judged.hot().sum()),
            cold=int(judged.cold().sum()),
            fdr=f"{judged.fdr:g}",
        )
    ]
    if judged.impossible.size:
        cells = ", ".join(str(cell) for cell in judged.impossible[:20])
        notes.append(told(problems.FINDINGS_WITHOUT_VISITS, count=judged.impossible.size, cells=cells))
    return notes
