"""Every kind of bad input that the program promises to meet: whoever sends it reads what is wrong, where, and what to do,
in Chinese and in English, and nothing of it is stored.
"""

import datetime as dt
import functools
import html
import io
import json
import re
import zipfile

import pytest
import shapely
from PIL import Image
from shapely.geometry import mapping
from sqlalchemy import func, select

from patrol.core.datum import Datum, convert
from patrol.findings import Finding
from patrol.infra.db import unscoped
from patrol.patrols import Patrol, Visit
from patrol.venues import Venue
from tests.factories import patrols as make

HEAD = "编号,场所名称,类别,地址,经度,纬度\n"
LEDGER_HEAD = "行政区划,形式,日期,活动名称,宣传单\n"
#: the doors through which tables come, and through which areas come
TABLES = ("/venues/import", "/findings/import", "/clues/import", "/events/import")
AREAS = "/grids/import"
SQUARE = shapely.box(114.305, 30.585, 114.315, 30.595)
BOW = shapely.Polygon([(114.30, 30.59), (114.32, 30.61), (114.32, 30.59), (114.30, 30.61)])


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


@pytest.fixture
def phone(app, city):
    return make.sign_in(app, city.inspector)


def count(session, model):
    with unscoped(session, "a test counts"):
        return session.scalar(select(func.count()).select_from(model))


def words(answer):
    """What a person reads on a page."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@functools.cache
def asked_by(client, door):
    """What the form at a door already holds: its token, and the division that it goes into."""
    page = client.get(door).get_data(as_text=True)
    division = next(iter(re.findall(r'<option value="([0-9a-f-]{36})"', page)), "")
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1], "division": division}


def bring(client, door, content, language, name="表.csv", **more):
    """Bring a file to a door of the desk as its form does; return the page on which the work on it ends."""
    form = {**asked_by(client, door), "datum": "wgs84", **more}
    form["file"] = (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name)
    if door in TABLES[:3]:
        form["purpose"], door = door.split("/")[1], TABLES[0]
    answer = client.post(f"{door}?lang={language}", data=form, content_type="multipart/form-data")
    if answer.status_code == 302:
        return client.get(answer.location, query_string={"lang": language})
    return answer


def check_columns(client, answer, language, **other):
    """Send the guessed columns of an import back and return the page with what the check found."""
    text = answer.get_data(as_text=True)
    chosen = {"csrf_token": asked_by(client, TABLES[0])["csrf_token"]}
    for each in re.findall(r"<select[^>]*>.*?</select>", text, re.S):
        picked = re.search(r'<option value="([^"]*)" selected', each)
        chosen[re.search(r'name="([^"]+)"', each)[1]] = picked[1] if picked else ""
    sent = client.post(answer.request.path, data=chosen | other)
    return client.get(sent.location, query_string={"lang": language})


def collection(*shapes):
    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": {"code": f"4201020{n:02}", "name": f"一元网格{n}"}}
        for n, shape in enumerate(shapes, start=11)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", bytes(60_000_000))
    return packed.getvalue()


MAP_AGAIN = ("请重新导出为GeoJSON（UTF-8编码）后再选择", "Export the areas again as GeoJSON (UTF-8)")
TABLE_AGAIN = (
    "请另存为XLSX、CSV（UTF-8或GBK编码）或GeoJSON后重试",
    "Save it as XLSX, CSV (UTF-8 or GBK) or GeoJSON",
)
FILES = {
    "unreadable": (b"\x00\x01\x02\x03", TABLE_AGAIN, MAP_AGAIN),
    "another kind": (b"%PDF-1.7\n1 0 obj\n" * 20, TABLE_AGAIN, MAP_AGAIN),
    "cut off": (b"PK\x03\x04 and then nothing", TABLE_AGAIN, MAP_AGAIN),
    "zip-bombed": (
        bomb(),
        ("解压后却达60 MB，为安全起见不予读取。请将数据复制到新工作簿", "Copy the rows into a new workbook"),
        MAP_AGAIN,
    ),
    "mis-encoded": (
        (HEAD + "1,江城宾馆,宾馆,一元路,114.31,30.6\n").encode("gbk") + b"2,\xff\xff,3\n",
        ("第3行既不是UTF-8也不是GBK编码，请在原程序中打开并另存为“CSV UTF-8”", "Line 3 is neither UTF-8 nor GBK. Open the file"),
        MAP_AGAIN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_cannot_be_read_says_what_to_do_at_every_door(desk, city, session, what):
    content, table, areas = FILES[what]
    for door, sentences in [*((door, table) for door in TABLES), (AREAS, areas)]:
        for language, sentence in zip(("zh", "en"), sentences, strict=True):
            assert sentence in words(bring(desk, door, content, language)), (door, language)
    assert count(session, Venue) == 4


@pytest.mark.parametrize(("content", "zh", "en"), [
    (collection(SQUARE).encode()[:-40], "第1行第", "it is damaged or was cut off at line 1, character"),
    (collection(SQUARE).replace("},", "},\n").encode("gbk").replace("一元".encode("gbk"), b"\xff\xff"),
     "行既不是UTF-8也不是GBK编码，名称会成为乱码。请重新导出为UTF-8编码的GeoJSON。", "names would be garbled. Export the file again"),
    (collection(SQUARE).encode().replace("元网".encode(), "元网".encode()[:4]),
     "第1行既不是UTF-8也不是GBK编码", "Line 1 is neither UTF-8 nor GBK"),
    (collection(BOW), "第1个要素：边界线在114.31000，30.60000处自相交。请移动或删除该处顶点后重新上传。",
     "Feature 1: The boundary crosses itself at 114.31000, 30.60000. Move or delete the corner there"),
    (collection(shapely.Polygon([(114.31, 30.59), (114.32, 30.59), (114.32, 30.6)], [[(114.4, 30.59), (114.41, 30.59), (114.41, 30.6)]])),
     "多边形在114.40000, 30.59000附近无效：内环在外环之外，或内环相互接触。请在制图软件中修正后重新上传。",
     "not valid near 114.40000, 30.59000: a hole lies outside it or touches another. Mend it in the map program"),
    (collection(shapely.box(116, 39, 116.1, 39.1)),
     "有100%的面积在江岸区之外，请改选所属区划，或从文件中去掉。 多数坐标点不在江岸区范围内，请确认文件和坐标系是否正确。",
     "lies to 100% outside 江岸区. Choose the division it belongs to, or leave it out."),
], ids=["truncated", "GBK with wrong bytes", "UTF-8 with a lost byte", "crosses itself", "hole outside", "outside the division"])  # fmt: skip
def test_areas_that_cannot_be_taken_say_where_and_how_to_mend_them(desk, city, content, zh, en):
    for language, sentence in (("zh", zh), ("en", en)):
        answer = bring(desk, AREAS, content, language, name="g.geojson")
        assert answer.status_code == 422
        assert sentence in words(answer)


def test_areas_in_the_wrong_datum_are_doubted(desk, city):
    west, south = convert(114.3001, 30.5801, Datum.WGS84, Datum.BD09)
    east, north = convert(114.3599, 30.6399, Datum.WGS84, Datum.BD09)
    content = collection(shapely.box(west, south, east, north))
    for language, sentence in (("zh", "若按BD-09坐标系读取则吻合，请确认坐标系是否选对"), ("en", "read as BD-09 they would fit. Is the datum right?")):  # fmt: skip
        assert sentence in words(bring(desk, AREAS, content, language, replace="1"))


@pytest.mark.parametrize("door", ["/venues/import", "/events/import", AREAS, "/rescue", "/report"])
def test_what_is_huge_says_how_much_is_accepted(desk, city, app, monkeypatch, door):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2_000_000)
    for language, sentence in (("zh", "一次最多接收2 MB文件、0.5 MB文字，本次未保存任何内容。请拆分文件"), ("en", "what is accepted at once: 2 MB of files, 0.5 MB of typed text. Nothing was stored. Divide the file")):  # fmt: skip
        # As raw bytes: a client that packs them into a form would leave its own temporary file open.
        answer = desk.post(
            f"{door}?lang={language}", data=bytes(2_100_000), content_type="multipart/form-data; boundary=x"
        )
        assert (answer.status_code, sentence in words(answer)) == (413, True)


FORMULA = '=HYPERLINK("http://x";"y")'


def test_formulas_in_a_table_are_named_row_by_row_and_never_read(desk, city, session):
    escaped = FORMULA.replace('"', '""')
    content = HEAD + f'1,"{escaped}",宾馆,一元路1号,114.31,30.60\n2,江城宾馆,宾馆,一元路2号,114.31,30.60\n'
    ledger = LEDGER_HEAD + f'420102,集中宣传,2026-05-01,"{escaped}",3\n'
    for language, sentence in (("zh", "是公式而不是数据。为安全起见，不读取文本文件中的公式。"), ("en", "is a formula, not a value. For safety formulas are not read from text files.")):  # fmt: skip
        first = bring(desk, TABLES[0], content, language)
        assert sentence in words(check_columns(desk, first, language))
        assert sentence in words(bring(desk, "/events/import", ledger, language))
    assert count(session, Venue) == 4


@pytest.mark.parametrize(("lon", "lat", "zh", "en"), [
    (116.4, 39.9, "多数点位（3个中有3个）不在江岸区范围内，请核对行政区划、列对应关系和坐标系。",
     "Most points (3 of 3) lie outside 江岸区: check division, columns and coordinate system."),
    (*convert(114.3597, 30.6, Datum.WGS84, Datum.GCJ02),
     "按WGS-84读取，有3个点位不在江岸区范围内；按GCJ-02读取仅0个。坐标系很可能是GCJ-02。",
     "Read as WGS-84, 3 points lie outside 江岸区; read as GCJ-02, only 0. The coordinate system is probably GCJ-02."),
], ids=["outside the division", "wrong datum"])  # fmt: skip
def test_places_outside_are_named_and_a_datum_that_fits_better_is_proposed(desk, city, lon, lat, zh, en):
    rows = "".join(f"{n},江城宾馆{n},宾馆,一元路{n}号,{lon:.6f},{lat + n * 0.003:.6f}\n" for n in range(3))
    for language, sentence in (("zh", zh), ("en", en)):
        first = bring(desk, TABLES[0], HEAD + rows, language)
        checked = words(check_columns(desk, first, language, datum="wgs84"))
        assert sentence in checked
        assert (
            "该位置不在江岸区范围内。" if language == "zh" else "This position lies outside 江岸区."
        ) in checked


def png(width, height):
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("photo", "zh", "en"), [
    (b"<script>alert(1)</script>", "“门口.jpg”不是可读取的图片，请去掉或更换。", "“门口.jpg” could not be read as a picture."),
    (png(500, 500)[:300], "“门口.jpg”不是可读取的图片，请去掉或更换。", "Please leave it out or choose another."),
    (png(15_000, 9_000), "“门口.jpg”超过30 MB或120百万像素，请去掉或换一张较小的图片。",
     "“门口.jpg” has more than 30 MB or 120 million pixels. Please leave it out or choose a smaller one."),
], ids=["not an image", "cut off", "gigantic"])  # fmt: skip
def test_a_photo_of_a_resident_that_cannot_be_taken_says_so_and_the_words_stay(app, city, photo, zh, en):
    resident = make.browser(app)
    for language, sentence in (("zh", zh), ("en", en)):
        page = resident.get("/report").get_data(as_text=True)
        form = {
            "token": re.search(r'name="token" value="([^"]+)"', page)[1], "kind": "lecture", "division": city.east.uid,
            "address": "一元路10号", "text": "每天很多人上课", "seen_on": "今天", "website": "",
            "photos": (io.BytesIO(photo), "门口.jpg"),
        }  # fmt: skip
        answer = resident.post(f"/report?lang={language}", data=form, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert "每天很多人上课" in words(answer)


@pytest.mark.parametrize(("photo", "zh", "en"), [
    (b"<script>alert(1)</script>" * 9, "该文件不是图片，不予显示。", "This file is not a picture and is not shown."),
    (png(15_000, 9_000), "图片过大，无法显示；原图已保存。", "This picture is too large to be shown; the original is kept."),
], ids=["not an image", "gigantic"])  # fmt: skip
def test_a_photo_of_a_phone_that_is_none_is_kept_sealed_and_said(desk, phone, city, session, photo, zh, en):
    body = make.finding_body(city.venues[0], photos=[make.photo_of(photo)])
    assert results(make.send(phone, make.entry("finding.record", body)))[0]["status"] == "stored"
    assert make.upload(phone, photo).get_json()["complete"] is True
    for language, sentence in (("zh", zh), ("en", en)):
        assert sentence in words(desk.get(f"/findings/{body['finding_uid']}?lang={language}"))


def results(answer):
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["results"]


def walk(city, phone, **visit):
    """Have the inspector walk a patrol with one visit; return the address of the patrol's page."""
    patrol_uid, sent_at = make.new_uid(), visit.pop("sent_at", None)
    at = visit.get("at") or dt.datetime.now(dt.UTC)
    step = {"patrol_uid": patrol_uid, "route_uid": city.route.uid, "at": at.isoformat(), "position": None}
    body = make.visit_body(city.venues[0], patrol_uid=patrol_uid, **visit)
    entries = [make.entry("patrol.start", step, at=at), make.entry("visit.record", body, at=at)]
    assert {each["status"] for each in results(make.send(phone, *entries, sent_at=sent_at))} == {"stored"}
    return f"/patrols/{patrol_uid}"


@pytest.mark.parametrize(("years", "right_again", "zh", "en"), [
    (-7, False, "手机时钟有误，时间已校正", "the phone's clock was wrong, the time was corrected"),
    (9, False, "手机时钟有误，时间已校正", "the phone's clock was wrong, the time was corrected"),
    (-7, True, "手机时间不可信，已采用服务器接收时间", "the phone's time cannot be right, the time of arrival here was taken"),
], ids=["years slow", "years fast", "set right before sending"])  # fmt: skip
def test_a_clock_wrong_by_years_is_said_beside_the_visit(desk, phone, city, years, right_again, zh, en):
    now = dt.datetime.now(dt.UTC)
    wrong = now.replace(year=now.year + years, month=3, day=3)
    page = walk(city, phone, at=wrong, sent_at=None if right_again else wrong)
    for language, sentence in (("zh", zh), ("en", en)):
        assert sentence in words(desk.get(f"{page}?lang={language}"))


def test_a_position_known_to_five_kilometres_is_said_beside_the_visit_and_the_finding(desk, phone, city):
    coarse = make.position(114.35, 30.63, accuracy_m=5000)
    page = walk(city, phone, position=coarse)
    body = make.finding_body(city.venues[0]) | {"position": coarse}
    results(make.send(phone, make.entry("finding.record", body)))
    for language, beside, alone in (
        ("zh", "(±5000 m) · 定位粗略，手机可能在该范围内任何位置", "定位精度较低，实际位置可能在圆圈内任意一点。"),
        ("en", "(±5000 m) · coarse position: the phone may have been", "This position is coarse: the true place lies anywhere in the circle."),
    ):  # fmt: skip
        assert beside in words(desk.get(f"{page}?lang={language}"))
        assert alone in words(desk.get(f"/findings/{body['finding_uid']}?lang={language}"))


def test_the_same_item_twice_is_stored_once_and_a_second_name_for_it_is_told(phone, city, session):
    body = make.visit_body(city.venues[0])
    one, renamed = make.entry("visit.record", body), make.entry("visit.record", body)
    told = results(make.send(phone, one, one, renamed))
    assert [each["status"] for each in told] == ["stored", "duplicate", "conflict"]
    assert told[2]["message_zh"] == "该次到访已由另一条目登记，不会重复保存；您的条目仍保留在手机上。"
    assert told[2]["message_en"].startswith(
        "This visit has already been recorded by another entry; nothing is stored twice."
    )
    assert count(session, Visit) == 1


def test_the_same_item_by_two_people_belongs_to_the_first_and_the_other_is_told(app, phone, city, session):
    one = make.entry("visit.record", make.visit_body(city.venues[0]))
    assert results(make.send(phone, one))[0]["status"] == "stored"
    told = results(make.send(make.sign_in(app, city.police), one))[0]
    assert told["status"] == "conflict"
    assert (
        told["message_zh"] == "服务器上已有同一编号但内容不同的记录。您的记录仍保留在手机上，请告知负责人。"
    )
    assert told["message_en"].endswith("Yours is kept on the phone; tell your manager.")
    other = make.send(phone, one, headers={"X-Patrol-Person": city.police.uid}).get_json()
    assert other["message_zh"] == "这些记录属于另一位人员，请由本人登录后上传，记录不会丢失。"
    assert other["message_en"].startswith(
        "These records belong to another person. Sign in as that person to send them"
    )


def test_what_comes_out_of_order_is_shown_as_waiting_until_the_rest_comes(desk, phone, city, session):
    """The end of a patrol and a finding come before the start and the visit that they belong to."""
    patrol_uid, now = make.new_uid(), dt.datetime.now(dt.UTC)
    step = {"patrol_uid": patrol_uid, "route_uid": city.route.uid, "position": None}
    visit = make.visit_body(city.venues[0], outcome="violation", patrol_uid=patrol_uid)
    results(make.send(phone, make.entry("visit.record", visit)))
    for language, sentence in (("zh", "尚未收到开始记录"), ("en", "Start not received yet")):
        assert sentence in words(desk.get(f"/patrols/{patrol_uid}?lang={language}"))
    late = [
        make.entry("finding.record", make.finding_body(city.venues[0], visit_uid=visit["visit_uid"])),
        make.entry("patrol.end", {**step, "at": now.isoformat()}),
        make.entry("patrol.start", {**step, "at": (now - dt.timedelta(hours=1)).isoformat()}),
    ]
    assert {each["status"] for each in results(make.send(phone, *late))} == {"stored"}
    assert "尚未收到" not in words(desk.get(f"/patrols/{patrol_uid}?lang=zh"))
    assert (count(session, Patrol), count(session, Finding)) == (1, 1)


def test_what_is_truncated_is_not_stored_and_comes_again(phone, city, session):
    whole = json.dumps(make.batch(make.entry("visit.record", make.visit_body(city.venues[0])))).encode()
    answer = phone.post(
        "/api/v1/sync", data=whole[:-40], headers=make.HEADERS, content_type="application/json"
    )
    told = answer.get_json()
    assert (answer.status_code, count(session, Visit)) == (400, 0)
    assert told["message_zh"] == "收到的内容已损坏或不完整，未保存任何内容；记录仍在手机上，会再次上传。"
    assert told["message_en"].startswith(
        "What arrived is damaged or was cut off. Nothing was stored; it stays on the phone"
    )
    assert results(
        phone.post("/api/v1/sync", data=whole, headers=make.HEADERS, content_type="application/json")
    )
    assert count(session, Visit) == 1


def test_a_sign_in_that_ends_while_the_phone_sends_loses_nothing(app, phone, city, session):
    entries = [make.entry("visit.record", make.visit_body(venue)) for venue in city.venues[:2]]
    assert results(make.send(phone, entries[0]))[0]["status"] == "stored"
    refused = make.send(make.browser(app), *entries)
    told = refused.get_json()
    assert (refused.status_code, told["message_zh"], told["message_en"]) == (
        401,
        "请先登录。",
        "Please sign in.",
    )
    assert [each["status"] for each in results(make.send(phone, *entries))] == ["duplicate", "stored"]


def test_a_sign_in_that_ends_while_a_form_is_filled_gives_the_words_back(app, desk, city):
    token = asked_by(desk, "/events/new")["csrf_token"]
    form = {"csrf_token": token, "title": "社区讲座", "note": "第一行\n第二行", "password": "geheim"}
    for language, sentence, link in (
        ("zh", "您在填写过程中登录已失效，内容尚未保存。请重新登录后打开该页面再次填写", "登录"),
        (
            "en",
            "Your sign-in ended while you were writing. Nothing was saved. Sign in, open the page again",
            "Sign in",
        ),
    ):
        stranger = make.browser(app)
        answer = stranger.post(f"/events/new?lang={language}", data=form)
        assert answer.status_code == 401
        said = words(answer)
        assert all(text in said for text in (sentence, link, "社区讲座", "第一行 第二行"))
        assert token not in answer.get_data(as_text=True)
        assert "geheim" not in answer.get_data(as_text=True)
        foreign = stranger.post("/events/new", data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert "社区讲座" not in words(foreign)
