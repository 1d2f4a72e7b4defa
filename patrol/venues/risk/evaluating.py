"""Judges the ranking on a history, walking forward: what would it have gained, month after month?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from patrol.core.errors import PatrolError
from patrol.venues.domain.risk import Features, Gain, Window, gain, walk
from patrol.venues.risk import problems
from patrol.venues.risk.history import History


@dataclass(frozen=True)
class Evaluation:
    """Every window with its own figures, and all of them pooled; ``last`` is the window that ends the history."""

    windows: tuple[tuple[Window, Gain], ...]
    pooled: Gain
    last: Gain


def evaluate_history(
    history: History,
    *,
    origins: int = 6,
    window_days: int = 60,
    gap_days: int = 0,
    seed: int = 1,
    draws: int = 400,
) -> Evaluation:
    """Rank the last ``origins`` windows of ``window_days`` each by what was known before each of them.

    ``gap_days``: days between the last visit known and the window. No figure was used to choose anything in the model;
    windows do not overlap. Raises ``PatrolError`` when the history is too short for one window.
    """
    visits = history.visits
    first, end = int(visits.day.min()), int(visits.day.max()) + 1
    starts = [end - window_days * k - gap_days for k in range(1, origins + 1)]
    usable = sorted(start for start in starts if start - first >= window_days + 30)
    if not usable:
        needed = 2 * window_days + gap_days + 30
        raise PatrolError(problems.TOO_SHORT, days=end - first, needed=needed)
    features = Features(history.places)
    windows = walk(features, visits, usable, window_days=window_days, gap_days=gap_days)
    if not windows:
        raise PatrolError(problems.TOO_SHORT, days=end - first, needed=2 * window_days + gap_days + 30)
    rng = np.random.default_rng(seed)
    each = tuple((window, gain([window], rng, draws=draws)) for window in windows)
    return Evaluation(each, gain(windows, rng, draws=draws), each[-1][1])


def in_lines(evaluation: Evaluation) -> list[str]:
    """Say an evaluation in lines of a table."""
    lines = [
        "window of visits ranked     visits  found   days earlier  [95 %]            "
        "first half: ranked  real   Brier / rate"
    ]
    for window, figures in evaluation.windows:
        begin = dt.date.fromordinal(int(window.days.min()))
        end = dt.date.fromordinal(int(window.days.max()))
        lines.append(_line(f"{begin} – {end}", figures))
    lines.append(_line("all windows", evaluation.pooled))
    return lines


def _line(name: str, g: Gain) -> str:
    interval = f"[{g.days_low:5.2f}, {g.days_high:5.2f}]"
    return (
        f"{name:<26} {g.visits:>7} {g.findings:>6} {g.days_earlier:>14.2f}  {interval:<18}"
        f"{g.share_ranked:>19.1%} {g.share_real:>6.1%}  {g.brier:.4f} / {g.brier_rate:.4f}"
    )
