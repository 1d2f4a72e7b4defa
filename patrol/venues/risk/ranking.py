"""Ranks candidates by the probability of a finding and writes them back."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from patrol.core.errors import PatrolError
from patrol.venues.domain.risk import Features, Floats, Reason, RiskModel, learn, reasons, together
from patrol.venues.risk import problems
from patrol.venues.risk.history import CsvFile, History, read_candidates


@dataclass(frozen=True)
class Ranked:
    """Candidates in the order of their file with score, rank (1 = first) and reasons."""

    file: CsvFile
    score: Floats
    rank: np.ndarray
    reasons: tuple[tuple[Reason, ...], ...]
    model: RiskModel


def rank_candidates(history: History, candidates: Path, *, as_of: dt.date | None = None) -> Ranked:
    """Score every candidate as of a day (the one after the last visit, if not given).

    Raises ``PatrolError`` for a file that cannot be used, and where no visit lies before ``as_of``.
    """
    file, wanted, keys = read_candidates(candidates)
    day = int(history.visits.day.max()) + 1 if as_of is None else as_of.toordinal()
    if not (history.visits.day < day).any():
        raise PatrolError(problems.AS_OF_TOO_EARLY, day=dt.date.fromordinal(day).isoformat())
    places, _ = together(history.places, wanted)
    features = Features(places)
    model = learn(features, history.visits, day)
    rows = np.array([places.index[key] for key in keys], dtype=np.int64)
    table = features.at(rows, history.visits, day)
    score = model.probability(table)
    rank = np.empty(len(rows), dtype=np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(1, len(rows) + 1)
    return Ranked(file, score, rank, reasons(model, table), model)


def write_ranked(ranked: Ranked, out: Path, *, words: Callable[[Reason], str] | None = None) -> None:
    """Write the candidates back, their columns as they were, with ``score`` and ``rank``.

    ``words``: turns a reason into a sentence; adds the column ``reasons``.
    """
    heading = [name for name in ranked.file.heading if name not in ("score", "rank", "reasons")]
    try:
        _write(ranked, heading, out, words)
    except OSError as error:
        raise PatrolError(problems.NOT_WRITTEN, file=out.name) from error


def _write(ranked: Ranked, heading: list[str], out: Path, words: Callable[[Reason], str] | None) -> None:
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*heading, "score", "rank", *(["reasons"] if words else [])])
        for row, score, rank, why in zip(
            ranked.file.rows, ranked.score, ranked.rank, ranked.reasons, strict=True
        ):
            said = ["; ".join(words(reason) for reason in why)] if words else []
            writer.writerow([*(row[name] for name in heading), f"{score:.6f}", int(rank), *said])
