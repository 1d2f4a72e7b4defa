"""Compiled ground of the search: the times and cost of a route, and the cheapest places of stops."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True, error_model="numpy")
inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")
FAR = 1e300


@inlined
def chance(state):  # type: ignore[no-untyped-def]
    """A random number in [0, 1), by xorshift64* (Vigna 2016): a few times quicker than numpy's."""
    x = state.dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state.dice[0] = x
    return float((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) / 9007199254740992.0


@inlined
def draw(state, low, high):  # type: ignore[no-untyped-def]
    """A random whole number from ``low`` up to and without ``high``."""
    return low + int(chance(state) * (high - low))


@compiled
def retime(data, state, v):  # type: ignore[no-untyped-def]
    """Recompute times, load and cost of one route; say whether it can be driven."""
    n, mode = state.size[v], data.mode[v]
    row, free = data.start[v], data.begin_s[v]
    way, gain, load = 0, 0.0, 0
    fits = True
    for i in range(n):
        u = state.seq[v, i]
        leg = data.travel[mode, row, data.row[u]]
        begin = max(free + leg, data.opens[u])
        fits = fits and begin <= data.closes[u] and data.allowed[v, u]
        state.begins[v, i], state.leaves[v, i], state.rows[v, i] = begin, begin + data.service[u], data.row[u]
        state.vehicle[u], state.place[u] = v, i
        state.ways[v, i] = leg
        way += leg
        gain += data.gain[u] - data.penalty[v, u]
        load += data.load[u]
        free, row = begin + data.service[u], data.row[u]
    state.load[v] = load
    state.cost[v], state.ways[v, n] = 0.0, 0
    if n == 0:
        return True
    leg = data.travel[mode, row, data.end[v]]
    state.ways[v, n] = leg
    state.cost[v] = data.price * (way + leg) - gain
    _latest(data, state, v)
    return fits and free + leg <= data.until_s[v] and load <= data.capacity[v]


@compiled
def _latest(data, state, v):  # type: ignore[no-untyped-def]
    mode, row, limit = data.mode[v], data.end[v], data.until_s[v]
    for i in range(state.size[v] - 1, -1, -1):
        u = state.seq[v, i]
        limit = min(data.closes[u], limit - data.service[u] - data.travel[mode, data.row[u], row])
        state.late[v, i] = limit
        row = data.row[u]


@inlined
def _not_too_early(late, n, leave):  # type: ignore[no-untyped-def]
    """First position of a route before which one could leave at ``leave`` if there were no travel."""
    first, high = 0, n
    while first < high:
        middle = (first + high) >> 1
        if late[middle] < leave:
            first = middle + 1
        else:
            high = middle
    return first


@compiled
def scan(data, state, v, found, count, push, blink, cost, at):  # type: ignore[no-untyped-def]
    """Best position in route ``v`` of each of ``count`` nodes ``found``, into ``cost[:, v]`` and ``at[:, v]``.

    What did not fit before (``FAR``) fits even less after stops were added and is not looked at again. One call for
    many nodes, because a call costs more than the arithmetic of one position. Positions before which a node is too
    early are jumped over: latest starts only grow along a route. ``push`` is the price of a second by which later
    stops are put off, ``blink`` the chance that a position is overlooked (Christiaens & Vanden Berghe 2020).
    """
    mode, n, start, end = data.mode[v], state.size[v], data.start[v], data.end[v]
    begin_s, until_s, room = data.begin_s[v], data.until_s[v], data.capacity[v] - state.load[v]
    rows, begins, late, leaves, ways = (
        state.rows[v],
        state.begins[v],
        state.late[v],
        state.leaves[v],
        state.ways[v],
    )
    travel, back = data.travel[mode], data.back[mode]
    for j in range(count):
        if cost[j, v] >= FAR:
            continue
        u = found[j]
        cost[j, v] = FAR
        if not data.allowed[v, u] or data.load[u] > room:
            continue
        ru, opens, closes, stay = data.row[u], data.opens[u], data.closes[u], data.service[u]
        best, place = FAR, -1
        for i in range(_not_too_early(late, n, opens + stay), n + 1):
            come = back[ru, rows[i - 1] if i > 0 else start]
            begin = max((leaves[i - 1] if i > 0 else begin_s) + come, opens)
            if begin > closes:
                break
            on = travel[ru, rows[i] if i < n else end]
            leave = begin + stay + on
            if leave <= (late[i] if i < n else until_s) and (blink == 0.0 or chance(state) >= blink):
                way = come + on - ways[i]
                here = way + push * (max(leave - begins[i], 0) if i < n else way)
                if here < best:
                    best, place = here, i
        if place >= 0:
            cost[j, v] = data.price * best + data.penalty[v, u]
            at[j, v] = place


@compiled
def put(data, state, u, v, i):  # type: ignore[no-untyped-def]
    """Insert ``u`` before position ``i`` of route ``v``."""
    for j in range(state.size[v], i, -1):
        state.seq[v, j] = state.seq[v, j - 1]
    state.seq[v, i] = u
    state.size[v] += 1
    state.taken[data.group[u]] = True
    retime(data, state, v)
