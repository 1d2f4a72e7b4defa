"""Reading street files, joining venues, and everything that can be wrong with a file."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner
from shapely.geometry import LineString

from patrol.core.errors import PatrolError
from patrol.core.geo import distance_m
from patrol.infra.resources import resource
from patrol.routes.streets_cli import streets
from patrol.routes.travel import (
    Mode,
    StreetNetwork,
    check_same_city,
    load_network,
    network_names,
    read_streets,
    save_network,
    snap,
)

GEO = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
#: A square of streets 1 km wide, with a motorway across it and a lonely lane far off.
LINES = [
    (LineString([(114.30, 30.60), (114.31, 30.60)]), "residential"),
    (LineString([(114.31, 30.60), (114.31, 30.61)]), "primary"),
    (LineString([(114.31, 30.61), (114.30, 30.61)]), "residential"),
    (LineString([(114.30, 30.61), (114.30, 30.60)]), None),
    (LineString([(114.30, 30.60), (114.31, 30.61)]), "motorway"),
    (LineString([(114.305, 30.6015), (114.306, 30.6015)]), "residential"),
    (LineString([(114.31, 30.61), (114.32, 30.61)]), "construction"),
]


def write_streets(path, lines=LINES, geo=GEO, extra=None):
    columns = {
        "geometry": shapely.to_wkb([line for line, _ in lines]),
        "highway": pa.array([kind for _, kind in lines], pa.string()),
    }
    table = pa.table({**columns, **(extra or {})})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)} if geo else None), path)
    return path


@pytest.fixture
def square(tmp_path) -> StreetNetwork:
    return read_streets(write_streets(tmp_path / "square.parquet"))


def test_lines_that_meet_at_their_ends_become_a_network(square):
    assert (square.name, square.edges, square.nodes) == ("square", 6, 6)
    assert square.length_m[0] == pytest.approx(distance_m(114.30, 30.60, 114.31, 30.60))
    assert square.graph(Mode.WALK).usable.tolist() == [True, True, True, True, False, False]
    assert square.graph(Mode.CAR).usable.tolist() == [True, True, True, True, True, False]


def test_one_way_streets_bind_vehicles_but_not_walkers(tmp_path):
    extra = {"oneway": pa.array(["yes", None, None, None, None, None, None], pa.string())}
    network = read_streets(write_streets(tmp_path / "oneway.parquet", extra=extra))
    assert np.isinf(network.graph(Mode.CAR).backward_s[0])
    assert np.isfinite(network.graph(Mode.WALK).backward_s[0])


def test_a_packed_network_comes_back_the_same(square):
    again = StreetNetwork.from_bytes(square.to_bytes())
    assert again.key == square.key
    assert again.name == "square"
    assert square.renamed("other").key == square.key
    with pytest.raises(ValueError, match="read-only"):
        again.length_m[0] = 1.0


def test_the_shipped_streets_of_wuhan_are_connected():
    network = read_streets(resource("geodata", "wuhan_streets.parquet"))
    assert network.edges > 5000
    assert network.attribution == "© OpenStreetMap contributors"
    for mode in Mode:
        assert network.graph(mode).usable.mean() > 0.95


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "routes.streets_unreadable"),
        (b"hello", "routes.streets_unreadable"),
        (b"PAR1 and nothing else PAR1", "routes.streets_unreadable"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7f", "routes.streets_unreadable"),
    ],
)
def test_a_damaged_file_is_refused_with_a_sentence(tmp_path, content, code):
    path = tmp_path / "broken.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(PatrolError) as raised:
        read_streets(path)
    assert raised.value.code == code
    assert "broken" in raised.value.sentence("zh")


def test_a_truncated_parquet_is_refused(tmp_path):
    whole = write_streets(tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PatrolError, match="unreadable"):
        read_streets(tmp_path / "cut.parquet")


def test_metres_without_a_coordinate_system_are_refused(tmp_path):
    lines = [(LineString([(210000, 3363000), (211000, 3363000)]), "residential")]
    with pytest.raises(PatrolError, match="no_crs"):
        read_streets(write_streets(tmp_path / "a.parquet", lines, geo=None))


def test_a_named_coordinate_system_is_converted(tmp_path):
    lines = [(LineString([(241000, 3388000), (242000, 3388000)]), "residential")]
    geo = {**GEO, "columns": {"geometry": {"encoding": "WKB", "crs": "EPSG:32650"}}}
    network = read_streets(write_streets(tmp_path / "utm.parquet", lines, geo))
    assert network.bounds == pytest.approx((114.30, 30.59, 114.31, 30.60), abs=0.02)


def test_a_file_without_streets_is_refused(tmp_path):
    with pytest.raises(PatrolError, match="streets_none"):
        read_streets(write_streets(tmp_path / "a.parquet", LINES[-1:]))


def test_streets_that_do_not_join_are_refused(tmp_path):
    apart = [(LineString([(114 + i / 100, 30), (114.005 + i / 100, 30)]), None) for i in range(40)]
    with pytest.raises(PatrolError, match="disconnected"):
        read_streets(write_streets(tmp_path / "a.parquet", apart))


def test_venues_join_the_nearest_usable_street(square):
    lon = np.array([114.305, 114.3055, 114.40, np.nan])
    lat = np.array([30.6001, 30.6016, 30.60, 30.6])
    found = snap(square, Mode.WALK, lon, lat)
    assert found.edge.tolist() == [0, 0, -1, -1]
    assert found.fraction[0] == pytest.approx(0.5, abs=1e-3)
    assert found.access_m[0] == pytest.approx(11.1, abs=0.2)
    assert found.access_m[2] > 8000
    assert np.isinf(found.access_m[3])


def test_the_file_of_another_city_is_noticed(square):
    check_same_city(square, np.array([114.305, 114.306]), np.array([30.6, 30.6]))
    with pytest.raises(PatrolError, match="another city") as raised:
        check_same_city(square, np.array([119.0, 119.1]), np.array([25.4, 25.4]))
    assert "其他城市" in raised.value.sentence("zh")


def test_networks_are_kept_and_the_newest_is_loaded(tmp_path, square):
    assert load_network(tmp_path) is None
    save_network(tmp_path, square)
    assert load_network(tmp_path).key == square.key
    assert network_names(tmp_path) == ["square"]
    with pytest.raises(PatrolError, match="streets_unknown"):
        load_network(tmp_path, "elsewhere")
    (tmp_path / "streets" / "square.npz").write_bytes(b"PK broken")
    with pytest.raises(PatrolError, match="unreadable"):
        load_network(tmp_path)


def test_the_command_imports_and_says_what_it_found(tmp_path):
    file = write_streets(tmp_path / "square.parquet")
    done = CliRunner().invoke(streets, ["import", str(file), "--name", "市中心", "--data-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "6 pieces" in done.output
    assert network_names(tmp_path) == ["市中心"]
