"""Scores the register's own places: probability of a finding tomorrow, and why, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import update
from sqlalchemy.orm import Session

from patrol.venues.domain.risk import (
    VERSION,
    Features,
    Floats,
    Places,
    Reason,
    Signs,
    Visits,
    learn,
    reasons,
    sentence,
)
from patrol.venues.models import Venue

#: fewer findings, or fewer visits without one, tell no place from another
ENOUGH = 10

Words = dict[str, str]


@dataclass(frozen=True)
class Scores:
    """Probability of a finding for each place (P,), its reasons in words, and what it was learnt from.

    ``told_apart``: False where the history is too short, so that every place has the overall rate.
    """

    risk: Floats
    words: tuple[tuple[Words, ...], ...]
    visits: int
    found: int
    day: int
    told_apart: bool
    version: int = VERSION


def score_places(places: Places, visits: Visits, signs: tuple[Signs, ...], day: int) -> Scores:
    """Score every place as of ``day`` (days from 0001-01-01) by the visits before it.

    Parameters: ``places`` (P); ``visits`` in order of time; ``signs`` named "sightings" and "dens".
    Returns: :class:`Scores`. With fewer than ``ENOUGH`` findings (or visits without one) every place gets the
    overall rate, drawn towards 1/2 by one visit (Jeffreys). Raises ``ValueError`` without a visit before ``day``.
    """
    past = visits.before(day)
    count, found = len(past), int(past.found.sum())
    if not count:
        raise ValueError("no visits to learn from")
    if min(found, count - found) < ENOUGH:
        rate = (found + 0.5) / (count + 1.0)
        return Scores(
            np.full(len(places), rate), (_too_little(rate, found),) * len(places), count, found, day, False
        )
    features = Features(places, signs)
    model = learn(features, past, day)
    table = features.at(np.arange(len(places)), past, day)
    risk = model.probability(table)
    mean = float(risk.mean())
    words = tuple(
        (_headline(one, mean), *(_both(reason) for reason in why))
        for one, why in zip(risk.tolist(), reasons(model, table), strict=True)
    )
    return Scores(risk, words, count, found, day, True, model.version)


def keep_risks(session: Session, risks: Mapping[int, tuple[float, list[Words]]]) -> None:
    """Write risk and reasons of venues by their id; neither their version nor their date of change moves."""
    rows = [
        {"id": key, "risk": round(risk, 5), "risk_reasons": words} for key, (risk, words) in risks.items()
    ]
    # The list of changes and the forms' versions are about what people wrote, which this does not touch.
    table: Any = Venue.__table__
    for row in rows:
        session.connection().execute(
            update(table).where(table.c.id == row.pop("id")).values(updated_at=table.c.updated_at, **row)
        )
    session.expire_all()


def _headline(risk: float, mean: float) -> Words:
    return {
        "zh": f"一次到访发现问题的概率约{risk:.1%}，所有场所平均为{mean:.1%}",
        "en": f"a visit finds something with a probability of {risk:.1%}; the average of all places is {mean:.1%}",
    }


def _too_little(rate: float, found: int) -> tuple[Words, ...]:
    return (
        {
            "zh": f"历史记录尚少（共{found}次发现），暂按所有场所的平均水平{rate:.1%}计",
            "en": f"too little history to tell places apart ({found} findings): taken as the overall {rate:.1%}",
        },
    )


def _both(reason: Reason) -> Words:
    return {language: sentence(reason, language) for language in ("zh", "en")}
