"""Reading divisions and grids: all faults at once, with the feature and the place."""

import contextlib
import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box, mapping, shape

from patrol.core.datum import Datum, convert
from patrol.core.errors import PatrolError
from patrol.infra.resources import resource
from patrol.territory.domain import Parent, Wanted, geojson, read_areas

PARENT = Parent("江岸区", box(114.20, 30.50, 114.40, 30.70))
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[114.3, 30.6], [114.31, 30.61], [114.31, 30.6], [114.3, 30.61], [114.3, 30.6]]],
}


def feature(geometry, code="001", name="一号网格", **more):
    geometry = mapping(geometry) if hasattr(geometry, "geom_type") else geometry
    return {"type": "Feature", "properties": {"编码": code, "名称": name, **more}, "geometry": geometry}


def packed(*features, encoding="utf-8"):
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return text.encode(encoding)


def faults_of(content, wanted=None):
    with pytest.raises(PatrolError) as raised:
        read_areas(content, wanted or Wanted())
    for fault in raised.value.faults:
        assert fault.sentence("zh") != fault.sentence("en")
    return [(fault.where, fault.problem.code.removeprefix("territory.")) for fault in raised.value.faults]


GRID = box(114.30, 30.60, 114.31, 30.61)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_chinese_names_are_read_in_every_usual_encoding(encoding):
    read = read_areas(packed(feature(GRID), encoding=encoding))
    assert [(area.code, area.name) for area in read.areas] == [("001", "一号网格")]
    assert read.areas[0].shape.geom_type == "MultiPolygon"
    assert read.areas[0].shape.equals(GRID)


def test_a_shipped_division_is_read():
    read = read_areas(resource("geodata", "divisions", "420102.geojson").read_bytes())
    assert (read.areas[0].code, read.areas[0].name, read.areas[0].parent) == ("420102", "江岸区", "4201")
    assert not read.warnings


def test_numbers_as_codes_own_field_names_and_bare_geometry():
    odd = {"type": "Feature", "properties": {"ID": 420102.0, "Label": " 江岸 "}, "geometry": mapping(GRID)}
    wanted = Wanted(fields={"code": "id", "name": "label"})
    area = read_areas(json.dumps(odd).encode(), wanted).areas[0]
    assert (area.code, area.name) == ("420102", "江岸")
    bare = faults_of(json.dumps(mapping(GRID)).encode())
    assert bare == [("feature 1", "missing_code"), ("feature 1", "missing_name")]


def test_every_fault_of_every_feature_is_told_at_once():
    content = packed(
        feature(GRID),
        feature({"type": "Point", "coordinates": [114.3, 30.6]}, "002"),
        feature(BOW_TIE, "003"),
        feature(GRID, "001", ""),
        {"type": "Feature", "properties": None, "geometry": None},
        feature(box(500000, 3000000, 500100, 3000100), "006"),
        feature({"type": "Polygon", "coordinates": "nonsense"}, "007"),
        feature({"type": "Polygon", "coordinates": [[[114.3, 30.6], [114.3, None]]]}, "008"),
        "no feature",
    )
    assert faults_of(content) == [
        ("feature 2", "wrong_geometry"),
        ("feature 3", "self_crossing"),
        ("feature 4", "missing_name"),
        ("feature 5", "missing_code"),
        ("feature 5", "missing_name"),
        ("feature 5", "no_geometry"),
        ("feature 6", "bad_coordinates"),
        ("feature 7", "bad_coordinates"),
        ("feature 8", "bad_coordinates"),
        ("feature 9", "missing_code"),
        ("feature 9", "missing_name"),
        ("feature 9", "no_geometry"),
        ("feature 4", "duplicate_code"),
    ]


def test_the_place_of_a_self_crossing_is_named():
    with pytest.raises(PatrolError, match=r"114\.30500, 30\.60500"):
        read_areas(packed(feature(BOW_TIE)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "geojson_unreadable"),
        (b"\xff\xfe\x00", "geojson_unreadable"),
        (b"[1, 2]", "geojson_unreadable"),
        (b'{"type": "Topology"}', "geojson_unreadable"),
        (b'{"type": "FeatureCollection", "features": 3}', "geojson_unreadable"),
        (b'{"type": "FeatureCollection", "features": []}', "geojson_empty"),
        (b"[" * 200_000, "geojson_unreadable"),
    ],
)
def test_what_is_no_geojson_is_said(content, code):
    assert faults_of(content) == [("", code)]


def test_huge_files_are_refused(monkeypatch):
    monkeypatch.setattr(geojson, "MAX_BYTES", 10)
    assert faults_of(packed(feature(GRID))) == [("", "geojson_too_large")]
    monkeypatch.undo()
    monkeypatch.setattr(geojson, "MAX_FEATURES", 1)
    assert faults_of(packed(feature(GRID), feature(GRID, "2"))) == [("", "geojson_too_large")]
    monkeypatch.undo()
    monkeypatch.setattr(geojson, "MAX_POINTS", 3)
    assert faults_of(packed(feature(GRID))) == [("feature 1", "geojson_too_large")]


def test_areas_outside_the_parent_are_faults_and_overhang_a_doubt():
    wanted = Wanted(parent=PARENT)
    outside = packed(feature(GRID), feature(box(119, 25, 119.1, 25.1), "002"))
    assert ("feature 2", "outside_parent") in faults_of(outside, wanted)
    hanging = read_areas(packed(feature(box(114.19, 30.6, 114.25, 30.65))), wanted)
    assert [doubt.problem.code for doubt in hanging.warnings] == ["territory.outside_parent"]
    assert "17%" in hanging.warnings[0].sentence("zh")


def test_the_wrong_datum_is_noticed_and_the_better_one_named():
    parent = shape(json.loads(resource("geodata", "divisions", "420103.geojson").read_bytes())["geometry"])
    shifted = shapely.transform(
        parent,
        lambda p: np.column_stack(convert(p[:, 0].copy(), p[:, 1].copy(), Datum.WGS84, Datum.GCJ02)),
    )
    content, division = packed(feature(shifted)), Parent("江汉区", parent)
    doubts = read_areas(content, Wanted(parent=division)).warnings
    assert doubts[0].problem.code == "territory.wrong_datum"
    assert "GCJ-02" in doubts[0].sentence("zh")
    right = read_areas(content, Wanted(parent=division, datum=Datum.GCJ02))
    assert not right.warnings
    assert right.areas[0].shape.symmetric_difference(parent).area < 1e-6 * parent.area


def test_a_file_of_another_city_is_noticed():
    codes = faults_of(packed(feature(box(119, 25, 119.1, 25.1))), Wanted(parent=PARENT))
    assert codes == [("feature 1", "outside_parent"), ("", "elsewhere")]


def test_overlapping_grids_are_a_doubt_with_both_names():
    read = read_areas(packed(feature(GRID), feature(box(114.305, 30.6, 114.315, 30.61), "002", "二号")))
    assert [(w.where, w.problem.code) for w in read.warnings] == [("feature 2", "territory.overlap")]
    assert "一号网格" in read.warnings[0].sentence("en")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=4)))  # fmt: skip
def test_no_coordinates_whatever_crash_the_reader(coordinates):
    content = packed(feature({"type": "Polygon", "coordinates": coordinates}))
    with contextlib.suppress(PatrolError):
        read_areas(content)


@given(st.binary(max_size=60))
def test_no_bytes_whatever_crash_the_reader(content):
    with pytest.raises(PatrolError):
        read_areas(content)
