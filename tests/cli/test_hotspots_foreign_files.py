"""``emerging`` and ``evaluate`` on what analysts bring: other names, other dates, gaps, one cell, flat coordinates."""

import csv
import datetime as dt
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.hotspots.cli import group

RNG = np.random.default_rng(3)
MANY = 240
LON = (114.3 + RNG.normal(0, 0.01, MANY)).round(6)
LAT = (30.6 + RNG.normal(0, 0.01, MANY)).round(6)
DAYS = [dt.date(2023, 1, 1) + dt.timedelta(days=int(day)) for day in RNG.integers(0, 400, MANY)]
COMMANDS = {"emerging": ("--cell", "600"), "evaluate": ("--cell", "600", "--origins", "3")}


def run(command, path, *more):
    done = CliRunner().invoke(group, [command, str(path), *COMMANDS[command], *more])
    if isinstance(done.exception, PatrolError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def lines(names=("lon", "lat", "date"), day=str, days=DAYS, quote=""):
    rows = (f"{x},{y},{quote}{day(when)}{quote}" for x, y, when in zip(LON, LAT, days, strict=True))
    return "\n".join([",".join(names), *rows]) + "\n"


def features(name="date", day=str):
    made = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y, 12.5]}, "properties": {name: day(when)}}
        for x, y, when in zip(LON.tolist(), LAT.tolist(), DAYS, strict=True)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": made})


def written(form, quote=""):
    return lines(day=lambda when: when.strftime(form), quote=quote).encode()


NOON = dt.time(12, tzinfo=dt.UTC)
SAME = {
    "names in part.csv": lines(("场所经度", "场所纬度(WGS84)", "date")).encode("gbk"),
    "Spanish.csv": lines(("Longitud", "Latitud", "Fecha")).encode(),
    "two dates, one of the finding.csv": lines(("经度", "纬度", "登记时间,发现时间"), lambda day: f"2020-01-01,{day}").encode("gbk"),
    "afternoon.csv": lines(("经度", "纬度", "时间"), lambda day: f"{day.year}/{day.month}/{day.day} 下午 3:05:00").encode("gbk"),
    "weekday before.csv": written("%A, %B %d, %Y", '"'),
    "of a mail.csv": written("%a, %d %b %Y 10:00:00 GMT", '"'),
    "short Chinese.csv": written("%y-%m-%d"),
    "short with strokes.csv": written("%y/%m/%d"),
    "day first.csv": written("%d/%m/%Y"),
    "instants.csv": lines(day=lambda day: f"{day}T23:30:00Z").encode(),
    "long notes.csv": lines(("lon", "lat", "note,date"), lambda day: f"{'x' * (200_000 if day == DAYS[0] else 1)},{day}").encode(),
    "milliseconds.geojson": features("reported_date", lambda day: int(dt.datetime.combine(day, NOON).timestamp()) * 1000).encode(),
    "UTF-16.geojson": features().encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_way_to_write_the_same_points_gives_the_same_answer(tmp_path, command, name):
    plain, other = tmp_path / "plain.csv", tmp_path / name
    plain.write_text(lines())
    other.write_bytes(SAME[name])
    rows, told = run(command, other)
    assert rows == run(command, plain)[0]
    assert "月/日/年" not in told


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("ns"), pa.timestamp("us", "UTC"), pa.string()])
@pytest.mark.parametrize("command", COMMANDS)
def test_parquet_with_dates_of_every_type_gives_the_same_answer(tmp_path, command, kind):
    plain, other = tmp_path / "plain.csv", tmp_path / "a.parquet"
    plain.write_text(lines())
    days = (
        pa.array([str(day) for day in DAYS])
        if kind == pa.string()
        else pa.array(DAYS, pa.date32()).cast(kind)
    )
    pq.write_table(pa.table({"lng": LON, "lat": LAT, "event_date": days, "tags": [["a", "b"]] * MANY}), other)
    assert run(command, other)[0] == run(command, plain)[0]


def test_flat_coordinates_in_csv_and_parquet_give_one_answer_in_metres(tmp_path):
    x, y = 500_000 + (LON - 114.3) * 95_800, 3_386_000 + (LAT - 30.6) * 110_900
    sheet, geo = tmp_path / "flat.csv", tmp_path / "flat.parquet"
    rows = (f"{east},{north},{day}" for east, north, day in zip(x, y, DAYS, strict=True))
    sheet.write_text("\n".join(["X坐标,Y坐标,检查日期", *rows]), "gb18030")
    about = {
        "version": "1.0.0",
        "primary_column": "shape",
        "columns": {"shape": {"encoding": "WKB", "geometry_types": []}},
    }
    table = pa.table({"shape": shapely.to_wkb(shapely.points(x, y)).tolist(), "date": DAYS})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), geo)
    found, _ = run("emerging", sheet)
    assert len(found) > 20
    assert float(found[0]["x"]) % 600 == 300
    assert run("emerging", geo)[0] == found
    assert run("evaluate", geo)[0] == run("evaluate", sheet)[0]


def test_a_gap_in_time_is_told_with_its_days_and_what_it_counts_as(tmp_path):
    path, went = tmp_path / "gap.csv", tmp_path / "went.csv"
    later = [day if day < dt.date(2023, 6, 1) else day + dt.timedelta(days=560) for day in DAYS]
    path.write_text(lines(days=later))
    went.write_text(lines(days=later))
    for command in COMMANDS:
        _, told = run(command, path)
        assert "34 periods of 28 days" in told
        assert "20 of 34 periods hold no row, the longest gap from 2023-05-" in told
        assert "34个时段中有20个没有任何记录" in told
        assert "watched with nothing found" in told
        assert "nothing is known of them" in run(command, path, "--visits-file", str(went))[1]
    path.write_text(lines())
    assert "hold no row" not in run("emerging", path)[1]


def test_findings_when_nobody_went_are_named_by_cell(tmp_path):
    path, went = tmp_path / "found.csv", tmp_path / "went.csv"
    path.write_text(lines())
    went.write_text(lines(days=[max(DAYS)] * MANY))
    for command in COMMANDS:
        _, told = run(command, path, "--visits-file", str(went))
        assert "hold findings in a period without a visit there" in told
        assert "没有到访的时段内却有发现" in told
    went.write_text(lines())
    assert "without a visit" not in run("emerging", path, "--visits-file", str(went))[1]
    went.write_text(lines(days=[min(DAYS)] * MANY))  # older than the first whole period
    for command in COMMANDS:
        with pytest.raises(PatrolError, match=r"hotspots\.nothing_visited"):
            run(command, path, "--visits-file", str(went))


def test_one_cell_and_every_row_twice_are_answered_and_told(tmp_path):
    one, twice = tmp_path / "one.csv", tmp_path / "twice.csv"
    one.write_text("lon,lat,date\n" + "".join(f"114.3,30.6,{day}\n" for day in DAYS))
    twice.write_text(lines() + lines().split("\n", 1)[1])
    plain = tmp_path / "plain.csv"
    plain.write_text(lines())
    assert len(run("emerging", one)[0]) == 1
    assert {row["pai"] for row in run("evaluate", one)[0]} == {"1.0"}
    rows, told = run("emerging", twice)
    assert f"有{MANY}行与其他行完全相同" in told
    assert [2 * float(row["findings"]) for row in run("emerging", plain)[0]] == [
        float(row["findings"]) for row in rows
    ]


def test_dates_that_no_row_decides_are_told_with_how_they_are_taken(tmp_path):
    path = tmp_path / "a.csv"
    early = [day.replace(day=1 + day.day % 12) for day in DAYS]
    path.write_text(lines(day=lambda day: day.strftime("%m/%d/%Y"), days=early))
    rows, told = run("emerging", path)
    assert "are taken as month/day/year" in told
    assert "按“月/日/年”理解" in told
    path.write_text(lines(days=early))
    assert run("emerging", path)[0] == rows


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("name", "content", "code", "said"), [
    ("a.csv", lines(("lon", "lat", "when")), "hotspots.column.no_date", "--date"),
    ("a.csv", lines(("lon", "lat", "立案时间,登记时间"), lambda day: f"{day},{day}"), "hotspots.column.no_date", "登记时间"),
    ("a.csv", lines(day=lambda day: f"{day:%Y-%m}"), "hotspots.column.not_a_date", "2023-"),
    ("a.csv", lines(day=lambda day: "NA"), "hotspots.column.not_a_date", "NA"),
    ("a.csv", lines(("place", "name", "date")), "hotspots.place.missing", "--x"),
    ("a.csv", lines() + "NA,NA,2023-05-01\n", "hotspots.column.not_a_number", f"{MANY + 1}"),
    ("a.csv", lines() + "0,0,2023-05-01\n", "hotspots.option.too_many_cells", "lon 0, lat 0"),
    ("a.csv", lines() + "合计,,240\n", "hotspots.column.not_a_number", "合计"),
    ("a.csv", lines(("lat", "lon", "date")), "hotspots.place.out_of_range", "--x"),
    ("a.csv", b"PK\x03\x04" + bytes(range(256)), "hotspots.file.workbook", "CSV"),
    ("a.csv", lines(days=[DAYS[0]] * MANY), "hotspots.too_few_steps", "0"),
    ("a.geojson", "[1, 2]", "hotspots.file.unreadable", "a.geojson"),
    ("a.geojson", '{"type": "Feature", "geometry": {"type": "Point"}, "properties": {}}', "hotspots.place.no_geometry", "1"),
    ("a.geojson", features(day=lambda day: None), "hotspots.column.not_a_date", "None"),
    ("a.parquet", b"PAR1 cut off", "hotspots.file.unreadable", "a.parquet"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_in_both_languages(tmp_path, command, name, content, code, said):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PatrolError) as told:
        run(command, path)
    zh, en = told.value.sentence("zh"), told.value.sentence("en")
    assert (told.value.code, said in zh, said in en) == (code, True, True)
    assert str(tmp_path) not in zh + en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
