"""Hot areas: found where many little-visited cells are hot together, and hardly ever where nothing is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from patrol.hotspots.statistics import hot_areas
from patrol.hotspots.statistics.areas import MOST_SHARE, TESTS_A_CELL, WIDEST
from patrol.hotspots.statistics.simulation import hot_by_effort, hot_with_areas, make_world, trial


def places(rows, columns):
    """Rows and columns of the cells of a full rectangle."""
    return np.divmod(np.arange(rows * columns), columns)


def world(seed, *, side=12, patch=3, rate=0.3):
    """Findings and visits of a square world with one patch of three times the risk."""
    rng = np.random.default_rng(seed)
    went = rng.poisson(8, side * side)
    risk = np.ones((side, side))
    row, column = rng.integers(0, side - patch, 2)
    risk[row : row + patch, column : column + patch] = 3
    return rng.binomial(went, np.minimum(rate * risk.ravel(), 1)), went


def judged_one_by_one(found, went, rows, columns, fdr=0.05, min_visits=10):
    """The same by definition: every square of cells on its own, without tables, filters or bounds."""
    total, effort = found.sum(), went.sum()
    best, windows, tests = np.ones(found.size), [], 0
    height, width = rows.max() + 1, columns.max() + 1
    for h, w in {(min(s, height), min(s, width)) for s in range(1, WIDEST + 1)}:
        tests += h * w
        for top in range(height - h + 1):
            for left in range(width - w + 1):
                inside = np.flatnonzero(
                    (rows >= top) & (rows < top + h) & (columns >= left) & (columns < left + w)
                )
                o, n = found[inside].sum(), went[inside].sum()
                e = n * total / effort
                if min_visits <= n <= MOST_SHARE * effort and o > e:
                    p = stats.binom.sf(o - 1, total, n / effort)
                    best[inside] = np.minimum(best[inside], p)
                    rest = (total - o) * np.log((total - o) / (total - e)) if o < total else 0.0
                    windows.append((o * np.log(o / e) + rest, p, inside))
    seen = np.flatnonzero(went > 0)
    adjusted = np.minimum(1, min(TESTS_A_CELL, tests) * best[seen])
    q = np.ones(found.size)
    q[seen] = stats.false_discovery_control(adjusted)
    limit = best[seen][q[seen] <= fdr].max(initial=0)
    taken, areas = set(), []
    for _ratio, p, inside in sorted(windows, key=lambda each: -each[0]):
        if p <= limit and not taken & set(inside.tolist()):
            taken |= set(inside.tolist())
            areas.append(inside.tolist())
    return areas


def test_a_patch_of_few_visits_is_found_with_its_extent():
    rng = np.random.default_rng(3)
    went = rng.poisson(6, 1600)
    risk = np.ones((40, 40))
    risk[10:19, 20:29] = 4
    found = rng.binomial(went, 0.05 * risk.ravel())
    (area, *_more) = hot_areas(found, went, *places(40, 40))
    inside = (risk.ravel() > 1)[area.cells]
    assert inside.mean() > 0.8
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


def test_where_nothing_is_hot_about_one_map_in_twenty_shows_an_area():
    rng, where = np.random.default_rng(14), places(50, 50)
    shown = 0
    for _ in range(120):
        empty = make_world(rng, side=50, visits_a_cell=20)
        shown += bool(hot_areas(empty.findings, empty.visits, *where))
    assert shown <= stats.binom.ppf(0.9999, 120, 0.05)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), rate=st.sampled_from([0.02, 0.3]), holes=st.booleans())
def test_areas_are_those_of_the_definition_also_where_cells_are_missing(seed, rate, holes):
    found, went = world(seed, side=10, rate=rate)
    rows, columns = places(10, 10)
    if holes:
        kept = np.random.default_rng(seed).random(found.size) < 0.8
        found, went, rows, columns = found[kept], went[kept], rows[kept], columns[kept]
    areas = [area.cells.tolist() for area in hot_areas(found, went, rows, columns)]
    if found[went > 0].sum():
        assert areas == judged_one_by_one(np.where(went > 0, found, 0), went, rows, columns)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), rate=st.sampled_from([0.02, 0.3]))
def test_areas_do_not_overlap_hold_more_than_expected_and_do_not_care_where_the_lattice_begins(seed, rate):
    found, went = world(seed, rate=rate)
    before = found.copy(), went.copy()
    rows, columns = places(12, 12)
    areas = hot_areas(found, went, rows, columns)
    moved = hot_areas(found, went, rows + 53_824, columns - 7)
    assert [area.cells.tolist() for area in areas] == [area.cells.tolist() for area in moved]
    every = np.concatenate([area.cells for area in areas]) if areas else np.empty(0)
    assert every.size == np.unique(every).size
    for area in areas:
        assert area.observed > area.expected
        assert area.visits <= MOST_SHARE * went.sum()
    assert (before[0] == found).all()
    assert (before[1] == went).all()


@pytest.mark.parametrize(("apart", "areas"), [(WIDEST - 1, [[0, 1]]), (WIDEST, [[0], [1]])])
def test_an_area_reaches_over_empty_places_as_far_as_its_side_and_no_farther(apart, areas):
    columns = np.concatenate([[0, apart], np.arange(60, 160)])
    found, went = np.full(102, 1), np.full(102, 20)
    found[:2] = 15
    made = hot_areas(found, went, np.zeros(102, int), columns)
    assert [area.cells.tolist() for area in made] == areas


def test_a_cell_at_the_other_end_of_the_country_changes_nothing_and_costs_nothing():
    found, went = world(8)
    rows, columns = places(12, 12)
    here = [area.cells.tolist() for area in hot_areas(found, went, rows, columns)]
    far = hot_areas(
        np.append(found, 0), np.append(went, 1), np.append(rows, 10**9), np.append(columns, -(10**9))
    )
    assert here
    assert [area.cells.tolist() for area in far] == here


@pytest.mark.parametrize(
    ("found", "went"), [([0] * 9, [9] * 9), ([3] + [0] * 8, [0] * 9), ([0] * 9, [0] * 9)]
)
def test_where_nothing_was_found_or_nobody_looked_there_is_no_area(found, went):
    assert hot_areas(found, went, *places(3, 3)) == []
    assert hot_areas([], [], [], []) == []


@pytest.mark.parametrize(("rows", "columns"), [([0, 1], [0, 1, 2]), ([0, 1], [0, 1]), ([0, 0, 0], [0, 1, 0])])
def test_shapes_that_differ_and_two_cells_at_one_place_are_refused(rows, columns):
    with pytest.raises(ValueError, match=r"differ|counts for|one place"):
        hot_areas([1, 0, 0], [5, 5, 5], rows, columns)
