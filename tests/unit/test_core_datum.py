"""Datum conversions against known answers and against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.core.datum import Datum, bd09_to_gcj02, convert, gcj02_to_wgs84, in_shift_box
from patrol.core.geo import distance_m

WGS, GCJ, BD = Datum.WGS84, Datum.GCJ02, Datum.BD09


def test_known_answers_of_the_public_formula():
    point = (116.404, 39.915)
    assert convert(*point, WGS, GCJ) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert gcj02_to_wgs84(*point, rounds=1) == pytest.approx(
        (116.39775550083061, 39.91359571849836), abs=1e-9
    )
    assert convert(*point, GCJ, BD) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)
    assert bd09_to_gcj02(*point, rounds=0) == pytest.approx((116.39762729119315, 39.90865673957631), abs=1e-9)


@pytest.mark.parametrize(
    ("wgs", "gcj", "bd"),
    [
        ((116.391, 39.907), (116.3972410, 39.9084011), (116.4036144, 39.9147439)),
        ((117.2272, 31.8206), (117.2326823, 31.8186009), (117.2391097, 31.8249314)),
        ((108.3669, 22.8170), (108.3709721, 22.8143143), (108.3774279, 22.8205900)),
    ],
    ids=["Tiananmen", "Hefei", "Nanning"],
)
def test_known_places_in_all_three_datums(wgs, gcj, bd):
    assert convert(*wgs, WGS, GCJ) == pytest.approx(gcj, abs=6e-8)
    assert convert(*wgs, WGS, BD) == pytest.approx(bd, abs=6e-8)
    assert convert(*bd, BD, GCJ) == pytest.approx(gcj, abs=2e-7)
    assert convert(*gcj, GCJ, WGS) == pytest.approx(wgs, abs=2e-7)


def test_the_way_back_errs_less_than_two_micrometres_over_the_wide_box():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(75, 134, 20_000), rng.uniform(18, 53, 20_000)
    for there in (GCJ, BD):
        back = convert(*convert(lon, lat, WGS, there), there, WGS)
        assert distance_m(lon, lat, *back).max() < 2e-6


@given(st.floats(-180, 180), st.floats(-85, 85), st.sampled_from(list(Datum)), st.sampled_from(list(Datum)))
def test_outside_the_box_nothing_moves_and_same_datum_never_moves(lon, lat, source, target):
    moved = convert(lon, lat, source, target)
    if source is target or not in_shift_box(lon, lat):
        assert moved == (lon, lat)
    else:
        assert distance_m(lon, lat, *moved) < 3000


def test_arrays_equal_scalars_and_stay_untouched():
    lon, lat = np.array([114.3, -87.6]), np.array([30.6, 41.8])
    kept = lon.copy(), lat.copy()
    east, north = convert(lon, lat, WGS, BD)
    assert np.array_equal(lon, kept[0])
    assert np.array_equal(lat, kept[1])
    assert (east[0], north[0]) == convert(114.3, 30.6, WGS, BD)
    assert (east[1], north[1]) == (-87.6, 41.8)
    same, _ = convert(lon, lat, WGS, WGS)
    assert same is not lon


def test_arrays_of_different_length_are_a_programmers_mistake():
    with pytest.raises(ValueError, match="shape"):
        convert(np.zeros(2), np.zeros(3), WGS, GCJ)
