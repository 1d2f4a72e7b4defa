"""A base map of one's own in one file: pictures or vector tiles, and sentences for a file that is none."""

import pytest

from patrol.core.errors import PatrolError
from patrol.infra.config import read_settings
from patrol.territory.pmtiles import open_archive, tile_number
from patrol.territory.vectors import parts_of
from tests.factories.patrols import create_city, sign_in
from tests.factories.pmtiles import PNG, vector_tile, write_archive

AT = (14, 13395, 6727)


@pytest.mark.parametrize("leaves", [False, True])
def test_a_tile_is_found_by_number_run_and_leaf_and_no_other(tmp_path, leaves):
    path = tmp_path / "city.pmtiles"
    first = tile_number(*AT)
    write_archive(path, [(first, 3, PNG), (first + 10, 1, b"other"), (0, 1, b"world")], kind=2, leaves=leaves)
    archive = open_archive(path)
    assert archive.kind == "image/png"
    assert archive.tile(*AT) == PNG
    assert archive.tile(0, 0, 0) == b"world"
    wanted = {
        tile_number(14, 13390 + c, 6720 + r): (13390 + c, 6720 + r) for c in range(12) for r in range(12)
    }
    held = {number for number, (c, r) in wanted.items() if archive.tile(14, c, r) is not None}
    assert held == {n for n in wanted if first <= n < first + 3 or n == first + 10}
    for absent in ((15, 0, 0), (14, -1, 0), (14, 1 << 14, 0), (-1, 0, 0)):
        assert archive.tile(*absent) is None


def test_vector_tiles_tell_what_is_drawn_and_leave_the_rest_out():
    told = parts_of(vector_tile())
    assert told["extent"] == 4096
    assert [part[:3] for part in told["parts"]] == [
        ("street", 3, False), ("water", 0, True), ("green", 0, True),
    ]  # fmt: skip
    assert told["parts"][0][3] == [[0, 100, 4096, 2000]]
    assert told["parts"][1][3] == [[10, 10, 500, 10, 500, 400, 10, 10]]
    with pytest.raises(ValueError, match="vector"):
        parts_of(b"\x1a\xff\xff")


@pytest.mark.parametrize("body", [None, b"", b"PMTiles\x02" + bytes(200), b"<html>" * 50])
def test_a_file_that_is_none_gets_a_sentence_in_both_languages(tmp_path, body):
    path = tmp_path / "wrong.pmtiles"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(PatrolError) as raised:
        open_archive(path)
    for language in ("zh", "en"):
        assert "wrong.pmtiles" in raised.value.sentence(language)
        assert "PMTILES_FILE" in raised.value.sentence(language)


def test_the_map_lies_on_the_file_that_the_settings_name(app, session, tmp_path):
    city = create_city(session)
    session.commit()
    client = sign_in(app, city.manager)
    path = "/basemap/tile?z=14&x=13395&y=6727"
    assert client.get(path).status_code == 204
    before = app.config["SETTINGS"]
    given = {name: getattr(before, name) for name in ("DATA_DIR", "DATABASE_URL")}
    write_archive(tmp_path / "own.pmtiles", [(tile_number(*AT), 1, vector_tile())], kind=1)
    try:
        app.config["SETTINGS"] = read_settings({**given, "PMTILES_FILE": str(tmp_path / "own.pmtiles")})
        assert client.get(path).get_json()["parts"][0][0] == "street"
        assert client.get("/basemap/tile?z=14&x=1&y=1").status_code == 204
        page = client.get("/hotspots/").get_data(as_text=True)
        assert 'data-basemap="/basemap/tile?z={z}&amp;x={x}&amp;y={y}"' in page
        write_archive(tmp_path / "raster.pmtiles", [(tile_number(*AT), 1, PNG)], kind=2)
        app.config["SETTINGS"] = read_settings({**given, "PMTILES_FILE": str(tmp_path / "raster.pmtiles")})
        assert client.get(path).data == PNG
        assert "/basemap/tile?z={z}" in client.get("/hotspots/map.js?by=17").get_data(as_text=True)
        app.config["SETTINGS"] = read_settings({**given, "PMTILES_FILE": str(tmp_path / "missing.pmtiles")})
        page = client.get("/hotspots/").get_data(as_text=True)
        assert "无法读取底图文件missing.pmtiles" in page
        assert 'data-basemap="/basemap/streets.json"' in page
    finally:
        app.config["SETTINGS"] = before
