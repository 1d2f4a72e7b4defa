"""After a raid: did it help here, did it come back (回流), or did it move next door?

Each action is compared with itself before, and with matched places where nothing was done over the same days,
in rings round it. Rates are findings a visit: after a raid officers come more often, and find more by that
alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from patrol.hotspots.statistics.neighbours import Floats

RINGS = ("site", "near", "far")


@dataclass(frozen=True)
class Events:
    """Points in metres with a day number each: actions, findings, visits or places that may be controls."""

    x: Floats
    y: Floats
    day: Floats

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike, day: ArrayLike) -> Events:
        """Make events from anything like arrays; ``ValueError`` if lengths differ."""
        made = [np.asarray(v, dtype=np.float64).ravel() for v in (x, y, day)]
        if len({v.size for v in made}) != 1:
            raise ValueError("x, y and day differ in length")
        return cls(*made)

    @property
    def points(self) -> Floats:
        """Coordinates (n, 2)."""
        return np.column_stack([self.x, self.y])


@dataclass(frozen=True)
class Watch:
    """Radii in metres and the days watched before and after; ``until`` is the last day with records."""

    site: float = 100.0
    near: float = 500.0
    far: float = 1500.0
    days: int = 90
    until: float = np.inf
    controls: int = 5


@dataclass(frozen=True)
class RingChange:
    """What changed in one ring over all actions.

    Counts of findings and visits before and after at the actions (``*_before``, ``*_after``) and at matched
    controls (``control_*``); ``ratio`` of the rates after and before relative to the controls, with its 95 %
    interval; ``verdict`` "fell", "rose" or "unclear".
    """

    ring: str
    findings_before: int
    findings_after: int
    visits_before: int
    visits_after: int
    control_before: int
    control_after: int
    control_visits_before: int
    control_visits_after: int
    ratio: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class Return:
    """Findings at the place of an action after it: 回流. ``days_after`` of the first one."""

    action: int
    findings: int
    days_after: float


@dataclass(frozen=True)
class Displacement:
    """Outcome of the monitor.

    ``verdict``: "displaced" (fell at the site, rose in the near ring), "helped" (fell and did not rise near),
    "unclear". ``weighted_quotient`` after Bowers & Johnson 2003: below 0 displacement, above 0 benefit
    spread; ``nan`` where the site did not fall against its controls. ``observed_days`` of the after-window,
    by action.
    """

    rings: tuple[RingChange, ...]
    returns: tuple[Return, ...]
    weighted_quotient: float
    verdict: str
    observed_days: Floats


def monitor_displacement(
    actions: Events, findings: Events, visits: Events, candidates: Events, watch: Watch | None = None
) -> Displacement:
    """Compare rings round actions before and after with matched controls.

    Parameters: ``actions``, ``findings``, ``visits`` as :class:`Events`; ``candidates`` places (days ignored)
    that may be controls: those nearer than ``far`` to any action are left out; each action gets the
    ``controls`` places with the most similar findings and visits before it. An action without a full window
    after it is compared over equally many days before. Returns: :class:`Displacement`; ratios ``nan`` without
    visits. Raises ``ValueError`` for radii that do not grow. Source: difference in differences of log rates
    with Poisson variances (0.5 added to counts, Haldane-Anscombe); Bowers & Johnson 2003, J. Quant. Criminol.
    19:275.
    """
    watch = watch or Watch()
    if not 0 < watch.site < watch.near < watch.far:
        raise ValueError("radii must grow: site < near < far")
    span = np.clip(watch.until - actions.day, 0, watch.days)
    treated = _Counter(findings, visits, watch).count(actions.points, actions.day, span)
    where, of_action = _matched(actions, findings, visits, candidates, watch, span)
    control = _Counter(findings, visits, watch).count(where, actions.day[of_action], span[of_action])
    rings = tuple(
        _change(ring, treated[:, at].sum(axis=0), control[:, at].sum(axis=0)) for at, ring in enumerate(RINGS)
    )
    site, near = rings[0], rings[1]
    verdict = "unclear"
    if site.verdict == "fell":
        verdict = "displaced" if near.verdict == "rose" else "helped"
    returns = _returns(actions, findings, watch, span)
    return Displacement(rings, returns, _quotient(rings), verdict, span)


@dataclass(frozen=True)
class _Counter:
    findings: Events
    visits: Events
    watch: Watch

    def count(self, places: Floats, day: Floats, span: Floats) -> NDArray[np.int64]:
        """Counts (places, rings, [findings, visits] x [before, after])."""
        made = np.zeros((len(places), len(RINGS), 2, 2), dtype=np.int64)
        for kind, events in enumerate((self.findings, self.visits)):
            if events.x.size == 0 or len(places) == 0:
                continue
            held = cKDTree(events.points).query_ball_point(places, self.watch.far)
            for place, found in enumerate(held):
                at = np.array(found, dtype=np.int64)
                away = np.hypot(events.x[at] - places[place, 0], events.y[at] - places[place, 1])
                ring = np.searchsorted([self.watch.site, self.watch.near, self.watch.far], away, side="left")
                since = events.day[at] - day[place]
                for after, kept in enumerate(
                    ((since < 0) & (since >= -span[place]), (since > 0) & (since <= span[place]))
                ):
                    made[place, :, kind, after] = np.bincount(ring[kept], minlength=4)[:3]
        return made


def _matched(
    actions: Events, findings: Events, visits: Events, candidates: Events, watch: Watch, span: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Places of matched controls (m, 2) and the action of each."""
    free = candidates.points
    if len(free) and actions.x.size:
        free = free[cKDTree(actions.points).query(free)[0] > watch.far]
    if len(free) == 0 or actions.x.size == 0:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    counter, places, owners = _Counter(findings, visits, watch), [], []
    for action in range(actions.x.size):
        day, days = np.full(len(free), actions.day[action]), np.full(len(free), span[action])
        own = counter.count(actions.points[[action]], day[:1], days[:1])[:, :2, :, 0].sum(axis=1)
        other = counter.count(free, day, days)[:, :2, :, 0].sum(axis=1)
        apart = np.abs(np.log1p(other) - np.log1p(own)).sum(axis=1)
        nearest = np.argsort(apart, kind="stable")[: watch.controls]
        places.append(free[nearest])
        owners.append(np.full(nearest.size, action))
    return np.concatenate(places), np.concatenate(owners)


def _change(ring: str, own: NDArray[np.int64], control: NDArray[np.int64]) -> RingChange:
    (before, after), (went_before, went_after) = own.tolist()
    (c_before, c_after), (c_went_before, c_went_after) = control.tolist()
    ratio, low, high = float("nan"), float("nan"), float("nan")
    if min(went_before, went_after, c_went_before, c_went_after) > 0:
        own_log = np.log((after + 0.5) / went_after) - np.log((before + 0.5) / went_before)
        control_log = np.log((c_after + 0.5) / c_went_after) - np.log((c_before + 0.5) / c_went_before)
        spread = 1.96 * np.sqrt(sum(1 / (count + 0.5) for count in (before, after, c_before, c_after)))
        ratio, low, high = (float(np.exp(own_log - control_log + side * spread)) for side in (0, -1, 1))
    verdict = "fell" if high < 1 else "rose" if low > 1 else "unclear"
    return RingChange(
        ring, before, after, went_before, went_after, c_before, c_after, c_went_before, c_went_after,
        ratio, low, high, verdict,
    )  # fmt: skip


def _quotient(rings: tuple[RingChange, ...]) -> float:
    """Change of near against control, over the change of the site against control; rates a visit."""

    def share(found: int, went: int, control: int, control_went: int) -> float:
        below = control / control_went if control_went else 0.0
        return (found / went) / below if went and below > 0 else float("nan")

    moves = [
        share(r.findings_after, r.visits_after, r.control_after, r.control_visits_after)
        - share(r.findings_before, r.visits_before, r.control_before, r.control_visits_before)
        for r in rings[:2]
    ]
    return float(moves[1] / moves[0]) if moves[0] < 0 else float("nan")


def _returns(actions: Events, findings: Events, watch: Watch, span: Floats) -> tuple[Return, ...]:
    told = []
    for action in range(actions.x.size):
        away = np.hypot(findings.x - actions.x[action], findings.y - actions.y[action])
        since = findings.day - actions.day[action]
        kept = (away <= watch.site) & (since > 0) & (since <= span[action])
        if kept.any():
            told.append(Return(action, int(kept.sum()), float(since[kept].min())))
    return tuple(told)
