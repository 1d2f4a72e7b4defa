"""Ledgers of direct selling: companies, outlets, checks, filed meetings, counts, warnings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.errors import Faults, PatrolError
from patrol.core.identifiers import read_credit_code, read_phone
from patrol.core.labels import Label as L  # noqa: N817  (a ledger is a table of words)
from patrol.ledgers import Field as F  # noqa: N817
from patrol.ledgers import Ledger, register
from patrol.prevention import domain as d
from patrol.prevention.facts import company_facts, filing_doubts, filing_facts
from patrol.prevention.models import DirectSeller, FiledMeeting, Outlet, RiskWarning, SellerCheck, SellerCount
from patrol.prevention.publicity import DIVISION

_WHERE = L("时间地点", "When and where")
_RESULT = L("问题与整改", "Problems and remedies")
COMPANY = F("company", L("直销企业编号", "Company number"), "record", required=True, target="direct-sellers",
            aliases=("直销企业", "企业编号"))  # fmt: skip


def check_company(session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date) -> None:
    """The credit code and the telephone number are what they say they are."""
    for name, read in (("credit_code", read_credit_code), ("phone", read_phone)):
        if values.get(name):
            try:
                values[name] = read(values[name])
            except PatrolError as error:
                faults.add(error.faults[0].problem, where=name, **dict(error.faults[0].facts))


def check_filing(session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date) -> None:
    """A meeting is filed before it is held, and lies somewhere."""
    d.judge_filing(values, faults)


COMPANIES = Ledger(
    code="direct-sellers", name=L("直销企业", "Direct sellers"), one=L("直销企业", "Company"), section="direct",
    about=L("辖区内的直销企业底数。", "The direct-selling companies of the area."), icon="shop", prefix="ZQ",
    model=DirectSeller, day="since", read="prevention.read", edit="prevention.edit", uid_param="company_uid",
    check=check_company, facts=company_facts, part="prevention/_company.html",
    fields=(
        F("title", L("企业名称", "Name"), required=True), DIVISION,
        F("credit_code", L("统一社会信用代码", "Credit code"), longest=24, listed=True),
        F("licence", L("直销经营许可证", "Licence"), longest=60),
        F("responsible", L("负责人", "Person responsible"), longest=40, listed=True),
        F("phone", L("电话", "Telephone"), longest=30),
        F("since", L("登记日期", "On record since"), "day", True, listed=True, past=True),
        F("note", L("备注", "Note"), "long", longest=4000),
    ),
)  # fmt: skip
OUTLETS = Ledger(
    code="outlets", name=L("服务网点", "Outlets"), one=L("服务网点", "Outlet"), section="direct",
    about=L("直销企业的分支机构和服务网点。", "Branches and outlets of direct sellers."), icon="pin", prefix="WL",
    model=Outlet, day="since", read="prevention.read", edit="prevention.edit", uid_param="outlet_uid",
    fields=(
        F("title", L("名称", "Name"), required=True), DIVISION, COMPANY,
        F("kind", L("类别", "Kind"), "choice", True, d.OUTLET_KINDS, listed=True, filtered=True, default="outlet"),
        F("since", L("登记日期", "On record since"), "day", True, listed=True, past=True),
        F("responsible", L("负责人", "Person responsible"), longest=40),
        F("venue", L("场所", "Venue"), "venue", group=_WHERE),
        F("address", L("地址", "Address"), listed=True, group=_WHERE),
        F("place", L("位置", "Position"), "place", group=_WHERE),
    ),
)  # fmt: skip
CHECKS = Ledger(
    code="seller-checks", name=L("走访检查", "Visits and checks"), one=L("走访检查", "Check"), section="direct",
    about=L("走访、专项检查和企业自查，问题限期整改。",
      "Visits, special inspections and self-checks, with deadlines for remedies."),
    icon="check-circle", prefix="ZJ", model=SellerCheck, day="checked_on", read="prevention.read",
    edit="prevention.edit", uid_param="check_uid", order=(("checked_on", "mend_by"), ("checked_on", "mended_on")),
    fields=(
        F("title", L("事项", "Matter"), required=True), DIVISION, COMPANY,
        F("kind", L("方式", "Kind"), "choice", True, d.SELLER_CHECKS, listed=True, filtered=True, default="visit"),
        F("checked_on", L("日期", "Date"), "day", True, listed=True, past=True),
        F("faulty", L("存在问题的项目", "Items with problems"), "many", choices=d.CHECK_ITEMS, listed=True,
          group=_RESULT),
        F("signs", L("涉嫌传销的迹象", "Signs of pyramid selling"), "many", choices=d.SIGNS, listed=True,
          group=_RESULT),
        F("problems", L("问题", "Problems"), "long", longest=4000, group=_RESULT),
        F("mend_by", L("整改期限", "To be mended by"), "day", listed=True, group=_RESULT),
        F("mended_on", L("整改完成", "Mended on"), "day", past=True, group=_RESULT),
    ),
)  # fmt: skip
FILINGS = Ledger(
    code="filings", name=L("会议备案", "Filed meetings"), one=L("会议备案", "Filed meeting"), section="direct",
    about=L("直销会议事先备案；同一场所时间冲突会提示，巡查到访可核对是否备案。",
            "Meetings filed in advance. Collisions are warned of; a patrol sees whether one was filed."),
    icon="meeting", prefix="HY", model=FiledMeeting, day="filed_on", read="prevention.read", edit="prevention.edit",
    uid_param="filing_uid", check=check_filing, doubts=filing_doubts, facts=filing_facts,
    part="prevention/_filing.html",
    fields=(
        F("title", L("会议名称", "Meeting"), required=True), DIVISION,
        F("company", L("直销企业编号", "Company number"), "record", target="direct-sellers",
          aliases=("直销企业", "企业编号")),
        F("filed_on", L("备案日期", "Filed on"), "day", True, listed=True, past=True),
        F("size", L("预计人数", "Expected size"), "whole", listed=True, unit=L("人", "people")),
        F("speakers", L("主讲人", "Speakers"), "names"),
        F("note", L("备注", "Note"), "long", longest=4000),
        F("held_on", L("会议日期", "Held on"), "day", True, listed=True, group=_WHERE),
        F("begins", L("开始时间", "Begins"), longest=5, group=_WHERE, hint=L("如09:30", "For example 09:30")),
        F("ends", L("结束时间", "Ends"), longest=5, group=_WHERE),
        F("venue", L("场所", "Venue"), "venue", group=_WHERE), F("address", L("地址", "Address"), group=_WHERE),
    ),
)  # fmt: skip
COUNTS = Ledger(
    code="seller-counts", name=L("底数确认", "Confirmed counts"), one=L("底数确认", "Confirmed count"),
    section="direct",
    about=L("各县区确认本辖区直销企业数量；没有也要确认为0，未确认即底数不清。",
            "Each district confirms how many direct sellers it has. Zero is an answer; silence is not."),
    icon="table", prefix="DS", model=SellerCount, day="counted_on", read="prevention.read", edit="prevention.edit",
    uid_param="count_uid",
    fields=(
        F("title", L("说明", "About")), DIVISION,
        F("counted_on", L("确认日期", "Confirmed on"), "day", True, listed=True, past=True),
        F("count", L("企业数", "Companies"), "whole", True, listed=True, unit=L("家", "companies")),
    ),
)  # fmt: skip
WARNINGS = Ledger(
    code="risk-warnings", name=L("风险提示", "Risk warnings"), one=L("风险提示", "Warning"), section="direct",
    about=L("向社会或企业发布的提示。", "Warnings issued to the public or a company."), icon="warning", prefix="FX",
    model=RiskWarning, day="issued_on", read="prevention.read", edit="prevention.edit", uid_param="warning_uid",
    fields=(
        F("title", L("标题", "Title"), required=True), DIVISION,
        F("issued_on", L("发布日期", "Issued on"), "day", True, listed=True, past=True),
        F("company", L("直销企业编号", "Company number"), "record", target="direct-sellers",
          aliases=("直销企业", "企业编号")),
        F("text", L("内容", "Text"), "long", longest=8000),
    ),
)  # fmt: skip
for _ledger in (COMPANIES, OUTLETS, CHECKS, FILINGS, COUNTS, WARNINGS):
    register(_ledger)
