"""Distances, flat maps and the explanation of broken polygons."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import GeometryCollection, LineString, Point, Polygon, box

from patrol.core.geo import (
    LocalMetres,
    area_m2,
    box_around,
    distance_m,
    invalid_place,
    points_inside,
    polygonal,
)

GEOD = Geod(ellps="WGS84")
LON, LAT = st.floats(74, 134), st.floats(18, 53)


@given(LON, LAT, LON, LAT)
def test_haversine_is_within_0_6_percent_of_the_ellipsoid(lon1, lat1, lon2, lat2):
    exact = GEOD.inv(lon1, lat1, lon2, lat2)[2]
    assert distance_m(lon1, lat1, lon2, lat2) == pytest.approx(exact, rel=0.006, abs=1e-3)


def test_distances_broadcast_to_a_matrix():
    lon, lat = np.array([114.2, 114.3, 114.4]), np.array([30.5, 30.6, 30.7])
    matrix = distance_m(lon[:, None], lat[:, None], lon, lat)
    assert matrix.shape == (3, 3)
    assert np.allclose(matrix, matrix.T)
    assert not matrix.diagonal().any()


@given(LON, LAT, st.floats(-40_000, 40_000), st.floats(-40_000, 40_000))
def test_the_flat_map_goes_there_and_back_and_keeps_lengths(lon, lat, x, y):
    flat = LocalMetres(lon, lat)
    there = flat.unproject(np.array([0.0, x]), np.array([0.0, y]))
    back_x, back_y = flat.project(*there)
    assert back_x[1] == pytest.approx(x, abs=1e-3)
    assert back_y[1] == pytest.approx(y, abs=1e-3)
    exact = GEOD.inv(there[0][0], there[1][0], there[0][1], there[1][1])[2]
    assert float(np.hypot(x, y)) == pytest.approx(exact, rel=1e-4, abs=1e-2)


def test_a_shape_is_flattened_and_restored():
    square = box(114.2, 30.5, 114.3, 30.6)
    flat = LocalMetres.around(square)
    assert flat.unflatten(flat.flatten(square)).equals_exact(square, 1e-9)
    exact = abs(GEOD.geometry_area_perimeter(square)[0])
    assert area_m2(square) == pytest.approx(exact, rel=1e-3)
    assert area_m2(Polygon()) == 0


def test_points_on_the_edge_count_as_inside():
    inside = points_inside(box(0, 0, 1, 1), [0.5, 1.0, 2.0], [0.5, 0.5, 0.5])
    assert inside.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), "self_crossing"),
        (Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [[(5, 5), (6, 5), (6, 6)]]), "hole_outside"),
    ],
)
def test_a_broken_polygon_is_explained_with_its_place(shape, kind):
    place = invalid_place(shape)
    assert place.kind == kind
    assert (place.lon, place.lat) != (None, None)


def test_the_crossing_of_a_bow_tie_is_at_its_middle():
    place = invalid_place(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert (place.lon, place.lat) == (1.0, 1.0)
    assert invalid_place(box(0, 0, 1, 1)) is None


def test_only_polygons_are_kept_of_an_overlay():
    mixed = GeometryCollection([box(0, 0, 1, 1), LineString([(0, 0), (1, 1)]), Point(3, 3)])
    assert polygonal(mixed).equals(shapely.multipolygons([box(0, 0, 1, 1)]))
    assert polygonal(Point(1, 1)).is_empty


@given(LON, LAT, st.floats(1, 20_000), st.floats(0, 360))
def test_the_box_holds_its_circle(lon, lat, radius, bearing):
    east, north, _ = GEOD.fwd(lon, lat, bearing, radius)
    west_, south_, east_, north_ = box_around(lon, lat, radius)
    assert west_ <= east <= east_
    assert south_ <= north <= north_
