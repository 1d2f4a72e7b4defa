"""The statistics on files of strangers: every format in and out, names found, faults told in a sentence."""

import csv
import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.hotspots.cli import group


def run(*arguments):
    """Run a command; a person's situation is raised as it is, so that a test can read it."""
    done = CliRunner().invoke(group, [str(each) for each in arguments], catch_exceptions=True)
    if isinstance(done.exception, PatrolError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout))) if done.stdout else []


def square(x, y):
    return {"type": "Polygon", "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]}


@pytest.fixture
def polygons(tmp_path):
    path = tmp_path / "cells.geojson"
    features = [
        {"type": "Feature", "geometry": square(x, y), "properties": {"name": f"c{x}{y}", "hits": 9 * (x < 2 and y < 2)}}
        for x in range(6) for y in range(6)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_polygons_that_touch_need_no_weights_and_no_column_named(polygons, tmp_path):
    out = tmp_path / "out.parquet"
    run("gistar", polygons, "--out", out)
    table = pq.read_table(out)
    assert {"gi", "gi_star", "p", "q", "class", "geometry"} <= set(table.column_names)
    assert table["class"].to_pylist()[0].startswith("hot")
    again = run("gistar", out, "--value", "hits")
    assert float(again[0]["gi_star"]) == pytest.approx(table["gi_star"].to_pylist()[0])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_other_names_and_signs_is_understood(tmp_path, delimiter):
    rows = ["ID,LONGITUDE,LATITUDE,Score"] + [f"{n},{114 + n / 1000},30.5,{n % 3}" for n in range(12)]
    path = tmp_path / "a.csv"
    path.write_text("\r\n".join(rows).replace(",", delimiter), "gb18030")
    found = run("gistar", path, "--distance", 150)
    assert len(found) == 12
    assert "gi_star" in found[0]


def test_edges_may_be_numbered_from_nought_or_from_one(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("value\n1\n5\n2\n")
    made = []
    for start in (0, 1):
        edges = tmp_path / f"e{start}.csv"
        edges.write_text(
            "from,to\n" + "".join(f"{a + start},{b + start}\n" for a, b in ((0, 1), (1, 0), (1, 2), (2, 1)))
        )
        made.append([row["gi_star"] for row in run("gistar", path, "--edges", edges)])
    assert made[0] == made[1]


def dated(tmp_path, form="{:%Y-%m-%d %H:%M}", name="Date"):
    import datetime as dt

    rng = np.random.default_rng(1)
    lines = [f"lon,lat,{name}"]
    for _n in range(600):
        day = dt.datetime(2024, 1, 1) + dt.timedelta(days=int(rng.integers(0, 364)))
        lines.append(f"{114.3 + rng.normal(0, 0.01):.5f},{30.6 + rng.normal(0, 0.01):.5f},{form.format(day)}")
    path = tmp_path / "points.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(("form", "name"), [
    ("{:%Y-%m-%d %H:%M}", "Date"), ("{:%Y/%m/%d}", "occurred_on"), ("{:%m/%d/%Y}", "date"), ("{:%d.%m.%Y}", "日期"),
    ("{:%Y%m%d}", "day"),
])  # fmt: skip
def test_every_way_to_write_a_date_gives_the_same_histories(tmp_path, form, name):
    plain = tmp_path / "plain"
    plain.mkdir()
    expected = run("emerging", dated(plain), "--period", 28)
    assert run("emerging", dated(tmp_path, form, name), "--period", 28) == expected
    assert len(expected) > 10


def test_a_forecast_is_judged_beside_its_baselines(tmp_path):
    rows = run("evaluate", dated(tmp_path), "--origins", 3, "--area", 0.05)
    assert {"method", "pai", "pei"} <= set(rows[0])


def test_density_equals_itself_whatever_the_format(tmp_path):
    points = dated(tmp_path)
    out = tmp_path / "kde.geojson"
    run("kde", points, "--bandwidth", 300, "--at-points", "--out", out)
    written = [each["properties"]["density"] for each in json.loads(out.read_text())["features"]]
    assert written == [float(row["density"]) for row in run("kde", points, "--bandwidth", 300, "--at-points")]


@pytest.mark.parametrize(("name", "text", "arguments", "code"), [
    ("a.csv", "", (), "hotspots.file.no_rows"),
    ("a.csv", "x,y\n1,2\n", ("--distance", 5), "hotspots.column.missing"),
    ("a.csv", "x,y,value\n1,2,many\n", ("--distance", 5), "hotspots.column.not_a_number"),
    ("a.csv", "a,b\n1\n", (), "hotspots.file.ragged"),
    ("a.csv", "lon,lat,value\n500,2,1\n", ("--distance", 5), "hotspots.place.out_of_range"),
    ("a.geojson", '{"features": [{"geometry": null, "properties": {}}]}', (), "hotspots.place.no_geometry"),
    ("a.geojson", '{"type": "Point"}', (), "hotspots.file.unreadable"),
    ("a.parquet", "not parquet", (), "hotspots.file.unreadable"),
    ("a.shp", "x", (), "hotspots.file.unknown_format"),
    ("a.csv", "x,y,value\n1,2,3\n", (), "hotspots.option.no_neighbours"),
    ("a.csv", "x,y,x\n1,2,3\n", ("--distance", 5), "hotspots.column.twice"),
    ("a.csv", "114.3,30.6,3\n114.3,30.6,4\n", ("--distance", 5), "hotspots.file.no_head"),
    ("a.csv", "lon,lat,value\n30.6,114.3,1\n", ("--distance", 5), "hotspots.place.out_of_range"),
    ("a.csv", "x,y,value\n1,2,3\n", ("--distance", -5), "hotspots.option.out_of_range"),
    ("a.csv", "x,y,value\n1,2,3\n", ("--distance", 5, "--fdr", 0.7), "hotspots.option.out_of_range"),
    ("a.csv", "x,y,value\n1,2,3\n", ("--distance", 5, "--out", "a.xls"), "hotspots.file.unknown_format"),
    ("a.csv", "x,y,value\n1,2,3\n", ("--distance", 5, "--out", "none/a.csv"), "hotspots.file.not_written"),
    ("a.csv", "x,y\n1,2\n9999999,2\n0,9999999\n", ("--cell", 5), "hotspots.option.too_many_cells"),
])  # fmt: skip
def test_a_faulty_file_gets_a_sentence(tmp_path, name, text, arguments, code):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(PatrolError) as told:
        run("gistar", path, *arguments)
    assert told.value.code == code
    assert told.value.sentence("zh") != told.value.sentence("en")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PatrolError) as told:
        run("kde", tmp_path / "none.csv", "--bandwidth", 3)
    assert told.value.code == "hotspots.file.missing"


def test_very_many_points_in_one_cell_and_repeats_are_told(tmp_path):
    path = tmp_path / "same.csv"
    path.write_text("x,y,date\n" + "1,1,2024-01-01\n" * 200_000)
    done = CliRunner().invoke(group, ["gistar", str(path), "--cell", "10"])
    assert done.exit_code == 0
    assert "199999 rows are exact repeats" in done.stderr
    assert len(list(csv.DictReader(io.StringIO(done.stdout)))) == 1


def test_one_point_alone_is_a_map_of_one_cell(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("x,y\n1,1\n")
    assert len(run("gistar", path, "--cell", 10)) == 1
    assert len(run("kde", path, "--bandwidth", 1, "--pixels", 16)) >= 16


def clustered(folder, *, dates=None, controls=False, population=False, scale=1.0):
    """Twenty-five places in a square with an excess in one corner, and the files that go with it."""
    cases, places, more = [], [], []
    for n in range(25):
        x, y = n % 5, n // 5
        hot = x < 2 and y < 2
        places.append(f"P{n} {x * scale} {y * scale}")
        for step, when in enumerate(dates or [""]):
            cases.append(f"P{n} {6 if hot and (not dates or step == len(dates) - 1) else 1} {when}".strip())
        more.append(f"P{n} {1 if hot else 8}" if controls else f"P{n} {dates[0] if dates else 2000} 100")
    for name, rows in (("a.cas", cases), ("a.geo", places), ("a.more", more)):
        (folder / name).write_text("\n".join(rows), "utf-8")
    more_option = (
        ["--ctl", folder / "a.more"] if controls else ["--pop", folder / "a.more"] if population else []
    )
    return ["scan", "--cas", folder / "a.cas", "--geo", folder / "a.geo", *more_option]


@pytest.mark.parametrize(("given", "said"), [
    ({"controls": True}, ("bernoulli model", "times by none")),
    ({"dates": ["2019", "2020", "2021"], "population": True}, ("poisson model", "times by year", "2019-01-01 to 2021-12-31")),
    ({"dates": ["2020/1", "2020/2", "2020/3"]}, ("permutation model", "times by month", "2020-01-01 to 2020-03-31")),
    ({"dates": ["2020-2-27", "2020-2-28", "2020-2-29"]}, ("permutation model", "times by day", "2020-02-27 to 2020-02-29")),
    ({"controls": True, "scale": 5000.0}, ("bernoulli model", "coordinates as x and y")),
])  # fmt: skip
def test_files_without_a_prm_say_themselves_what_they_are_and_the_corner_is_found(tmp_path, given, said):
    done = CliRunner().invoke(group, [str(each) for each in clustered(tmp_path, **given)])
    for words in said:
        assert words in done.output
    first = next(csv.DictReader(io.StringIO(done.stdout)))
    assert set(first["places"].split()) == {"P0", "P1", "P5", "P6"}


def test_an_option_wins_over_what_the_files_seem_to_say(tmp_path):
    given = [
        *clustered(tmp_path, dates=["2020/1", "2020/2"]),
        "--start",
        "2019-01-01",
        "--analysis",
        "prospective",
    ]
    told = CliRunner().invoke(group, [str(each) for each in given]).output
    assert "2019-01-01 to 2020-02-29" in told
    assert "permutation scan, prospective" in told
