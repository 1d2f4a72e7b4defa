"""Each history has exactly one of 17 names, the last step decides, and trends and moves are those found by hand."""

from itertools import permutations, product

import numpy as np
import pytest

from patrol.hotspots.statistics import EMERGING, emerging_classes, mann_kendall, relocations
from patrol.hotspots.statistics.emerging import RULES, history_of

#: ten steps, H hot, C cold, . neither; trend; name after Esri's table
KNOWN = [
    (".........H", 0, "new_hot"), ("......HHHH", 0, "consecutive_hot"), ("HHHHHHHHHH", 1, "intensifying_hot"),
    ("HHHHHHHHHH", 0, "persistent_hot"), (".HHHHHHHHH", 0, "persistent_hot"), ("HHHHH.HHHH", -1, "diminishing_hot"),
    ("H..H..H..H", 0, "sporadic_hot"), ("C..C..H..H", 0, "oscillating_hot"), ("HHHHHHHHH.", 0, "historical_hot"),
    (".........C", 0, "new_cold"), ("......CCCC", 0, "consecutive_cold"), ("CCCCCCCCCC", -1, "intensifying_cold"),
    ("CCCCCCCCCC", 0, "persistent_cold"), ("CCCCCCCCCC", 1, "diminishing_cold"), ("C..C..C..C", 0, "sporadic_cold"),
    ("H..H..C..C", 0, "oscillating_cold"), ("CCCCCCCCC.", 0, "historical_cold"),
    ("..........", 0, "none"), ("HHHHHHHH..", 0, "none"), ("...H......", 1, "none"),
    ("HHHHHHHHHC", 0, "new_cold"), ("CCCCCCCCCH", 0, "new_hot"),
]  # fmt: skip


def named(histories, trend):
    steps = np.array([list(history) for history in histories])
    return emerging_classes(steps == "H", steps == "C", trend)


@pytest.mark.parametrize(("history", "trend", "name"), KNOWN)
def test_a_history_is_called_as_in_the_table(history, trend, name):
    assert named([history], [trend]) == [name]


@pytest.fixture(scope="module")
def every():
    """All histories of ten steps, with each trend: 177,147."""
    steps = np.array(list(product("HC.", repeat=10)))
    return np.repeat(steps, 3, axis=0), np.tile([-1, 0, 1], len(steps))


def test_of_one_side_never_two_rules_hold_and_a_last_step_on_it_always_has_a_name(every):
    steps, trend = every
    history = history_of(steps == "H", steps == "C", trend)
    held = np.array([rule(history) for _name, rule in RULES])
    assert held.sum(axis=0).max() == 1
    assert (held.any(axis=0) >= (steps[:, -1] == "H")).all()


def test_all_seventeen_names_come_up_and_hot_and_cold_mirror_each_other(every):
    steps, trend = every
    names = emerging_classes(steps == "H", steps == "C", trend)
    assert set(names) == set(EMERGING)
    assert len(EMERGING) == 17
    mirrored = emerging_classes(steps == "C", steps == "H", -trend)
    turned = {
        name: name.replace("_hot", "_x").replace("_cold", "_hot").replace("_x", "_cold") for name in EMERGING
    }
    assert [turned[name] for name in names] == mirrored.tolist()


def test_a_step_that_is_both_or_none_at_all_is_refused():
    for hot, cold in (([[1]], [[1]]), (np.zeros((2, 0)), np.zeros((2, 0))), ([[1, 0]], [[0]])):
        with pytest.raises(ValueError, match=r"steps|shape"):
            emerging_classes(hot, cold, np.zeros(len(hot)))


@pytest.mark.parametrize("series", [(1, 2, 3, 4, 5), (1, 1, 2, 3, 3), (2, 2, 2, 5, 1)])
def test_a_trend_has_the_sum_of_signs_and_the_variance_over_all_orders(series):
    orders = np.array(list(permutations(series)), dtype=float)
    s, z, p = mann_kendall(orders)
    by_hand = [sum(np.sign(b - a) for at, a in enumerate(row) for b in row[at + 1 :]) for row in orders]
    assert s.tolist() == by_hand
    moving = z != 0
    np.testing.assert_allclose(((s - np.sign(s))[moving] / z[moving]) ** 2, np.var(by_hand))
    assert ((z == 0) == (np.abs(s) <= 1)).all()
    assert ((p == 1) == (z == 0)).all()


def test_a_constant_series_has_no_trend():
    assert [float(each[0]) for each in mann_kendall([[3, 3, 3, 3]])] == [0.0, 0.0, 1.0]


def test_what_heats_within_reach_of_what_cooled_has_moved_and_the_nearest_is_named():
    hot = np.array(
        [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1], [0, 1, 1, 1, 1]], dtype=bool
    )
    x = np.array([0.0, 400.0, 500.0, 5000.0, 450.0])
    found = [
        (each.cooled, each.heated, each.heated_step)
        for each in relocations(hot, x, np.zeros(5), reach=600, within=1)
    ]
    assert found == [(1, 4, 1), (1, 2, 3)]
    assert relocations(hot[2:4], x[2:4], np.zeros(2), reach=1e9, within=9) == []
