"""After a raid: did it help here, did it come back (回流), or did it move next door (转移)?

Each action is compared with itself before, and with matched places where nothing was done over the same days,
in rings round it. Rates are findings a visit: after a raid officers come more often, and find more by that
alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from patrol.hotspots.statistics.neighbours import Floats

#: events that are weighed at once
PART = 100_000
RINGS = ("site", "near", "far")
#: findings at the site of a control differ from the action's by at most a third of the larger
LIKE = 3
#: places among which controls are looked for; of more, every second, third … is taken
MOST_CANDIDATES = 2000


@dataclass(frozen=True)
class Events:
    """Points in metres with a day number each: actions, findings, visits or places that may be controls.

    ``many`` says how many of them happened there that day, one each without it. With ``place`` the positions are
    those of places, and ``place`` says at which of them each event of ``day`` and ``many`` lies: a million events at
    some thousand places then hold no position each.
    """

    x: Floats
    y: Floats
    day: NDArray[Any]
    many: NDArray[Any] | None = None
    place: NDArray[np.integer[Any]] | None = None

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike, day: ArrayLike, many: ArrayLike | None = None) -> Events:
        """Make events from anything like arrays; ``ValueError`` if lengths differ."""
        given = (x, y, day) if many is None else (x, y, day, many)
        made = [np.asarray(v, dtype=np.float64).ravel() for v in given]
        if len({v.size for v in made}) != 1:
            raise ValueError("x, y, day and many differ in length")
        return cls(made[0], made[1], made[2], made[3] if len(made) > 3 else None)

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

    @property
    def radii(self) -> tuple[float, float, float]:
        """Outer radius of each ring."""
        return self.site, self.near, self.far


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

    ``verdict``: "displaced" (fell at the site, rose in the near ring), "helped" (fell and no rise is seen near),
    "returned" (rose at the site), "unclear". ``weighted_quotient`` after Bowers & Johnson 2003: below 0
    displacement, above 0 benefit spread; ``nan`` where the site did not fall against its controls. By action:
    ``observed_days`` of the after-window and ``counts`` (actions, rings, [findings, visits], [before, after]).
    ``controls`` (m, 2) are the matched places, ``control_of`` the action of each.
    """

    rings: tuple[RingChange, ...]
    returns: tuple[Return, ...]
    weighted_quotient: float
    verdict: str
    observed_days: Floats
    counts: NDArray[np.int64]
    controls: Floats
    control_of: NDArray[np.int64]


def monitor_displacement(
    actions: Events, findings: Events, visits: Events, candidates: Events, watch: Watch | None = None,
    *, others: Events | None = None,
) -> Displacement:  # fmt: skip
    """Compare rings round actions before and after with matched controls.

    Parameters: ``actions``, ``findings``, ``visits`` as :class:`Events`; ``candidates`` places (days ignored)
    that may be controls: those nearer than ``far`` to any action, or to one of ``others`` that are not judged
    here, are left out; each action gets the ``controls`` places with the most similar findings and visits before
    it, at the site and near it, whose findings at the site differ by at most a third (what was found most falls
    back most, so unlike places would make chance look like help). Rings are of the actions that have controls,
    of all where none has. An action without a full window after it is compared over equally many days
    before; the day itself is in neither. Returns: :class:`Displacement`; ratios ``nan`` without visits. Raises
    ``ValueError`` for radii that do not grow. Source: difference in differences of log rates with Poisson
    variances (0.5 added to counts, Haldane-Anscombe); an event that stands in several windows (actions close
    together, controls of two) enters once with all its weight, by linearisation; Bowers & Johnson 2003, J. Quant.
    Criminol. 19:275.
    """
    watch = watch or Watch()
    if not 0 < watch.site < watch.near < watch.far:
        raise ValueError("radii must grow: site < near < far")
    kinds = (_Tally(findings), _Tally(visits))
    span = np.clip(watch.until - actions.day, 0, watch.days)
    around = [tally.rings(actions.points, watch.radii) for tally in kinds]
    where, owner = _matched(actions, kinds, _free(actions, others, candidates, watch), watch, span)
    beside = [tally.rings(where, watch.radii) for tally in kinds]
    everyone = np.arange(actions.x.size)
    counts = _counts(kinds, around, actions.day, span, everyone)
    compared = everyone[np.isin(everyone, owner)]
    shown = compared if compared.size else everyone
    control = _counts(kinds, beside, actions.day, span, owner)
    rings = tuple(
        _change(
            name, counts[shown, at].sum(axis=0), control[:, at].sum(axis=0),
            _times(kinds[1], (around[1][at][compared], beside[1][at]), (compared, owner), actions.day, span).mean(),
            _times(kinds[0], (around[0][at][compared], beside[0][at]), (compared, owner), actions.day, span),
        )
        for at, name in enumerate(RINGS)
    )  # fmt: skip
    return Displacement(
        rings, _returns(kinds[0], around[0][0], actions.day, span), _quotient(rings), _verdict(rings), span,
        counts, where, owner,
    )  # fmt: skip


class _Tally:
    """One kind of event, by position and in the order of days."""

    def __init__(self, events: Events) -> None:
        self.day = events.day
        self.many = np.ones(self.day.size) if events.many is None else events.many
        if events.place is None:
            self.points, back = np.unique(events.points, axis=0, return_inverse=True)
            self.at: NDArray[np.integer[Any]] = back.ravel()
        else:
            self.points, self.at = events.points, events.place
        if (self.day[1:] < self.day[:-1]).any():  # else nothing is copied: a million events weigh something
            order = np.argsort(self.day, kind="stable")
            self.day, self.many, self.at = self.day[order], self.many[order], self.at[order]

    def windows(self, day: float, span: float) -> tuple[slice, slice]:
        """Events of the ``span`` days before ``day`` and after it."""
        at = np.array([day - span, day, day + span])
        kind = self.day.dtype  # numpy would copy all days to another kind of number for each question
        begin, until = np.searchsorted(self.day, np.ceil(at[:2]).astype(kind) if kind.kind == "i" else at[:2])
        later = np.floor(at[1:]).astype(kind) if kind.kind == "i" else at[1:]
        after, end = np.searchsorted(self.day, later, side="right")
        return slice(int(begin), int(until)), slice(int(after), int(end))

    def by_position(self, window: slice) -> Floats:
        """How many events each position holds in a window."""
        return np.bincount(self.at[window], self.many[window], minlength=len(self.points)).astype(np.float64)

    def rings(self, places: Floats, radii: tuple[float, ...]) -> list[sparse.csr_matrix]:
        """Which positions (columns) lie in each ring round each place (rows)."""
        shape = (len(places), len(self.points))
        if 0 in shape:
            return [sparse.csr_matrix(shape) for _ring in radii]
        pairs = cKDTree(places).sparse_distance_matrix(cKDTree(self.points), radii[-1], output_type="ndarray")
        ring = np.searchsorted(radii, pairs["v"], side="left")
        return [
            sparse.csr_matrix((np.ones(int(held.sum())), (pairs["i"][held], pairs["j"][held])), shape=shape)
            for held in (ring == at for at in range(len(radii)))
        ]


def _counts(
    kinds: tuple[_Tally, ...], rings: list[list[sparse.csr_matrix]], day: Floats, span: Floats,
    owner: NDArray[np.int64],
) -> NDArray[np.int64]:  # fmt: skip
    """Counts (places, rings, kinds, [before, after]); each place is watched when its ``owner`` is."""
    made = np.zeros((owner.size, len(RINGS), len(kinds), 2), dtype=np.int64)
    for action in range(day.size):
        own = np.flatnonzero(owner == action)
        for kind, tally in enumerate(kinds):
            for at, window in enumerate(tally.windows(day[action], span[action])):
                held = tally.by_position(window)
                for ring in range(len(RINGS)):
                    made[own, ring, kind, at] = np.rint(rings[kind][ring][own] @ held)
    return made


def _free(actions: Events, others: Events | None, candidates: Events, watch: Watch) -> Floats:
    """Candidates that lie far from every action."""
    free = candidates.points
    done = actions.points if others is None else np.concatenate([actions.points, others.points])
    if len(free) and len(done):
        free = free[cKDTree(done).query(free)[0] > watch.far]
    return free[:: -(-len(free) // MOST_CANDIDATES) or 1]


def _matched(
    actions: Events, kinds: tuple[_Tally, ...], free: Floats, watch: Watch, span: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Places of matched controls (m, 2) and the action of each."""
    if len(free) == 0 or actions.x.size == 0:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    radii = (watch.site, watch.near)
    own = [tally.rings(actions.points, radii) for tally in kinds]
    other = [tally.rings(free, radii) for tally in kinds]
    places, owners = [np.empty((0, 2))], [np.empty(0, dtype=np.int64)]
    for action in np.flatnonzero(span > 0).tolist():
        apart = np.zeros(len(free))
        for kind, tally in enumerate(kinds):
            held = tally.by_position(tally.windows(actions.day[action], span[action])[0])
            for ring, (here, there) in enumerate(zip(own[kind], other[kind], strict=True)):
                mine, theirs = float((here[[action]] @ held)[0]), there @ held
                apart += np.abs(np.log1p(theirs) - np.log1p(mine))
                if kind == ring == 0:
                    apart[np.abs(theirs - mine) > np.maximum(theirs, mine) / LIKE] = np.inf
        nearest = np.argsort(apart, kind="stable")[: watch.controls]
        nearest = nearest[np.isfinite(apart[nearest])]
        places.append(free[nearest])
        owners.append(np.full(nearest.size, action))
    return np.concatenate(places), np.concatenate(owners)


@dataclass(frozen=True)
class _Times:
    """In how many windows each event stands, (actions and controls, before and after, events); ``many`` of each."""

    times: NDArray[np.uint16]
    many: NDArray[Any]

    def mean(self) -> Floats:
        """How many windows an event of each cell stands in, on average over the cell's sum; 1 where it has none."""
        once, twice = np.zeros((2, 2)), np.zeros((2, 2))
        for part in self._parts():
            times, many = self.times[:, :, part].astype(np.float64), self.many[part].astype(np.float64)
            once += times @ many
            twice += times**2 @ many
        return np.where(once > 0, twice / np.maximum(once, 1.0), 1.0)

    def variance(self, share: Floats) -> float:
        """Variance of the sum over cells of ``share`` (2, 2) times their counts; each event is Poisson, and one."""
        return sum(
            float(
                np.einsum("sw,swe->e", share, self.times[:, :, part].astype(np.float64)) ** 2
                @ self.many[part]
            )
            for part in self._parts()
        )

    def _parts(self) -> Iterator[slice]:
        """Stretches of events: a million at once would weigh many times what they do here."""
        return (slice(at, at + PART) for at in range(0, self.many.size, PART))


def _times(
    tally: _Tally, rings: tuple[sparse.csr_matrix, ...], owners: tuple[NDArray[np.int64], ...], day: Floats,
    span: Floats,
) -> _Times:  # fmt: skip
    times = np.zeros((2, 2, tally.day.size), dtype=np.uint16)
    for action in range(day.size):
        windows = tally.windows(day[action], span[action])
        for side, (ring, owner) in enumerate(zip(rings, owners, strict=True)):
            held = np.asarray(ring[np.flatnonzero(owner == action)].sum(axis=0)).ravel().astype(np.uint16)
            for at, window in enumerate(windows):
                times[side, at, window] += held[tally.at[window]]
    return _Times(times, tally.many)


def _change(
    ring: str, own: NDArray[np.int64], control: NDArray[np.int64], each: Floats, found: _Times
) -> RingChange:
    """Compare the rates of one ring. What is added to each count, and the error, follow how often events repeat.

    ``each`` (2, 2) tells that of visits on average, ``found`` that of findings.
    """
    (before, after), (went_before, went_after) = own.tolist()
    (c_before, c_after), (c_went_before, c_went_after) = control.tolist()
    ratio, low, high = float("nan"), float("nan"), float("nan")
    if min(went_before, went_after, c_went_before, c_went_after) > 0:
        sums = np.array([[before, after], [c_before, c_after]]) + 0.5 * each
        signs = np.array([[-1.0, 1.0], [1.0, -1.0]])
        wide = 1.96 * np.sqrt(found.variance(signs / sums) + (0.5 * each**2 / sums**2).sum())
        rates = np.log(sums / [[went_before, went_after], [c_went_before, c_went_after]])
        middle = float((signs * rates).sum())
        ratio, low, high = (float(np.exp(middle + side * wide)) for side in (0, -1, 1))
    verdict = "fell" if high < 1 else "rose" if low > 1 else "unclear"
    return RingChange(
        ring, before, after, went_before, went_after, c_before, c_after, c_went_before, c_went_after,
        ratio, low, high, verdict,
    )  # fmt: skip


def _verdict(rings: tuple[RingChange, ...]) -> str:
    site, near = rings[0].verdict, rings[1].verdict
    if site == "fell":
        return "displaced" if near == "rose" else "helped"
    return "returned" if site == "rose" else "unclear"


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


def _returns(tally: _Tally, site: sparse.csr_matrix, day: Floats, span: Floats) -> tuple[Return, ...]:
    told = []
    for action in range(day.size):
        window = tally.windows(day[action], span[action])[1]
        kept = np.isin(tally.at[window], site[[action]].indices) & (tally.many[window] > 0)
        if kept.any():
            first = float((tally.day[window][kept] - day[action]).min())
            told.append(Return(action, int(tally.many[window][kept].sum()), first))
    return tuple(told)
