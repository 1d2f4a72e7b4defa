"""The bad input of the page, given to every command on files: a sensible answer or a sentence in both languages."""

import json

import pytest
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.hotspots.cli import group

HEAD = "lon,lat,date\n"
DAYS = "".join(f"114.3{n % 7},30.6{n % 5},2024-0{1 + n % 6}-1{n % 9}\n" for n in range(60))
ONE = "114.3,30.6,2024-01-01\n"
COMMANDS = {
    "gistar": ("--cell", "300"), "kde": ("--bandwidth", "300", "--pixels", "96"),
    "emerging": ("--cell", "300", "--period", "14"),
    "evaluate": ("--cell", "300", "--period", "14", "--origins", "2", "--area", "0.2"),
}  # fmt: skip
#: file -> what each command says on stderr or as an error; "" asks for an answer only
FILES = {
    "empty": (HEAD, "没有数据行"),
    "one point": (HEAD + ONE, ""),
    "all at one place": (HEAD + "".join(ONE.replace("-01-01", f"-0{n}-01") for n in range(1, 10)), ""),
    "points outside": (HEAD + DAYS + "214.3,30.6,2024-01-01\n", "不是有效的经纬度"),
    "imported twice": (HEAD + DAYS + DAYS, "完全相同"),
    "many in one cell": (HEAD + ONE * 50_000 + DAYS, "完全相同"),
    "no dates": (HEAD + DAYS + "114.3,30.6,\n", ""),
    "dates to come": (HEAD + DAYS + "114.3,30.6,2099-01-01\n", ""),
}
DATED = {"no dates": "应为日期", "dates to come": "之后，已略去", "one point": "时段"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", FILES)
def test_every_command_answers_or_says_why_not(tmp_path, command, name):
    path, (text, said) = tmp_path / "a.csv", FILES[name]
    path.write_text(text)
    if command in {"emerging", "evaluate"}:
        said = DATED.get(name, said)
    done = CliRunner().invoke(group, [command, str(path), *COMMANDS[command]])
    told = done.stderr
    if isinstance(done.exception, PatrolError):
        told = done.exception.sentence("zh")
        assert done.exception.sentence("en") != told
    else:
        assert done.exit_code == 0, done.output
        assert done.stdout.count("\n") > 1
    assert said in told


@pytest.mark.parametrize("command", ["gistar", "kde", "emerging"])
def test_findings_beside_visits_elsewhere_are_named(tmp_path, command):
    found, went = tmp_path / "f.geojson", tmp_path / "v.csv"
    rows = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [114.3 + n % 5 / 100, 30.594]},
         "properties": {"date": f"2024-0{1 + n % 6}-1{n % 9}"}} for n in range(40)
    ]  # fmt: skip
    found.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    went.write_text(HEAD + DAYS * 3)
    done = CliRunner().invoke(group, [command, str(found), "--visits-file", str(went), *COMMANDS[command]])
    assert done.exit_code == 0, done.output
    if command == "gistar":
        assert "有发现却没有到访记录" in done.stderr
        assert "hold findings but no visit" in done.stderr
    went.write_text("x,y,date\n500000,3390000,2024-01-01\n")
    wrong = CliRunner().invoke(group, [command, str(found), "--visits-file", str(went), *COMMANDS[command]])
    assert wrong.exception.code == "hotspots.place.two_kinds"
