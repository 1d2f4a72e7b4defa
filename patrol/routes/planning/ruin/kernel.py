"""The compiled heart of the search: remove strings of neighbouring stops, put stops back, accept by annealing.

After Christiaens & Vanden Berghe (2020), "Slack induction by string removals for vehicle routing problems",
Transportation Science 54(2), extended to optional visits with prizes, time windows, several kinds of vehicles and
venues of which only one window may be used. Everything here runs without the interpreter (numba).
"""

from __future__ import annotations

import math

import numpy as np

from patrol.routes.planning.ruin.places import FAR, chance, compiled, draw, put, retime, scan

STRING_MAX = 12
REMOVED_MEAN = 10.0
CANDIDATES = 60


@compiled
def _save(state, old, v, touched):  # type: ignore[no-untyped-def]
    if touched[v]:
        return
    touched[v] = True
    old.size[v] = state.size[v]
    for i in range(state.size[v]):
        old.seq[v, i] = state.seq[v, i]
    old.cost[v] = state.cost[v]


@compiled
def _cut(data, state, v, first, count, keep):  # type: ignore[no-untyped-def]
    """Take ``count`` stops out of route ``v`` from position ``first``; the ``keep``-th of them stays."""
    n, to = state.size[v], first
    for i in range(first, n):
        u = state.seq[v, i]
        if i < first + count and i - first != keep:
            state.vehicle[u] = -1
            state.taken[data.group[u]] = False
        else:
            state.seq[v, to] = u
            to += 1
    state.size[v] = to
    retime(data, state, v)


@compiled
def ruin(data, state, old, touched, mean):  # type: ignore[no-untyped-def]
    """Remove strings of stops near a random node; return that node."""
    nodes, used, total = len(data.row), 0, 0
    for v in range(len(state.size)):
        used += state.size[v] > 0
        total += state.size[v]
    seed = draw(state, 0, nodes)
    if total == 0:
        return seed
    longest = min(float(STRING_MAX), total / used)
    strings = int(1.0 + chance(state) * max(4.0 * mean / (1.0 + longest) - 1.0, 0.0))
    done = 0
    for k in range(-1, data.near.shape[1]):
        u = seed if k < 0 else data.near[seed, k]
        v = state.vehicle[u]
        if v < 0 or touched[v]:
            continue
        _save(state, old, v, touched)
        n = state.size[v]
        count = int(1.0 + chance(state) * min(float(n), longest))
        keep = draw(state, 1, count) if count > 2 and chance(state) < 0.3 else -1
        p = state.place[u]
        low = max(0, p - count + 1)
        first = low + draw(state, 0, min(p, n - count) - low + 1)
        _cut(data, state, v, first, count, keep)
        done += 1
        if done >= strings:
            break
    return seed


@compiled
def gather(data, state, seed, found):  # type: ignore[no-untyped-def]
    """List nodes that are nowhere, near ``seed`` first; return how many."""
    count = 0
    if data.thorough:
        for u in range(len(data.row)):
            if not state.taken[data.group[u]]:
                found[count] = u
                count += 1
        return count
    for k in range(-1, data.near.shape[1]):
        u = seed if k < 0 else data.near[seed, k]
        if not state.taken[data.group[u]]:
            found[count] = u
            count += 1
            if count >= CANDIDATES:
                break
    return count


@compiled
def _keys(data, state, found, count, seed, keys):  # type: ignore[no-untyped-def]
    """Rank absent nodes, highest first: by worth, by worth per time, by nearness, by load or closing, or by chance."""
    how = draw(state, 0, 6)
    for j in range(count):
        u = found[j]
        if how == 0:
            keys[j] = chance(state)
        elif how <= 2:
            keys[j] = data.gain[u] * (0.6 + 0.8 * chance(state))
        elif how == 3:
            keys[j] = data.gain[u] / (1.0 + data.service[u] + data.near.shape[1])
        elif how == 4:
            keys[j] = -data.travel[0, data.row[seed], data.row[u]] * (0.8 + 0.4 * chance(state))
        else:
            keys[j] = data.load[u] + chance(state) if data.load[u] > 0 else -data.closes[u]


@compiled
def refill(data, state, old, touched, found, count, seed, places):  # type: ignore[no-untyped-def]
    """Put absent nodes back one by one where each is cheapest, until none pays.

    Half of the time the next node is the one with most gain for the time it takes (exponent drawn at random),
    half of the time the order is drawn beforehand.
    """
    cost, at, worth, best, route = places
    push, blink, by_ratio = 1.0, 0.0, chance(state) < 0.5
    if by_ratio:
        power = 0.7 + 1.5 * chance(state)
        for j in range(count):
            worth[j] = (0.75 + 0.5 * chance(state)) * data.gain[found[j]] ** power
    else:
        _keys(data, state, found, count, seed, worth)
        push, blink = 1.0 if chance(state) < 0.5 else 0.0, 0.01
    for v in range(len(state.size)):
        cost[:count, v] = 0.0
        scan(data, state, v, found, count, push, blink, cost, at)
    for j in range(count):
        _choose(data, found, j, places, by_ratio)
    while True:
        top, chosen = -FAR, -1
        for j in range(count):
            if best[j] > top:
                top, chosen = best[j], j
        if chosen < 0:
            return
        v = route[chosen]
        _save(state, old, v, touched)
        put(data, state, found[chosen], v, at[chosen, v])
        count = _still_absent(data, state, found, count, places)
        scan(data, state, v, found, count, push, blink, cost, at)
        for j in range(count):
            _choose(data, found, j, places, by_ratio)


@compiled
def _choose(data, found, j, places, by_ratio):  # type: ignore[no-untyped-def]
    """The best route of an absent node, and how good it is to put the node there now; −FAR where it does not pay."""
    cost, _, worth, best, route = places
    low, chosen = FAR, -1
    for v in range(cost.shape[1]):
        if cost[j, v] < low:
            low, chosen = cost[j, v], v
    route[j], best[j] = chosen, -FAR
    if low < data.gain[found[j]]:
        best[j] = worth[j] / (max(low, 0.0) + data.price) if by_ratio else worth[j]


@compiled
def _still_absent(data, state, found, count, places):  # type: ignore[no-untyped-def]
    """Drop nodes that are visited now; return how many are left."""
    cost, at, worth, _, _ = places
    j = 0
    while j < count:
        if not state.taken[data.group[found[j]]]:
            j += 1
            continue
        count -= 1
        found[j], worth[j] = found[count], worth[count]
        for w in range(cost.shape[1]):
            cost[j, w], at[j, w] = cost[count, w], at[count, w]
    return count


@compiled
def total(state):  # type: ignore[no-untyped-def]
    """Cost of all routes."""
    return state.cost.sum()


@compiled
def _undo(data, state, old, touched):  # type: ignore[no-untyped-def]
    for v in range(len(touched)):
        if touched[v]:
            for i in range(state.size[v]):
                u = state.seq[v, i]
                state.vehicle[u] = -1
                state.taken[data.group[u]] = False
    for v in range(len(touched)):
        if touched[v]:
            state.size[v] = old.size[v]
            for i in range(old.size[v]):
                u = old.seq[v, i]
                state.seq[v, i] = u
                state.taken[data.group[u]] = True
            retime(data, state, v)


@compiled
def copy_routes(state, best):  # type: ignore[no-untyped-def]
    """Remember the routes of a state."""
    for v in range(len(state.size)):
        best.size[v] = state.size[v]
        best.cost[v] = state.cost[v]
        for i in range(state.size[v]):
            best.seq[v, i] = state.seq[v, i]


@compiled
def _remember(data, state, touched, pool, rating):  # type: ignore[no-untyped-def]
    """Keep changed routes for the recombination, with the cost of the best plan that each was part of.

    A set of nodes is kept once, in its cheapest order; of two sets that want one slot, the one of the better plan.
    """
    names, routes, sizes, costs, owner, ratings = pool
    slots = len(names)
    for v in range(len(touched)):
        n = state.size[v]
        if not touched[v] or n == 0 or n > routes.shape[1]:
            continue
        name = np.uint64(data.kind[v] + 1) * np.uint64(0x9E3779B97F4A7C15)
        for i in range(n):
            name += data.salt[state.seq[v, i]]
        slot = np.int64(name % np.uint64(slots))
        if names[slot] == name:
            ratings[slot] = min(ratings[slot], rating)
            if costs[slot] <= state.cost[v]:
                continue
        elif names[slot] != 0 and ratings[slot] < rating:
            continue
        else:
            ratings[slot] = rating
        names[slot], sizes[slot], costs[slot], owner[slot] = name, n, state.cost[v], data.kind[v]
        for i in range(n):
            routes[slot, i] = state.seq[v, i]


@compiled
def anneal(data, state, old, best, pool, heat, cool, rounds, slack):  # type: ignore[no-untyped-def]
    """Run ``rounds`` of ruin and refill while the temperature falls from ``heat`` to ``cool``.

    ``best`` receives the cheapest routes seen. Routes of solutions within ``slack`` of the best are pooled.
    """
    nodes, vehicles = len(data.row), len(state.size)
    touched = np.zeros(vehicles, dtype=np.bool_)
    found = np.zeros(nodes, dtype=np.int64)
    most = nodes if data.thorough else CANDIDATES
    places = (
        np.zeros((most, vehicles)),
        np.zeros((most, vehicles), np.int64),
        np.zeros(most),
        np.zeros(most),
        np.zeros(most, np.int64),
    )
    now, least = total(state), total(best)
    fall = (cool / heat) ** (1.0 / max(rounds, 1))
    for _ in range(rounds):
        touched[:] = False
        seed = ruin(data, state, old, touched, REMOVED_MEAN)
        count = gather(data, state, seed, found)
        refill(data, state, old, touched, found, count, seed, places)
        then = total(state)
        if then < least + slack:
            _remember(data, state, touched, pool, then)
        if then < now - heat * math.log(chance(state) + 1e-300):
            now = then
            if then < least - 1e-9:
                least = then
                copy_routes(state, best)
        else:
            _undo(data, state, old, touched)
        heat *= fall
    return least
