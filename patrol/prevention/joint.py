"""Ledgers of the joint mechanism: meetings, decisions, responsibility statements, contacts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.errors import Faults
from patrol.core.labels import Label as L  # noqa: N817  (a ledger is a table of words)
from patrol.ledgers import Field as F  # noqa: N817
from patrol.ledgers import Ledger, register
from patrol.prevention import domain as d
from patrol.prevention.facts import (
    decision_facts,
    decision_standing,
    meeting_facts,
    statement_doubts,
    statement_facts,
)
from patrol.prevention.models import Contact, Decision, JointMeeting, Statement
from patrol.prevention.publicity import DIVISION


def check_statement(
    session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date
) -> None:
    """A statement is signed in its year, or in the one before or after."""
    d.judge_statement(values, faults)


MEETINGS = Ledger(
    code="joint-meetings", name=L("联席会议", "Joint meetings"), one=L("联席会议", "Meeting"), section="joint",
    about=L("议题、到会单位、纪要，议定事项跟踪到办结。",
      "Agenda, attendance, minutes; decisions followed until done."),
    icon="team", prefix="LX", model=JointMeeting, day="held_on", read="prevention.read", edit="prevention.edit",
    uid_param="meeting_uid", facts=meeting_facts, part="prevention/_meeting.html",
    fields=(
        F("title", L("会议名称", "Name"), required=True), DIVISION,
        F("held_on", L("日期", "Date"), "day", True, listed=True, past=True, aliases=("会议日期",)),
        F("chair", L("主持人", "Chair"), longest=80, listed=True),
        F("present", L("到会单位", "Agencies present"), "names"),
        F("absent", L("缺席单位", "Agencies absent"), "names"),
        F("agenda", L("议题", "Agenda"), "long", longest=4000, group=L("内容", "Content")),
        F("minutes", L("纪要", "Minutes"), "long", longest=20000, group=L("内容", "Content")),
    ),
)  # fmt: skip
DECISIONS = Ledger(
    code="decisions", name=L("议定事项", "Decisions"), one=L("议定事项", "Decision"), section="joint",
    about=L("谁负责、何时完成。", "Who answers for it, until when."), icon="check", prefix="YD", model=Decision,
    day="decided_on", read="prevention.read", edit="prevention.edit", uid_param="decision_uid", facts=decision_facts,
    order=(("decided_on", "due_on"), ("decided_on", "done_on")), standing=decision_standing,
    fields=(
        F("title", L("事项", "Decision"), required=True), DIVISION,
        F("meeting", L("联席会议编号", "Meeting number"), "record", target="joint-meetings", aliases=("会议编号",)),
        F("decided_on", L("议定日期", "Decided on"), "day", True, past=True),
        F("owner", L("责任单位", "Responsible agency"), required=True, longest=80, listed=True),
        F("due_on", L("完成期限", "Due on"), "day", True, listed=True),
        F("done_on", L("办结日期", "Done on"), "day", past=True, listed=True),
        F("outcome", L("办理结果", "Outcome"), "long", longest=4000),
    ),
)  # fmt: skip
STATEMENTS = Ledger(
    code="statements", name=L("责任状", "Responsibility statements"), one=L("责任状", "Statement"), section="joint",
    about=L("按年度逐级签订；扫描件或手写签名作为附件。",
      "Signed level by level each year; scan or signature attached."),
    icon="document", prefix="ZR", model=Statement, day="signed_on", read="prevention.read", edit="prevention.edit",
    uid_param="statement_uid", check=check_statement, doubts=statement_doubts, facts=statement_facts,
    part="prevention/_statement.html",
    fields=(
        F("title", L("名称", "Name"), required=True), DIVISION,
        F("year", L("年度", "Year"), "whole", True, least=2000, listed=True),
        F("level", L("层级", "Level"), "choice", True, d.STATEMENT_LEVELS, listed=True, filtered=True,
          default="district"),
        F("signer", L("签订单位", "Signed by"), required=True, longest=80, listed=True),
        F("receiver", L("交付单位", "Handed to"), longest=80),
        F("signed_on", L("签订日期", "Signed on"), "day", True, listed=True, past=True),
    ),
)  # fmt: skip
CONTACTS = Ledger(
    code="contacts", name=L("通讯录", "Contact list"), one=L("联络员", "Contact"), section="joint",
    about=L("各成员单位的联络员。", "Whom to call in each agency."), icon="phone", prefix="TX", model=Contact,
    day="since", read="prevention.read", edit="prevention.edit", uid_param="contact_uid",
    fields=(
        F("title", L("姓名", "Name"), required=True, longest=40), DIVISION,
        F("agency", L("单位", "Agency"), required=True, longest=80, listed=True),
        F("duty", L("职务", "Duty"), longest=80, listed=True),
        F("phone", L("电话", "Telephone"), required=True, longest=30, listed=True),
        F("since", L("登记日期", "Since"), "day", True, past=True),
    ),
)  # fmt: skip
for _ledger in (MEETINGS, DECISIONS, STATEMENTS, CONTACTS):
    register(_ledger)
