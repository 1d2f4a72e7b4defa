"""What people get wrong, each said in both languages on both databases, with what was typed still there."""

import datetime as dt
import re
import sys

import pytest
from openpyxl import Workbook

from patrol.clues.models import Clue
from patrol.core.clock import FixedClock, china_date
from patrol.infra.db import unscoped
from tests.factories import patrols as make
from tests.factories.desk import Desk, send
from tests.factories.ledgers import NOW, make_record

TODAY = china_date(NOW)
#: the last working days of a year: a term of 15 working days reaches into one whose holidays nobody has announced
LATE_DECEMBER = FixedClock(dt.datetime(2031, 12, 29, 2, tzinfo=dt.UTC))


def impossible_day(desk):
    return desk.action(begun_on="2026-02-30")


def a_day_to_come(desk):
    return desk.action(begun_on=(TODAY + dt.timedelta(days=9)).isoformat())


def below_zero(desk):
    return desk.action(dispersed="-4")


def before_its_campaign(desk):
    campaign = desk.made(lambda: make_record(desk.session, "campaigns", "420102").number)
    return desk.action(begun_on=(TODAY - dt.timedelta(days=40)).isoformat(), campaign=campaign)


def wrong_identity(number):
    def entered(desk):
        action = desk.made(lambda: make_record(desk.session, "actions", "420102").uid)
        return desk.post(f"/enforcement/register/enter/{action}", role="participant", name="金丝雀", identity=number,
                         note="自述")  # fmt: skip

    return entered


def changed_after_freezing(desk):
    action = desk.made(lambda: make_record(desk.session, "actions", "420102", dispersed="7").uid)
    day = TODAY.isoformat()
    path = send(desk.client, "/summaries/", "/summaries/new", template="yearly", division="420102",
                since=f"{day[:4]}-01-01", until=day, signature="办公室")  # fmt: skip
    edition = send(desk.client, path, f"{path}/freeze")
    send(desk.client, f"/actions/{action}", f"/actions/{action}/withdraw", reason="重复登记")
    return 200, desk.read(edition)


def merged_cells(desk):
    book = Workbook()
    sheet = book.active
    sheet.append(["名称", "辖区", "形式", "活动日期", "宣传单"])
    sheet.append(["进社区宣传", "江岸区", "进社区", "2026-06-10", 40])
    sheet.append(["进市场宣传", None, "进市场", "2026-06-11", "不详"])
    sheet.merge_cells("B2:B3")
    return desk.upload("events", book)


def two_header_rows(desk):
    book = Workbook()
    sheet = book.active
    for line in (
        ["2026年执法行动台账"],
        ["编号", "事由", "辖区", "行动日期", "人员", "人员"],
        [None, None, None, None, "出动人次", "驱散人员"],
        ["LY-1", "清查出租房", "江岸区", "2026-03-12", 41, 35],
    ):
        sheet.append(line)  # fmt: skip
    for area in ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "A1:F1"):
        sheet.merge_cells(area)
    status, page = desk.upload("actions", book)
    return status, page + desk.read("/actions/?q=LY-1")


def two_header_rows_that_say_nothing(desk):
    book = Workbook()
    sheet = book.active
    for line in (
        ["基本情况", "基本情况", "数字", "数字"],
        ["甲", "乙", "丙", "丁"],
        ["清查", "江岸区", 41, 35],
    ):
        sheet.append(line)
    return desk.upload("actions", book)


def closing_without_reason(desk):
    path = desk.clue()
    desk.to_fed_back(path)
    with unscoped(desk.session, "another person checked"):
        desk.session.info["readonly"] = False
        desk.session.query(Clue).update({"state": "checked"})
        desk.session.commit()
    make.free(desk.session)
    return desk.step(path, "close", close_reason="", reason="材料已归档")


def refusing_without_reason(desk):
    return desk.step(desk.clue(), "refuse", reason=" ")


def withdrawing_without_reason(desk):
    action = desk.made(lambda: make_record(desk.session, "actions", "420102").uid)
    return desk.post(f"/actions/{action}", f"/actions/{action}/withdraw", reason="错")


def checking_own_work(desk):
    path = desk.clue()
    desk.to_fed_back(path)
    return desk.step(path, "check", reason="材料齐全")


def holiday_not_announced(desk):
    return 200, desk.read(desk.clue())


#: what somebody does, its status, what must be said in Chinese and English, what must still stand there
CASES = {
    "impossible day": (impossible_day, 422, ("“2026-02-30”不是有效日期",), ("“2026-02-30” is not a date",),
                       ('value="2026-02-30"', "清查出租房屋")),
    "day to come": (a_day_to_come, 422, ("在今天之后",), ("lies in the future",), ("清查出租房屋",)),
    "count below zero": (below_zero, 422, ("“-4”不是不小于0的整数",), ("“-4” is not a whole number of at least 0",),
                         ('value="-4"', "清查出租房屋")),
    "action before its campaign": (before_its_campaign, 422, ("行动日期不在所属专项行动期间",),
                                   ("The action lies outside its campaign",), ("清查出租房屋", "ZX-420102")),
    "identity too short": (wrong_identity("1101051949"), 422, ("18位",), ("17 digits and a last digit or X",),
                           ('value="1101051949"', 'value="金丝雀"', "自述")),
    "identity with a wrong check digit": (
        wrong_identity("110105194912310021"), 422, ("校验",), ("The last digit of this identity number does not fit",),
        ('value="110105194912310021"', 'value="金丝雀"', "自述")),
    "identity of nobody's birthday": (
        wrong_identity("110105194902310021"), 422, ("出生日期",), ("The date of birth in this identity number",),
        ('value="110105194902310021"', 'value="金丝雀"', "自述")),
    "figure changed after freezing": (
        changed_after_freezing, 200, ("定稿后有记录变动。本版保持不变", "7 → 0", "重复登记"),
        ("Records changed after this edition was frozen. The edition stays as it is", "7 → 0", "重复登记"),
        ("驱散传销人员7人次",)),
    "merged cells": (
        merged_cells, 302, ("发现1处合并单元格", "“不详”不是不小于0的整数", "请在文件中更正以下各行后重新上传"),
        ("Merged areas found: 1", "“不详” is not a whole number", "Nothing was stored. Mend these rows"), ("表.xlsx",)),
    "two header rows": (two_header_rows, 302, ("第2、3行共同构成列名", "全部入库", "LY-1"), ("Rows 2 and 3", "Every row is stored", "LY-1"),
                        ()),
    "two header rows that name no column": (
        two_header_rows_that_say_nothing, 302, ("文件中缺少“事由",), ("The file has no column “", "(事由)”"), ()),
    "closing without a reason": (closing_without_reason, 422, ("请选择结案理由",), ("Choose why the clue is closed",),
                                 ("材料已归档",)),
    "refusing without a reason": (refusing_without_reason, 422, ("须填写原因",), ("needs a reason in words",), ()),
    "withdrawing without a reason": (withdrawing_without_reason, 302, ("请填写原因（不少于4个字）",),
                                     ("Please say why, in at least four characters",), ()),
    "checking one's own work": (checking_own_work, 409, ("须由他人核查",), ("Somebody else has to check it",),
                                ("材料齐全",)),
    "clock over a holiday not announced": (
        holiday_not_announced, 200, ("尚未公布放假安排", " *"), ("holidays are not announced yet; the day may move", " *"), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_said_in_the_readers_language_and_nothing_is_lost(app, session, database, monkeypatch, name):
    """Each is read in one language on one database and in the other on the other, turn and turn about."""
    turn = list(CASES).index(name) + (database.kind == "postgis")
    desk = Desk(app, session, ("zh", "en")[turn % 2])
    do, status, zh, en, kept = CASES[name]
    if do is holiday_not_announced:
        for module in ("patrol.clues.views.loop", "patrol.clues.views.around"):
            monkeypatch.setattr(sys.modules[module], "CLOCK", LATE_DECEMBER)
    answered, page = do(desk)
    assert answered == status
    for sentence in zh if desk.language == "zh" else en:
        assert sentence in page
    words = re.sub(r"<[^>]+>", "", page)
    for each in kept:
        assert each in page or each in words
    assert "Traceback" not in page
