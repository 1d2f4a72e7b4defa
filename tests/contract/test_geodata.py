"""Everything shipped in ``geodata/`` is declared, unchanged, small, and lies where it says."""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from patrol.core.geo import area_m2

GEODATA = Path(__file__).resolve().parents[2] / "geodata"
MANIFEST = tomllib.loads((GEODATA / "manifest.toml").read_text("utf-8"))["data"]
FIELDS = {"file", "title", "source", "licence", "attribution", "crs", "sha256", "loaded_by"}


def test_every_file_is_in_the_manifest_once():
    on_disk = {str(path.relative_to(GEODATA)) for path in GEODATA.rglob("*") if path.is_file()}
    declared = [entry["file"] for entry in MANIFEST]
    assert sorted(declared) == sorted(on_disk - {"manifest.toml"})


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_shipped_file_is_declared_small_and_unchanged(entry):
    content = (GEODATA / entry["file"]).read_bytes()
    assert set(entry) == FIELDS
    assert all(value.strip() for value in entry.values())
    assert len(content) < 1_000_000
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("path", sorted((GEODATA / "divisions").iterdir()), ids=lambda path: path.stem)
def test_a_shipped_division_is_a_valid_polygon_of_plausible_size(path):
    feature = json.loads(path.read_text("utf-8"))
    assert feature["properties"]["code"] == path.stem
    polygon = shape(feature["geometry"])
    assert polygon.is_valid
    assert 20e6 < area_m2(polygon) < 2000e6


def test_neighbouring_shipped_districts_do_not_overlap():
    names = ("420102", "420103", "420104", "420106")
    shapes = [
        shape(json.loads((GEODATA / "divisions" / f"{name}.geojson").read_text("utf-8"))["geometry"])
        for name in names
    ]
    overlap = sum(polygon.area for polygon in shapes) - shapely.union_all(shapes).area
    assert overlap < 1e-4 * sum(polygon.area for polygon in shapes)
