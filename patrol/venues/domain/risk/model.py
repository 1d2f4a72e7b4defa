"""The risk of a place: how likely a visit today finds something, whoever goes there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrol.venues.domain.risk.features import Features
from patrol.venues.domain.risk.logistic import fit_logistic, sigmoid
from patrol.venues.domain.risk.tables import Floats, Ints, Visits

#: raised whenever features or their meaning change: weights of another version are not comparable
VERSION = 1
#: the past is looked at from a day every so often, and learns from the visits of the days after it
EVERY_DAYS, AFTER_DAYS, FIRST_DAYS = 30, 150, 180
FADE_LEARNING = 500.0
#: fewer findings than this teach nothing but the overall rate
ENOUGH = 10


@dataclass(frozen=True)
class RiskModel:
    """Weights with everything needed to use and to explain them."""

    names: tuple[str, ...]
    mean: Floats
    spread: Floats
    intercept: float
    weights: Floats
    officers: tuple[tuple[str, float, float], ...]  # name, effect in log-odds, share of recent visits
    visits: int
    found: int
    day: int
    version: int = VERSION

    def parts(self, table: Floats) -> Floats:
        """What each feature adds to the log-odds of each place, (rows, features)."""
        added: Floats = (table - self.mean) / self.spread * self.weights
        return added

    def probability(self, table: Floats) -> Floats:
        """Probability of a finding at each place, averaged over officers as they share the recent visits.

        The same mixture of officers is used for every place: a place does not gain or lose risk by who happened to
        go there.
        """
        odds = self.intercept + self.parts(table).sum(axis=1)
        if not self.officers:
            return sigmoid(odds)
        effects = np.array([effect for _, effect, _ in self.officers])
        shares = np.array([share for _, _, share in self.officers])
        mixed: Floats = sigmoid(odds[:, None] + effects[None, :]) @ (shares / shares.sum())
        return mixed


def learn(features: Features, visits: Visits, day: int, *, ridge: float = 20.0) -> RiskModel:
    """Learn from all visits before ``day``.

    Each visit of the learning period is described by what was known on an earlier day, as it will be when the
    model is used. Raises ``ValueError`` when there are no visits before ``day``.
    """
    past = visits.before(day)
    if not len(past):
        raise ValueError("no visits to learn from")
    names, officer = np.unique(np.array(past.officer, dtype=object).astype(str), return_inverse=True)
    tables, rows = _snapshots(features, past, day)
    found, weight = past.found[rows], np.exp(-(day - past.day[rows]) / FADE_LEARNING)
    mean, spread = tables.mean(axis=0), tables.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    strict = ridge if past.found.sum() >= ENOUGH else 1e9
    table = (tables - mean) / spread
    fit = fit_logistic(table, found, weight, officer[rows].astype(np.int64), len(names), ridge=strict)
    recent = np.bincount(officer, np.exp(-(day - past.day) / 180.0), len(names))
    shares = (recent / recent.sum()).tolist()
    officers = tuple(zip(names.tolist(), fit.officers.tolist(), shares, strict=True))
    total = (len(past), int(past.found.sum()))
    return RiskModel(features.names, mean, spread, fit.intercept, fit.weights, officers, *total, day)


def _snapshots(features: Features, past: Visits, day: int) -> tuple[Floats, Ints]:
    """Features of visits as of an earlier day, and which visits they are (a visit may be seen from several days)."""
    first, last = int(past.day.min()), int(past.day.max())
    start = first + min(FIRST_DAYS, max((last - first) // 3, 1))
    tables, rows = [], []
    for moment in range(start, last + 1, EVERY_DAYS):
        chosen = np.flatnonzero((past.day >= moment) & (past.day < moment + AFTER_DAYS))
        if len(chosen):
            tables.append(features.at(past.place[chosen], past, moment))
            rows.append(chosen)
    if not tables:
        every = np.arange(len(past))
        return features.at(past.place, past, first), every
    return np.vstack(tables), np.concatenate(rows)
