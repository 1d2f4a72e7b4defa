"""Gi and Gi* give spdep's figures, their permutation test the enumerated ones."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from patrol.hotspots.statistics import (
    Fishnet,
    conditional_permutation_p,
    gi,
    gi_star,
    graph_from_edges,
    hexagons,
    hexagons_of_points,
    touching,
    within_distance,
)

KNOWN = Path(__file__).parent / "known_answers"


def table(name):
    return np.genfromtxt(KNOWN / name, delimiter=",", names=True)


@pytest.mark.parametrize("distance", [30, 60, 90, 120, 150])
def test_the_getis_ord_example_is_as_in_spdep(distance):
    known = table("getisord_localG_expected.csv")
    near = within_distance(known["x"], known["y"], distance)
    np.testing.assert_allclose(gi(known["val"], near), known[f"G{distance}"], atol=1e-9)
    np.testing.assert_allclose(gi_star(known["val"], near), known[f"Gs{distance}"], atol=1e-9)


def test_columbus_crime_is_as_in_spdep():
    known = table("columbus_crime_localG_expected.csv")
    edges = np.loadtxt(KNOWN / "columbus_col.gal.nb_edges0.csv", delimiter=",", skiprows=1, dtype=int)
    near = graph_from_edges(len(known), *edges.T)
    np.testing.assert_allclose(gi(known["CRIME"], near), known["Gi"], atol=1e-9)
    np.testing.assert_allclose(gi_star(known["CRIME"], near), known["GiStar"], atol=1e-9)


def test_six_points_are_as_esda_documents_them():
    x, y = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]).T
    z = gi_star([2, 3, 3.2, 5, 8, 7], within_distance(x, y, 15))
    known = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(z, known, atol=5e-9)


@given(
    rows=st.integers(1, 7), columns=st.integers(1, 7), reach=st.integers(0, 5), seed=st.integers(0, 2**32 - 1)
)
def test_a_fishnet_is_the_graph_of_its_cells(rows, columns, reach, seed):
    values = np.random.default_rng(seed).poisson(2, rows * columns)
    row, column = np.divmod(np.arange(rows * columns), columns)
    close = np.maximum(np.abs(row[:, None] - row), np.abs(column[:, None] - column)) <= reach
    graph, fishnet = graph_from_edges(rows * columns, *np.nonzero(close)), Fishnet(rows, columns, reach)
    np.testing.assert_array_equal(fishnet.sizes, graph.sizes)
    np.testing.assert_array_equal(fishnet.sum(values), graph.sum(values))
    np.testing.assert_allclose(gi_star(values, fishnet), gi_star(values, graph), atol=1e-9)
    np.testing.assert_allclose(gi(values, fishnet), gi(values, graph), atol=1e-9)


def test_steps_are_summed_side_by_side():
    values = np.arange(24.0).reshape(12, 2)
    both = Fishnet(3, 4).sum(values)
    np.testing.assert_array_equal(both[:, 1], Fishnet(3, 4).sum(values[:, 1]))


def test_touching_squares_are_a_fishnet():
    squares = np.array([box(c, r, c + 1, r + 1) for r in range(3) for c in range(4)])
    np.testing.assert_array_equal(touching(squares).sizes, Fishnet(3, 4).sizes)


def test_hexagons_have_six_neighbours_and_their_points_fall_into_them():
    q, r = (side.ravel() for side in np.mgrid[-3:4, -3:4])
    near = hexagons(q, r)
    assert near.sizes[(q == 0) & (r == 0)] == 7
    found = hexagons_of_points(np.sqrt(3) * (q + r / 2) * 50 + 3, 1.5 * r * 50 - 4, 50)
    np.testing.assert_array_equal(found, [q, r])


def test_a_flat_map_and_a_single_cell_are_zero():
    assert gi_star(np.full(9, 4), Fishnet(3, 3)).tolist() == [0] * 9
    assert gi(np.full(9, 0.1), Fishnet(3, 3)).tolist() == [0] * 9
    assert gi_star([5], Fishnet(1, 1)).tolist() == [0]
    assert conditional_permutation_p([5], Fishnet(1, 1), rng=np.random.default_rng(0)).tolist() == [1]


@pytest.mark.parametrize("k_squared_exceeds_cells", [True, False])
def test_the_permutation_test_agrees_with_all_permutations(k_squared_exceeds_cells):
    rng = np.random.default_rng(3)
    near = Fishnet(1, 8) if k_squared_exceeds_cells else Fishnet(1, 40)
    values = rng.poisson(1.0, near.cells) + rng.random(near.cells).round(1)
    p = conditional_permutation_p(values, near, rng=rng, permutations=20_000)
    for cell in range(near.cells):
        others = [other for other in range(near.cells) if other != cell]
        neighbours = [other for other in (cell - 1, cell + 1) if 0 <= other < near.cells]
        observed = values[neighbours].sum()
        sums = np.array([sum(values[list(c)]) for c in itertools.combinations(others, len(neighbours))])
        exact = 2 * min((sums >= observed - 1e-9).mean(), (sums <= observed + 1e-9).mean())
        assert p[cell] == pytest.approx(min(1, exact), abs=0.03)


def test_inputs_are_not_changed_and_bad_ones_refused():
    values = np.arange(9.0)
    before = values.copy()
    gi_star(values, Fishnet(3, 3))
    conditional_permutation_p(values, Fishnet(3, 3), rng=np.random.default_rng(0), permutations=9)
    np.testing.assert_array_equal(values, before)
    with pytest.raises(ValueError, match="8 values for 9 cells"):
        gi(values[:8], Fishnet(3, 3))
    with pytest.raises(ValueError, match="finite"):
        gi_star([np.nan] * 9, Fishnet(3, 3))
