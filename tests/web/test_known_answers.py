"""Two real yearly reports, entered as ordinary records by files and forms, come out of the summary unchanged."""

import io
import re
import sys
from html import unescape

import pytest
from docx import Document

from tests.factories import known_cities as known
from tests.factories import patrols as make
from tests.factories.desk import load, send, token

CLOCKS = (
    "patrol.clues.views.public", "patrol.ledgers.pages", "patrol.ledgers.work", "patrol.enforcement.facts",
    "patrol.prevention.facts", "patrol.prevention.views", "patrol.reports.views", "patrol.reports.summary_views",
    "patrol.reports.work", "patrol.reports.assessment.pages",
)  # fmt: skip


def set_clock(monkeypatch, clock):
    for module in CLOCKS:
        monkeypatch.setattr(sys.modules[module], "CLOCK", clock)


def report(client, number, division):
    page = client.get("/report").get_data(as_text=True)
    data = {
        "token": re.search(r'name="token" value="([^"]+)"', page)[1], "kind": "lecture", "division": division.uid,
        "address": f"平陵西路{number}号", "text": "每天有人上课", "seen_on": "", "website": "",
    }  # fmt: skip
    assert client.post("/report", data=data).status_code == 200


def summary(client, template, code, since, until):
    path = send(client, "/summaries/", "/summaries/new", template=template, division=code, since=since, until=until,
                signature="打击传销工作领导小组办公室")  # fmt: skip
    return path


def said(client, path):
    """Return what the article on a summary's page says, without markup."""
    page = client.get(path).get_data(as_text=True)
    article = re.search(r'<article class="official".*?</article>', page, re.S)[0]
    return unescape(re.sub(r"<[^>]+>", "", article))


def docx_of(client, path, **fields):
    making = send(client, path, f"{path.replace('/editions', '')}/document", kind="docx", **fields)
    job = making.rpartition("/")[2]
    answer = client.get(f"/summaries/files/{job}")
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), cells


@pytest.fixture
def liyang(app, session, monkeypatch):
    """Liyang with the year's records."""
    set_clock(monkeypatch, known.LIYANG_DAY)
    city, manager = known.create_liyang(session)
    desk = make.sign_in(app, manager)
    resident = make.browser(app)
    for number in range(8):
        report(resident, number, city)
    load(desk, "actions", known.LIYANG_ACTIONS)
    load(desk, "dens", known.LIYANG_DENS)
    load(desk, "events", known.LIYANG_EVENTS)
    base = {
        "division": "320481",
        "kind": "community",
        "applied_on": "2026-02-01",
        "creating_on": "2026-03-01",
    }
    send(desk, "/communities/new", **base, title="清溪社区", state="awarded", inspected_on="2026-10-10",
         awarded_on="2026-11-01")  # fmt: skip
    for name in ("昆仑社区", "燕山社区", "八字桥社区"):
        send(desk, "/communities/new", **base, title=name, state="creating")
    return desk


LIYANG_SAID = (
    "受理举报8起", "出动执法车辆29车次", "执法人员195人次", "捣毁传销窝点5个", "驱散传销人员132人次", "登记身份信息123人次",
    "开展宣传活动5次（华地百货、大润发）", "发放宣传单350份", "张贴海报30张", "已命名无传销社区（村）1个", "正在创建3个",
)  # fmt: skip


def test_the_year_of_liyang_comes_out_as_its_report_stands(liyang):
    path = summary(liyang, "yearly", "320481", "2026-01-01", "2026-11-30")
    screen = said(liyang, path)
    text, _cells = docx_of(liyang, path)
    for each in LIYANG_SAID:
        assert each in screen
        assert each in text
    assert text.splitlines()[0] == "溧阳市2026年1—11月打击传销工作总结"
    assert "一、主要措施" in text
    assert "（一）" in text
    assert "2026年11月30日" in text
    assert "解救" not in text  # nobody was rescued: no sentence


def test_every_figure_of_the_summary_opens_to_exactly_its_records(liyang):
    path = summary(liyang, "yearly", "320481", "2026-01-01", "2026-11-30")
    page = liyang.get(path).get_data(as_text=True)
    links = re.findall(r'<a class="figure" href="([^"]+)">([^<]+)</a>', page)
    assert len(links) > 10
    for href, value in links:
        opened = liyang.get(unescape(href)).get_data(as_text=True)
        shown = re.search(r'class="stat-value">\s*([\d.]+)', opened)
        assert shown[1] == value, href
        parts = [float(each) for each in re.findall(r'<td data-label="计入" class="num">\s*([\d.]+)', opened)]
        assert f"{sum(parts):g}" == value, href


def test_a_withdrawn_record_changes_the_figure_and_never_the_frozen_edition(liyang):
    path = summary(liyang, "yearly", "320481", "2026-01-01", "2026-11-30")
    edition = send(liyang, path, f"{path}/freeze")
    frozen = said(liyang, edition)
    action = re.search(
        r'href="(/actions/[0-9a-f-]{36})">LY-5<', liyang.get("/actions/").get_data(as_text=True)
    )[1]
    send(liyang, action, f"{action}/withdraw", reason="与联合行动重复登记")
    live = said(liyang, path)
    assert "出动执法车辆24车次" in live
    assert "驱散传销人员114人次" in live
    assert said(liyang, edition) == frozen
    assert "驱散传销人员132人次" in frozen
    page = liyang.get(edition).get_data(as_text=True)
    for each in ("132 → 114", "29 → 24", "与联合行动重复登记"):
        assert each in page
    text, _cells = docx_of(liyang, path, edition=edition.rpartition("/")[2])
    assert "驱散传销人员132人次" in text
    again = send(liyang, path, f"{path}/freeze")
    text, _cells = docx_of(liyang, path, edition=again.rpartition("/")[2])
    assert "驱散遣散较前一版有更正，由132更正为114" in text
    assert "较前一版的更正" in liyang.get(again).get_data(as_text=True)


@pytest.fixture
def putian(app, session, monkeypatch):
    """Putian with the campaign's records."""
    set_clock(monkeypatch, known.PUTIAN_DAY)
    _city, manager = known.create_putian(session)
    desk = make.sign_in(app, manager)
    for ledger, text in (
        ("actions", known.PUTIAN_ACTIONS), ("dens", known.PUTIAN_DENS), ("cases", known.PUTIAN_CASES),
        ("letters", known.PUTIAN_LETTERS), ("direct-sellers", known.PUTIAN_SELLERS),
        ("seller-checks", known.PUTIAN_VISITS), ("filings", known.PUTIAN_FILINGS),
        ("communities", known.putian_communities()),
    ):  # fmt: skip
        load(desk, ledger, text)
    event = {"title": "读本进校园", "division": "3503", "kind": "campus", "held_on": "2026-06-05"}
    send(desk, "/events/new", **event, booklets="50")
    send(desk, "/joint-meetings/new", title="荔城联席会议", division="350304", held_on="2026-06-16")
    send(desk, "/joint-meetings/new", title="涵江联席会议", division="350303", held_on="2026-06-18")
    send(desk, "/statements/new", title="秀屿责任状", division="350305", year="2026", level="district",
         signer="秀屿区政府", signed_on="2026-07-08")  # fmt: skip
    return desk


PUTIAN_SAID = (
    "涵江区捣毁窝点3个，驱散人员100人次，解救9人，立案2起，移交公安机关1起，罚没0.2万元。",
    "城厢区驱散人员7人次，立案1起，联合查处案件1起。",
    "召开联席会议2次（荔城区6月16日、涵江区6月18日）",
    "签订责任状1份（秀屿区7月8日）",
    "印发公开信5种、500份（致房屋出租户、致企业、致学生、致村民、致家长）",
    "发放读本50份",
    "走访直销企业8家",
    "备案直销会议20次",
    "全市共有无传销社区（村）182个",
)
PUTIAN_PROBLEMS = (
    "荔城区只召开1次会议，未开展执法行动",
    "秀屿区、北岸、湄洲岛对辖区内直销企业底数不清",
    "涵江区、荔城区、秀屿区、湄洲岛本期没有新命名的无传销社区（村）",
)


def test_the_campaign_of_putian_comes_out_as_its_report_stands(putian):
    path = summary(putian, "campaign", "3503", "2026-05-01", "2026-07-31")
    screen = said(putian, path)
    text, cells = docx_of(putian, path)
    for each in (*PUTIAN_SAID, *PUTIAN_PROBLEMS):
        assert each in screen
        assert each in text
    for name, count in known.COMMUNITIES.items():
        assert f"{known.PUTIAN[name][1]}{count}个" in text
    told = re.search(r"其中(.*?)。", text[text.index("182个") :])[1]
    assert sum(int(n) for n in re.findall(r"(\d+)个", told)) == 182
    assert cells[-1] == "182"
    assert len(cells) == 9 * 9


def test_every_district_figure_of_the_campaign_opens_to_that_districts_own(putian):
    path = summary(putian, "campaign", "3503", "2026-05-01", "2026-07-31")
    links = re.findall(
        r'<a class="figure" href="([^"]+)">([^<]+)</a>', putian.get(path).get_data(as_text=True)
    )
    assert len([href for href, _ in links if "communities_awarded" in href]) == 1 + len(known.COMMUNITIES)
    for href, value in links:
        shown = re.search(
            r'class="stat-value">\s*([\d.]+)', putian.get(unescape(href)).get_data(as_text=True)
        )
        assert shown[1] == value, href
    district = summary(putian, "campaign", "350303", "2026-05-01", "2026-07-31")
    assert "全区共有无传销社区（村）2个" in said(putian, district)


def test_the_stated_problems_stand_on_the_dashboard_too_and_go_when_they_are_mended(putian):
    page = "/reports/?division=3503&since=2026-05-01&until=2026-07-31"
    shown = putian.get(page).get_data(as_text=True)
    for each in PUTIAN_PROBLEMS:
        assert each in shown
    for code in ("350305", "350391", "350392"):
        send(putian, "/seller-counts/new", division=code, counted_on="2026-07-20", count="0")
    assert "底数不清" not in putian.get(page).get_data(as_text=True)
    send(putian, "/actions/new", title="荔城清查", division="350304", kind="planned", begun_on="2026-07-20",
         officers_count="4")  # fmt: skip
    assert "未开展执法行动" not in putian.get(page).get_data(as_text=True)


def test_the_text_is_edited_with_live_figures_and_unknown_ones_are_refused(putian):
    path = summary(putian, "campaign", "3503", "2026-05-01", "2026-07-31")
    text = re.search(
        r'<textarea[^>]*name="text"[^>]*>(.*?)</textarea>', putian.get(path).get_data(as_text=True), re.S
    )[1]
    edited = unescape(text).strip() + "\n\n另：解救{rescued}人，其中涵江{rescued@350303}人。"
    send(putian, path, f"{path}/edit", text=edited, signature="办公室", version="1")
    assert "另：解救9人，其中涵江9人。" in said(putian, path)
    data = {"csrf_token": token(putian, path), "text": "# 总结\n{rescue}人", "version": "2"}
    for language, word in (("zh", "第2行的“{rescue}”不是系统中的指标"), ("en", "in line 2 is not a figure")):
        answer = putian.post(f"{path}/edit?lang={language}", data=data)
        assert answer.status_code == 422
        assert word in answer.get_data(as_text=True)
    assert "另：解救9人" in said(putian, path)


def test_a_summary_is_set_as_a_pdf_of_the_same_words(putian):
    path = summary(putian, "campaign", "3503", "2026-05-01", "2026-07-31")
    job = send(putian, path, f"{path}/document", kind="pdf").rpartition("/")[2]
    assert putian.get(f"/summaries/making/{job}").status_code == 200
    assert putian.get(f"/summaries/files/{job}").data[:5] == b"%PDF-"
