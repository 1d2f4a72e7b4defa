"""Classes of cells follow the findings, not the officers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from patrol.hotspots.statistics import (
    CLASSES,
    Fishnet,
    classify_cells,
    effort_adjusted_residual,
    false_discovery_q,
    fit_prior,
)
from patrol.hotspots.statistics.significance import binomial_tails


def uneven_world(rng, side=60, risk=None, level=1):
    effort = level * np.exp(rng.normal(0, 1, (side, side)) + np.linspace(-1, 2, side))
    visits = rng.poisson(effort).ravel()
    return rng.binomial(visits, 0.05 * (1 if risk is None else risk)), visits


def test_uneven_effort_alone_makes_no_hotspot_where_raw_counts_make_many():
    findings, visits = uneven_world(np.random.default_rng(1))
    raw = classify_cells(findings, visits, Fishnet(60, 60), adjust="none")
    honest = classify_cells(findings, visits, Fishnet(60, 60))
    assert raw.hot().sum() > 100
    assert honest.hot().sum() <= 3


def test_a_true_hotspot_is_found_at_its_place():
    risk = np.ones((60, 60))
    risk[20:26, 40:46] = 3
    findings, visits = uneven_world(np.random.default_rng(2), risk=risk.ravel(), level=20)
    hot = classify_cells(findings, visits, Fishnet(60, 60)).hot().reshape(60, 60)
    assert hot[21:25, 41:45].mean() > 0.8
    assert hot[:, :30].sum() == 0


def test_too_few_visits_is_unknown_and_never_green():
    made = classify_cells([0, 0, 0, 0], [0, 3, 50, 50], Fishnet(1, 4, reach=0), min_visits=10)
    assert made.classes.tolist() == ["unknown", "unknown", "none", "none"]
    assert made.tests == 2


def test_findings_without_a_visit_are_named_and_left_out():
    made = classify_cells([7, 1], [0, 30], Fishnet(1, 2, reach=0))
    assert made.impossible.tolist() == [0]
    assert made.n == 1


@pytest.mark.parametrize("cells", [([0] * 9, [0] * 9), ([0] * 9, [9] * 9), ([10**6] + [0] * 8, [10**6] * 9)])
def test_odd_maps_get_a_class_for_every_cell(cells):
    made = classify_cells(*cells, Fishnet(3, 3))
    assert set(made.classes) <= set(CLASSES)


@given(seed=st.integers(0, 2**32 - 1), fdr=st.sampled_from([0.01, 0.05, 0.1]))
def test_classes_are_nested_by_level_and_agree_with_hot_and_cold(seed, fdr):
    rng = np.random.default_rng(seed)
    visits = rng.integers(0, 40, 36)
    findings = rng.binomial(visits, rng.choice([0.05, 0.6], 36))
    made = classify_cells(findings, visits, Fishnet(6, 6, reach=0), fdr=fdr)
    assert (made.hot() == np.isin(made.classes, ["hot95", "hot99"])).all()
    assert (made.cold() == np.isin(made.classes, ["cold95", "cold99"])).all()
    assert ((made.classes == "unknown") == np.isnan(made.q)).all()


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.001, 0.999))
def test_tails_are_the_exact_binomial_ones(count, more, share):
    total = count + more
    upper, lower = binomial_tails(count, total, share)
    assert upper == pytest.approx(stats.binom.sf(count - 1, total, share), rel=1e-9, abs=1e-12)
    assert lower == pytest.approx(stats.binom.cdf(count, total, share), rel=1e-9, abs=1e-12)


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=30))
def test_adjusted_p_is_that_of_scipy(p):
    p = np.array(p, dtype=float)
    tested = ~np.isnan(p)
    q = false_discovery_q(p)
    assert (np.isnan(q) == ~tested).all()
    if tested.any():
        np.testing.assert_allclose(q[tested], stats.false_discovery_control(p[tested]), atol=1e-12)


def test_residual_says_unknown_and_refuses_nonsense():
    assert effort_adjusted_residual([0, 0], [5, 0]).tolist()[0] == 0
    with pytest.raises(ValueError, match="nothing was visited"):
        effort_adjusted_residual([0], [0])
    with pytest.raises(ValueError, match="shape"):
        effort_adjusted_residual([0], [0, 1])
    with pytest.raises(ValueError, match="negative"):
        classify_cells([-1], [1], Fishnet(1, 1))
    with pytest.raises(ValueError, match="fdr"):
        classify_cells([1], [1], Fishnet(1, 1), fdr=0)


def test_rates_that_look_all_alike_have_an_interval_as_wide_as_the_findings_allow():
    """A hundred findings in all: the overall rate itself is known to a tenth, so no relative risk is known better."""
    prior = fit_prior(np.full(50, 2), np.full(50, 20))
    assert np.isinf(prior.shape)
    low, high = prior.interval(2, 2)
    assert 0.75 < low < 0.85 < 1.15 < high < 1.25
