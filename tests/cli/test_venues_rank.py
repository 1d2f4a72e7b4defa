"""``patrol venues rank`` with files as people have them: each fault a sentence in both languages and exit code 2."""

import csv
import gzip
import sys

import pytest

from patrol import cli
from patrol.venues.risk import history as reading

HEADING = ["venue_id", "venue_name", "lat", "lon", "inspected_on", "critical_violation_found"]


def row(number, **more):
    return {
        "venue_id": f"v{number % 12}", "venue_name": f"旅馆{number % 12}", "lat": 41.8 + number % 12 / 500, "lon": -87.6,
        "inspected_on": f"2014-{number % 8 + 1:02}-{number % 27 + 1:02}",
        "critical_violation_found": int(number % 4 == 0), **more,
    }  # fmt: skip


ROWS = [row(number) for number in range(60)]


def write(path, rows, heading=HEADING, encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.DictWriter(stream, heading, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def rank(tmp_path, monkeypatch, capsys):
    """Run the command on two files and return its exit code and what it said."""

    def run(history, candidates, out=tmp_path / "ranked.csv", *more):
        files = ["--history", history, "--candidates", candidates, "--out", out, *more]
        monkeypatch.setattr(sys, "argv", ["patrol", "venues", "rank", *map(str, files)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out + said.err

    return run


@pytest.fixture
def good(tmp_path):
    """A history and candidates that nothing is wrong with."""
    return write(tmp_path / "h.csv", ROWS), write(tmp_path / "c.csv", ROWS[:12])


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        ({"lat": None}, "不是数字", "is not a number"),
        ({"lat": "0,5"}, "不是数字", "is not a number"),
        ({"lon": "200"}, "不是有效的经纬度", "is no place on earth"),
        ({"inspected_on": "16/04/2014"}, "不是2014-04-16这样的日期", "is not a date like"),
        ({"inspected_on": "2014-02-30"}, "不是2014-04-16这样的日期", "is not a date like"),
        ({"inspected_on": "2204-04-16"}, "晚于今天", "lies in the future"),
        ({"critical_violation_found": "有"}, "结果只能是0或1", "an outcome is 0 or 1"),
        ({"venue_id": " "}, "venue_id为空", "venue_id is empty"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path, rank, good, change, zh, en):
    code, said = rank(
        write(tmp_path / "bad.csv", [*ROWS, row(60, **{"venue_id": "only here", **change})]), good[1]
    )
    assert code == 2
    assert "line 62" in said
    assert zh in said
    assert en in said
    assert not (tmp_path / "ranked.csv").exists()


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"", "缺少列", "lacks the columns"),
        (b"a;b\n1;2\n", "现有列：a;b", "it has a;b"),
        (",".join(HEADING).encode(), "没有数据行", "but no rows"),
        ((",".join(HEADING) + ",lat\n").encode(), "两列同名", "two columns named lat"),
        (
            (",".join(HEADING) + "\nv1,a, b,1,2,2014-01-01,1\n").encode(),
            "单元格多于",
            "more cells than the heading",
        ),
        (b"\x1f\x8bbroken", "无法将", "cannot be read as CSV"),
        (b"venue_id,lat\n\x81\x30\xff\xff,1\n", "UTF-16或GBK", "UTF-16 or GBK"),
        (b"venue_id,lat\n" + "江城".encode() + b",\xc4\xe3\n", "UTF-16或GBK", "UTF-16 or GBK"),
        (b'venue_id,lat\n"open', "无法将", "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_as_history_and_as_candidates(
    tmp_path, rank, good, content, zh, en
):
    bad = tmp_path / "odd.csv"
    bad.write_bytes(content)
    for history, candidates in ((bad, good[1]), (good[0], bad)):
        code, said = rank(history, candidates)
        assert code == 2
        assert "odd.csv" in said
        assert zh in said
        assert en in said


def test_missing_columns_are_all_named(tmp_path, rank, good):
    code, said = rank(write(tmp_path / "few.csv", ROWS, ["venue_id", "lat", "venue_name"]), good[1])
    assert code == 2
    assert "lon, inspected_on, critical_violation_found" in said


def test_a_visit_list_without_any_finding_cannot_tell_places_apart(tmp_path, rank, good):
    code, said = rank(
        write(tmp_path / "flat.csv", [{**each, "critical_violation_found": 0} for each in ROWS]), good[1]
    )
    assert (code, "结果相同" in said, "same outcome" in said) == (2, True, True)


def test_a_file_as_chinese_windows_writes_it_is_read(tmp_path, rank):
    history = write(tmp_path / "h.csv", ROWS, encoding="gb18030")
    candidates = write(tmp_path / "c.csv", ROWS[:12], encoding="utf-16")
    code, said = rank(history, candidates)
    assert code == 0, said
    with (tmp_path / "ranked.csv").open(encoding="utf-8") as stream:
        assert next(csv.DictReader(stream))["venue_name"] == "旅馆0"


def test_candidates_that_nobody_ever_visited_get_a_score_between_0_and_1(tmp_path, rank, good):
    new = [row(number, venue_id=f"new{number}", lat=-33.9, lon=151.2) for number in range(5)]
    code, said = rank(good[0], write(tmp_path / "new.csv", new))
    assert code == 0, said
    with (tmp_path / "ranked.csv").open(encoding="utf-8") as stream:
        back = list(csv.DictReader(stream))
    assert sorted(each["rank"] for each in back) == list("12345")
    assert all(0 < float(each["score"]) < 1 for each in back)


def test_two_visits_are_enough_to_answer(tmp_path, rank, good):
    code, said = rank(write(tmp_path / "two.csv", [row(0), row(1)]), good[1])
    assert code == 0, said


def test_a_file_that_is_not_there_and_a_folder_that_cannot_be_written_are_said(tmp_path, rank, good):
    code, said = rank(tmp_path / "gone.csv", good[1])
    assert (code, "找不到文件gone.csv" in said, "There is no file gone.csv" in said) == (2, True, True)
    code, said = rank(*good, tmp_path / "no such folder" / "out.csv")
    assert (code, "无法写入out.csv" in said, "cannot be written" in said) == (2, True, True)


def test_a_file_that_unpacks_without_end_is_refused_before_memory_is_full(tmp_path, rank, good, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 1 << 20)
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"0" * (3 << 20)))
    assert bomb.stat().st_size < 10_000
    code, said = rank(bomb, good[1])
    assert (code, "超过1 MB" in said, "larger than 1 MB" in said) == (2, True, True)


def test_thousands_of_faults_are_told_as_twenty(tmp_path, rank, good):
    bad = write(tmp_path / "all.csv", [{**each, "lat": "?"} for each in ROWS])
    code, said = rank(bad, good[1])
    assert code == 2
    assert said.count("not a number") <= 20
    bad = write(tmp_path / "all.csv", [{**each, "inspected_on": "?"} for each in ROWS])
    code, said = rank(bad, good[1])
    assert said.count("is not a date") == 20
    assert "前20处错误" in said
