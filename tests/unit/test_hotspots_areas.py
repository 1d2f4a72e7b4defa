"""Hot areas: found where many little-visited cells are hot together, and hardly ever where nothing is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrol.hotspots.statistics import Fishnet, graph_from_edges, hot_areas
from patrol.hotspots.statistics.areas import MOST_SHARE, members
from patrol.hotspots.statistics.simulation import hot_by_effort, hot_with_areas, trial


def queen(rows, columns):
    """The same neighbours as a fishnet's, as a graph."""
    pairs = [(c, m) for c in range(rows * columns) for m in members(Fishnet(rows, columns), c).tolist()]
    start, end = np.array(pairs).T
    return graph_from_edges(rows * columns, start, end)


def test_a_patch_of_few_visits_is_found_with_its_extent():
    rng = np.random.default_rng(3)
    went = rng.poisson(6, 1600)
    risk = np.ones((40, 40))
    risk[10:19, 20:29] = 4
    found = rng.binomial(went, 0.05 * risk.ravel())
    (area, *_more) = hot_areas(found, went, Fishnet(40, 40))
    inside = (risk.ravel() > 1)[area.cells]
    assert inside.mean() > 0.7
    assert inside.sum() > 60
    assert area.observed == found[area.cells].sum()
    assert area.visits == went[area.cells].sum()
    assert area.q < 0.05


def test_areas_see_three_times_the_risk_where_units_alone_do_not_and_stay_silent_where_nothing_is_hot():
    seen = {
        method: trial(np.random.default_rng(11), 8, method, visits_a_cell=10, relative_risk=3.0)
        for method in (hot_by_effort, hot_with_areas)
    }
    assert seen[hot_with_areas].power >= 0.8
    assert seen[hot_with_areas].power > seen[hot_by_effort].power + 0.15
    assert seen[hot_with_areas].false_hot <= 0.01
    assert trial(np.random.default_rng(12), 12, hot_with_areas, relative_risk=1.0).false_hot <= 0.01


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), rate=st.sampled_from([0.02, 0.3]))
def test_areas_do_not_overlap_hold_more_than_expected_and_are_the_same_on_a_graph(seed, rate):
    rng = np.random.default_rng(seed)
    went = rng.poisson(8, 144)
    risk = np.ones((12, 12))
    row, column = rng.integers(0, 9, 2)
    risk[row : row + 3, column : column + 3] = 3
    found = rng.binomial(went, np.minimum(rate * risk.ravel(), 1))
    before = found.copy(), went.copy()
    net = hot_areas(found, went, Fishnet(12, 12))
    graph = hot_areas(found, went, queen(12, 12))
    assert [area.cells.tolist() for area in net] == [area.cells.tolist() for area in graph]
    every = np.concatenate([area.cells for area in net]) if net else np.empty(0)
    assert every.size == np.unique(every).size
    for area in net:
        assert area.observed > area.expected
        assert area.visits <= MOST_SHARE * went.sum()
    assert (before[0] == found).all()
    assert (before[1] == went).all()


@pytest.mark.parametrize(
    ("found", "went"), [([0] * 9, [9] * 9), ([3] + [0] * 8, [0] * 9), ([0] * 9, [0] * 9)]
)
def test_where_nothing_was_found_or_nobody_looked_there_is_no_area(found, went):
    assert hot_areas(found, went, Fishnet(3, 3)) == []
