"""The same points in every dialect of a file give the same answer; literature's answers come out of the command."""

import csv
import datetime as dt
import io
import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.hotspots.cli import group

RNG = np.random.default_rng(0)
ROWS = [
    (round(float(lon), 6), round(float(lat), 6), int(value), dt.date(2024, 1, 1) + dt.timedelta(days=int(day)))
    for lon, lat, value, day in zip(
        114.3 + RNG.normal(0, 0.01, 80), 30.6 + RNG.normal(0, 0.01, 80), RNG.poisson(3, 80),
        RNG.integers(0, 200, 80), strict=True,
    )
]  # fmt: skip


def run(*arguments):
    done = CliRunner().invoke(group, [str(each) for each in arguments])
    if isinstance(done.exception, PatrolError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def text(sign=",", head=("lon", "lat", "value", "date"), day="%Y-%m-%d", comma=False, line="\n", quote=""):
    lines = [sign.join(quote + name + quote for name in head)]
    for lon, lat, value, when in ROWS:
        fields = [f"{lon}", f"{lat}", str(value), when.strftime(day)]
        if comma:
            fields = [*(field.replace(".", ",") for field in fields[:3]), fields[3]]
        lines.append(sign.join(quote + field + quote for field in fields))
    return line.join(lines) + line


def feature(row):
    lon, lat, value, when = row
    point = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": point, "properties": {"value": value, "date": str(when)}}


FEATURES = [feature(row) for row in ROWS]
DIALECTS = {
    "mark and Windows lines.csv": ("\ufeff" + text(line="\r\n")).encode(),
    "Chinese heads in GBK.csv": text(head=("经度", "纬度", "数值", "日期")).encode("gbk"),
    "Unicode text of a spreadsheet.txt": text("\t").encode("utf-16"),
    "decimal commas.csv": text(";", comma=True).encode(),
    "bars.txt": text("|").encode(),
    "blanks.txt": text("   ").encode(),
    "quotes.csv": text(quote='"').encode(),
    "old Macintosh lines.csv": text(line="\r").encode(),
    "empty lines and a comment above.csv": ("\n# from the north\n\n" + text() + "\n\n").encode(),
    "sep= above.csv": ("sep=;\n" + text(";")).encode(),
    "months by name.csv": text(day="%d-%b-%Y").encode(),
    "American days.csv": text(day="%B %d, %Y", sign=";").encode(),
    "days of two-digit years.csv": text(day="%m/%d/%y").encode(),
    "other names.csv": text(head=("LONGITUDE", "Latitude", "COUNT", "OCCURRED_AT")).encode(),
    "collection.geojson": json.dumps({"type": "FeatureCollection", "features": FEATURES}).encode(),
    "one feature a line.geojsonl": "\n".join(json.dumps(each) for each in FEATURES).encode(),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_answers(tmp_path, name):
    plain, other = tmp_path / "plain.csv", tmp_path / name
    plain.write_text(text())
    other.write_bytes(DIALECTS[name])
    for command, columns in (
        (("gistar", "--distance", 600), ("gi_star", "q")),
        (("kde", "--bandwidth", 300, "--at-points"), ("density",)),
        (("emerging", "--cell", 900, "--period", 20), ("cell", "class", "last_z")),
    ):
        wanted, _ = run(command[0], plain, *command[1:])
        got, _ = run(command[0], other, *command[1:])
        assert [[row[each] for each in columns] for row in got] == [
            [row[each] for each in columns] for row in wanted
        ]


def test_parquet_of_other_programs_is_read_with_its_types(tmp_path):
    plain, other = tmp_path / "plain.csv", tmp_path / "a.parquet"
    plain.write_text(text())
    lon, lat, value, day = zip(*ROWS, strict=True)
    instants = pa.array([dt.datetime.combine(each, dt.time(9)) for each in day], pa.timestamp("ns"))
    table = {"Longitude": lon, "Latitude": lat, "value": pa.array(value, pa.int16()), "when_date": instants,
             "__index_level_0__": range(80)}  # fmt: skip
    pq.write_table(pa.table(table), other)
    wanted, _ = run("emerging", plain, "--cell", 900, "--period", 20)
    assert run("emerging", other, "--cell", 900, "--period", 20)[0] == wanted


def test_repeats_are_told_by_place_too(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [*FEATURES, FEATURES[0], FEATURES[0]]})
    )
    assert "有2行与其他行完全相同" in run("gistar", path, "--cell", 900)[1]


def test_the_six_points_of_getis_and_ord_come_out_as_published(tmp_path):
    """esda's docstring example, threshold 15; the same z as spdep's localG with binary weights."""
    path = tmp_path / "six.txt"
    path.write_text("x y value\n10 10 2\n20 10 3\n40 10 3.2\n15 20 5\n30 20 8\n30 30 7\n")
    rows, _ = run("gistar", path, "--distance", 15)
    star = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    alone = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    np.testing.assert_allclose([float(row["gi_star"]) for row in rows], star, atol=1e-8)
    np.testing.assert_allclose([float(row["gi"]) for row in rows], alone, atol=1e-8)


def test_rows_after_the_last_day_are_named_and_left_out(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text() + "114.3,30.6,1,2099-01-01\n")
    rows, told = run("emerging", path, "--cell", 900, "--period", 20)
    assert "row 81: 2099-01-01" in told
    assert "第81行" in told
    clean = tmp_path / "clean.csv"
    clean.write_text(text())
    _, wanted = run("emerging", clean, "--cell", 900, "--period", 20)
    assert sum(float(row["findings"]) for row in rows) == int(wanted.split(" findings")[0].split()[-1])
    assert re.findall(r"in \d+ periods .*? to 2024-\d\d-\d\d", wanted) == re.findall(
        r"in \d+ periods .*? to 2024-\d\d-\d\d", told
    )
    assert (
        "2099-01-01"
        not in run("emerging", path, "--cell", 900, "--until", "2024-04-01")[1].split("left out")[-1]
    )


@pytest.mark.parametrize(("arguments", "code"), [
    (("kde", "--bandwidth", 0), "hotspots.option.out_of_range"),
    (("kde", "--bandwidth", 1, "--pixels", 16), "hotspots.option.bandwidth"),
    (("kde", "--bandwidth", 300, "--window", "1,2,3,x"), "hotspots.option.window"),
    (("kde", "--bandwidth", 300, "--window", "115,31,114,30"), "hotspots.option.window"),
    (("kde", "--bandwidth", 300, "--window", "30,114,31,115"), "hotspots.option.window"),
    (("kde", "--bandwidth", 300, "--window", "10,40,10.1,40.1"), "hotspots.place.all_outside"),
    (("emerging", "--period", 0), "hotspots.option.out_of_range"),
    (("emerging", "--period", 900), "hotspots.too_few_steps"),
    (("emerging", "--cell", 0.5), "hotspots.option.too_many_cells"),
    (("evaluate", "--origins", 99), "hotspots.too_few_steps"),
    (("evaluate", "--area", 2), "hotspots.option.out_of_range"),
    (("gistar", "--distance", 100, "--permutations", "many"), "hotspots.option.out_of_range"),
])  # fmt: skip
def test_an_option_that_cannot_be_gets_a_sentence_in_both_languages(tmp_path, arguments, code):
    path = tmp_path / "a.csv"
    path.write_text(text())
    with pytest.raises(PatrolError) as told:
        run(arguments[0], path, *arguments[1:])
    assert told.value.code == code
    zh, en = told.value.sentence("zh"), told.value.sentence("en")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in en)
