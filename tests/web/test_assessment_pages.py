"""A scheme as a manager makes it: begun, changed, published, superseded; scores that open to their records."""

import io
import re
import sys
from html import unescape

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.reports.assessment.models import AssessmentScheme
from tests.factories import known_cities as known
from tests.factories import patrols as make
from tests.factories.desk import load, send, token

CLOCKS = (
    "patrol.ledgers.pages",
    "patrol.ledgers.work",
    "patrol.reports.views",
    "patrol.reports.assessment.pages",
)
DAYS = "since=2026-05-01&until=2026-07-31"


def begin(desk, title="年度考核", begun_from="shipped", **more):
    given = {"title": title, "division": "3503", "units": "divisions", "begun_from": begun_from, **more}
    return send(desk, "/assessment/", "/assessment/new", **given).removesuffix("/edit")


def row(number, indicator, points, rule, target="", step="", period="assessed", **more):
    said = {
        "indicator": indicator,
        "points": points,
        "rule": rule,
        "target": target,
        "step": step,
        "period": period,
    }
    return {**{f"{name}_{number}": text for name, text in said.items()}, **more}


def edit(desk, path, version, **fields):
    return send(desk, f"{path}/edit", title="打传考核", units="divisions", version=version, **fields)


def scores_of(desk, path, days=DAYS):
    """Return unit → (rank, points as shown) from the page's ranking."""
    page = desk.get(f"{path}?{days}").get_data(as_text=True)
    rows = re.findall(
        r'class="num strong">(\d+)</td><th scope="row">([^<]+)</th>.*?class="num">([\d.]+) / ([\d.]+)</td>',
        page,
    )
    return {name: (int(rank), float(total), float(possible)) for rank, name, total, possible in rows}


@pytest.fixture
def putian(app, session, monkeypatch):
    """Putian's manager at the desk, with the campaign's records."""
    for module in CLOCKS:
        monkeypatch.setattr(sys.modules[module], "CLOCK", known.PUTIAN_DAY)
    _city, manager = known.create_putian(session)
    desk = make.sign_in(app, manager)
    for ledger, text in (
        ("actions", known.PUTIAN_ACTIONS),
        ("dens", known.PUTIAN_DENS),
        ("communities", known.putian_communities()),
    ):
        load(desk, ledger, text)
    send(desk, "/joint-meetings/new", title="荔城联席会议", division="350304", held_on="2026-06-16")
    return desk


@pytest.fixture
def scheme(putian):
    """A scheme of two items for the seven districts of Putian, saved as a draft."""
    path = begin(putian, begun_from="empty")
    dens = row(0, "dens_closed", "40", "per_unit", step="10")
    edit(putian, path, "1", **dens, **row(1, "communities_awarded", "60", "proportional", "20"))
    return path


def test_scores_are_those_of_the_real_report_and_each_figure_opens_to_its_records(putian, scheme):
    scores = scores_of(putian, scheme)
    assert scores["涵江区"] == (4, 36.0, 100.0)  # 3 dens of 10 points, 2 of 20 communities
    assert scores["城厢区"] == (1, 60.0, 100.0)
    assert scores["北岸"] == (1, 60.0, 100.0)
    assert scores["湄洲岛"] == (7, 3.0, 100.0)
    page = putian.get(f"{scheme}?{DAYS}").get_data(as_text=True)
    links = re.findall(r'<a class="s" href="([^"]+)">\s*([\d.]+)', page)
    assert len(links) == 14
    for href, value in links:
        opened = putian.get(unescape(href)).get_data(as_text=True)
        assert re.search(r'class="stat-value">\s*([\d.]+)', opened)[1] == value, href
    assert "荔城区只召开1次会议，未开展执法行动" in page


def test_a_published_version_is_frozen_and_an_edit_makes_a_new_one(session, putian, scheme):
    send(putian, scheme, f"{scheme}/publish")
    before = scores_of(putian, scheme)
    assert putian.get(f"{scheme}/edit").status_code == 302
    tried = putian.post(
        f"{scheme}/edit", data={"csrf_token": token(putian, scheme), "title": "改", "version": "3"}
    )
    assert tried.status_code == 409
    assert "已发布的考核方案不能修改" in tried.get_data(as_text=True)
    second = send(putian, scheme, f"{scheme}/version").removesuffix("/edit")
    assert send(putian, scheme, f"{scheme}/version") == scheme  # there is a draft already
    assert "已有下一版草稿" in putian.get(scheme).get_data(as_text=True)
    edit(putian, second, "1", **row(0, "communities_awarded", "100", "threshold", "10"))
    assert scores_of(putian, scheme) == before
    send(putian, second, f"{second}/publish")
    assert scores_of(putian, second)["涵江区"] == (5, 0.0, 100.0)
    old = putian.get(scheme).get_data(as_text=True)
    assert "已被新版本取代" in old
    assert scores_of(putian, scheme) == before
    with unscoped(session, "a test looks at what is stored"):
        rows = session.scalars(select(AssessmentScheme).order_by(AssessmentScheme.number)).all()
        assert [(r.number, r.state, len(r.sha256)) for r in rows] == [
            (1, "replaced", 64),
            (2, "published", 64),
        ]
        verbs = [e.verb for e in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]
    told = [verb for verb in verbs if verb.startswith("assessment.")]
    assert told == ["assessment.begin", "assessment.edit", "assessment.publish", "assessment.version",
                    "assessment.edit", "assessment.publish"]  # fmt: skip


def test_a_record_more_changes_the_score_and_the_period_bounds_it(putian, scheme):
    assert scores_of(putian, scheme)["荔城区"][1] == 21.0
    head = "窝点名称,行政区划,发现日期,状态,确认日期,取缔日期\n"
    load(putian, "dens", head + "荔城窝点,荔城区,2026-06-20,已取缔,2026-06-20,2026-06-21\n")
    assert scores_of(putian, scheme)["荔城区"][1] == 31.0
    assert scores_of(putian, scheme, "since=2026-07-01&until=2026-07-31")["荔城区"][1] == 21.0


def test_own_targets_and_areas_are_kept_and_count(putian, scheme):
    own = {"target_1@350304": "7", "area_0": ["350303", "350302"]}
    dens = row(0, "dens_closed", "40", "per_unit", step="10")
    edit(putian, scheme, "2", **dens, **row(1, "communities_awarded", "60", "proportional", "20"), **own)
    scores = scores_of(putian, scheme)
    assert scores["荔城区"] == (1, 60.0, 60.0)
    assert scores["涵江区"][1:] == (36.0, 100.0)
    form = putian.get(f"{scheme}/edit").get_data(as_text=True)
    assert re.search(r'name="target_1@350304"[^>]*value="7"', form)
    assert len(re.findall(r'name="area_0" value="\d+" checked', form)) == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("第1项：“很多”不是有效分值", "第1项：该计分办法需要大于0的目标值", "第2项：请选择计分办法")),
        ("en", ("Item 1: “很多” is not a number of points", "Item 1: this rule needs a target", "Item 2: please choose")),
    ],
)  # fmt: skip
def test_a_bad_form_says_everything_at_once_and_keeps_what_was_typed(putian, scheme, language, said):
    typed = {
        **row(0, "actions", "很多", "proportional", "-3"),
        **row(1, "events", "5", ""),
        "note": "半年一次",
    }
    data = {"csrf_token": token(putian, scheme), "title": "考核", "version": "2", **typed}
    answer = putian.post(f"{scheme}/edit?lang={language}", data=data)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    for each in said:
        assert each in page
    for kept in ('value="很多"', 'value="-3"', "半年一次", '<option value="events" selected>'):
        assert kept in page
    assert scores_of(putian, scheme)["涵江区"][1] == 36.0


def test_two_who_edit_the_same_draft_do_not_overwrite_each_other(putian, scheme):
    data = {
        "csrf_token": token(putian, scheme),
        "title": "考核",
        "version": "1",
        **row(0, "events", "5", "threshold", "1"),
    }
    answer = putian.post(f"{scheme}/edit", data=data)
    assert answer.status_code == 409
    assert "已被他人修改" in answer.get_data(as_text=True)


def test_the_workbook_holds_ranking_values_and_scheme(putian, scheme):
    send(putian, scheme, f"{scheme}/publish")
    book = load_workbook(io.BytesIO(putian.get(f"{scheme}/export.xlsx?{DAYS}&lang=zh").data))
    assert book.sheetnames == ["分值", "指标值", "考核方案"]
    rows = list(book["分值"].iter_rows(min_row=4, values_only=True))
    shown = scores_of(putian, scheme)
    assert {r[1]: (r[0], r[2], r[3]) for r in rows} == shown
    assert all(r[2] == pytest.approx(sum(r[5:])) for r in rows)
    assert [r[0] for r in book["考核方案"].iter_rows(min_row=4, values_only=True)] == [
        "捣毁窝点",
        "已命名社区",
    ]


def test_the_shipped_scheme_an_empty_one_a_copy_and_a_dropped_draft(putian):
    assert "还没有考核方案" in putian.get("/assessment/?lang=zh").get_data(as_text=True)
    path = begin(putian, title="自带方案")
    page = putian.get(f"{path}/edit").get_data(as_text=True)
    assert "合计100分" in page
    assert len(scores_of(putian, path)) == 7
    empty = begin(putian, title="空白方案", begun_from="empty")
    assert "该方案还没有项目" in putian.get(empty).get_data(as_text=True)
    assert send(putian, empty, f"{empty}/publish") == empty
    assert "至少要有一个项目" in putian.get(empty).get_data(as_text=True)
    copy = send(putian, path, f"{path}/copy").removesuffix("/edit")
    assert scores_of(putian, copy) == scores_of(putian, path)
    send(putian, empty, f"{empty}/drop")
    listed = putian.get("/assessment/?lang=en").get_data(as_text=True)
    assert "空白方案" not in listed
    assert "Assessment" in listed
    for language, word in (("zh", "请填写考核方案名称"), ("en", "Please name the scheme")):
        data = {"csrf_token": token(putian, "/assessment/"), "title": " ", "division": "3503"}
        answer = putian.post(f"/assessment/new?lang={language}", data=data)
        assert answer.status_code == 422
        assert word in answer.get_data(as_text=True)


def test_branches_are_assessed_by_the_records_of_their_divisions(app, session, putian):
    from patrol.accounts import Agency
    from patrol.territory import Division

    with unscoped(session, "a test founds branches"):
        session.info["readonly"] = False
        hanjiang = session.scalars(select(Division).where(Division.code == "350303")).one()
        for name in ("涵江分局", "江口分局"):
            session.add(
                Agency(name=name, kind="branch", division_id=hanjiang.id, scope_path=hanjiang.scope_path)
            )
        session.commit()
    make.free(session)
    path = begin(putian, begun_from="empty", units="branches")
    data = row(0, "dens_closed", "40", "per_unit", step="10")
    send(putian, f"{path}/edit", title="分局考核", units="branches", version="1", **data)
    assert scores_of(putian, path) == {"涵江分局、江口分局": (1, 30.0, 40.0)}
