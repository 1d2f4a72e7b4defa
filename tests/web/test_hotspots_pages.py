"""The hotspot room as people use it: page, map, layers, reasons, files; scope, roles, small counts, odd input."""

import csv
import datetime as dt
import io
import json
import re

import openpyxl
import pytest
import shapely
from PIL import Image

from patrol.clues import Sighting
from patrol.infra import spatial
from patrol.infra.db import unscoped
from tests.factories.hotspots import create_street, get, record, text, write_again
from tests.factories.patrols import browser, create_city, create_place, free, sign_in

NOW = dt.datetime.now(dt.UTC)
LAYERS = ("significance", "emerging", "coverage", "risk", "forecast", "steps", "looked")


@pytest.fixture
def city(session):
    return create_street(session)


@pytest.fixture
def desk(app, city):
    return sign_in(app, city.manager)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "query", ["", "by=17", "by=15&kind=hotel", "days=30&compare_with=before", "kind=campus"]
)
def test_the_page_shows_figures_map_and_table(desk, language, query):
    page = text(desk, f"/hotspots/?{query}&lang={language}")
    if "campus" in query:
        assert ("没有此类场所" if language == "zh" else "No venue of this kind") in page
        return
    assert ("到访（分母）" if language == "zh" else "Visits (denominator)") in page
    assert "data-hot" in page
    assert "export.xlsx" in page


def test_six_units_stand_open_and_the_others_in_a_fold(desk):
    page = text(desk, "/hotspots/?by=17&lang=en")
    lines = text(desk, "/hotspots/export.csv?by=17").splitlines()
    table = page[page.index("The same facts as a table") :]
    opened, folded = table.split("<details", 1)
    assert (opened.count("data-unit="), folded.count("data-unit=")) == (6, len(lines) - 1 - 6)
    assert f"{len(lines) - 7} more units" in folded


def test_the_hot_square_is_hot_and_says_why(desk):
    layer = get(desk, "/hotspots/layer.json?by=17&layer=significance").get_json()
    assert len(layer["units"]) >= 1
    hot = [unit for unit in layer["units"] if layer["legend"][ord(unit["l"]) - 97][0] == "is-hot-3"]
    assert len(hot) == 1
    why = text(desk, f"/hotspots/unit/{hot[0]['k']}?by=17&lang=en")
    assert "晨光宾馆20" in why
    assert "Expected from the visits" in why
    assert ">24<" in why.replace("\n", "")


def test_another_division_is_neither_counted_nor_shown(app, city, desk):
    rows = list(csv.reader(io.StringIO(get(desk, "/hotspots/export.csv?by=17").get_data(as_text=True))))
    assert sum(int(row[3]) for row in rows[1:]) == 24 + 19 * 2
    free()
    boss = sign_in(app, city.stranger)
    assert "晨光宾馆20" not in text(boss, "/hotspots/?by=17")


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("by", ["grids", "17"])
def test_every_layer_is_served_with_looks_in_its_legend(desk, name, by):
    layer = get(desk, f"/hotspots/layer.json?layer={name}&by={by}").get_json()
    for unit in layer["units"]:
        assert len(unit["l"]) == max(1, len(layer["ends"]))
        assert all(ord(letter) - 97 < len(layer["legend"]) for letter in unit["l"])
        assert ("r" in unit) == (by == "grids")


NOTES = {
    "significance": "n = 62 findings in 800 visits (denominator).",
    "sightings": "n = 0 sightings, 0 of them in no unit; no denominator, nobody inspected.",
    "register": " venues, as their scores stand today; no period.",
    "coverage": " venues (denominator).",
    "looked": " venues (denominator).",
    "risk": "n = 62 findings in 800 visits (denominator).",
    "forecast": "Told for the 7 days after it.",
}


@pytest.mark.parametrize(("name", "said"), NOTES.items())
def test_every_layer_tells_its_period_n_and_denominator(app, city, name, said):
    asked = {"layer": name, "by": "17", "days": 90, "lang": "en"}
    note = sign_in(app, city.manager).get("/hotspots/layer.json", query_string=asked).json["note"]
    assert said in note
    assert name == "register" or (NOW + dt.timedelta(hours=8)).date().isoformat() in note
    assert "No unit is drawn" not in note


def test_a_map_on_which_nothing_stands_out_says_so(app, session):
    calm = create_city(session)
    with unscoped(session, "a test builds its world"):
        for n in range(8):
            record(
                session, create_place(session, calm.east, calm.grid, 20 + n, 114.3 + 0.006 * n, 30.62), 40, 2
            )
        session.commit()
    visitor = sign_in(app, calm.manager)
    told = visitor.get("/hotspots/layer.json?layer=significance&by=17&days=90&lang=en").json
    assert (told["units"], told["note"][-63:]) == (
        [],
        "No unit is drawn: what was found is what the visits let expect.",
    )
    history = visitor.get("/hotspots/layer.json?layer=emerging&by=17&days=90&lang=en").json
    assert history["note"].endswith("stands out in the last step or did nearly always.")


def test_sightings_are_counted_with_those_in_no_unit_apart(desk, city, session):
    write_again(session)
    with unscoped(session, "a test"):
        session.add_all(
            Sighting(
                scope_path=city.street[0].scope_path, division_id=city.street[0].division_id, channel="liaison",
                kind="other", geom=spatial.to_geom(shapely.Point(lon, 30.62)), received_at=NOW,
            )
            for lon in (114.3, 114.3, 115.9)
        )  # fmt: skip
        session.commit()
    note = get(desk, "/hotspots/layer.json?layer=sightings&by=17&days=90&lang=en").get_json()["note"]
    assert "n = 3 sightings, 1 of them in no unit" in note


def test_an_outlook_from_a_single_finding_is_refused_in_words(app, session):
    calm = create_city(session)
    with unscoped(session, "a test builds its world"):
        record(session, create_place(session, calm.east, calm.grid, 20, 114.3, 30.62), 40, 1)
        session.commit()
    told = sign_in(app, calm.manager).get("/hotspots/layer.json?layer=forecast&by=17&days=90&lang=en").json
    assert [swatch for swatch, _words in told["legend"]] == ["is-unknown"]
    assert told["note"].endswith("Too few findings to look ahead.")


def test_an_answer_is_known_by_its_version_until_a_fact_changes(desk, city, session):
    path = "/hotspots/layer.json?by=17"
    tag = get(desk, path).headers["ETag"]
    assert get(desk, path, 304, headers={"If-None-Match": tag}).get_data() == b""
    write_again(session)
    with unscoped(session, "a test"):
        record(session, city.street[3], 1, 0)
        session.commit()
    assert get(desk, path, headers={"If-None-Match": tag}).headers["ETag"] != tag


def test_the_picture_is_small_and_a_palette(desk):
    answer = get(desk, "/hotspots/surface.png?by=17")
    assert len(answer.data) <= 50_000
    assert Image.open(io.BytesIO(answer.data)).mode == "P"


def test_folium_script_asks_no_other_host_and_names_its_map(desk):
    script = text(desk, "/hotspots/map.js?by=17")
    assert "L.map(" in script
    assert "map_a" in script
    assert "http" not in script
    assert "map_b" in text(desk, "/hotspots/map.js?by=17&compare=before")


def test_single_findings_come_only_when_they_are_few(desk, monkeypatch):
    box = "box=114.2,30.5,114.5,30.7"
    found = get(desk, f"/hotspots/points.json?what=findings&{box}").get_json()
    assert len(found["points"]) == 62
    assert not found["too_many"]
    monkeypatch.setattr("patrol.hotspots.views.points.MOST_POINTS", 10)
    assert get(desk, f"/hotspots/points.json?what=findings&days=90&{box}").get_json() == {
        "points": [],
        "too_many": True,
    }
    for what in ("sightings", "dens"):
        assert get(desk, f"/hotspots/points.json?what={what}&{box}").get_json()["points"] == []


def test_an_area_has_its_figures_and_a_bad_one_a_sentence(desk):
    ring = "114.299,30.619;114.301,30.619;114.301,30.621;114.299,30.621"
    page = text(desk, f"/hotspots/area?ring={ring}&lang=en")
    assert ">24<" in page.replace("\n", "")
    assert "chosen by eye" in page
    for bad in ("", "1,2;3", "1,1;2,2;1,2;2,1", "a,b;c,d;e,f"):
        assert "不是有效的多边形" in text(desk, f"/hotspots/area?ring={bad}&lang=zh", 422)


def test_files_hold_the_same_rows(desk):
    rows = list(
        csv.reader(
            io.StringIO(get(desk, "/hotspots/export.csv?by=17&lang=en").get_data().decode("utf-8-sig"))
        )
    )
    features = json.loads(get(desk, "/hotspots/export.geojson?by=17").data)["features"]
    book = openpyxl.load_workbook(io.BytesIO(get(desk, "/hotspots/export.xlsx?by=17").data))
    assert len(rows) - 1 == len(features) == book.active.max_row - 2
    assert [row[0] for row in rows[1:]] == [each["properties"]["key"] for each in features]
    assert get(desk, "/hotspots/export.pdf?by=17").data.startswith(b"%PDF")
    assert Image.open(io.BytesIO(get(desk, "/hotspots/export.png?by=17").data)).width == 1400
    get(desk, "/hotspots/export.exe", 404)


def test_a_grid_that_is_named_like_a_formula_stays_a_text_in_files(session, city, desk):
    write_again(session)
    with unscoped(session, "a test builds its world"):
        city.grid.name = '=HYPERLINK("x")'
        session.merge(city.grid)
        session.commit()
    told = get(desk, "/hotspots/export.csv").get_data().decode("utf-8-sig")
    assert "'=HYPERLINK" in told
    assert ",=HYPERLINK" not in told
    book = openpyxl.load_workbook(io.BytesIO(get(desk, "/hotspots/export.xlsx").data))
    assert book.active["B3"].value.startswith("'=")
    assert book.active["B3"].data_type == "s"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_brief_names_the_strongest_and_what_it_cannot_say(desk, language):
    page = text(desk, f"/hotspots/brief?by=17&lang={language}")
    assert ("不能说明" if language == "zh" else "cannot say") in page
    interval = r"95%区间：\d+\.\d%至\d+\.\d%" if language == "zh" else r"95 %: \d+\.\d\xa0% to \d+\.\d\xa0%"
    assert re.search(interval, page)


def test_a_liaison_sees_the_own_grid_and_no_small_count_in_any_output(app, city):
    liaison = sign_in(app, city.liaison)
    outputs = [
        text(liaison, "/hotspots/?by=17&lang=en"), text(liaison, "/hotspots/layer.json?by=17&layer=risk"),
        get(liaison, "/hotspots/export.csv?by=17").get_data().decode("utf-8-sig"),
        text(liaison, "/hotspots/export.geojson?by=17"), text(liaison, "/hotspots/brief?by=17&lang=en"),
    ]  # fmt: skip
    rows = list(csv.reader(io.StringIO(outputs[2])))[1:]
    assert {row[3] for row in rows} == {"24", "0", ""}
    assert all(row[8] == row[10] == "" for row in rows if row[3] == "")
    properties = [each["properties"] for each in json.loads(outputs[3])["features"]]
    assert {each["findings"] for each in properties} == {24, 0, None}
    assert all(each["q"] is None for each in properties if each["findings"] is None)
    assert "&lt; 5" in outputs[0]
    assert "withheld" in outputs[0]
    assert get(liaison, "/hotspots/points.json?what=findings&box=114,30,115,31").get_json()["points"] == []
    assert len(get(liaison, "/hotspots/surface.png?by=17").data) < 200
    small = next(row[0] for row in rows if row[3] == "")
    assert "counts are withheld" in text(liaison, f"/hotspots/unit/{small}?by=17&lang=en")
    area = "114.305,30.619;114.307,30.619;114.307,30.621;114.305,30.621"
    assert "withheld" in text(liaison, f"/hotspots/area?ring={area}&lang=en")


def test_people_without_a_grid_are_told_so_and_others_are_refused(app, city):
    assert "您尚未负责任何网格" in text(sign_in(app, city.police), "/hotspots/")
    free()
    get(browser(app), "/hotspots/", 302)


@pytest.mark.parametrize(("query", "said"), [
    ("begin=2026-13-01", "不是日期"), ("begin=2026-05-02&end=2026-05-01", "请对调"),
    ("begin=1990-01-01&end=2020-01-01", "超过十年"), ("end=x", "不是日期"),
])  # fmt: skip
def test_an_odd_period_gets_a_sentence(desk, query, said):
    assert said in text(desk, f"/hotspots/?{query}", 422)


def test_an_empty_period_says_that_nothing_can_be_said(desk):
    page = text(desk, "/hotspots/?begin=2020-01-01&end=2020-02-01")
    assert "该时段没有检查" in page
    assert "最近一次到访" not in page
    for name in LAYERS:
        get(desk, f"/hotspots/layer.json?layer={name}&begin=2020-01-01&end=2020-02-01&by=17")
    for form in ("csv", "png", "pdf", "xlsx", "geojson"):
        get(desk, f"/hotspots/export.{form}?begin=2020-01-01&end=2020-02-01&by=17")
    get(desk, "/hotspots/surface.png?begin=2020-01-01&end=2020-02-01")


def test_a_period_after_the_last_visit_leads_to_the_half_year_before_it(desk):
    last = (NOW + dt.timedelta(hours=8)).date() - dt.timedelta(days=5)
    begin, end = last + dt.timedelta(days=1), last + dt.timedelta(days=4)
    page = text(desk, f"/hotspots/?by=17&begin={begin}&end={end}&lang=en")
    assert f"The last visit was on {last}." in page
    way = re.search(r'href="([^"]+)">Show the half year up to it', page)[1].replace("&amp;", "&")
    assert f"end={last}" in way
    assert "Nothing was inspected" not in text(desk, f"{way}&lang=en")


def test_findings_without_any_visit_are_named_and_left_out(desk, city, session):
    write_again(session)
    with unscoped(session, "a test"):
        lonely = create_place(session, city.east, city.grid, 90, 114.5, 30.9)
        record(session, lonely, 0, 7)
        session.commit()
    page = text(desk, "/hotspots/?by=17")
    assert "有发现却没有到访" in page


def test_dates_in_the_future_are_told_and_not_counted(desk, city, session):
    write_again(session)
    with unscoped(session, "a test"):
        record(session, city.street[1], 3, 1, days_ago=-40)
        session.commit()
    page = text(desk, "/hotspots/?by=17")
    assert "40天内仍有记录" in page


def test_all_points_at_one_place_or_one_point_alone(app, session):
    city = create_city(session)
    with unscoped(session, "a test"):
        record(session, city.far, 300, 40)
        session.commit()
    with unscoped(session, "a test"):
        manager = city.manager
        manager.scope_path = city.west.scope_path
        session.commit()
    client = sign_in(app, manager)
    for by in ("15", "17", "grids"):
        get(client, f"/hotspots/?by={by}")
        for name in LAYERS:
            get(client, f"/hotspots/layer.json?by={by}&layer={name}")
        get(client, f"/hotspots/surface.png?by={by}")
        get(client, f"/hotspots/export.png?by={by}")
        get(client, f"/hotspots/brief?by={by}")


def test_a_unit_that_does_not_exist_is_a_404(desk):
    get(desk, "/hotspots/unit/17-1-1?by=17", 404)
    get(desk, "/hotspots/unit/nonsense", 404)
