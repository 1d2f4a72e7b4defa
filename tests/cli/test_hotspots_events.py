"""Actions and crowds on files: the answer by hand in every format, and every odd file answered or refused in words."""

import csv
import datetime as dt
import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.core.geo import LocalMetres
from patrol.hotspots.cli import group
from patrol.hotspots.tables import read_table

FLAT = LocalMetres(114.3, 30.6)
RAID = dt.date(2024, 6, 1)
#: metres east of the raid at 0 and of a place far away; findings before and after there, of 100 visits each
SITE, NEAR, CONTROL = 50.0, 300.0, 10_000.0
COUNTS = {SITE: (40, 4), NEAR: (10, 45), CONTROL + SITE: (30, 30), CONTROL + NEAR: (30, 30)}


def run(*arguments):
    done = CliRunner().invoke(group, [str(each) for each in arguments])
    if isinstance(done.exception, PatrolError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def line(x, day):
    lon, lat = FLAT.unproject(np.array([x]), np.array([0.0]))
    return f"{lon[0]:.7f},{lat[0]:.7f},{day.isoformat()}"


def write(path, rows):
    path.write_text("\n".join(["lon,lat,date", *rows]) + "\n")
    return path


@pytest.fixture
def files(tmp_path):
    found, went = [], []
    for x, counts in COUNTS.items():
        for many, sign in zip(counts, (-1, 1), strict=True):
            days = [RAID + sign * dt.timedelta(days=1 + k % 60) for k in range(100)]
            went += [line(x, day) for day in days]
            found += [line(x, day) for day in days[:many]]
    return [
        write(tmp_path / "actions.csv", [line(0.0, RAID)]), write(tmp_path / "findings.csv", found),
        write(tmp_path / "visits.csv", went),
    ]  # fmt: skip


def test_a_raid_that_moved_it_next_door_is_told_with_its_figures(files, tmp_path):
    by_action = tmp_path / "by_action.csv"
    rows, said = run("displacement", *files, "--controls", 1, "--actions-out", by_action)
    site, near, far = rows
    assert [row["ring"] for row in rows] == ["site", "near", "far"]
    assert (site["findings_before"], site["findings_after"], site["visits_after"]) == ("40", "4", "100")
    assert (near["findings_before"], near["findings_after"]) == ("10", "45")
    assert float(site["ratio"]) == pytest.approx(4.5 / 40.5, rel=0.1)
    assert (site["verdict"], near["verdict"], far["ratio"]) == ("fell", "rose", "")
    assert "转移到周边" in said
    assert "moved next door" in said
    assert "1处中有1处再次有发现，最早在行动后第1天" in said
    assert f"截至{RAID + dt.timedelta(days=60)}" in said
    (told,) = csv.DictReader(io.StringIO(by_action.read_text()))
    assert (told["findings_before"], told["findings_after"], told["visits_before"]) == ("40", "4", "100")
    assert (told["first_again_after_days"], told["observed_days"], told["day"]) == (
        "1.0", "60.0", str(RAID),
    )  # fmt: skip


@pytest.mark.parametrize("suffix", ["json", "csv", "parquet"])
def test_rings_are_written_in_every_format_alike(files, tmp_path, suffix):
    out = tmp_path / f"rings.{suffix}"
    run("displacement", *files, "--out", out)
    rows = {
        "json": lambda: json.loads(out.read_text()), "parquet": lambda: pq.read_table(out).to_pylist(),
        "csv": lambda: list(csv.DictReader(io.StringIO(out.read_text()))),
    }[suffix]()  # fmt: skip
    assert [int(row["findings_before"]) for row in rows] == [40, 10, 0]
    assert rows[0]["outcome"] == "displaced"


def test_positions_on_a_globe_or_flat_and_other_names_give_the_same(files, tmp_path):
    flat = []
    for path in files:
        rows = list(csv.DictReader(io.StringIO(path.read_text())))
        x, y = FLAT.project(*(np.array([float(row[name]) for row in rows]) for name in ("lon", "lat")))
        text = "\n".join(f"{a:.3f};{b:.3f};{row['date']:.10}" for a, b, row in zip(x, y, rows, strict=True))
        flat.append(tmp_path / f"flat_{path.name}")
        flat[-1].write_text("x;y;日期\n" + text)
    assert [row["ratio"] for row in run("displacement", *flat)[0]] == pytest.approx(
        [row["ratio"] for row in run("displacement", *files)[0]]
    )


ODD = {
    "no action": (0, [], "没有数据行"),
    "action to come": (0, [line(0.0, dt.date(2099, 1, 1))], "行动之后尚无记录"),
    "one action to come": (0, [line(0.0, RAID), line(0.0, dt.date(2099, 1, 1))], "之后，已略去"),
    "no visit": (2, [], "没有数据行"),
    "one visit": (2, [line(0.0, RAID)], "没有距所有行动都超过1500且此前发现数相近的到访地点"),
    "visits at one place": (2, [line(0.0, RAID + dt.timedelta(days=k - 9)) for k in range(20)], "无法判断"),
    "one finding": (1, [line(0.0, RAID - dt.timedelta(days=3))], "无法判断"),
    "not on the globe": (1, ["514.3,30.6,2024-01-01"], "不是有效的经纬度"),
    "no dates": (1, ["114.3,30.6,soon"], "应为日期"),
    "one of two has a place like it": (0, [line(0.0, RAID), line(50_000.0, RAID)], "2次行动中只有1次找到"),
    "imported twice": (0, [line(0.0, RAID)] * 2, "完全相同"),
}


@pytest.mark.parametrize("name", ODD)
def test_every_odd_file_is_answered_or_refused_in_both_languages(files, name):
    which, rows, said = ODD[name]
    write(files[which], rows)
    done = CliRunner().invoke(group, ["displacement", *map(str, files)])
    told = done.stderr
    if isinstance(done.exception, PatrolError):
        told = done.exception.sentence("zh")
        assert done.exception.sentence("en") != told
    else:
        assert done.exit_code == 0, done.output
        assert done.stdout.count("\n") == 4
    assert said in told


@pytest.mark.parametrize(("more", "code"), [
    (("--site", "600"), "hotspots.option.radii"), (("--near", "1500"), "hotspots.option.radii"),
    (("--site", "0"), "hotspots.option.out_of_range"), (("--days", "0"), "hotspots.option.out_of_range"),
    (("--out", "a.xls"), "hotspots.file.unknown_format"), (("--date", "when"), "hotspots.column.missing"),
    (("--actions-out", "none/a.csv"), "hotspots.file.not_written"),
])  # fmt: skip
def test_options_that_cannot_be_are_refused(files, more, code):
    with pytest.raises(PatrolError) as caught:
        run("displacement", *files, *more)
    assert caught.value.code == code
    assert "{" not in caught.value.sentence("zh") + caught.value.sentence("en")


def crowd(tmp_path):
    """Two crowds 2 km apart, of 8 and 6 points at known places, and a lone point between them."""
    rows = [line(10.0 * k, RAID) for k in range(8)] + [line(2000 + 10.0 * k, RAID) for k in range(6)]
    return write(tmp_path / "points.csv", [*rows, line(1000.0, RAID)])


def test_crowds_are_numbered_and_their_hulls_written(tmp_path):
    hulls = tmp_path / "hulls.geojson"
    rows, said = run("clusters", crowd(tmp_path), "--reach", 15, "--least", 3, "--hulls", hulls)
    assert [row["cluster"] for row in rows] == ["0"] * 8 + ["1"] * 6 + ["-1"]
    assert "得到2个聚集" in said
    assert "1 of 15 points belong to none" in said
    table = read_table(hulls)
    assert table.columns["points"] == [8, 6]
    first = FLAT.project(np.array([table.columns["lon"][0]]), np.array([table.columns["lat"][0]]))
    assert first[0][0] == pytest.approx(35.0, abs=0.5)
    assert shapely.length(table.shapes[0]) > 0


def test_crowds_of_differing_density_need_no_distance(tmp_path):
    """What HDBSCAN does with a lone point between two crowds is its own; the crowds themselves are two."""
    rows, said = run("clusters", crowd(tmp_path), "--method", "hdbscan", "--least", 4)
    assert [row["cluster"] for row in rows[:14]] == ["0"] * 8 + ["1"] * 6
    assert "得到2个聚集（每个至少4个点）" in said


@pytest.mark.parametrize("suffix", ["csv", "geojson", "parquet"])
def test_crowds_come_back_in_every_format_and_are_read_again(tmp_path, suffix):
    out, hulls = tmp_path / f"a.{suffix}", tmp_path / f"h.{suffix}"
    run("clusters", crowd(tmp_path), "--reach", 15, "--least", 3, "--out", out, "--hulls", hulls)
    again, _said = run("clusters", out, "--reach", 15, "--least", 3)
    assert [row["cluster"] for row in again] == ["0"] * 8 + ["1"] * 6 + ["-1"]
    assert [int(many) for many in read_table(hulls).columns["points"]] == [8, 6]


ONE_PLACE = [line(0.0, RAID)] * 7
FEW = [
    ("dbscan", ONE_PLACE[:1], 0), ("hdbscan", ONE_PLACE[:1], 0), ("dbscan", ONE_PLACE, 1), ("hdbscan", ONE_PLACE, 1),
    ("dbscan", [*ONE_PLACE, line(1.0, RAID)], 1),
]  # fmt: skip


@pytest.mark.parametrize(("method", "rows", "clusters"), FEW)
def test_few_points_or_places_are_no_fault(tmp_path, method, rows, clusters):
    hulls = tmp_path / "hulls.csv"
    told, said = run(
        "clusters",
        write(tmp_path / "a.csv", rows),
        "--method",
        method,
        "--hulls",
        hulls,
        "--out",
        tmp_path / "o.csv",
    )
    assert told == []
    assert f"得到{clusters}个聚集" in said
    assert len(hulls.read_text().splitlines()) == 1 + clusters


def test_what_would_take_all_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("patrol.hotspots.analyses.crowds.MOST_PAIRS", 10)
    monkeypatch.setattr("patrol.hotspots.analyses.crowds.MOST_PLACES", 5)
    for method, code in (("dbscan", "hotspots.option.reach"), ("hdbscan", "hotspots.option.too_many_points")):
        with pytest.raises(PatrolError) as caught:
            run("clusters", crowd(tmp_path), "--method", method, "--reach", 5000)
        assert caught.value.code == code
    with pytest.raises(PatrolError, match=r"没有数据行|no rows"):
        run("clusters", write(tmp_path / "none.csv", []))
