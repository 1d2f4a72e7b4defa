"""Where the next finding is likely: the forecast of squares, calibrated on its own past, and the planner's prior."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from patrol.hotspots import answers
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.questions import Question
from patrol.hotspots.statistics import REASONS, Forecast, Surroundings, forecast
from patrol.infra.db import principal_of

#: past steps that the calibration is read from
ORIGINS = 4
BANDWIDTH_M = 400.0


@dataclass(frozen=True)
class PlacePrior:
    """Chance of a finding at the next answered visit near a venue, with its interval; ``reasons`` are names of
    :data:`~patrol.hotspots.statistics.REASONS`, the strongest first. Places only.
    """

    chance: float
    low: float
    high: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Outlook:
    """Forecast of each unit (units,) with ``factor``, what the past said the raw rates must be multiplied by;
    ``bins`` are (forecast findings, findings that came) of five classes of past forecasts, lowest first.
    """

    made: Forecast
    factor: float
    bins: tuple[tuple[float, float], ...]

    def chance(self) -> NDArray[np.float64]:
        """Calibrated chance of a finding in one visit."""
        return np.asarray(-np.expm1(-self.made.rate * self.factor))

    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Calibrated 95 % interval of that chance."""
        low, high = (-np.expm1(-side * self.factor) for side in (self.made.low, self.made.high))
        return np.asarray(low), np.asarray(high)


def outlook(session: Session, given: Answer) -> Outlook | None:
    """Forecast the step after the period for every unit of an answer; ``None`` without two findings and visits."""
    counted = answers.counts_by_step(session, given)
    found, went = counted["findings"], counted["visits"]
    if found.sum() < 2 or went.sum() <= 0:
        return None

    def make() -> Outlook:
        x, y = answers.flat(given)
        around = Surroundings(x, y, BANDWIDTH_M if given.units.squares else _spacing(x, y))
        valid = np.where(went > 0, found, 0.0)
        said, came = [], []
        for origin in range(found.shape[1] - ORIGINS, found.shape[1]):
            if origin >= 3:
                rate = forecast(valid[:, :origin], went[:, :origin], around).rate
                said.append(rate * went[:, origin])
                came.append(valid[:, origin])
        return Outlook(
            forecast(valid, went, around), *_calibrated(np.concatenate(said), np.concatenate(came))
        )

    made: Outlook = answers.kept(("outlook", given.version), make)
    return made


def _spacing(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Half the mean distance between units, so that a grid's neighbours count a little."""
    area = max(np.ptp(x) * np.ptp(y), 1.0)
    return float(np.sqrt(area / max(x.size, 1)))


def _calibrated(
    said: NDArray[np.float64], came: NDArray[np.float64]
) -> tuple[float, tuple[tuple[float, float], ...]]:
    """Calibrate in the large: findings that came over findings forecast, drawn to 1 by ten findings."""
    factor = float((came.sum() + 10) / (said.sum() + 10))
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, 5) if part.size]
    return factor, tuple((float(said[part].sum() * factor), float(came[part].sum())) for part in parts)


def place_priors(session: Session, today: dt.date, *, days: int = 365) -> dict[int, PlacePrior]:
    """Return the prior of every venue in scope by its number: the planner's, from the squares of about 260 m.

    A venue in a square that nobody ever visited gets the overall rate with a wide interval: unknown, not safe.
    Returns an empty mapping where there are no findings to learn from.
    """
    actor = principal_of(session)
    viewer = Viewer(actor.scope_path, None, True)
    question = Question(today - dt.timedelta(days=days - 1), today, by="17")
    given = answers.answer(session, viewer, question)
    told = outlook(session, given)
    if told is None:
        return {}
    chance, (low, high) = told.chance(), told.interval()
    reasons = [tuple(told.made.reasons_of(unit)) for unit in range(len(given.units))]
    return {
        int(venue): PlacePrior(float(chance[unit]), float(low[unit]), float(high[unit]), reasons[unit])
        for venue, unit in zip(given.places.id, given.units.of_place, strict=True)
        if unit >= 0
    }


__all__ = ["REASONS", "Outlook", "PlacePrior", "outlook", "place_priors"]
