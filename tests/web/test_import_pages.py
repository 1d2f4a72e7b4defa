"""An import from the first page to the last, and every file that cannot be taken, with its sentence."""

import io
import re

import pytest
from sqlalchemy import select

from patrol.venues import Venue, VenueImport, read_table
from tests.factories.patrols import sign_in
from tests.factories.venues import City
from tests.unit.test_import_files import workbook

TEXT = (
    "编号,场所名称,类别,地址,经度,纬度\n"
    "A1,江城 宾馆,宾馆,,114.3105,30.60\n"
    "A2,百步亭公寓,出租屋,百步亭路1号,114.33,30.63\n"
    "A3,没有位置,宾馆,x,,\n"
)


@pytest.fixture
def city(session):
    city = City(session)
    city.venue("江城宾馆", lon=114.31, lat=30.60)
    return city


@pytest.fixture
def desk(app, city):
    return sign_in(app, city.manager)


def token(client):
    return re.search(
        r'name="csrf_token" value="([^"]+)"', client.get("/venues/import").get_data(as_text=True)
    )[1]


def send(client, content, *, name="场所.csv", purpose="venues", language="zh"):
    content = content if isinstance(content, bytes) else content.encode()
    division = re.search(
        r'<option value="([0-9a-f-]{36})" selected', client.get("/venues/import").get_data(as_text=True)
    )[1]
    data = {
        "csrf_token": token(client), "purpose": purpose, "division": division, "file": (io.BytesIO(content), name),
    }  # fmt: skip
    return client.post(f"/venues/import?lang={language}", data=data, content_type="multipart/form-data")


def columns(client, address):
    """Send the columns page's own guesses back."""
    text = client.get(address).get_data(as_text=True)
    chosen = {}
    for select_text in re.findall(r"<select[^>]*>.*?</select>", text, re.S):
        name = re.search(r'name="([^"]+)"', select_text)[1]
        picked = re.search(r'<option value="([^"]*)" selected', select_text)
        chosen[name] = picked[1] if picked else ""
    return chosen


def post(client, address, **data):
    return client.post(address, data={"csrf_token": token(client), **data})


def test_a_list_comes_in_from_upload_to_store(desk, city, session):
    answer = send(desk, TEXT.encode("gbk"))
    assert answer.status_code == 302
    chosen = columns(desk, answer.location)
    assert (chosen["c1"], chosen["c4"], chosen["datum"]) == ("name", "lon", "wgs84")
    preview = desk.get(answer.location.replace("columns", "preview.json"), query_string=chosen).get_json()
    assert [point["tone"] for point in preview["points"]] == ["info", "info"]
    show = post(desk, answer.location, **chosen).location
    text = desk.get(show).get_data(as_text=True)
    assert "还有1条疑似重复待确认。" in text
    assert "缺少位置：经度和纬度均须填写。" in text
    assert "文件为GBK编码" in text
    refused = post(desk, f"{show}/store")
    assert refused.status_code == 409
    post(desk, f"{show}/decide", **{"row-2": "same"})
    assert "1行错误数据将不导入。" in desk.get(show).get_data(as_text=True)
    done = desk.get(post(desk, f"{show}/store").location + "?lang=en").get_data(as_text=True)
    assert "Everything that was good or decided is stored." in done
    session.expire_all()
    assert sorted(session.scalars(select(Venue.name))) == ["江城宾馆", "百步亭公寓"]
    assert "场所.csv" in desk.get("/venues/import").get_data(as_text=True)


def test_the_bad_rows_can_be_taken_home(desk, city, session, tmp_path):
    answer = send(desk, TEXT)
    show = post(desk, answer.location, **columns(desk, answer.location)).location
    csv = desk.get(f"{show}/errors.csv")
    assert csv.headers["Content-Disposition"].startswith("attachment")
    assert "缺少位置：经度和纬度均须填写。,The position is missing" in csv.get_data().decode("utf-8-sig")
    path = tmp_path / "errors"
    path.write_bytes(desk.get(f"{show}/errors.xlsx").data)
    assert next(read_table(path).rows()).cells[:2] == ("4", "经度")


def test_decisions_can_be_made_in_bulk_and_a_file_can_be_discarded(desk, city, session):
    answer = send(desk, TEXT)
    show = post(desk, answer.location, **columns(desk, answer.location)).location
    post(desk, f"{show}/decide", all="new", why="name_near")
    assert "疑似重复待确认" not in desk.get(show).get_data(as_text=True)
    post(desk, f"{show}/drop")
    assert session.scalars(select(VenueImport.state)).all() == ["dropped"]
    assert post(desk, f"{show}/store").status_code == 409


def test_a_mapping_without_name_and_position_is_told_at_once(desk, city):
    answer = send(desk, TEXT)
    chosen = columns(desk, answer.location) | {"c1": "", "c4": "", "c3": "kind"}
    text = post(desk, answer.location, **chosen)
    assert text.status_code == 422
    for sentence in (
        "请指定“场所名称”对应的列。",
        "请指定“经度”和“纬度”对应的列。",
        "有两列都对应“场所类别”，只能选择一列。",
    ):
        assert sentence in text.get_data(as_text=True)


def test_past_findings_come_in_by_the_same_pages(desk, city, session):
    assert "导入历史发现" in desk.get("/findings/import").get_data(as_text=True)
    answer = send(
        desk,
        "场所名称,地址,检查日期,检查结果\n江城宾馆,中山大道1号,2025-03-01,发现违法\n",
        purpose="findings",
    )
    chosen = columns(desk, answer.location)
    assert (chosen["c2"], chosen["c3"]) == ("date", "outcome")
    show = post(desk, answer.location, **chosen).location
    post(desk, f"{show}/store")
    session.expire_all()
    assert session.scalars(select(Venue.last_outcome)).all() == ["violation"]


@pytest.mark.parametrize(("content", "zh", "en"), [
    (b"", "文件为空。", "This file is empty."),
    (b"\x00\x01\x02", "无法将该文件识别为表格", "This file cannot be read as a table."),
    (b"\xd0\xcf\x11\xe0" + b"0" * 100, "该文件是旧版Excel（.xls）或带有密码", "This is an old Excel file"),
    (TEXT.encode("gbk") + b"\xff\xff,1,2\n", "第5行既不是UTF-8也不是GBK编码", "Line 5 is neither UTF-8 nor GBK."),
    (b"1,2,3\n4,5,6\n", "首行应为列名，但文件首行是数据。", "The first row must name the columns; here it holds numbers."),
    ("名称,地址\n".encode(), "列名以下没有数据行。", "Below the column names there is no row."),
    (b'{"a": 1}', "该GeoJSON文件中没有要素集合", "This GeoJSON holds no collection of features."),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_says_so_in_both_languages(desk, city, content, zh, en):
    for language, sentence in (("zh", zh), ("en", en)):
        answer = send(desk, content, language=language)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)


def test_nothing_chosen_and_too_large_are_sentences_too(desk, city, monkeypatch, app):
    empty = desk.post("/venues/import", data={"csrf_token": token(desk)}, content_type="multipart/form-data")
    assert "请先选择文件。" in empty.get_data(as_text=True)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 500)
    large = send(desk, "名称\n" + "甲\n" * 2000)
    assert (large.status_code, "内容过大：一次最多接收" in large.get_data(as_text=True)) == (413, True)


def test_a_workbook_with_merged_cells_is_warned_of_before_anything_happens(desk, city):
    answer = send(
        desk,
        workbook(["名称", "经度", "纬度"], ["甲", 114.31, 30.6], ["乙", 114.32, 30.6], merge=["C2:C3"]),
        name="a.xlsx",
    )
    assert "发现1处合并单元格" in desk.get(answer.location).get_data(as_text=True)


def test_a_foreign_division_and_a_foreign_import_are_not_there(app, desk, city):
    answer = send(desk, TEXT)
    stranger = sign_in(app, city.other)
    assert stranger.get(answer.location).status_code == 404
    assert stranger.get(answer.location.replace("/columns", "")).status_code == 404
    data = {
        "csrf_token": token(stranger),
        "division": city.east.uid,
        "file": (io.BytesIO(TEXT.encode()), "x.csv"),
    }
    assert stranger.post("/venues/import", data=data, content_type="multipart/form-data").status_code == 404
