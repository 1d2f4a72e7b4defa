"""Files as people really send them: encodings, delimiters, headers, formulas, bombs — each with its sentence."""

import contextlib
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from patrol.core.errors import PatrolError
from patrol.core.spreadsheets import inert
from patrol.venues.importing import problems as p
from patrol.venues.importing.columns import FINDING_FIELDS, VENUE_FIELDS, check_mapping, guess_columns, pick
from patrol.venues.importing.reports import report_csv, report_xlsx
from patrol.venues.importing.table import read_table

ROWS = "场所名称,地址,经度,纬度\n江城宾馆,中山大道1号,114.27,30.60\n百步亭公寓,解放大道2号,114.31,30.63\n"


@pytest.fixture
def save(tmp_path):
    def save(content, name="file"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


def workbook(*rows, sheets=(), merge=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    for title in sheets:
        book.create_sheet(title).append(["x"])
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def refusal(path):
    with pytest.raises(PatrolError) as caught:
        list(read_table(path).rows())
    return caught.value


def codes(table):
    return [note.problem.code for note in table.notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_chinese_text_is_read_in_every_usual_encoding_and_delimiter(save, encoding, delimiter):
    table = read_table(save(ROWS.replace(",", delimiter).encode(encoding)))
    assert table.columns == ("场所名称", "地址", "经度", "纬度")
    assert [(row.number, row.cells[0]) for row in table.rows()] == [(2, "江城宾馆"), (3, "百步亭公寓")]
    assert codes(table) == ([p.DECODED_GBK.code] if encoding in {"gbk", "gb18030"} else [])


def test_a_rare_character_of_gb18030_survives(save):
    assert (
        next(read_table(save(ROWS.replace("江城", "㐂㙍").encode("gb18030"))).rows()).cells[0] == "㐂㙍宾馆"
    )


@pytest.mark.parametrize(("content", "code"), [
    (b"", "venues.file_empty"),
    (b"  \n \n", "venues.file_empty"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "venues.file_unreadable"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "venues.file_old_excel"),
    (b"PK\x03\x04 not a zip", "venues.file_unreadable"),
    ("Café,Größe\nMüller,ß\n".encode("latin-1"), "venues.file_misencoded"),
    (ROWS.encode("gbk") + b"\xff\xff,x,1,2\n", "venues.file_misencoded"),
    (b"1,2,3\n4,5,6\n", "venues.file_no_header"),
    ("场所名称,地址\n".encode(), "venues.file_no_rows"),
    (b'{"type": "Topology"}', "venues.file_geojson"),
    (b'{"type": "FeatureCollection", "features": [', "venues.file_unreadable"),
    (b"[" * 100_000, "venues.file_unreadable"),
    (('名称,地址\n"甲,乙\n' + "丙,丁\n" * 200).encode(), "venues.file_long_cell"),
    (("名称,地址\n" + '甲,"' + "长" * 200_000 + '"\n').encode(), "venues.file_long_cell"),
    ((",".join(f"列{n}" for n in range(301)) + "\n" + "x," * 300 + "x\n").encode(), "venues.file_columns"),
])  # fmt: skip
def test_an_unreadable_file_says_what_to_do_in_both_languages(save, content, code):
    error = refusal(save(content))
    assert error.code == code
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error.sentence("zh"))
    assert error.sentence("en").isascii() or "“" in error.sentence("en")


def test_a_misencoded_line_is_named(save):
    error = refusal(save(ROWS.encode("gbk") + b"\xff\xff,x,1,2\n"))
    assert "第4行" in error.sentence("zh")
    assert "Line 4" in error.sentence("en")


def test_too_many_rows_are_refused_where_they_begin(save, monkeypatch):
    monkeypatch.setattr("patrol.venues.importing.table.MOST_ROWS", 1000)
    assert refusal(save("名称,地址\n" + "甲,乙\n" * 1001)).code == "venues.file_rows"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(save):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    error = refusal(save(packed.getvalue()))
    assert error.code == "venues.file_bomb"
    assert "60 MB" in error.sentence("en")
    assert "60 MB" in error.sentence("zh")


def test_entities_in_a_workbook_are_not_expanded(save):
    source, packed = zipfile.ZipFile(io.BytesIO(workbook(["名称", "地址"], ["甲", "乙"]))), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                content = bomb + content.replace(b"</worksheet>", b"<!-- --></worksheet>")
            book.writestr(name, content)
    assert refusal(save(packed.getvalue())).code == "venues.file_unreadable"


def test_two_header_rows_are_joined_and_a_title_is_passed_over(save):
    text = "江岸区场所底数表,,,\n,,,\n名称,位置,,备注\n,经度,纬度,\n江城宾馆,114.27,30.60,好\n"
    table = read_table(save(text))
    assert table.columns == ("名称", "位置 经度", "纬度", "备注")
    assert codes(table) == ["venues.note_title", "venues.note_two_headers"]
    assert [row.number for row in table.rows()] == [5]
    assert "第3、4行" in table.notes[1].sentence("zh")
    assert guess_columns(table.columns, VENUE_FIELDS) == {0: "name", 1: "lon", 2: "lat", 3: "note"}


def test_an_unnamed_column_of_data_is_no_second_header(save):
    table = read_table(save("名称,地址,\n江城宾馆,中山大道,好\n"))
    assert table.columns == ("名称", "地址")
    (row,) = table.rows()
    assert [fault.problem.code for fault in row.faults.values()] == ["venues.row_long"]


def test_a_workbook_is_read_with_merged_cells_sheets_and_two_headers(save):
    content = workbook(
        ["武汉市场所底数", None, None, None], ["名称", "位置", None, "类别"], [None, "经度", "纬度", None],
        ["江城宾馆", 114.27, 30.6, "宾馆"], ["二楼", 114.28, 30.61, None],
        sheets=["说明"], merge=["A1:D1", "A2:A3", "B2:C2", "D2:D3", "D4:D5"],
    )  # fmt: skip
    table = read_table(save(content))
    assert table.columns == ("名称", "位置 经度", "位置 纬度", "类别")
    assert [row.cells for row in table.rows()] == [
        ("江城宾馆", "114.27", "30.6", "宾馆"), ("二楼", "114.28", "30.61", "宾馆"),
    ]  # fmt: skip
    assert set(codes(table)) == {
        "venues.note_merged", "venues.note_sheets", "venues.note_title", "venues.note_two_headers",
    }  # fmt: skip


def test_a_formula_in_a_workbook_without_a_stored_value_is_named(save):
    table = read_table(save(workbook(["名称", "经度", "纬度"], ["甲", "=114+0.3", 30.6])))
    (row,) = table.rows()
    _given, _features, faults = pick(row, {0: "name", 1: "lon", 2: "lat"}, table.columns)
    assert [(fault.where, fault.problem.code) for fault in faults] == [("经度", "venues.row_formula_empty")]
    assert pick(row, {0: "name", 2: "lat"}, table.columns)[2] == []


def test_a_formula_with_a_stored_value_is_used_and_counted(save):
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["名称", "经度"], ["甲", "=114+0.3"]))) as source,
        zipfile.ZipFile(packed, "w") as book,
    ):
        for name in source.namelist():
            book.writestr(
                name,
                source.read(name)
                .replace(b"<v></v>", b"<v>114.3</v>")
                .replace(b"<v />", b"<v>114.3</v>")
                .replace(b"<v/>", b"<v>114.3</v>"),
            )
    (row,) = read_table(save(packed.getvalue())).rows()
    assert (row.cells[1], row.computed, dict(row.faults)) == ("114.3", frozenset({1}), {})


@pytest.mark.parametrize(("cell", "refused"), [
    ("=1+1", True), ('=HYPERLINK("http://x","y")', True), ("@SUM(A1)", True), ("-2+3+cmd|' /C calc'!A0", True),
    ("+cmd|'/C calc'!A0", True), ("+86 138-0013-8000", False), ("-87.6298", False), ("+86 (27) 8281", False),
    ("@家宾馆", False), ("-", False), ('="00123"', False),
])  # fmt: skip
def test_formulas_in_text_files_are_refused_and_signed_numbers_are_not(save, cell, refused):
    quoted = '"' + cell.replace('"', '""') + '"'
    (row,) = read_table(save(f"名称,电话\n甲,{quoted}\n")).rows()
    assert (1 in row.faults) is refused
    if cell.startswith('="'):
        assert row.cells[1] == "00123"


def test_geojson_becomes_rows_and_polygons_become_points(save):
    square = {
        "type": "Polygon",
        "coordinates": [[[114, 30], [114.2, 30], [114.2, 30.2], [114, 30.2], [114, 30]]],
    }
    point = {"type": "Point", "coordinates": [114.3, 30.6]}
    features = [
        {"type": "Feature", "properties": {"name": "甲", "beds": 3}, "geometry": point},
        {"type": "Feature", "properties": {"name": "乙", "tags": ["a"]}, "geometry": square},
        {"type": "Feature", "properties": None, "geometry": None},
        {"type": "Feature", "properties": {"name": "丙"}, "geometry": {"type": "Point", "coordinates": ["x"]}},
    ]  # fmt: skip
    table = read_table(save(json.dumps({"type": "FeatureCollection", "features": features})))
    rows = list(table.rows())
    assert table.columns == ("name", "beds", "tags", "geometry.lon", "geometry.lat")
    assert rows[0].cells == ("甲", "3", "", "114.30000000", "30.60000000")
    assert 114 < float(rows[1].cells[3]) < 114.2
    assert rows[2].cells[3:] == ("", "")
    assert codes(table) == ["venues.note_shapes"]
    assert guess_columns(table.columns, VENUE_FIELDS) == {0: "name", 1: "capacity", 3: "lon", 4: "lat"}


def test_the_names_of_registers_are_understood():
    columns = [
        "序号",
        "单位名称（必填）",
        "Venue_Type",
        "详细地址",
        "X坐标",
        "Y坐标",
        "法定代表人",
        "联系电话",
        "床位数",
    ]
    assert guess_columns(columns, VENUE_FIELDS) == {
        1: "name", 2: "kind", 3: "address", 4: "lon", 5: "lat", 6: "owner_name", 7: "owner_phone", 8: "capacity",
    }  # fmt: skip
    chicago = [
        "inspection_id", "venue_id", "venue_name", "address", "lat", "lon", "venue_type", "official_risk_class",
        "inspected_on", "critical_violation_found", "critical_count", "inspector_group",
    ]  # fmt: skip
    assert guess_columns(chicago, VENUE_FIELDS) == {
        1: "external_id",
        2: "name",
        3: "address",
        4: "lat",
        5: "lon",
        6: "kind",
    }
    assert guess_columns(chicago, FINDING_FIELDS) == {
        0: "reference", 1: "external_id", 2: "name", 3: "address", 4: "lat", 5: "lon", 8: "date", 9: "outcome",
        10: "text", 11: "group",
    }  # fmt: skip


def test_every_fault_of_a_mapping_is_told_at_once():
    with pytest.raises(PatrolError) as caught:
        check_mapping({0: "address", 1: "address"}, VENUE_FIELDS)
    assert {fault.problem.code for fault in caught.value.faults} == {
        "venues.map_twice", "venues.map_name", "venues.map_position",
    }  # fmt: skip
    with pytest.raises(ValueError, match="no field"):
        check_mapping({0: "colour"}, VENUE_FIELDS)


@pytest.mark.parametrize(("text", "lon", "lat"), [
    ("114.27,30.60", "114.27", "30.60"), ("30.60， 114.27", "114.27", "30.60"), ("(114.27 30.60)", "114.27", "30.60"),
])  # fmt: skip
def test_a_position_in_one_cell_is_split(save, text, lon, lat):
    table = read_table(save(f'名称,坐标\n甲,"{text}"\n'))
    assert pick(next(table.rows()), {0: "name", 1: "position"}, table.columns)[0] == {
        "name": "甲",
        "lon": lon,
        "lat": lat,
    }


@given(st.text(max_size=30))
def test_no_text_of_a_report_is_a_formula(text):
    assert not inert(text).startswith(("=", "@", "\t", "\r"))


def test_a_report_holds_both_languages_and_no_formula(save):
    reason = {"where": "经度", "zh": "缺少位置。", "en": "The position is missing."}
    rows = [(7, {"given": {"name": "=cmd|' /C calc'!A0"}}, [reason])]
    text = report_csv(rows, VENUE_FIELDS).decode("utf-8-sig")
    assert "缺少位置。,The position is missing.,'=cmd|" in text
    table = read_table(save(report_xlsx(rows, VENUE_FIELDS)))
    (row,) = table.rows()
    assert row.cells[:4] == ("7", "经度", "缺少位置。", "The position is missing.")
    assert row.cells[4].startswith("=cmd")
    assert not row.faults


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    with contextlib.suppress(PatrolError):
        list(read_table(path).rows())
