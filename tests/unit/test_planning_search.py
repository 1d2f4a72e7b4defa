"""The compiled search against slow counts: the cheapest place of a stop, and the best plan out of known routes."""

from itertools import combinations

import numpy as np
import pytest

from patrol.routes.planning.greedy import greedy_orders
from patrol.routes.planning.instances import parse_instance
from patrol.routes.planning.model import build_model
from patrol.routes.planning.ruin import KnownRoute, recombine, ruin_and_recreate
from patrol.routes.planning.ruin.layout import empty_state, lay_out
from patrol.routes.planning.ruin.places import FAR, retime, scan

PRICE = 0.001


def points_on_a_line(rng, count):
    """Distances on a line are whole and keep the triangle inequality exactly, so nothing depends on rounding."""
    lines = [f"0 0 {count} 0", "0 0", "0 0 0 0 0 0 0 0 600"]
    for i in range(1, count + 1):
        opens = int(rng.integers(0, 400))
        lines.append(f"{i} {rng.integers(-90, 90)} 0 {rng.integers(0, 30)} {rng.integers(1, 40)} 0 0 {opens} "
                     f"{opens + int(rng.integers(0, 60))}")  # fmt: skip
    return build_model(parse_instance("\n".join(lines), teams=3).given)


def entered(model, orders, rng):
    data = lay_out(model, price=PRICE, rng=rng)
    state = empty_state(data, len(model.given.candidates), rng)
    for v, order in enumerate(orders):
        state.seq[v, : len(order)] = order
        state.size[v] = len(order)
        state.taken[data.group[order]] = True
        assert retime(data, state, v)
    return data, state


def driven(model, order):
    """Beginnings of all visits and the travel of a route, or None: the slow way, from the model's own arrays."""
    vehicle, matrix = model.vehicles[0], model.travel["straight"]
    here, free, way, begins = vehicle.start_row, vehicle.start_s, 0, []
    for node in order:
        leg = int(matrix[here, model.group[node]])
        begin = max(free + leg, int(model.opens[node]))
        if begin > model.closes[node]:
            return None
        begins.append(begin)
        here, free, way = int(model.group[node]), begin + int(model.service[node]), way + leg
    leg = int(matrix[here, vehicle.end_row])
    return (begins, way + leg) if free + leg <= vehicle.end_s else None


def cheapest(model, order, node, push):
    found = FAR
    before = driven(model, order)
    for at in range(len(order) + 1):
        after = driven(model, [*order[:at], node, *order[at:]])
        if after is None:
            continue
        later = after[0][at + 1] - before[0][at] if at < len(order) else after[1] - before[1]
        found = min(found, PRICE * (after[1] - before[1] + push * later))
    return found


@pytest.mark.parametrize("push", [0.0, 1.0])
def test_the_cheapest_place_is_the_one_that_trying_all_finds(push):
    rng = np.random.default_rng(5)
    fitting = 0
    for _ in range(40):
        model = points_on_a_line(rng, 40)
        orders = greedy_orders(model)
        data, state = entered(model, orders, rng)
        found = np.array(sorted(set(range(model.size)) - {n for order in orders for n in order}))
        for v, order in enumerate(orders):
            if not order:
                continue
            # Thinned routes have room: a greedy one is full.
            kept = order[:: 1 + int(rng.integers(0, 3))]
            state.seq[v, : len(kept)] = kept
            state.size[v] = len(kept)
            retime(data, state, v)
            cost, at = np.zeros((len(found), 3)), np.zeros((len(found), 3), dtype=np.int64)
            scan(data, state, v, found, len(found), push, 0.0, cost, at)
            for j, node in enumerate(found):
                assert cost[j, v] == pytest.approx(cheapest(model, kept, int(node), push))
                if cost[j, v] < FAR:
                    fitting += 1
                    assert driven(model, [*kept[: at[j, v]], int(node), *kept[at[j, v] :]]) is not None
    assert fitting > 300


def test_the_search_gives_routes_that_can_be_driven_and_never_less_than_its_start():
    rng = np.random.default_rng(6)
    better = 0
    for seed in range(8):
        model = points_on_a_line(rng, 60)
        start = greedy_orders(model)
        found = ruin_and_recreate(model, start, seconds=0.15, seed=seed)
        nodes = [node for order in found for node in order]
        assert len(nodes) == len(set(nodes))
        assert all(driven(model, order) is not None for order in found)
        before, after = (sum(model.prize[n] for order in plan for n in order) for plan in (start, found))
        assert after >= before
        better += after > before
    assert better >= 6


def best_by_trying(routes, fleet):
    least = 0.0
    for size in range(1, 4):
        for chosen in combinations(routes, size):
            venues = [group for route in chosen for group in route.groups]
            kinds = [route.kind for route in chosen]
            if len(venues) == len(set(venues)) and all(kinds.count(k) <= fleet[k] for k in fleet):
                least = min(least, sum(route.cost for route in chosen))
    return least


def test_recombination_finds_the_best_plan_out_of_known_routes():
    rng = np.random.default_rng(7)
    fleet = {0: 2, 1: 1}
    for _ in range(15):
        routes = []
        for _ in range(18):
            nodes = tuple(rng.choice(12, int(rng.integers(1, 6)), replace=False).tolist())
            routes.append(KnownRoute(int(rng.integers(0, 2)), nodes, nodes, -float(rng.integers(1, 50))))
        least = best_by_trying(routes, fleet)
        found = recombine(routes, fleet, better_than=least + 1.0, seconds=5.0)
        assert found is not None
        assert sum(route.cost for route in found) == pytest.approx(least)
        venues = [group for route in found for group in route.groups]
        assert len(venues) == len(set(venues))
        assert recombine(routes, fleet, better_than=least, seconds=5.0) is None
