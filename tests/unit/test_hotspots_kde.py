"""Densities equal spatstat's, the binned ones the exact ones; risk surfaces say what they do not know."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from patrol.hotspots.statistics import (
    Raster,
    fit_prior,
    kde_at,
    kde_raster,
    kernel_mass,
    relative_risk_surface,
    shrunk_rates,
)
from patrol.hotspots.statistics.risk_surface import outline

KNOWN = Path(__file__).parent / "known_answers"
SQUARE = shapely.box(0, 0, 1000, 1000)
PLAIN = Raster(0, 0, 1000, 1000, 128, 128)


def test_redwood_is_as_in_spatstat():
    known = np.genfromtxt(KNOWN / "redwood_sigma0.1.csv", delimiter=",", names=True)
    x, y = known["x"], known["y"]
    np.testing.assert_allclose(kde_at(x, y, x, y, 0.1), known["dens_noedge"], rtol=1e-9)
    window = shapely.box(0, -1, 1, 0)
    np.testing.assert_allclose(kde_at(x, y, x, y, 0.1, window=window), known["dens_edge"], rtol=1e-9)


@given(x=st.floats(-2, 3), y=st.floats(-2, 3), bandwidth=st.floats(0.03, 2))
def test_the_mass_in_a_square_is_the_product_of_two_sides(x, y, bandwidth):
    sides = [special.ndtr((1 - v) / bandwidth) - special.ndtr((0 - v) / bandwidth) for v in (x, y)]
    mass = kernel_mass([x], [y], bandwidth, shapely.box(0, 0, 1, 1))[0]
    assert mass == pytest.approx(sides[0] * sides[1], abs=1e-11)


def test_the_mass_in_a_window_with_a_hole_is_the_difference():
    outer, hole = shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 3)
    whole, missing = (kernel_mass([1.2], [0.7], 0.6, shape) for shape in (outer, hole))
    np.testing.assert_allclose(kernel_mass([1.2], [0.7], 0.6, outer - hole), whole - missing, atol=1e-11)


@pytest.mark.parametrize("edge", [True, False])
@pytest.mark.parametrize("window", [None, shapely.Polygon([(-50, -50), (900, 0), (1000, 1000), (0, 800)])])
def test_binned_density_is_the_exact_one_within_5e_4_of_its_maximum(edge, window):
    rng = np.random.default_rng(4)
    points = rng.normal(rng.uniform(0, 1000, (8, 1, 2)), 60, (8, 500, 2)).reshape(-1, 2)
    inside = shapely.intersects_xy(SQUARE if window is None else window & SQUARE, *points.T)
    x, y = points[inside].T
    binned = kde_raster(x, y, PLAIN, 50, window=window, edge=edge)
    at_x, at_y = (side.ravel() for side in np.meshgrid(PLAIN.middles_x[::6], PLAIN.middles_y[::6]))
    exact = kde_at(x, y, at_x, at_y, 50, window=(window or SQUARE) if edge else None).reshape(22, 22)
    binned = binned[::6, ::6]
    known = ~np.isnan(binned)
    limit = 5e-4 if window is None or not edge else 2e-2  # a pixel mask has stairs where the polygon has none
    assert np.abs(binned - exact)[known].max() <= limit * exact[known].max()


def test_points_outside_and_no_points_leave_zeros():
    assert kde_raster([], [], PLAIN, 50).max() == 0
    assert kde_raster([-1, 2000], [5, 5], PLAIN, 50).max() == 0
    assert kde_at([], [], [1], [1], 5).tolist() == [0]


def test_points_on_the_rim_are_kept():
    total = kde_raster([0, 1000, 0, 1000], [0, 0, 1000, 1000], PLAIN, 50, edge=False).sum()
    assert total * PLAIN.dx * PLAIN.dy == pytest.approx(1, rel=1e-3)


def test_a_bandwidth_finer_than_the_pixels_is_refused():
    with pytest.raises(ValueError, match=r"1.5 pixels"):
        kde_raster([1], [1], PLAIN, 5)
    with pytest.raises(ValueError, match="positive"):
        kde_at([1], [1], [1], [1], 0)


def world(rng, risk=1.0):
    visits = np.concatenate([rng.uniform(0, 1000, (6000, 2)), rng.normal(700, 60, (6000, 2))])
    hot = np.hypot(visits[:, 0] - 300, visits[:, 1] - 300) < 130
    return visits[rng.random(len(visits)) < 0.05 * np.where(hot, risk, 1)], visits


def test_a_crowd_of_visits_is_no_risk_and_a_true_risk_is_outlined():
    findings, visits = world(np.random.default_rng(5))
    assert relative_risk_surface(findings.T, visits.T, PLAIN, 60).tolerance_areas().is_empty
    findings, visits = world(np.random.default_rng(5), risk=4)
    surface = relative_risk_surface(findings.T, visits.T, PLAIN, 60)
    assert surface.tolerance_areas().intersects(shapely.Point(300, 300))
    assert not surface.tolerance_areas().intersects(shapely.Point(700, 700))
    low, high = surface.interval()
    assert (low[~surface.unknown] <= high[~surface.unknown]).all()


def test_a_surface_without_visits_is_unknown_everywhere():
    surface = relative_risk_surface(([], []), ([], []), PLAIN, 60)
    assert surface.unknown.all()
    assert np.isnan(surface.risk).all()
    assert surface.tolerance_areas().is_empty


def test_shrinkage_pulls_small_cells_harder_and_leaves_chance_flat():
    rates, low, high = shrunk_rates([1, 100, 0, 5], [1, 500, 20, 500])
    assert rates[0] < 1
    assert abs(rates[1] - 0.2) < 0.02
    assert ((low <= rates) & (rates <= high)).all()
    assert np.isinf(fit_prior([5, 5, 5], [50, 50, 50]).shape)
    with pytest.raises(ValueError, match="visited"):
        fit_prior([0], [0])


@given(st.integers(0, 2**32 - 1))
def test_an_outline_covers_exactly_its_pixels(seed):
    pixels = np.random.default_rng(seed).random((6, 9)) < 0.4
    assert outline(pixels, Raster(0, 0, 9, 6, 9, 6)).area == pytest.approx(pixels.sum())
