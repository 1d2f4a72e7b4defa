"""Compiled ground of the search: the times and cost of a route, and the cheapest place of a stop."""

from __future__ import annotations

from numba import njit

compiled = njit(cache=True, nogil=True, error_model="numpy")
inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")
FAR = 1e300


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
        state.begins[v, i] = begin
        state.vehicle[u], state.place[u] = v, i
        way += leg
        gain += data.gain[u] - data.penalty[v, u]
        load += data.load[u]
        free, row = begin + data.service[u], data.row[u]
    state.load[v] = load
    state.cost[v] = 0.0
    if n == 0:
        return True
    leg = data.travel[mode, row, data.end[v]]
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
def insertion(data, state, u, v, i, push):  # type: ignore[no-untyped-def]
    """What putting node ``u`` before position ``i`` of route ``v`` costs; ``FAR`` where it does not fit."""
    n, mode, ru = state.size[v], data.mode[v], data.row[u]
    if i > 0:
        w = state.seq[v, i - 1]
        before, free = data.row[w], state.begins[v, i - 1] + data.service[w]
    else:
        before, free = data.start[v], data.begin_s[v]
    leg = data.travel[mode, before, ru]
    begin = max(free + leg, data.opens[u])
    if begin > data.closes[u]:
        return FAR
    leave = begin + data.service[u]
    if i < n:
        after, limit = data.row[state.seq[v, i]], state.late[v, i]
    else:
        after, limit = data.end[v], data.until_s[v]
    on = data.travel[mode, ru, after]
    if leave + on > limit:
        return FAR
    way = leg + on
    if n > 0:
        way -= data.travel[mode, before, after]
    shift = max(leave + on - state.begins[v, i], 0) if i < n else way
    return data.price * (way + push * shift) + data.penalty[v, u]


@compiled
def in_route(data, state, u, v, push, blink):  # type: ignore[no-untyped-def]
    """Best position of ``u`` in route ``v``: (cost, position).

    The arithmetic of :func:`insertion` written out: a call for each position would cost more than the sum.
    """
    best, at = FAR, -1
    if not data.allowed[v, u] or state.load[v] + data.load[u] > data.capacity[v]:
        return best, at
    travel, rows, service = data.travel[data.mode[v]], data.row, data.service
    seq, begins, late = state.seq[v], state.begins[v], state.late[v]
    n, ru, opens, closes, stay = state.size[v], data.row[u], data.opens[u], data.closes[u], data.service[u]
    before, free = data.start[v], data.begin_s[v]
    for i in range(n + 1):
        begin = max(free + travel[before, ru], opens)
        if begin > closes:
            break
        inside = i < n
        after = rows[seq[i]] if inside else data.end[v]
        leave = begin + stay + travel[ru, after]
        if leave <= (late[i] if inside else data.until_s[v]) and (
            blink == 0.0 or state.rng.random() >= blink
        ):
            way = travel[before, ru] + travel[ru, after] - (travel[before, after] if n > 0 else 0)
            shift = max(leave - begins[i], 0) if inside else way
            if way + push * shift < best:
                best, at = way + push * shift, i
        if inside:
            before, free = after, begins[i] + service[seq[i]]
    if at >= 0:
        best = data.price * best + data.penalty[v, u]
    return best, at


@compiled
def _empty_routes(data, state, u, push, best, bv, at):  # type: ignore[no-untyped-def]
    """The first empty route of each kind of vehicle."""
    last = -1
    for v in range(len(state.size)):
        if state.size[v] > 0 or data.kind[v] == last:
            continue
        last = data.kind[v]
        cost, i = in_route(data, state, u, v, push, 0.0)
        if cost < best:
            best, bv, at = cost, v, i
    return best, bv, at


@compiled
def best_place(data, state, u, push, blink):  # type: ignore[no-untyped-def]
    """Cheapest place of ``u``: (cost, route, position); beside its neighbours only where there are many."""
    best, bv, at = FAR, -1, -1
    if data.thorough:
        for v in range(len(state.size)):
            if state.size[v] > 0:
                cost, i = in_route(data, state, u, v, push, blink)
                if cost < best:
                    best, bv, at = cost, v, i
    else:
        for k in range(min(40, data.near.shape[1])):
            w = data.near[u, k]
            v = state.vehicle[w]
            if v < 0 or not data.allowed[v, u] or state.load[v] + data.load[u] > data.capacity[v]:
                continue
            if blink > 0.0 and state.rng.random() < blink:
                continue
            for i in range(state.place[w], state.place[w] + 2):
                cost = insertion(data, state, u, v, i, push)
                if cost < best:
                    best, bv, at = cost, v, i
    return _empty_routes(data, state, u, push, best, bv, at)


@compiled
def put(data, state, u, v, i):  # type: ignore[no-untyped-def]
    """Insert ``u`` before position ``i`` of route ``v``."""
    for j in range(state.size[v], i, -1):
        state.seq[v, j] = state.seq[v, j - 1]
    state.seq[v, i] = u
    state.size[v] += 1
    state.taken[data.group[u]] = True
    retime(data, state, v)
