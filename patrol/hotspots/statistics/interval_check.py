"""Do the outlook's 95 % intervals hold the truth? Four kinds of worlds whose true rates are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from patrol.hotspots.statistics.neighbours import Floats
from patrol.hotspots.statistics.prediction import Surroundings, forecast

SIDE, STEPS, RATE = 30, 16, 0.04


def smooth(rng: np.random.Generator) -> Floats:
    """Draw true rates that change gently, (side, side)."""
    rough = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 3, mode="wrap")
    return np.asarray(RATE * np.exp(0.7 * rough / rough.std()))


def edged(rng: np.random.Generator) -> Floats:
    """Draw true rates that are four times as high in four squares with sharp edges, (side, side)."""
    rates = np.full((SIDE, SIDE), RATE)
    for row, column in rng.integers(0, SIDE - 5, (4, 2)):
        rates[row : row + 5, column : column + 5] = 4 * RATE
    return rates


def flat(_rng: np.random.Generator) -> Floats:
    """Return the same rate everywhere, (side, side)."""
    return np.full((SIDE, SIDE), RATE)


def lone(rng: np.random.Generator) -> Floats:
    """Draw a rate of its own for every square, which its surroundings do not share, (side, side)."""
    return np.asarray(RATE * rng.lognormal(0.0, 0.7, (SIDE, SIDE)))


KINDS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "smooth risk": smooth, "sharp edges": edged, "nothing hot": flat, "each square its own": lone,
}  # fmt: skip


def share_held(rng: np.random.Generator, kind: str, *, worlds: int = 4, origins: int = 3) -> float:
    """Tell the share of squares whose 95 % interval holds the true rate, forecast from ``origins`` last steps.

    Visits are uneven: lognormal means of about four a step, Poisson. Every square that was ever visited counts.
    """
    row, column = (side.ravel() * 250.0 for side in np.indices((SIDE, SIDE)))
    around, held = Surroundings(column, row, 400.0), []
    for _ in range(worlds):
        rate = KINDS[kind](rng).ravel()
        visits = rng.poisson(rng.lognormal(1.2, 0.7, rate.size)[:, None], (rate.size, STEPS)).astype(float)
        findings = rng.poisson(rate[:, None] * visits).astype(float)
        for origin in range(STEPS - origins, STEPS):
            told = forecast(findings[:, :origin], visits[:, :origin], around)
            seen = visits[:, :origin].sum(axis=1) > 0
            held.append(((told.low <= rate) & (rate <= told.high))[seen])
    return float(np.concatenate(held).mean())
