"""Splitting, merging and numbering grids."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from patrol.core.errors import PatrolError
from patrol.territory.domain import Points, Streets, merge, next_grid_code, split_by_line, split_evenly

GRID = box(114.30, 30.60, 114.31, 30.61)
EAST = box(114.31, 30.60, 114.32, 30.61)
CORNER = box(114.31, 30.61, 114.32, 30.62)


@settings(max_examples=50, deadline=None)
@given(st.floats(30.6005, 30.6095), st.floats(30.6005, 30.6095))
def test_a_line_from_side_to_side_makes_two_grids_that_cover_the_old_one(left, right):
    parts = split_by_line(GRID, [(114.295, left), (114.315, right)])
    assert len(parts) == 2
    united = shapely.union_all(parts)
    assert united.symmetric_difference(GRID).area < 2e-7 * GRID.length
    assert sum(part.area for part in parts) == pytest.approx(united.area, rel=1e-9)
    assert parts[0].area >= parts[1].area * (1 - 1e-6)
    again = merge(parts)
    assert again.symmetric_difference(GRID).area < 2e-7 * GRID.length


def test_a_line_that_ends_just_short_of_the_border_still_cuts():
    assert len(split_by_line(GRID, [(114.3001, 30.605), (114.3099, 30.605)])) == 2


@pytest.mark.parametrize(
    "line",
    [
        [(114.30, 30.65), (114.31, 30.65)],
        [(114.303, 30.605), (114.306, 30.605)],
        [(114.295, 30.605), (114.305, 30.605)],
        [(114.30, 30.60), (114.30, 30.61)],
    ],
    ids=["elsewhere", "inside", "half way", "along the border"],
)
def test_a_line_that_does_not_cross_is_said(line):
    with pytest.raises(PatrolError, match="line_misses") as raised:
        split_by_line(GRID, line, code="420102002000001")
    assert "420102002000001" in raised.value.sentence("zh")


def test_a_line_without_length_is_said():
    with pytest.raises(PatrolError, match="line_too_short"):
        split_by_line(GRID, [(114.3, 30.6), (114.3, 30.6)])


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(0, 20), st.booleans())
def test_even_parts_cover_the_grid_and_share_its_venues(count, seed, with_streets):
    rng = np.random.default_rng(seed)
    venues = Points(rng.uniform(114.30, 114.31, 90), rng.uniform(30.60, 30.61, 90))
    lanes = [LineString([(114.29, 30.60 + n / 1000), (114.32, 30.60 + n / 1000)]) for n in range(1, 10)]
    streets = Streets(np.array(lanes, object), np.zeros(9, int)) if with_streets else Streets.none()
    plan = split_evenly(GRID, count, venues, streets, rng=rng)
    assert plan.quality.cells == count
    assert plan.venues.sum() == 90
    assert plan.quality.balance < 1.6
    assert shapely.union_all(plan.shapes).symmetric_difference(GRID).area < 2e-7 * GRID.length


def test_an_impossible_number_of_parts_is_said():
    with pytest.raises(PatrolError, match="bad_count"):
        split_evenly(GRID, 1, Points(np.zeros(0), np.zeros(0)), Streets.none(), rng=np.random.default_rng(0))


def test_neighbours_become_one_and_small_gaps_between_them_close():
    assert merge([GRID, EAST]).area == pytest.approx(GRID.area + EAST.area, rel=1e-6)
    apart = shapely.transform(EAST, lambda points: points + np.array([1e-5, 0]))
    joined = merge([GRID, apart])
    assert len(joined.geoms) == 1
    assert joined.is_valid


@pytest.mark.parametrize("far", [CORNER, box(114.4, 30.6, 114.41, 30.61)], ids=["corner", "elsewhere"])
def test_grids_that_do_not_share_an_edge_cannot_become_one(far):
    with pytest.raises(PatrolError, match="not_neighbours") as raised:
        merge([GRID, far], ["A1", "B2"])
    assert "A1, B2" in raised.value.sentence("en")


def test_a_chain_of_grids_is_merged_in_any_order():
    west = box(114.29, 30.60, 114.30, 30.61)
    assert len(merge([west, EAST, GRID]).geoms) == 1
    with pytest.raises(PatrolError, match="merge_needs_two"):
        merge([GRID])


def test_codes_go_on_after_the_highest_and_never_come_back_early():
    assert next_grid_code("420102", []) == "420102000000001"
    assert next_grid_code("420102002003", ["420102002003009", "420102002004011"]) == "420102002003010"
    assert next_grid_code("JA-", ["JA-004"]) == "JA-005"
    taken = [f"JA-{n:03}" for n in range(1, 1000) if n != 7]
    assert next_grid_code("JA-", taken) == "JA-007"
    with pytest.raises(PatrolError, match="codes_exhausted"):
        next_grid_code("JA-", [*taken, "JA-007"])
