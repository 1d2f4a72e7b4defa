"""The best plan that can be put together from routes seen during a search: a set packing, solved exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from patrol.routes.planning.model import Floats

#: routes given to the linear programme; more is slower than it is worth
MOST = 8_000
#: routes left for the whole-number programme after those have gone that cannot be in a better plan
MOST_WHOLE = 2_500


@dataclass(frozen=True)
class KnownRoute:
    """A route that a vehicle of ``kind`` can drive: venues (groups), nodes in order, and its cost."""

    kind: int
    groups: tuple[int, ...]
    nodes: tuple[int, ...]
    cost: float


def recombine(
    routes: Sequence[KnownRoute], fleet: Mapping[int, int], *, better_than: float, seconds: float
) -> list[KnownRoute] | None:
    """Choose routes of least total cost such that no venue is visited twice and no vehicle is used twice.

    Parameters: ``fleet`` vehicles of each kind; ``better_than`` the cost to beat; ``seconds`` the time for the
    whole-number programme. Returns: the routes, or ``None`` when nothing better was found in that time.
    Source: route recombination as in Hu & Lim (2014), "An iterative three-component heuristic for the team
    orienteering problem with time windows"; columns are dropped by reduced cost, which loses no better plan.
    """
    chosen = sorted((route for route in routes if route.cost < 0), key=lambda route: route.cost)[:MOST]
    if len(chosen) < 2:
        return None
    cost, matrix, limit = _programme(chosen, fleet)
    relaxed = linprog(
        cost, A_ub=matrix, b_ub=limit, bounds=(0, 1), method="highs", options={"time_limit": seconds}
    )
    if not relaxed.success or relaxed.fun >= better_than - 1e-6:
        return None
    reduced = cost - matrix.T @ relaxed.ineqlin.marginals
    keep = np.flatnonzero(reduced <= better_than - relaxed.fun + 1e-9)
    if len(keep) > MOST_WHOLE:
        keep = keep[np.argsort(reduced[keep], kind="stable")[:MOST_WHOLE]]
    columns = matrix[:, keep]
    whole = milp(
        cost[keep],
        constraints=[LinearConstraint(columns, -np.inf, limit)],
        integrality=np.ones(len(keep)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if whole.x is None or whole.fun >= better_than - 1e-6:
        return None
    return [chosen[keep[i]] for i in np.flatnonzero(whole.x > 0.5)]


def _programme(routes: Sequence[KnownRoute], fleet: Mapping[int, int]) -> tuple[Floats, sp.csc_array, Floats]:
    """Costs (columns,), and rows: one for each venue, one for each kind of vehicle."""
    venues = sorted({group for route in routes for group in route.groups})
    kinds = sorted(fleet)
    row = {("venue", group): i for i, group in enumerate(venues)}
    row |= {("kind", kind): len(venues) + i for i, kind in enumerate(kinds)}
    rows = [
        place
        for route in routes
        for place in (*(row["venue", g] for g in route.groups), row["kind", route.kind])
    ]
    columns = [j for j, route in enumerate(routes) for _ in range(len(route.groups) + 1)]
    matrix = sp.csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(row), len(routes)))
    limit = np.array([1.0] * len(venues) + [float(fleet[kind]) for kind in kinds])
    return np.array([route.cost for route in routes]), matrix, limit
