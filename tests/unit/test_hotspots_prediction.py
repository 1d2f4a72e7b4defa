"""The forecast's chances come true as often as they say, its intervals hold the truth, and it is no worse than its baselines."""

import numpy as np
import pytest

from patrol.hotspots.statistics import Surroundings, calibration, forecast, walk_forward
from patrol.hotspots.statistics.interval_check import share_held
from patrol.hotspots.statistics.prediction import Model, own_variance

SIDE, STEPS = 30, 16


def world(seed):
    """True rates with a few hot quarters, and what was found over sixteen steps of uneven visits."""
    rng = np.random.default_rng(seed)
    row, column = (side.ravel() for side in np.indices((SIDE, SIDE)))
    rate = np.full(row.size, 0.04)
    for at_row, at_column in rng.uniform(4, 26, (4, 2)):
        rate += 0.18 * np.exp(-((row - at_row) ** 2 + (column - at_column) ** 2) / 8)
    visits = rng.poisson(rng.lognormal(1.2, 0.7, row.size)[:, None], (row.size, STEPS))
    findings = rng.poisson(rate[:, None] * visits).astype(float)
    return rate, findings, visits.astype(float), Surroundings(column * 250.0, row * 250.0, 400.0)


@pytest.fixture(scope="module")
def forecasts():
    """What was forecast for each of eight later steps of three worlds, and what then came in one visit."""
    told = []
    for seed in (1, 2, 3):
        rate, findings, visits, around = world(seed)
        rng = np.random.default_rng(seed + 100)
        for origin in range(STEPS - 8, STEPS):
            made = forecast(findings[:, :origin], visits[:, :origin], around)
            came = rng.poisson(rate) > 0
            told.append((made.probability, came, made.low, made.high, rate))
    return [np.concatenate(parts) for parts in zip(*told, strict=True)]


def test_chances_come_true_as_often_as_they_say_in_each_tenth(forecasts):
    probability, came, *_interval = forecasts
    groups = calibration(probability, came, 10)
    assert groups[-1][0] > 2.5 * groups[0][0]
    for said, seen, many in groups:
        chance_alone = 3 * np.sqrt(said * (1 - said) / many)
        assert abs(said - seen) <= 0.15 * said + chance_alone, groups


def test_a_map_that_says_the_same_everywhere_is_less_sharp(forecasts):
    probability, came, *_interval = forecasts
    brier = np.mean((probability - came) ** 2)
    assert brier < np.mean((came.mean() - came) ** 2) * 0.99


def test_nineteen_of_twenty_intervals_hold_the_true_rate(forecasts):
    _probability, _came, low, high, rate = forecasts
    assert (low <= high).all()
    assert ((low <= rate) & (rate <= high)).mean() >= 0.95


@pytest.mark.parametrize(
    ("kind", "least"),
    [("smooth risk", 0.95), ("sharp edges", 0.95), ("nothing hot", 0.97), ("each square its own", 0.95)],
)
def test_intervals_hold_the_truth_in_worlds_of_four_kinds_as_often_as_the_map_says(kind, least):
    assert share_held(np.random.default_rng(8), kind, worlds=8, origins=2) >= least


def test_where_much_was_found_the_interval_still_narrows():
    """An interval that held everything would be worth nothing: ten times the visits leave a third of the width."""
    rng = np.random.default_rng(5)
    row, column = (side.ravel() * 250.0 for side in np.indices((30, 30)))
    around = Surroundings(column, row, 400.0)
    rate = 0.04 * rng.lognormal(0.0, 0.7, 900)
    width = []
    for visits in (40, 400):
        went = np.full((900, 12), visits / 12)
        told = forecast(rng.poisson(rate[:, None] * went).astype(float), went, around)
        width.append(np.median(np.log(told.high / told.low)))
    assert width[1] < width[0] / 2


def test_own_variance_is_found_where_cells_differ_and_is_nothing_where_they_do_not():
    """Rates drawn from gammas of known variance; the regression knows only their mean."""
    rng = np.random.default_rng(4)
    model = Model(np.zeros(6), np.zeros((6, 6)), 1.0, np.zeros(5))
    exposure, rows = rng.uniform(1, 9, 40_000), np.zeros((40_000, 5))
    for own in (0.5, 0.1, 0.0):
        risk = rng.gamma(1 / own, own, exposure.size) if own else np.ones(exposure.size)
        found = rng.poisson(risk * exposure).astype(float)
        told = own_variance(model, rows, np.zeros(exposure.size), found, exposure, np.zeros(exposure.size))
        assert told == pytest.approx(own, rel=0.1, abs=0.01)
    seen = rng.poisson(rng.uniform(0, 20, exposure.size)).astype(float)
    risk = rng.gamma((1 + 0.5 * seen) / 0.5, 0.5 / (1 + 0.5 * seen))
    found = rng.poisson(risk * exposure).astype(float)
    assert own_variance(model, rows, np.zeros(exposure.size), found, exposure, seen) == pytest.approx(
        0.5, rel=0.1
    )


def test_more_is_caught_at_equal_area_than_by_last_time_and_no_less_than_by_density():
    scores = []
    for seed in (1, 2, 3, 4):
        _rate, findings, visits, around = world(seed)
        scores += walk_forward(
            findings, visits, around, rng=np.random.default_rng(0), origins=8, area_shares=(0.05,)
        )
    lift = {
        name: np.mean([s.lift for s in scores if s.method == name])
        for name in ("forecast", "kde", "last_period")
    }
    assert lift["forecast"] > lift["last_period"] * 1.2
    assert lift["forecast"] > lift["kde"] * 0.95
    for score in scores:
        assert score.pai_low <= score.pai <= score.pai_high
        assert 0 <= score.pei_low <= score.pei <= score.pei_high <= 1
        assert score.cells == 45
