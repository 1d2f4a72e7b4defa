"""The first plan: team after team, always on to the venue that gains most for the time it takes."""

from __future__ import annotations

import numpy as np

from patrol.routes.planning.model import Bools, Floats, Model, Vehicle

#: node numbers in order, for each vehicle
Orders = list[list[int]]


def greedy_orders(model: Model) -> Orders:
    """Build routes team after team by the largest prize / (travel + wait + service) still possible today.

    Required nodes weigh as much as all prizes together, so they come first. Where travel has a price, a stop
    has to earn its detour, and a route that as a whole costs more than it gains is not driven. Deterministic.

    Parameters: a :class:`Model`. Returns: node numbers in order for each vehicle; feasible on the model.
    """
    free = np.ones(model.size, dtype=bool)
    merit = model.prize + model.must * (1.0 + model.prize.sum())
    orders: Orders = []
    for vehicle in model.vehicles:
        order = _one_route(model, vehicle, free, merit)
        for node in order:
            free &= model.group != model.group[node]
        orders.append(order)
    return orders


def _one_route(model: Model, vehicle: Vehicle, free: Bools, merit: Floats) -> list[int]:
    matrix = model.travel[vehicle.mode]
    rows = model.group
    back = matrix[rows, vehicle.end_row].astype(np.int64)
    price = model.given.weights.travel
    open_nodes = free & vehicle.allowed & (merit > 0 if price == 0 else merit >= 0)
    here, now, carried, gain = vehicle.start_row, vehicle.start_s, 0, 0.0
    order: list[int] = []
    while True:
        go = matrix[here, rows].astype(np.int64)
        start = np.maximum(now + go, model.opens)
        leave = start + model.service
        possible = open_nodes & (start <= model.closes) & (leave + back <= vehicle.end_s)
        possible &= model.load <= vehicle.capacity - carried
        detour = price * (go + back - int(matrix[here, vehicle.end_row])) if price else 0.0
        earns = merit - vehicle.penalty - detour
        possible &= earns > 0 if price == 0 else (earns > 0) | model.must
        if not possible.any():
            break
        worth = np.where(possible, earns / np.maximum(leave - now, 1), -np.inf)
        best = int(np.argmax(worth))
        gain += float(model.prize[best] - vehicle.penalty[best]) - price * int(go[best])
        order.append(best)
        open_nodes = open_nodes & (rows != rows[best])
        here, now, carried = int(rows[best]), int(leave[best]), carried + int(model.load[best])
    gain -= price * int(matrix[here, vehicle.end_row])
    return order if gain > 0 or model.must[order].any() else []


def shortlist(model: Model, keep: Orders, size: int) -> Model:
    """Keep ``keep`` and the required, then the best prize / (service + 240 s): ``size`` candidates in all.

    240 s is what a visit in a dense city costs in travel besides itself; the list decides what the search may
    consider, not what it takes. Windows and kinds of one candidate stay together.
    """
    groups = len(model.given.candidates)
    worth = np.full(groups, -np.inf)
    reach = np.zeros(model.size, dtype=bool)
    for vehicle in model.vehicles:
        reach |= vehicle.allowed
    np.maximum.at(worth, model.group, np.where(reach, model.prize / (model.service + 240.0), -np.inf))
    kept = np.zeros(groups, dtype=bool)
    kept[[int(model.group[node]) for order in keep for node in order]] = True
    kept[model.group[model.must]] = True
    room = size - int(kept.sum())
    if room > 0:
        rest = np.argsort(-np.where(kept, -np.inf, worth), kind="stable")[:room]
        kept[rest[np.isfinite(worth[rest])]] = True
    nodes = np.flatnonzero(kept[model.group] & reach)
    return model.subset(nodes)


def reindex(orders: Orders, whole: Model, part: Model, *, to_part: bool) -> Orders:
    """Translate node numbers between a model and its shortlist."""
    names = {name: node for node, name in enumerate(_names(part if to_part else whole))}
    source = _names(whole if to_part else part)
    return [[names[source[node]] for node in order] for order in orders]


def _names(model: Model) -> list[tuple[int, int, int, bytes]]:
    allowed = np.array([vehicle.allowed for vehicle in model.vehicles]).T.copy()
    return [
        (int(g), int(o), int(c), allowed[node].tobytes())
        for node, (g, o, c) in enumerate(zip(model.group, model.opens, model.closes, strict=True))
    ]
