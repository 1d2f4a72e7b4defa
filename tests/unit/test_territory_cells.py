"""Grids made from streets or as hexagons partition their division; every venue is in exactly one."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Polygon, box, shape

from patrol.core.errors import PatrolError
from patrol.infra.resources import resource
from patrol.territory.domain import GridPlan, Points, Streets, Taste, grids_from_streets, hexagons
from patrol.territory.domain.arrangement import arrange, borders
from patrol.territory.domain.growing import group, pieces

SQUARE = box(114.30, 30.60, 114.33, 30.63)
HOLED = SQUARE.difference(box(114.312, 30.612, 114.318, 30.616))
TWO_PARTS = MultiPolygon([SQUARE, box(114.34, 30.60, 114.35, 30.61)])
NOBODY = Points(np.empty(0), np.empty(0))


def lattice(west, south, east, north, columns, rows):
    """Streets of a chequerboard town, every third one a main road."""
    upright = [LineString([(x, south), (x, north)]) for x in np.linspace(west, east, columns)]
    level = [LineString([(west, y), (east, y)]) for y in np.linspace(south, north, rows)]
    importance = np.array([3 if n % 3 == 0 else 0 for n in range(columns)] + [0] * rows)
    return Streets(np.array(upright + level, dtype=object), importance)


TOWN = lattice(114.295, 30.595, 114.355, 30.635, 26, 18)


def venues_in(area, count, seed):
    west, south, east, north = area.bounds
    rng = np.random.default_rng(seed)
    return Points(rng.uniform(west, east, count), rng.uniform(south, north, count))


def assert_partition(plan: GridPlan, area, venues: Points):
    """No gaps, no overlaps, every venue in its one grid."""
    assert all(shape.is_valid and not shape.is_empty for shape in plan.shapes)
    united = shapely.union_all(plan.shapes)
    assert united.symmetric_difference(area).area < 2e-7 * area.length
    assert sum(shape.area for shape in plan.shapes) == pytest.approx(united.area, rel=1e-9)
    points = shapely.points(venues.lon, venues.lat)
    for point, number in zip(points, plan.grid_of, strict=True):
        if number < 0:
            assert not area.buffer(-2e-7).contains(point)
        else:
            assert plan.shapes[number].distance(point) < 3e-7
    assert plan.venues.sum() == (plan.grid_of >= 0).sum()
    assert len(plan.venues) == len(plan.shapes) == plan.quality.cells


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([SQUARE, HOLED, TWO_PARTS]), st.integers(1, 120), st.integers(5, 60), st.integers(0, 9)
)
def test_street_grids_partition_the_division(area, count, per_grid, seed):
    venues = venues_in(area, count, seed)
    inside = shapely.intersects(area, shapely.points(venues.lon, venues.lat)).sum()
    wish = {"count": 3} if inside == 0 else {"venues_per_grid": per_grid}
    rng = np.random.default_rng(seed)
    plan = grids_from_streets(area, TOWN, venues, rng=rng, taste=Taste(starts=1, sweeps=6), **wish)
    assert_partition(plan, area, venues)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([SQUARE, HOLED, TWO_PARTS]), st.floats(120, 3000), st.integers(0, 9))
def test_hexagons_partition_the_division(area, edge, seed):
    venues = venues_in(area, 40, seed)
    assert_partition(hexagons(area, venues, edge_m=edge), area, venues)


def test_street_grids_are_even_compact_and_connected():
    venues = venues_in(SQUARE, 600, 3)
    plan = grids_from_streets(SQUARE, TOWN, venues, rng=np.random.default_rng(1), venues_per_grid=60)
    assert plan.quality.cells == 10
    assert plan.quality.balance < 1.35
    assert plan.quality.connected == 1.0
    assert plan.quality.compactness > 0.45


def test_the_same_chance_makes_the_same_grids():
    venues = venues_in(SQUARE, 200, 3)
    plans = [grids_from_streets(SQUARE, TOWN, venues, rng=np.random.default_rng(4)) for _ in range(2)]
    assert [shape.wkb for shape in plans[0].shapes] == [shape.wkb for shape in plans[1].shapes]


def test_crowded_blocks_and_wide_water_are_cut():
    river = Streets(np.array([LineString([(114.305, 30.59), (114.305, 30.64)])], object), np.array([2]))
    venues = venues_in(SQUARE, 300, 5)
    plan = grids_from_streets(SQUARE, river, venues, rng=np.random.default_rng(2), venues_per_grid=50)
    assert plan.quality.cells == 6
    assert plan.quality.balance < 1.4
    assert_partition(plan, SQUARE, venues)


def test_the_wish_for_a_number_of_grids_needs_no_venues():
    plan = grids_from_streets(SQUARE, TOWN, NOBODY, rng=np.random.default_rng(0), count=7)
    assert plan.quality.cells == 7
    assert_partition(plan, SQUARE, NOBODY)


@pytest.mark.parametrize("code", ["420102", "420103"])
def test_a_real_district_is_divided_into_grids_a_bureau_can_use(code):
    from patrol.routes.travel import read_streets

    network = read_streets(resource("geodata", "wuhan_streets.parquet"))
    feature = json.loads(resource("geodata", "divisions", f"{code}.geojson").read_text("utf-8"))
    area = shape(feature["geometry"])
    inside = shapely.intersects(area, shapely.points(network.node_lon, network.node_lat))
    venues = Points(network.node_lon[inside], network.node_lat[inside])
    streets = Streets(network.lines, network.importance)
    plan = grids_from_streets(area, streets, venues, rng=np.random.default_rng(1), venues_per_grid=40)
    assert_partition(plan, area, venues)
    assert plan.quality.connected == 1.0
    assert plan.quality.spread < 0.35
    assert plan.quality.compactness > 0.4


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda rng: grids_from_streets(Polygon(), TOWN, NOBODY, rng=rng), "territory.empty_area"),
        (
            lambda rng: grids_from_streets(SQUARE, Streets.none(), NOBODY, rng=rng),
            "territory.no_streets_inside",
        ),
        (
            lambda rng: grids_from_streets(box(1, 1, 2, 2), TOWN, NOBODY, rng=rng),
            "territory.no_streets_inside",
        ),
        (lambda rng: grids_from_streets(SQUARE, TOWN, NOBODY, rng=rng), "territory.nothing_to_balance"),
        (lambda rng: grids_from_streets(SQUARE, TOWN, NOBODY, rng=rng, count=0), "territory.bad_count"),
        (
            lambda rng: grids_from_streets(SQUARE, TOWN, NOBODY, rng=rng, venues_per_grid=0),
            "territory.bad_count",
        ),
        (lambda rng: hexagons(Polygon(), NOBODY, edge_m=300), "territory.empty_area"),
        (lambda rng: hexagons(SQUARE, NOBODY, edge_m=10), "territory.bad_edge"),
        (lambda rng: hexagons(box(114, 30, 115, 31), NOBODY, edge_m=300), "territory.too_fine"),
    ],
)
def test_what_cannot_be_made_is_said(make, code):
    with pytest.raises(PatrolError) as raised:
        make(np.random.default_rng(0))
    assert raised.value.code == code
    assert raised.value.sentence("zh") != raised.value.sentence("en")


def test_borders_know_their_length_and_main_roads_are_cheaper():
    lines = np.array([LineString([(50, -10), (50, 110)]), LineString([(-10, 50), (110, 50)])], object)
    faces = arrange(box(0, 0, 100, 100), lines)
    found = borders(faces, lines, np.array([0.45, 1.0]))
    assert len(faces) == 4
    assert found.length_m == pytest.approx([50.0] * 4)
    assert sorted(found.cost_m) == pytest.approx([22.5, 22.5, 50, 50])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(0, 50))
def test_every_cell_is_filled_and_connected(count, seed):
    faces = arrange(
        box(0, 0, 600, 500),
        np.array([LineString([(x, -1), (x, 501)]) for x in range(100, 600, 100)]
                 + [LineString([(-1, y), (601, y)]) for y in range(100, 500, 100)], dtype=object),
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    border = borders(faces)
    centres = shapely.get_coordinates(shapely.centroid(faces))
    cell = group(centres, shapely.area(faces), rng.random(len(faces)) + 0.01, border, count, rng)
    links = [{} for _ in faces]
    for a, b in zip(border.first.tolist(), border.second.tolist(), strict=True):
        links[a][b] = links[b][a] = 1.0
    for number in range(count):
        assert len(pieces(np.flatnonzero(cell == number).tolist(), links)) == 1


def test_more_cells_than_faces_are_a_programmers_mistake():
    faces = arrange(box(0, 0, 10, 10), np.empty(0, dtype=object))
    with pytest.raises(ValueError, match="at least one face"):
        group(np.zeros((1, 2)), np.ones(1), np.ones(1), borders(faces), 2, np.random.default_rng(0))
