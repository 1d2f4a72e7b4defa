"""The scan finds what looking at every window by hand finds, whatever the model, and counts ties in p."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrol.hotspots.statistics.scan import Likelihood, Limits, ScanData, monte_carlo_p, scan
from patrol.hotspots.statistics.scan.chance import replicas
from patrol.hotspots.statistics.scan.windows import circles

MODELS = ["poisson", "bernoulli", "permutation"]


def made(model, seed, places=7, steps=5, hot=False):
    rng = np.random.default_rng(seed)
    people = rng.integers(5, 30, (places, steps)).astype(float)
    cases = rng.binomial(people.astype(int), 0.2)
    if hot:
        cases[:2, 2:4] = (people[:2, 2:4] * 0.9).astype(int)
    x, y = rng.random((2, places))
    names = tuple(f"p{i}" for i in range(places))
    return ScanData(
        names, x, y, cases, model, None if model == "permutation" else people, False, tuple("abcde"[:steps])
    )


def by_hand(data, cases, limits, likelihood):
    """Look at every circle and interval one by one."""
    measure = data.measure()
    best = 0.0
    for centre in range(len(data.names)):
        away = np.hypot(data.x - data.x[centre], data.y - data.y[centre])
        for radius in away:
            inside = away <= radius
            if measure[inside].sum() > measure.sum() * limits.max_share:
                continue
            for first, last in itertools.combinations_with_replacement(range(len(data.steps)), 2):
                if last - first + 1 <= max(1, len(data.steps) // 2):
                    window = np.ix_(inside, range(first, last + 1))
                    best = max(best, float(likelihood.ratio(cases[window].sum(), measure[window].sum())))
    return best


@pytest.mark.parametrize("side", ["high", "low", "both"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_first_cluster_and_every_replica_are_those_found_by_hand(model, side, seed):
    data, limits = made(model, seed), Limits()
    likelihood = Likelihood(int(data.cases.sum()), float(data.measure().sum()), model == "bernoulli", side)
    many = 25
    found = scan(data, rng=np.random.default_rng(9), side=side, replicas=many, stop_after=None)
    assert found.clusters[0].llr == pytest.approx(by_hand(data, data.cases, limits, likelihood), abs=1e-10)
    cube = replicas(data, many, np.random.default_rng(9))
    maxima = np.array([by_hand(data, cube[:, :, at], limits, likelihood) for at in range(many)])
    floor = min(cluster.llr for cluster in found.clusters)
    reached = maxima >= floor
    np.testing.assert_allclose(found.maxima[reached], maxima[reached], atol=1e-9)
    assert found.clusters[0].p == monte_carlo_p(found.clusters[0].llr, maxima)


@pytest.mark.parametrize("model", MODELS)
def test_a_planted_cluster_is_found_with_its_dates_and_nothing_else_overlaps(model):
    data = made(model, 3, hot=True)
    found = scan(data, rng=np.random.default_rng(0), replicas=199, limits=Limits(max_share=0.6))
    first = found.clusters[0]
    assert {"p0", "p1"} & set(first.places)
    assert first.first in {2, 3}
    assert first.last == 3
    assert first.p <= (0.1 if model == "permutation" else 0.01)
    places = [place for cluster in found.clusters for place in cluster.places]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("model", MODELS)
def test_replicas_keep_the_total_and_the_margins_of_their_model(model):
    data = made(model, 4)
    cube = replicas(data, 40, np.random.default_rng(1))
    assert (cube.sum(axis=(0, 1)) == data.cases.sum()).all()
    if model == "bernoulli":
        assert (cube <= data.population[:, :, None]).all()
    if model == "permutation":
        assert (cube.sum(axis=1) == data.cases.sum(axis=1)[:, None]).all()
        assert (cube.sum(axis=0) == data.cases.sum(axis=0)[:, None]).all()


def test_the_answer_does_not_depend_on_threads_and_stopping_gives_h_over_l():
    data = made("poisson", 5)
    one, two = (scan(data, rng=np.random.default_rng(3), replicas=300, threads=t) for t in (1, 2))
    assert one.clusters == two.clusters
    assert one.replicas < 300
    assert one.clusters[0].p == 50 / one.replicas


def test_ties_are_counted_and_listed():
    x = np.array([0.0, 1.0, 100.0, 101.0, 500.0])
    data = ScanData(tuple("abcde"), x, x * 0, np.array([[2], [2], [2], [2], [0]]), "bernoulli",
                    np.array([[2.0], [2.0], [2.0], [2.0], [30.0]]))  # fmt: skip
    first = scan(data, rng=np.random.default_rng(0), replicas=99, limits=Limits(max_share=0.12)).clusters[0]
    assert first.places == ("a", "b")
    assert first.ties == (("c", "d"),)
    assert first.p <= first.p_with_ties


def test_places_at_the_same_distance_enter_a_circle_together():
    data = ScanData(tuple("abc"), np.array([0.0, 1.0, -1.0]), np.zeros(3), np.ones((3, 1), int), "poisson",
                    np.ones((3, 1)))  # fmt: skip
    assert next(one.kept.tolist() for one in circles(data, Limits(max_share=1))) == [0, 2]


@pytest.mark.parametrize("cases", [np.zeros((3, 1), int), np.ones((3, 1), int), np.array([[9], [0], [0]])])
@pytest.mark.parametrize("model", MODELS)
def test_odd_data_give_a_result_without_a_warning(cases, model):
    data = ScanData(tuple("abc"), np.zeros(3), np.zeros(3), cases, model, np.full((3, 1), 9.0))
    assert scan(data, rng=np.random.default_rng(0), replicas=9).cases == cases.sum()


@settings(max_examples=60)
@given(
    bernoulli=st.booleans(),
    cases=st.integers(1, 60),
    more=st.integers(1, 60),
    share=st.floats(0.01, 0.95),
    level=st.floats(0.01, 12),
)
def test_critical_counts_are_the_first_to_reach_the_level(bernoulli, cases, more, share, level):
    total = float(cases + more) if bernoulli else float(cases)
    size = np.array([float(max(1, round(total * share))) if bernoulli else total * share])
    most = int(min(size[0], cases)) if bernoulli else cases
    counts = np.arange(0, most + 1)
    high = Likelihood(cases, total, bernoulli, "high").ratio(counts, size) >= level
    low = Likelihood(cases, total, bernoulli, "low").ratio(counts, size) >= level
    likelihood = Likelihood(cases, total, bernoulli, "both")
    assert likelihood.critical_high(size, level)[0] == (counts[high][0] if high.any() else cases + 1)
    assert likelihood.critical_low(size, level)[0] == (counts[low][-1] if low.any() else -1)


def test_shapes_and_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="more cases than people"):
        ScanData(("a",), np.zeros(1), np.zeros(1), np.array([[3]]), "bernoulli", np.array([[2.0]]))
    with pytest.raises(ValueError, match="needs a population"):
        ScanData(("a",), np.zeros(1), np.zeros(1), np.array([[3]]), "poisson")
    with pytest.raises(ValueError, match="differ in shape"):
        ScanData(("a",), np.zeros(2), np.zeros(2), np.array([[3]]), "permutation")
