"""Scores as they were announced stay, whatever is recorded later; whoever is assessed reads scheme and own score."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.reports.models import SummaryEdition
from patrol.territory import Division
from tests.factories import patrols as make
from tests.factories.desk import load, send, token
from tests.factories.venues import create_person
from tests.web.test_assessment_pages import DAYS, begin, edit, putian, row, scheme, scores_of

__all__ = ["putian", "scheme"]
DEN = "窝点名称,行政区划,发现日期,状态,确认日期,取缔日期\n荔城窝点,荔城区,2026-06-20,已取缔,2026-06-20,2026-06-21\n"
PERIOD = {"since": "2026-05-01", "until": "2026-07-31"}


@pytest.fixture
def announced(putian, scheme):
    """The scheme in force, and where its scores of the campaign were announced."""
    send(putian, scheme, f"{scheme}/publish")
    return scheme, send(putian, f"{scheme}?{DAYS}", f"{scheme}/announce", **PERIOD)


def desk_of(app, session, code):
    with unscoped(session, "a test looks for a district"):
        session.info["readonly"] = False
        district = session.scalars(select(Division).where(Division.code == code)).one()
        person = create_person(session, district)
        session.commit()
    make.free(session)
    return make.sign_in(app, person)


def test_announced_scores_stay_and_the_page_says_what_reads_differently_now(session, putian, announced):
    path, told = announced
    before = scores_of(putian, told, "")
    assert before["荔城区"] == (6, 21.0, 100.0)
    assert before == scores_of(putian, path)
    assert "各项数字没有变化" in putian.get(f"{told}?lang=zh").get_data(as_text=True)
    load(putian, "dens", DEN)
    assert scores_of(putian, path)["荔城区"][1] == 31.0
    assert scores_of(putian, told, "") == before
    page = putian.get(told).get_data(as_text=True)
    assert "荔城区: 捣毁窝点 0 → 1" in page
    assert "荔城区: 分值 21 → 31" in page
    rows = load_workbook(io.BytesIO(putian.get(f"{told}/scores.xlsx").data))["分值"].iter_rows(
        min_row=2, values_only=True
    )
    stamp = next(rows)[0]
    assert {r[1]: (r[0], r[2], r[3]) for r in list(rows)[1:]} == before
    with unscoped(session, "a test looks at what is stored"):
        kept = session.scalars(select(SummaryEdition)).one()
        assert stamp.endswith(kept.sha256)
        verbs = [e.verb for e in session.scalars(select(AuditEntry))]
    assert "assessment.announce" in verbs


def test_the_same_days_announced_again_mark_what_is_restated(putian, announced):
    path, first = announced
    load(putian, "dens", DEN)
    second = send(putian, f"{path}?{DAYS}", f"{path}/announce", **PERIOD)
    page = putian.get(second).get_data(as_text=True)
    assert "第2版" in page
    assert re.search(r"与前一版的更正|更正", page)
    assert "荔城区: 捣毁窝点 0 → 1" in page
    assert "各项数字没有变化" in page
    assert scores_of(putian, second, "")["荔城区"][1] == 31.0
    assert scores_of(putian, first, "")["荔城区"][1] == 21.0
    listed = putian.get(f"{path}?{DAYS}").get_data(as_text=True)
    assert listed.index(second) < listed.index(first)
    assert listed.count("有更正") == 1


def test_a_later_version_of_the_scheme_restates_by_its_sums(putian, announced):
    path, _told = announced
    newer = send(putian, path, f"{path}/version").removesuffix("/edit")
    edit(putian, newer, "1", **row(0, "communities_awarded", "100", "threshold", "10"))
    send(putian, newer, f"{newer}/publish")
    page = putian.get(send(putian, newer, f"{newer}/announce", **PERIOD)).get_data(as_text=True)
    assert "涵江区: 分值 36 → 0" in page
    assert "捣毁窝点 3" not in page


def test_only_the_version_in_force_announces_and_only_a_period_that_is_one(putian, scheme):
    for language, said in (("zh", "只能按已发布的方案通报得分"), ("en", "by the published version only")):
        send(putian, scheme, f"{scheme}/announce?lang={language}", **PERIOD)
        assert said in putian.get(f"{scheme}?lang={language}").get_data(as_text=True)
    send(putian, scheme, f"{scheme}/publish")
    for language, said in (("zh", "结束日期早于开始日期"), ("en", "period ends before it begins")):
        send(putian, scheme, f"{scheme}/announce?lang={language}", since="2026-07-31", until="2026-05-01")
        assert said in putian.get(f"{scheme}?lang={language}").get_data(as_text=True)
    assert "得分通报" in putian.get(f"{scheme}?lang=zh").get_data(as_text=True)


def test_a_district_reads_its_citys_scheme_and_its_own_score_and_no_other(app, session, putian, announced):
    path, told = announced
    own = desk_of(app, session, "350303")
    listed = own.get("/assessment/?lang=zh").get_data(as_text=True)
    assert "上级对本单位的考核" in listed
    assert f'href="{path}"' in listed
    page = own.get(f"{path}?{DAYS}").get_data(as_text=True)
    assert "36 / 100" in page
    assert "涵江区" in page
    assert "城厢区" not in page
    for hidden in ("/publish", "/version", "/copy", "/announce"):
        assert f"{path}{hidden}" not in page
        answer = own.post(f"{path}{hidden}", data={"csrf_token": token(own, "/assessment/"), **PERIOD})
        assert answer.status_code == 404
    kept = own.get(told).get_data(as_text=True)
    assert "36 / 100" in kept
    assert re.search(r'4<span class="muted s"> / 7</span>', kept)
    assert "城厢区" not in kept
    rows = (
        load_workbook(io.BytesIO(own.get(f"{told}/scores.xlsx").data))
        .worksheets[0]
        .iter_rows(min_row=4, values_only=True)
    )
    assert [r[1] for r in rows] == ["涵江区"]
    load(putian, "dens", DEN)
    assert "荔城" not in own.get(told).get_data(as_text=True)


def test_a_draft_from_above_and_a_scheme_of_a_neighbour_are_not_there(app, session, putian, scheme):
    own = desk_of(app, session, "350303")
    assert own.get(scheme).status_code == 404
    send(putian, scheme, f"{scheme}/publish")
    told = send(putian, f"{scheme}?{DAYS}", f"{scheme}/announce", **PERIOD)
    assert own.get(scheme).status_code == 200
    neighbour = begin(desk_of(app, session, "350302"), division="350302", begun_from="shipped")
    assert own.get(neighbour).status_code == 404
    assert own.get("/assessment/announced/none").status_code == 404
    assert putian.get(told.replace("/assessment/announced", "/summaries/editions")).location == told
    assert "打传考核" not in putian.get("/summaries/").get_data(as_text=True)
