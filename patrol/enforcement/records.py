"""The four ledgers of enforcement: campaigns, actions, cases, dens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import CHINA, Clock
from patrol.core.errors import Faults
from patrol.core.labels import Label as L  # noqa: N817  (a ledger is a table of words)
from patrol.enforcement import domain as d
from patrol.enforcement import queries
from patrol.enforcement.facts import action_facts, campaign_facts, case_facts, den_facts, den_standing
from patrol.enforcement.models import Action, Campaign, Case, Den
from patrol.infra import spatial
from patrol.infra.db import Principal
from patrol.ledgers import Field as F  # noqa: N817
from patrol.ledgers import Ledger, Tab, record_of_key, register, register_tab
from patrol.territory import grid_at
from patrol.venues import Venue

_WHO = L("人员与单位", "People and agencies")
_DONE = L("行动成果", "What was done")
_WHERE = L("地点", "Place")
_LAW = L("法定程序", "Legal steps")
_TIMES = L("人次", "attendances")
DIVISION = F(
    "division", L("行政区划", "Division"), "division", required=True, aliases=("辖区", "县区", "区县", "地区")
)


def check_campaign(
    session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date
) -> None:
    """A campaign does not move away from the actions that belong to it."""
    begun, ended = values.get("begun_on"), values.get("ended_on")
    if row is None or begun is None or ended is None:
        return
    outside = queries.actions_outside(session, row.id, begun, ended)
    if outside:
        first = outside[0]
        faults.add(d.ACTIONS_OUTSIDE, where="begun_on" if first.begun_on < begun else "ended_on", count=len(outside),
                   number=first.number, day=first.begun_on)  # fmt: skip


def check_action(session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date) -> None:
    """Ask for what the Regulation asks for, and for a day inside the campaign."""
    d.judge_action(values, faults)
    begun, campaign_id = values.get("begun_on"), values.get("campaign_id")
    if begun and campaign_id:
        campaign = record_of_key(session, "campaigns", campaign_id)
        if campaign and not campaign.begun_on <= begun <= campaign.ended_on:
            faults.add(d.OUTSIDE_CAMPAIGN, where="begun_on", begun=campaign.begun_on, ended=campaign.ended_on)


def check_case(session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date) -> None:
    """A transferred case says when and whereto."""
    d.judge_case(values, faults)


def check_den(session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date) -> None:
    """A closed den says when; its instants follow from its days."""
    d.judge_den(values, faults)
    found, closed = values.get("found_on"), values.get("closed_on")
    values["found_at"] = _noon(found or today)
    values["closed_at"] = _noon(closed) if closed else None


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=CHINA)


def settle_den(session: Session, actor: Principal, row: Den, clock: Clock) -> None:
    """Give a den the place of its venue where it has none, and the grid it lies in."""
    if row.geom is None and row.venue_id:
        venue: Any = session.scalars(select(Venue).where(Venue.id == row.venue_id)).one()
        row.geom = spatial.point(venue.lon, venue.lat)
    shape: Any = spatial.to_shapely(row.geom) if row.geom is not None else None
    grid = grid_at(session, shape.x, shape.y) if shape is not None else None
    row.grid_id = grid.id if grid else None
    session.flush()


CAMPAIGNS = Ledger(
    code="campaigns", name=L("专项行动", "Campaigns"), one=L("专项行动", "Campaign"), section="enforcement",
    about=L("一段时间、若干区域、按指标定目标的集中行动。", "A period of concentrated work with areas and targets."),
    icon="flag", prefix="ZX", model=Campaign, day="begun_on", read="enforcement.read", edit="enforcement.plan",
    uid_param="campaign_uid", order=(("begun_on", "ended_on"),),
    above=queries.campaigns_above, check=check_campaign, facts=campaign_facts, part="enforcement/_campaign.html",
    fields=(
        F("title", L("名称", "Name"), required=True), DIVISION,
        F("begun_on", L("开始日期", "Begins on"), "day", required=True, listed=True),
        F("ended_on", L("结束日期", "Ends on"), "day", required=True, listed=True),
        F("areas", L("重点区域", "Areas"), "names", listed=True,
          hint=L("区划或网格的名称或编码；巡查计划据此优先安排其中的场所。",
                 "Names or codes of divisions and grids; patrol plans raise the places inside.")),
        F("lead", L("牵头单位", "Lead agency")),
        F("goal", L("目标与要求", "Goal"), "long", longest=4000),
    ),
)  # fmt: skip
ACTIONS = Ledger(
    code="actions", name=L("执法行动", "Actions"), one=L("执法行动", "Action"), section="enforcement",
    about=L("每次出动：谁去、去哪里、做了什么；查封扣押须事先书面批准，期限自动计算。",
            "Each deployment: who, where, what was done. Sealing needs prior approval; its term is counted."),
    icon="shield", prefix="ZF", model=Action, day="begun_on", read="enforcement.read", edit="enforcement.edit",
    uid_param="action_uid", order=(("begun_on", "ended_on"), ("sealed_on", "seal_lifted_on")),
    check=check_action, facts=action_facts, part="enforcement/_action.html",
    fields=(
        F("title", L("事由", "Matter"), required=True, aliases=("名称",)), DIVISION,
        F("kind", L("类型", "Kind"), "choice", True, d.ACTION_KINDS, listed=True, filtered=True, default="planned"),
        F("begun_on", L("日期", "Date"), "day", True, listed=True, past=True, aliases=("开始日期", "行动日期")),
        F("ended_on", L("结束日期", "Ended on"), "day", past=True),
        F("campaign", L("所属专项行动", "Campaign"), "record", target="campaigns"),
        F("officers_count", L("出动人次", "Officers"), "whole", True, unit=_TIMES, listed=True, group=_WHO,
          aliases=("出动人员", "执法人员人次")),
        F("vehicles", L("出动车次", "Vehicles"), "whole", unit=L("车次", "vehicles"), listed=True, group=_WHO,
          aliases=("出动车辆",)),
        F("officers", L("执法人员", "Officers by name"), "names", group=_WHO),
        F("agencies", L("联合单位", "Joint agencies"), "names", group=_WHO),
        F("dispersed", L("驱散遣散", "People dispersed"), "whole", unit=_TIMES, listed=True, group=_DONE,
          aliases=("驱散人员", "遣散人员")),
        F("educated", L("教育劝返", "People educated"), "whole", unit=_TIMES, group=_DONE),
        F("rescued", L("解救", "People rescued"), "whole", unit=L("人", "people"), group=_DONE,
          aliases=("解救人员",)),
        F("identity_records", L("登记身份信息", "Identity records"), "whole", unit=_TIMES, group=_DONE,
          aliases=("采集身份信息",)),
        F("venues", L("场所", "Venues"), "venues", listed=True, group=_WHERE, aliases=("Venue", "检查场所"),
          hint=L("可以有多个，第一个决定行动在地图上的位置；没有场所的（如街面清查）留空。",
                 "Several are possible; the first gives the action its place on maps. Leave empty where there was "
                 "none, as on a street.")),
        F("address", L("地址", "Address"), group=_WHERE),
        F("place", L("位置", "Position"), "place", group=_WHERE),
        F("measures", L("采取的措施", "Measures taken"), "many", choices=d.MEASURES, group=_LAW),
        F("approval", L("批准方式", "Approval"), "choice", choices=d.APPROVALS, group=_LAW),
        F("approval_number", L("批准文号", "Number of the approval"), longest=60, group=_LAW),
        F("approved_by", L("批准人", "Approved by"), longest=40, group=_LAW),
        F("approved_on", L("批准日期", "Approved on"), "day", past=True, group=_LAW),
        F("sealed_on", L("查封扣押日期", "Sealed on"), "day", past=True, group=_LAW,
          hint=L("自当日起30日，案情复杂经批准可延长15日。", "30 days from that day, 15 more for complex cases.")),
        F("seal_extended", L("已批准延长15日", "Extended by 15 days"), "flag", group=_LAW),
        F("seal_lifted_on", L("解除日期", "Lifted on"), "day", past=True, group=_LAW),
        F("handed_over", L("决定书和清单已当场交付", "Decision and list handed over on the spot"), "flag",
          group=_LAW),
        F("note", L("备注", "Note"), "long", longest=4000),
    ),
)  # fmt: skip
CASES = Ledger(
    code="cases", name=L("案件", "Cases"), one=L("案件", "Case"), section="enforcement",
    about=L("立案、处罚、移交公安。", "What was filed, decided, transferred to the police."),
    icon="scale", prefix="AJ", model=Case, day="filed_on", read="enforcement.read", edit="enforcement.edit",
    uid_param="case_uid", state="state", order=(("filed_on", "transferred_on"), ("filed_on", "decided_on")),
    check=check_case, facts=case_facts,
    tones={"filed": "info", "decided": "ok", "transferred": "ok", "dropped": "quiet"},
    fields=(
        F("title", L("案由", "Matter"), required=True), DIVISION,
        F("filed_on", L("立案日期", "Filed on"), "day", True, listed=True, past=True),
        F("state", L("状态", "State"), "choice", True, d.CASE_STATES, listed=True, filtered=True, default="filed"),
        F("action", L("所属执法行动", "Action"), "record", target="actions"),
        F("acts", L("违法行为（第七条）", "Acts of article 7"), "many", choices=d.ACTS),
        F("joint", L("联合办案", "Joint case"), "flag", aliases=("联合查处",)),
        F("persons", L("涉案人数", "Persons"), "whole", unit=L("人", "people")),
        F("levels", L("层级", "Levels"), "whole", unit=L("级", "levels")),
        F("transferred_on", L("移交日期", "Transferred on"), "day", past=True, group=L("结果", "Outcome")),
        F("transferred_to", L("接收机关", "Transferred to"), longest=80, group=L("结果", "Outcome")),
        F("decided_on", L("处罚决定日期", "Decided on"), "day", past=True, group=L("结果", "Outcome")),
        F("fine", L("罚没金额", "Fine"), "money", listed=True, group=L("结果", "Outcome"), aliases=("罚没款",)),
        F("note", L("备注", "Note"), "long", longest=4000, group=L("结果", "Outcome")),
    ),
)  # fmt: skip
DENS = Ledger(
    code="dens", name=L("窝点", "Dens"), one=L("窝点", "Den"), section="enforcement", title="name",
    about=L("疑似、确认、取缔、回访90日，直至平静或回流。",
      "Suspected, confirmed, closed, watched for 90 days, then quiet or returned."),
    icon="den", prefix="WD", model=Den, day="found_on", read="enforcement.read", edit="enforcement.edit",
    uid_param="den_uid", state="state", order=(("found_on", "confirmed_on", "closed_on"),), check=check_den,
    after=settle_den, facts=den_facts, standing=den_standing, part="enforcement/_den.html",
    tones={"suspected": "warn", "confirmed": "danger", "closed": "info", "watched": "warn", "quiet": "ok",
           "returned": "danger"},
    fields=(
        F("name", L("名称", "Name"), required=True, longest=120, aliases=("窝点名称",)), DIVISION,
        F("state", L("状态", "State"), "choice", True, d.DEN_STATES, listed=True, filtered=True, default="suspected"),
        F("found_on", L("发现日期", "Found on"), "day", True, listed=True, past=True),
        F("confirmed_on", L("确认日期", "Confirmed on"), "day", past=True),
        F("closed_on", L("取缔日期", "Closed on"), "day", past=True, listed=True, aliases=("捣毁日期",)),
        F("action", L("取缔行动", "Closed by action"), "record", target="actions"),
        F("persons", L("现场人数", "People there"), "whole", unit=L("人", "people")),
        F("relocated_from", L("疑似转移自", "Moved from"), "record", target="dens"),
        F("note", L("备注", "Note"), "long", longest=4000),
        F("venue", L("场所", "Venue"), "venue", group=_WHERE), F("address", L("地址", "Address"), group=_WHERE),
        F("place", L("位置", "Position"), "place", group=_WHERE),
    ),
)  # fmt: skip
for _ledger in (ACTIONS, DENS, CASES, CAMPAIGNS):
    register(_ledger)
register_tab(
    "enforcement", Tab(L("期限提醒", "Running terms"), "/enforcement/terms", "clock", "enforcement.read")
)
register_tab(
    "enforcement", Tab(L("人员信息库", "Guarded register"), "/enforcement/register/", "lock", "register.read")
)
