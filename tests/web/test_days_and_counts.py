"""Days, times and counts that cannot be: both are named, what to do is said, and what was typed stays."""

import datetime as dt
import re

import pytest

from patrol.core.clock import china_date
from patrol.enforcement.models import Den
from patrol.infra.db import unscoped
from patrol.ledgers import LEDGERS
from tests.factories import patrols as make
from tests.factories.desk import Desk, send
from tests.factories.ledgers import NOW, given_for, make_record

TODAY = china_date(NOW)


def day(ago):
    return (TODAY - dt.timedelta(days=ago)).isoformat()


def form(ledger, **said):
    """Return what somebody does who fills in the form of a ledger, wrongly."""

    def filled(desk):
        given = desk.made(lambda: given_for(desk.session, LEDGERS[ledger], "420102"))
        return desk.post(f"/{ledger}/new", **{**given, "note": "金丝雀备注", **said})

    return filled


def moved_campaign(desk):
    """Move a campaign away from an action that belongs to it."""

    def two():
        campaign = make_record(desk.session, "campaigns", "420102")
        make_record(desk.session, "actions", "420102", campaign=campaign.number)
        return campaign.uid

    uid = desk.made(two)
    given = {
        "title": "百日行动",
        "division": "420102",
        "begun_on": day(90),
        "ended_on": day(10),
        "version": "1",
    }
    return desk.post(f"/campaigns/{uid}/edit", **given, goal="金丝雀目标")


def bad_targets(desk):
    uid = desk.made(lambda: make_record(desk.session, "campaigns", "420102").uid)
    return desk.post(f"/campaigns/{uid}/progress", f"/campaigns/{uid}/targets", actions="十六", events="12")


def jumping_den(desk):
    uid = desk.made(lambda: make_record(desk.session, "dens", "420102").uid)
    return desk.post(f"/dens/{uid}", f"/enforcement/dens/{uid}/step", state="returned")


def quiet_too_early(desk):
    uid = desk.made(lambda: make_record(desk.session, "dens", "420102", state="watched", confirmed_on=day(0),
                                        closed_on=day(0)).uid)  # fmt: skip
    return desk.post(f"/dens/{uid}", f"/enforcement/dens/{uid}/step", state="quiet")


def jumping_community(desk):
    uid = desk.made(lambda: make_record(desk.session, "communities", "420102").uid)
    return desk.post(
        f"/communities/{uid}", f"/prevention/communities/{uid}/step", state="awarded", reason="金丝雀理由"
    )


def community_without_a_step(desk):
    uid = desk.made(lambda: make_record(desk.session, "communities", "420102").uid)
    return desk.post(f"/communities/{uid}", f"/prevention/communities/{uid}/step", reason="金丝雀理由")


def summary_without_days(desk):
    return desk.post("/summaries/", "/summaries/new", template="yearly", division="420102", since="", until="",
                     signature="金丝雀落款")  # fmt: skip


def question_without_words(desk):
    path = desk.clue()
    return desk.post(path, f"{path}/ask", text="  ")


def seed_too_short(desk):
    uid = desk.made(lambda: make_record(desk.session, "communities", "420102").uid)
    return desk.post(f"/communities/{uid}", f"/prevention/communities/{uid}/draw", seed="3")


def residents_in_words(desk):
    uid = desk.made(lambda: make_record(desk.session, "communities", "420102").uid)
    page = f"/communities/{uid}"
    desk.post(page, f"/prevention/communities/{uid}/draw", seed="上证指数3021.55")
    result = re.search(r'action="([^"]+/inspections/[^"]+)"', desk.read(page))[1]
    return desk.post(page, result, asked="二十", knew="18", passed="1", note="金丝雀记录")


def reward_shared_by_none(desk):
    path = desk.clue()
    desk.to_fed_back(path)
    return desk.post(path, f"{path}/reward", yuan="500", shares="-3", reason="首报属实")


def point_nowhere(desk):
    return desk.post(
        "/contact-points/new",
        name="",
        division_uid=desk.city.east.uid,
        address="一元路",
        lon="东经",
        lat="30.6",
    )


#: what somebody does, its status, what must be said in Chinese and English, what must still stand there
CASES = {
    "campaign ends before it begins": (
        form("campaigns", begun_on="2026-05-01", ended_on="2026-04-30"), 422,
        "“结束日期”（2026-04-30）早于“开始日期”（2026-05-01），请更正其中一个日期。",
        "“Ends on” (2026-04-30) lies before “Begins on” (2026-05-01). Correct one of the two days.", "2026-04-30"),
    "campaign moved away from its actions": (
        moved_campaign, 422, "已有1次归入本专项行动的执法行动不在此期间", "1 of this campaign's actions lie outside these days",
        "金丝雀目标"),
    "den closed before it was confirmed": (
        form("dens", found_on="2026-03-01", confirmed_on="2026-03-09", closed_on="2026-03-08", state="closed"), 422,
        "“取缔日期”（2026-03-08）早于“确认日期”（2026-03-09）", "“Closed on” (2026-03-08) lies before “Confirmed on” (2026-03-09)",
        "金丝雀备注"),
    "case decided before it was filed": (
        form("cases", filed_on="2026-03-02", decided_on="2026-03-01"), 422,
        "“处罚决定日期”（2026-03-01）早于“立案日期”（2026-03-02）", "“Decided on” (2026-03-01) lies before “Filed on” (2026-03-02)",
        "金丝雀备注"),
    "decision due before it was made": (
        form("decisions", decided_on="2026-03-02", due_on="2026-03-01", outcome="金丝雀结果"), 422,
        "“完成期限”（2026-03-01）早于“议定日期”（2026-03-02）", "“Due on” (2026-03-01) lies before “Decided on” (2026-03-02)",
        "金丝雀结果"),
    "remedy before its check": (
        form("seller-checks", checked_on="2026-03-02", mend_by="2026-03-01", problems="金丝雀问题"), 422,
        "“整改期限”（2026-03-01）早于“日期”（2026-03-02）", "“To be mended by” (2026-03-01) lies before “Date” (2026-03-02)",
        "金丝雀问题"),
    "meeting ends before it begins": (
        form("filings", begins="11:00", ends="09:30"), 422, "会议结束时间09:30不晚于开始时间11:00",
        "The meeting ends at 09:30, not after it begins at 11:00", "金丝雀备注"),
    "statement of a year to come": (
        form("statements", year="20266", signer="江岸区人民政府"), 422, "“20266”不可能是", "“20266” cannot be the year",
        "江岸区人民政府"),
    "target in words": (
        bad_targets, 422, "执法行动：“十六”不是有效目标值", "“十六” is not a target; write a whole number of at least 1",
        'value="十六"'),
    "den out of order": (
        jumping_den, 302, "状态为“疑似”的窝点不能改为“回流”，请从页面列出的下一步中选择。",
        "A den that is “Suspected” cannot become “Returned”. Choose one of the steps that its page offers.", ""),
    "den quiet while it is watched": (
        quiet_too_early, 302, f"该窝点回访监控至{day(-90)}", f"This den is watched until {day(-90)}", ""),
    "community out of order": (
        jumping_community, 409, "状态为“申报”的社区不能改为“已命名”", "A community that is “Applying” cannot become “Awarded”",
        'value="金丝雀理由"'),
    "community without a step": (
        community_without_a_step, 422, "请选择下一步状态。", "Please choose the next state.", 'value="金丝雀理由"'),
    "summary without days": (
        summary_without_days, 422, "请填写起止日期", "Please enter the first and the last day", 'value="金丝雀落款"'),
    "question without words": (question_without_words, 422, "请先填写内容。", "Please write something first.", ""),
    "seed too short": (
        seed_too_short, 422, "请填写公开的随机种子（不少于4个字）", "Write the published seed, at least four characters", 'value="3"'),
    "residents in words": (
        residents_in_words, 422, "询问人数：“二十”不是不小于1的整数", "Residents asked: “二十” is not a whole number of at least 1",
        'value="金丝雀记录"'),
    "reward shared by none": (
        reward_shared_by_none, 422, "请填写分享奖励的举报人数：1至20的整数。", "Give how many reporters share it: a whole number from 1 to 20.",
        'value="首报属实"'),
    "contact point without name and place": (
        point_nowhere, 422, "“东经”不是有效的经纬度", "“东经” is not a position in degrees", 'value="东经"'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_is_named_with_what_to_do(app, session, database, name):
    """Each is read in one language on one database and in the other on the other, turn and turn about."""
    turn = list(CASES).index(name) + (database.kind == "postgis")
    desk = Desk(app, session, ("zh", "en")[turn % 2])
    do, status, zh, en, kept = CASES[name]
    answered, page = do(desk)
    assert answered == status
    assert (zh if desk.language == "zh" else en) in page
    assert kept in page


def test_a_contact_point_without_a_name_is_asked_for_its_name(app, session):
    desk = Desk(app, session, "zh")
    assert "请填写联系点名称。" in point_nowhere(desk)[1]


def test_a_community_that_begins_anew_after_its_revocation_can_be_changed(app, session):
    desk = Desk(app, session, "zh")
    days = {"applied_on": day(300), "creating_on": day(250), "inspected_on": day(200), "awarded_on": day(150),
            "revoked_on": day(20), "revoked_reason": "发现窝点一处", "state": "revoked", "households": "90"}  # fmt: skip
    uid = desk.made(lambda: make_record(session, "communities", "420102", **days).uid)
    desk.post(f"/communities/{uid}", f"/prevention/communities/{uid}/step", state="creating")
    edit = desk.read(f"/communities/{uid}/edit")
    version = re.search(r'name="version" value="(\d+)"', edit)[1]
    given = {**days, "state": "creating", "creating_on": day(0), "inspected_on": "", "awarded_on": "", "title": "新华社区",
             "division": "420102", "kind": "community", "version": version}  # fmt: skip
    assert send(desk.client, f"/communities/{uid}/edit", **given) == f"/communities/{uid}"


def test_a_watch_that_is_over_says_so_in_list_page_and_terms_until_somebody_judges_it(app, session):
    desk = Desk(app, session, "zh")
    closed = {"found_on": day(120), "confirmed_on": day(120), "closed_on": day(91), "state": "watched"}
    uid = desk.made(lambda: make_record(session, "dens", "420102", **closed).uid)
    for language, over, ended in (
        ("zh", "回访期满，待认定", "90天已于"),
        ("en", "Watch is over", "90 days over on"),
    ):
        desk.language = language
        assert over in desk.read("/dens/")
        assert over in desk.read(f"/dens/{uid}")
        assert ended in desk.read("/enforcement/terms")
    desk.post(f"/dens/{uid}", f"/enforcement/dens/{uid}/step", state="quiet", reason="三次回访未见异常")
    assert "Watch is over" not in desk.read("/dens/")
    with unscoped(session, "a test looks"):
        session.expire_all()
        assert session.query(Den).one().state == "quiet"


def test_a_suspicion_that_proved_empty_goes_quiet_and_can_still_be_corrected(app, session):
    desk = Desk(app, session, "zh")
    uid = desk.made(lambda: make_record(session, "dens", "420102").uid)
    desk.post(f"/dens/{uid}", f"/enforcement/dens/{uid}/step", state="quiet", reason="核实为普通合租")
    given = {"name": "误报", "division": "420102", "state": "quiet", "found_on": day(0), "version": "2"}
    assert send(desk.client, f"/dens/{uid}/edit", **given) == f"/dens/{uid}"


def test_the_history_of_a_record_names_its_fields_and_choices_in_words(app, session):
    desk = Desk(app, session, "zh")
    uid = desk.made(lambda: make_record(session, "cases", "420102").uid)
    given = {"title": "涉嫌传销案", "division": "420102", "filed_on": day(0), "state": "decided", "fine": "0.2万元", "version": "1",
             "acts": "entry_fee"}  # fmt: skip
    send(desk.client, f"/cases/{uid}/edit", **given)
    for language, said in (("zh", ("状态：已立案 → 已处罚", "罚没金额：— → 2000 元", "违法行为（第七条）：— → 入门费")),
                           ("en", ("State: Filed → Decided", "Fine: — → 2000 yuan", "Acts of article 7: — → Entry fee"))):  # fmt: skip
        desk.language = language
        page = desk.read(f"/cases/{uid}")
        for sentence in said:
            assert sentence in page
        assert "decided" not in re.findall(r'<ol class="timeline">.*?</ol>', page, re.S)[-1]


@pytest.mark.parametrize(("begins", "ends", "zh", "en"), [
    (-5, -9, "尚未开始", "has not begun"), (3, -9, "第4天", "Day 4"), (30, 20, "结束", "ended on"),
], ids=["before", "during", "after"])  # fmt: skip
def test_the_daily_brief_knows_whether_the_campaign_runs(app, session, begins, ends, zh, en):
    desk = Desk(app, session, "zh")
    uid = desk.made(
        lambda: make_record(session, "campaigns", "420102", begun_on=day(begins), ended_on=day(ends)).uid
    )
    for language, said in (("zh", zh), ("en", en)):
        desk.language = language
        page = desk.read(f"/campaigns/{uid}/progress")
        assert said in page
        assert ("第-" in page, "Day -" in page) == (False, False)


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "已登记：签订单位和年度相同"), ("en", "signed by the same for the same year")],
)
def test_a_statement_that_is_on_record_already_is_asked_about_and_may_be_meant(app, session, language, said):
    desk = Desk(app, session, language)
    given = desk.made(lambda: given_for(desk.session, LEDGERS["statements"], "420102"))
    assert desk.post("/statements/new", **given)[0] == 302
    status, page = desk.post("/statements/new", **given)
    assert (status, said in page, 'name="anyway"' in page) == (409, True, True)
    assert desk.post("/statements/new", **{**given, "year": str(int(given["year"]) - 1)})[0] == 302
    assert desk.post("/statements/new", **given, anyway="1")[0] == 302


def test_who_has_not_signed_is_named_at_the_level_of_the_statement(app, session):
    desk = Desk(app, session, "zh")

    def signed():
        for code, name in (("420102001", "一元街道"), ("420102002", "二曜街道")):
            make.create_division(session, code, name, "township", session.merge(desk.city.east), make.EAST)
        above = make_record(session, "statements", "420102", level="district").uid
        return above, make_record(session, "statements", "420102001", level="township").uid

    district, township = desk.made(signed)
    assert "本层级均已签订" in desk.read(f"/statements/{district}")
    page = desk.read(f"/statements/{township}")
    assert "二曜街道" in page
    assert "一元街道" not in page.partition("尚未签订")[2].partition("</section>")[0]


def test_a_decision_says_whether_it_is_done_overdue_or_in_hand(app, session):
    desk = Desk(app, session, "zh")
    for due, done, said in ((5, "", "已逾期"), (-5, "", "办理中"), (5, day(6), "已办结")):
        uid = desk.made(lambda due=due, done=done: make_record(
            session, "decisions", "420102", decided_on=day(9), due_on=day(due), done_on=done).uid)  # fmt: skip
        assert said in desk.read(f"/decisions/{uid}")
    page = desk.read("/decisions/")
    assert all(word in page for word in ("已逾期", "办理中", "已办结"))


def test_a_campaign_of_the_city_is_read_and_named_in_its_districts_and_nowhere_else(app, session):
    desk = Desk(app, session, "zh")

    def three():
        city = make_record(
            session, "campaigns", "4201", title="全市秋冬行动", areas="江岸区", goal="清查出租房屋"
        )
        beside = make_record(session, "campaigns", "420103", title="江汉行动")
        return city.number, city.uid, beside.number

    number, uid, beside = desk.made(three)
    listed = desk.read("/campaigns/")
    for said in ("上级部署", f"{number} 全市秋冬行动", "清查出租房屋"):
        assert said in listed
    assert "江汉行动" not in listed
    assert desk.client.get(f"/campaigns/{uid}").status_code == 404
    assert desk.action(campaign=beside)[0] == 422
    early = desk.action(campaign=number, begun_on=day(40))
    assert (early[0], "行动日期不在所属专项行动期间" in early[1]) == (422, True)
    status, page = desk.action(campaign=number)
    assert status == 302
    assert f"{number} 全市秋冬行动" in page
    assert f'href="/campaigns/{uid}"' not in page
    path = re.search(r'href="(/actions/[0-9a-f-]{36})/edit"', page)[1]
    assert f'value="{number}"' in desk.read(f"{path}/edit")
