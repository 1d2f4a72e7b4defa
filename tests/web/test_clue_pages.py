"""The pages of the loop: taken by an operator, moved by form, followed by code; posters; 12315 files; settings."""

import io
import re

import pytest
from sqlalchemy import select

from patrol.clues.models import Clue, ContactPoint, Sighting
from patrol.infra.db import bind_principal, unscoped
from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


def post(client, path, page, **data):
    """Post a form with the token of ``page``."""
    shown = client.get(page).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    return client.post(path, data={"csrf_token": token, **data})


def take(desk, city, lang="zh", **more):
    given = {"kind": "lecture", "division_uid": city.east.uid, "address": "一元路3号", "text": "楼上有人听课"}
    path = f"/clues/new?lang={lang}"
    return post(desk, path, path, channel="telephone", **{**given, **more})


def only_clue(session):
    with unscoped(session, "a test looks"):
        return session.scalars(select(Clue)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/clues/", "/clues/kanban", "/clues/board", "/clues/mine", "/clues/new",
                                  "/contact-points/", "/contact-points/new", "/clues/import"])  # fmt: skip
def test_every_page_opens_empty_and_with_a_clue_in_both_languages(desk, city, path, language):
    empty = desk.get(f"{path}?lang={language}")
    assert empty.status_code == 200
    taken = take(desk, city, urgent="1")
    assert re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){3}-[0-9A-Z]{6}", taken.get_data(as_text=True))
    full = desk.get(f"{path}?lang={language}")
    assert full.status_code == 200


def test_a_form_with_faults_says_them_all_and_keeps_the_words(desk, city):
    answer = take(desk, city, kind="", division_uid="", text="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count("请选择") >= 2
    assert "一元路3号" in page


@pytest.mark.parametrize(("typed", "status", "zh", "en"), [
    ("江岸", 200, "", ""), ("420102", 200, "", ""), ("二曜 街道", 200, "", ""), ("一元街道（江岸区）", 200, "", ""), ("一元街道(江岸区)", 200, "", ""),
    ("街道", 422, "“街道”可能指一元街道（江岸区）、二曜街道（江岸区），请多输入几个字", "“街道” may mean 一元街道（江岸区）、二曜街道（江岸区）. Write more"),
    ("洪山", 422, "您的辖区内没有名称含“洪山”的区或街道", "No district or street of yours has “洪山” in its name"),
])  # fmt: skip
def test_an_operator_types_part_of_a_districts_name(desk, city, session, typed, status, zh, en):
    with unscoped(session, "a test makes two streets"):
        session.info["readonly"] = False
        for code, name in (("420102001", "一元街道"), ("420102002", "二曜街道")):
            make.create_division(session, code, name, "township", session.merge(city.east), make.EAST)
        session.commit()
    make.free(session)
    assert '<option value="一元街道（江岸区）">' in desk.get("/clues/new").get_data(as_text=True)
    for language, sentence in (("zh", zh), ("en", en)):
        answer = take(desk, city, division_uid=typed, reporter_contact="13800138000", lang=language)
        page = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert sentence in page
        assert status == 200 or f'value="{typed}"' in page


def test_a_clue_is_moved_by_its_page_and_both_sides_talk(desk, city, app, session):
    code = re.search(r'class="follow-code mono">([^<]+)<', take(desk, city).get_data(as_text=True))[1]
    uid = only_clue(session).uid
    page = f"/clues/{uid}"
    version = re.search(r'name="version" value="(\d+)"', desk.get(page).get_data(as_text=True))[1]
    assert post(desk, f"{page}/move", page, move="accept", version=version).status_code == 302
    stale = post(desk, f"{page}/move", page, move="triage", version=version)
    assert stale.status_code == 409
    assert "已被他人处理" in stale.get_data(as_text=True)
    assert post(desk, f"{page}/ask", page, text="几点出入？").status_code == 302
    resident = make.browser(app)
    shown = resident.post("/report/follow", data={"code": code}).get_data(as_text=True)
    assert "几点出入？" in shown
    assert "楼上有人听课" not in shown
    answered = resident.post("/report/answer", data={"code": code, "text": "早上七点"})
    assert answered.status_code == 200
    assert "早上七点" in desk.get(page).get_data(as_text=True)
    assert resident.post("/report/answer", data={"code": code, "text": " "}).status_code == 422
    assert resident.post("/report/claim", data={"code": code}).status_code == 409
    assert resident.post("/report/answer", data={"code": "X" * 26, "text": "a"}).status_code == 404
    assert resident.get_cookie("session") is None


def test_a_sighting_becomes_a_clue_and_its_reporter_sees_how_far_it_is(desk, city, app, session):
    liaison = make.sign_in(app, city.liaison)
    body = make.sighting_body(venue_uid=city.venues[0].uid)
    make.send(liaison, make.entry("sighting.report", body))
    page = f"/sightings/{body['sighting_uid']}"
    answer = post(desk, f"{page}/clue", page)
    clue = f"/clues/{only_clue(session).uid}"
    assert answer.headers["Location"] == clue
    assert post(desk, f"{page}/clue", page).headers["Location"] == clue
    version = re.search(r'name="version" value="(\d+)"', desk.get(clue).get_data(as_text=True))[1]
    post(desk, f"{clue}/move", clue, move="accept", version=version)
    with unscoped(session, "a test looks"):
        session.expire_all()
        assert session.scalars(select(Sighting)).one().state == "accepted"
    assert clue in desk.get(page).get_data(as_text=True)


@pytest.mark.parametrize(("telephone", "wrong"), [
    ("12", "12"), ("027-12345678、138001380", "138001380"), ("请打电话", "请打电话"),
    ("027-12345678、13800138000", ""), ("12315", ""), ("", ""),
])  # fmt: skip
def test_a_poster_prints_no_number_that_nobody_can_call(desk, city, session, telephone, wrong):
    for language, sentence in (
        ("zh", "“{}”不是有效的国内电话号码"),
        ("en", "“{}” is not a telephone number"),
    ):
        path = f"/contact-points/new?lang={language}"
        answer = post(
            desk, path, path, name="一元社区联系点", division_uid=city.east.uid, telephone=telephone
        )
        page = answer.get_data(as_text=True)
        assert answer.status_code == (422 if wrong else 302)
        assert not wrong or sentence.format(wrong) in page
        assert not wrong or f'value="{telephone}"' in page
    with unscoped(session, "a test looks"):
        assert len(session.scalars(select(ContactPoint)).all()) == (0 if wrong else 2)


def test_a_poster_opens_the_report_page_with_its_community_and_is_counted(desk, city, app, session):
    answer = post(desk, "/contact-points/new", "/contact-points/new", name="一元社区联系点", division_uid=city.east.uid,
                  telephone="027-12345678", lon="114.31", lat="30.6")  # fmt: skip
    assert answer.status_code == 302
    with unscoped(session, "a test looks"):
        point = session.scalars(select(ContactPoint)).one()
        uid, token = point.uid, point.token
    for size, language in (("a4", "zh"), ("a3", "en")):
        pdf = desk.get(f"/contact-points/{uid}/poster-{size}-{language}.pdf")
        assert pdf.data.startswith(b"%PDF-")
    resident = make.browser(app)
    form = resident.get(f"/report?at={token}").get_data(as_text=True)
    assert f'value="{city.east.uid}" selected' in form
    sent = {"token": re.search(r'name="token" value="([^"]+)"', form)[1], "at": token, "kind": "lecture",
            "division": city.east.uid, "address": "一元路", "text": "听课"}  # fmt: skip
    assert resident.post("/report", data=sent).status_code == 200
    with unscoped(session, "a test looks"):
        session.expire_all()
        assert session.scalars(select(ContactPoint)).one().response_count == 1
    assert post(desk, f"/contact-points/{uid}/use", f"/contact-points/{uid}").status_code == 302
    assert f'value="{city.east.uid}" selected' not in resident.get(f"/report?at={token}").get_data(
        as_text=True
    )
    bad = post(desk, f"/contact-points/{uid}", f"/contact-points/{uid}", name="", division_uid="", lon="x")
    assert bad.status_code == 422


TEXT = (
    "登记编号,登记时间,举报人姓名,举报人电话,举报内容,所属区,被举报地址,经度,纬度\n"
    "HB001,2026-03-01 10:20,王小明,13812345678,每天几十人听课,武汉市江岸区,一元路3号,114.31,30.60\n"
    "HB001,2026-03-01 10:20,王小明,13812345678,每天几十人听课,武汉市江岸区,一元路3号,114.31,30.60\n"
    "HB002,后天,李四,,要求交入门费,江岸区,,,\n"
    ",2026-03-02,,,,火星区,,abc,1\n"
    "HB003,2026/3/2,,,有人推销,,,,\n"
)


def test_a_file_of_the_platform_comes_in_once_without_who_reported(desk, city, app, session):
    form = desk.get("/clues/import").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    sent = desk.post("/venues/import", content_type="multipart/form-data", data={
        "csrf_token": token, "purpose": "clues", "division": city.east.uid,
        "file": (io.BytesIO(TEXT.encode("gbk")), "12315.csv"),
    })  # fmt: skip
    assert sent.status_code == 302, sent.get_data(as_text=True)[-900:]
    columns = sent.headers["Location"]
    shown = desk.get(columns).get_data(as_text=True)
    selects = re.findall(r'<select[^>]*name="(c\d+)"[^>]*>(.*?)</select>', shown, re.S)
    chosen = {name: (re.search(r'value="(\w*)" selected', body) or [0, ""])[1] for name, body in selects}
    answer = post(desk, columns, columns, division=city.east.uid, datum="wgs84", **chosen)
    show = answer.headers["Location"]
    page = desk.get(show).get_data(as_text=True)
    for sentence in ("缺少来源编号", "不是有效日期", "不是您辖区内的区或街道", "坐标", "缺少反映内容"):
        assert sentence in page
    assert post(desk, f"{show}/store", show).status_code == 302
    with unscoped(session, "a test looks"):
        session.expire_all()
        found = session.scalars(select(Clue).order_by(Clue.number)).all()
        kept = [(c.source_number, c.kind, c.channel, c.address) for c in found]
    assert kept == [("HB001", "lecture", "hotline", "一元路3号"), ("HB003", "selling", "hotline", "")]
    everything = b"".join(
        path.read_bytes() for path in app.config["SETTINGS"].DATA_DIR.rglob("*") if path.is_file()
    )
    assert "王小明".encode() not in everything
    assert b"13812345678" not in everything


def test_terms_and_calendar_are_set_by_those_who_may(app, city, desk, session):
    with unscoped(session, "a test makes a city manager"):
        person = make.create_person(session, city.east, "city_manager", username="chief")
        session.commit()
    assert desk.get("/clues/settings").status_code == 403
    chief = make.sign_in(app, person)
    page = "/clues/settings"
    assert post(chief, page, page, what="days", days="2026-03-07,上班\n2026-03-09，放假").status_code == 302
    wrong = post(chief, page, page, what="days", days="明天,上班\n2026-03-10,也许")
    assert wrong.status_code == 422
    assert wrong.get_data(as_text=True).count("不是有效的日历条目") >= 2
    assert post(chief, page, page, what="drop", day="2026-03-09").status_code == 302
    assert post(chief, page, page, what="year", year="2030", settled="1").status_code == 302
    assert "2026-03-07" in chief.get(page).get_data(as_text=True)
    assert "2026-03-09" not in chief.get(page).get_data(as_text=True)
    bind_principal(session, None)
