"""Features of places as of a day: from nothing that happened on or after it, and free of officers' strictness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrol.venues.domain.risk.neighbours import nearness, nearness_to, shared_words
from patrol.venues.domain.risk.tables import Floats, Ints, Places, Signs, Visits

#: how fast the past fades: days after which a visit counts 1/e
FADE_OWN, FADE_NEAR, FADE_FAR, FADE_SIGNS = 540.0, 365.0, 180.0, 60.0
NEAR_KM, FAR_KM, SIGNS_KM = 0.4, 1.0, 0.6
#: visits at the city's rate that every officer is credited with before own ones count
OFFICER_PRIOR = 20.0


@dataclass(frozen=True)
class Expected:
    """What each visit's officer would have found at an average place: the strictness that is taken out."""

    found: Floats
    lesser: Floats


def expected_by_officer(visits: Visits, day: int) -> Expected:
    """Rate of every officer, shrunk towards all, newer visits counting more; one number for each visit.

    Source: empirical Bayes with a Beta prior of ``OFFICER_PRIOR`` visits at the overall rate.
    """
    names, officer = np.unique(np.array(visits.officer, dtype=object).astype(str), return_inverse=True)
    weight = np.exp(-(day - visits.day) / FADE_OWN)
    size = np.bincount(officer, weight, len(names)) + OFFICER_PRIOR

    def rate(values: Floats) -> Floats:
        mean = float(values.mean()) if len(values) else 0.0
        per: Floats = (np.bincount(officer, weight * values, len(names)) + OFFICER_PRIOR * mean) / size
        return per[officer]

    return Expected(np.clip(rate(visits.found), 1e-4, 1 - 1e-4), rate(visits.lesser))


class Features:
    """Builds the matrix of features for any places on any day; the weights between places are made once."""

    def __init__(self, places: Places, signs: tuple[Signs, ...] = ()) -> None:
        self.places, self.signs = places, signs
        self.near, self.far = nearness(places, NEAR_KM), nearness(places, FAR_KM)
        self.words = shared_words(places)
        self.warned = [nearness_to(places, sign, SIGNS_KM) for sign in signs]
        self.fixed, self.fixed_names = _fixed(places)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return (
            *self.fixed_names,
            *("own.outcome", "own.lesser", "own.last_found", "own.since", "own.visits", "own.new"),
            *("own.closed_door", "near.outcome", "near.lesser", "near.seen", "far.outcome", "far.lesser"),
            "name.words",
            *(f"signs.{sign.name}" for sign in self.signs),
        )

    def at(self, rows: Ints, visits: Visits, day: int) -> Floats:
        """Features of places ``rows`` on ``day``; shape (rows, features).

        Every outcome is compared with what its officer would have found at an average place, summed with
        decay, and divided by the information behind it plus a constant (shrinkage): little history, small
        number.
        """
        past = visits.before(day)
        normal = expected_by_officer(past, day)
        columns = [*self._own(past, normal, day), *self._around(past, normal, day)]
        table = np.column_stack([self.fixed, *columns]) if columns else self.fixed
        chosen: Floats = table[rows]
        return chosen

    def _own(self, past: Visits, normal: Expected, day: int) -> list[Floats]:
        count = len(self.places)
        age = (day - past.day).astype(float)
        fade = np.exp(-age / FADE_OWN)

        def total(values: Floats) -> Floats:
            summed: Floats = np.bincount(past.place, values, count).astype(float)
            return summed

        info = normal.found * (1 - normal.found)
        outcome = total(fade * (past.found - normal.found)) / (0.6 + total(fade * info))
        spread = (past.lesser - normal.lesser) / np.sqrt(normal.lesser + 0.1)
        lesser = total(fade * spread) / (1.0 + total(fade))
        last = np.full(count, -1, dtype=np.int64)
        last[past.place] = np.arange(len(past))  # visits are in order of time: the last one stays
        seen = last >= 0
        last_found = np.where(seen, past.found[last] if len(past) else 0.0, 0.0)
        since = np.where(seen, np.minimum(age[last] if len(past) else 0.0, 900.0) / 365.0, 0.0)
        visits = total(np.ones(len(past)))
        closed = total(fade * ~past.answered) / (2.0 + total(fade))
        return [outcome, lesser, last_found, since, np.log1p(visits), (~seen).astype(float), closed]

    def _around(self, past: Visits, normal: Expected, day: int) -> list[Floats]:
        count = len(self.places)
        age = (day - past.day).astype(float)
        info = normal.found * (1 - normal.found)
        spread = (past.lesser - normal.lesser) / np.sqrt(normal.lesser + 0.1)
        columns: list[Floats] = []
        for weights, fade_days in ((self.near, FADE_NEAR), (self.far, FADE_FAR)):
            fade = np.exp(-age / fade_days)

            def total(values: Floats, weights: object = weights) -> Floats:
                summed: Floats = weights @ np.bincount(past.place, values, count)  # type: ignore[operator]
                return summed

            seen = total(fade)
            columns.append(total(fade * (past.found - normal.found)) / (2.0 + total(fade * info)))
            columns.append(total(fade * spread) / (10.0 + seen))
            if weights is self.near:
                columns.append(np.log1p(seen))
        columns.append(self._by_name(past, normal))
        columns += [self._signs(k, day) for k in range(len(self.signs))]
        return columns

    def _by_name(self, past: Visits, normal: Expected) -> Floats:
        """Outcomes at other places that share words of the name (chains, trades)."""
        count = len(self.places)
        excess = np.bincount(past.place, past.found - normal.found, count)
        info = np.bincount(past.place, normal.found * (1 - normal.found), count)
        place, word = self.words.nonzero()
        all_excess, all_info = self.words.T @ excess, self.words.T @ info
        # A place's own visits count under "own", so they are taken out of its words again.
        ratio = (all_excess[word] - excess[place]) / (3.0 + all_info[word] - info[place])
        summed: Floats = np.bincount(place, ratio, count).astype(float)
        return summed

    def _signs(self, number: int, day: int) -> Floats:
        sign = self.signs[number]
        age = (day - sign.day).astype(float)
        fade = np.where(age > 0, np.exp(-age / FADE_SIGNS), 0.0)
        warned: Floats = self.warned[number] @ fade
        return np.log1p(warned)


def _fixed(places: Places) -> tuple[Floats, tuple[str, ...]]:
    """What does not change: kind and category (one column each), numbers as logarithms, gaps marked."""
    columns: list[Floats] = []
    names: list[str] = []
    for label, values in (("kind", places.kind), ("category", places.category)):
        for value in sorted(set(values) - {""})[:40]:
            columns.append(np.array([one == value for one in values], dtype=float))
            names.append(f"{label}.{value}")
    for name, numbers in sorted(places.numbers.items()):
        known = np.isfinite(numbers)
        logs = np.log1p(np.maximum(np.where(known, numbers, 0.0), 0.0))
        middle = float(logs[known].mean()) if known.any() else 0.0
        columns.append(np.where(known, logs, middle))
        names.append(f"number.{name}")
        if not known.all():
            columns.append((~known).astype(float))
            names.append(f"missing.{name}")
    return np.column_stack(columns) if columns else np.zeros((len(places), 0)), tuple(names)
