"""Travel times and lines against independent reckonings on a small town."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from patrol.core.geo import distance_m
from patrol.routes.travel import MemoryCache, Mode, detour_seconds, route_line, snap, travel_times
from patrol.routes.travel.assemble import Lines, assemble
from patrol.routes.travel.cache import FolderCache

STEP = 0.004


def town(size=5, oneway=0):
    """A chequerboard of ``size`` × ``size`` crossings, about 400 m apart, with a bend in every street."""
    pieces = []
    for i in range(size):
        for j in range(size):
            here = (114.3 + i * STEP, 30.6 + j * STEP)
            for di, dj in ((1, 0), (0, 1)):
                if i + di < size and j + dj < size:
                    there = (here[0] + di * STEP, here[1] + dj * STEP)
                    bend = ((here[0] + there[0]) / 2 + 2e-4, (here[1] + there[1]) / 2 + 2e-4)
                    pieces.append(np.array([here, bend, there]))
    offsets = np.arange(len(pieces) + 1, dtype=np.int64) * 3
    classes = np.zeros(len(pieces), np.int16)
    return assemble(
        Lines(np.vstack(pieces), offsets, classes, np.full(len(pieces), oneway, np.int8)), name="town"
    )


TOWN = town()
SPOTS = st.lists(
    st.tuples(st.integers(-1000, 17_000), st.integers(-1000, 17_000)), min_size=2, max_size=12, unique=True
).map(lambda found: np.array([114.3, 30.6]) + np.array(found) / 1e6)


def times(spots, **options):
    return travel_times(TOWN, Mode.WALK, spots[:, 0], spots[:, 1], **options)


@settings(max_examples=40, deadline=None)
@given(SPOTS)
def test_times_are_what_a_search_from_each_door_finds(spots):
    found = times(spots)
    places = snap(TOWN, Mode.WALK, spots[:, 0], spots[:, 1])
    graph = TOWN.graph(Mode.WALK)
    reach = dijkstra(graph.seconds)
    for a in range(len(spots)):
        for b in range(len(spots)):
            if a == b or not found.measured[a, b]:
                continue
            ways = []
            for node_a, part_a in ((TOWN.edge_u, places.fraction[a]), (TOWN.edge_v, 1 - places.fraction[a])):
                for node_b, part_b in (
                    (TOWN.edge_u, places.fraction[b]),
                    (TOWN.edge_v, 1 - places.fraction[b]),
                ):
                    edge_a, edge_b = places.edge[a], places.edge[b]
                    out = part_a * graph.forward_s[edge_a]
                    into = part_b * graph.forward_s[edge_b]
                    ways.append(out + reach[node_a[edge_a], node_b[edge_b]] + into)
            if places.edge[a] == places.edge[b]:
                gap = abs(places.fraction[a] - places.fraction[b])
                ways.append(gap * graph.forward_s[places.edge[a]])
            expected = min(ways) + places.access_s[a] + places.access_s[b]
            assert found.seconds[a, b] == pytest.approx(expected, abs=1.5)


@settings(max_examples=40, deadline=None)
@given(SPOTS)
def test_two_way_streets_make_symmetric_times_that_keep_the_triangle(spots):
    found = times(spots, limit_m=50_000).seconds
    assert np.array_equal(found, found.T)
    assert not found.diagonal().any()
    through = (found[:, :, None] + found[None, :, :]).min(axis=1)
    assert (found <= through + 3).all()


@settings(max_examples=30, deadline=None)
@given(SPOTS, st.integers(1, 6))
def test_growing_the_cache_gives_the_same_as_measuring_all_at_once(spots, first):
    cache = MemoryCache()
    for count in {min(first, len(spots)), len(spots)}:
        grown = times(spots[:count], cache=cache, limit_m=1200)
    grown = times(spots, cache=cache, limit_m=1200)
    assert np.array_equal(grown.seconds, times(spots, limit_m=1200).seconds)


def test_one_way_times_grow_in_the_cache_as_well():
    network = town(oneway=1)
    spots = np.array([[114.301, 30.6], [114.303, 30.6], [114.302, 30.6]])
    cache = MemoryCache()
    for count in (2, 3):
        found = travel_times(network, Mode.CAR, spots[:count, 0], spots[:count, 1], cache=cache)
    whole = travel_times(network, Mode.CAR, spots[:, 0], spots[:, 1])
    assert np.array_equal(found.seconds, whole.seconds)


def test_beyond_the_limit_an_estimate_stands_that_is_never_below_the_limit():
    spots = np.array([[114.3, 30.6], [114.316, 30.616]])
    found = times(spots, limit_m=500)
    assert not found.measured[0, 1]
    assert found.seconds[0, 1] >= 500 / (4.8 / 3.6)


def test_without_streets_the_detour_factor_serves():
    lon, lat = np.array([114.3, 114.31]), np.array([30.6, 30.6])
    found = travel_times(None, Mode.EBIKE, lon, lat)
    metres = distance_m(114.3, 30.6, 114.31, 30.6)
    assert found.seconds[0, 1] == pytest.approx(detour_seconds(Mode.EBIKE, np.array([metres]))[0], abs=1)
    assert not found.measured.any()
    assert len(travel_times(None, Mode.WALK, lon[:0], lat[:0]).seconds) == 0


@given(st.floats(0, 60_000), st.floats(0, 60_000), st.sampled_from(list(Mode)))
def test_estimates_grow_with_distance(one, other, mode):
    near, far = sorted((one, other))
    assert detour_seconds(mode, np.array([near])) <= detour_seconds(mode, np.array([far])) + 1e-9


def test_a_venue_far_from_streets_is_named_and_still_has_a_time():
    spots = np.array([[114.3, 30.6], [114.35, 30.6]])
    found = times(spots)
    assert found.unreachable.tolist() == [1]
    assert found.access_m[1] > 3000
    assert found.seconds[0, 1] > 0


def test_a_place_without_coordinates_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="finite"):
        times(np.array([[114.3, np.nan], [114.3, 30.6]]))


def test_a_damaged_cache_only_costs_time(tmp_path):
    spots = np.array([[114.301, 30.6], [114.305, 30.608]])
    cache = FolderCache(tmp_path / "times")
    first = times(spots, cache=cache)
    for kept in (tmp_path / "times").iterdir():
        assert kept.suffix == ".times"
        kept.write_bytes(kept.read_bytes()[:40])
    assert np.array_equal(times(spots, cache=cache).seconds, first.seconds)
    assert FolderCache(tmp_path / "none").get("x") is None


@settings(max_examples=40, deadline=None)
@given(SPOTS)
def test_a_line_takes_as_long_as_the_matrix_says_and_goes_from_door_to_door(spots):
    a, b = tuple(spots[0]), tuple(spots[1])
    line = route_line(TOWN, Mode.WALK, a, b)
    assert line.follows_streets
    assert tuple(line.points[0]) == a
    assert tuple(line.points[-1]) == b
    assert line.seconds == pytest.approx(times(spots[:2], limit_m=50_000).seconds[0, 1], abs=2)
    assert line.metres == pytest.approx(line.seconds * 4.8 / 3.6, rel=0.02, abs=3)


def test_two_records_of_one_door_are_no_way_apart():
    spots = np.array([[114.303, 30.6005], [114.303, 30.6005]])
    assert not times(spots).seconds.any()
    line = route_line(TOWN, Mode.WALK, tuple(spots[0]), tuple(spots[1]))
    assert (line.metres, line.seconds) == (0, 0)


def test_without_a_way_the_line_is_straight_and_says_so():
    for network, end in ((None, (114.31, 30.61)), (TOWN, (115.0, 30.0))):
        line = route_line(network, Mode.WALK, (114.3, 30.6), end)
        assert not line.follows_streets
        assert line.points.shape == (2, 2)
        assert line.seconds > 0
