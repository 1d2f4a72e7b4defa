"""Ledgers of publicity and communities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.errors import Faults
from patrol.core.labels import Label as L  # noqa: N817  (a ledger is a table of words)
from patrol.ledgers import Field as F  # noqa: N817
from patrol.ledgers import Ledger, Tab, register, register_tab
from patrol.prevention import domain as d
from patrol.prevention.facts import community_facts
from patrol.prevention.models import Community, MaterialMove, OpenLetter, PublicityEvent

DIVISION = F(
    "division", L("行政区划", "Division"), "division", required=True, aliases=("辖区", "县区", "区县", "地区")
)
_MATERIAL = L("宣传材料", "Materials")
_WHERE = L("地点", "Place")
_WAY = L("创建过程", "Way of the community")
_COPIES = L("份", "copies")


def check_community(
    session: Session, row: Any, values: dict[str, Any], faults: Faults, today: dt.date
) -> None:
    """A community's days come in order, and a revocation says why."""
    d.judge_community(values, faults)


EVENTS = Ledger(
    code="events", name=L("宣传活动", "Publicity events"), one=L("宣传活动", "Event"), section="publicity",
    about=L("在哪里、对谁、用了多少材料。", "Where, for whom, with how much material."), icon="megaphone",
    prefix="XC", model=PublicityEvent, day="held_on", read="prevention.read", edit="prevention.edit",
    uid_param="event_uid",
    fields=(
        F("title", L("活动名称", "Name"), required=True, aliases=("名称",)), DIVISION,
        F("kind", L("形式", "Kind"), "choice", True, d.EVENT_KINDS, listed=True, filtered=True, aliases=("类型",)),
        F("held_on", L("日期", "Date"), "day", True, listed=True, past=True, aliases=("活动日期",)),
        F("audience", L("受众人数", "Audience"), "whole", listed=True, unit=L("人", "people")),
        F("agencies", L("参加单位", "Agencies"), "names"),
        F("leaflets", L("宣传单", "Leaflets"), "whole", listed=True, unit=_COPIES, group=_MATERIAL,
          aliases=("发放宣传单",)),
        F("posters", L("海报挂图", "Posters"), "whole", listed=True, unit=_COPIES, group=_MATERIAL,
          aliases=("海报", "宣传海报")),
        F("booklets", L("读本手册", "Booklets"), "whole", unit=_COPIES, group=_MATERIAL, aliases=("读本",)),
        F("banners", L("横幅", "Banners"), "whole", unit=L("条", "pieces"), group=_MATERIAL),
        F("boards", L("展板", "Display boards"), "whole", unit=L("块", "pieces"), group=_MATERIAL),
        F("messages", L("短信", "Text messages"), "whole", unit=L("条", "messages"), group=_MATERIAL),
        F("address", L("地点", "Place"), group=_WHERE, listed=True),
        F("place", L("位置", "Position"), "place", group=_WHERE),
        F("note", L("备注", "Note"), "long", longest=4000, group=_WHERE),
    ),
)  # fmt: skip
LETTERS = Ledger(
    code="letters", name=L("公开信", "Open letters"), one=L("公开信", "Open letter"), section="publicity",
    about=L("按对象分类的公开信及发放份数。", "Letters by addressee, with copies."), icon="send", prefix="GK",
    model=OpenLetter, day="sent_on", read="prevention.read", edit="prevention.edit", uid_param="letter_uid",
    fields=(
        F("title", L("标题", "Title"), required=True), DIVISION,
        F("addressee", L("对象", "Addressee"), "choice", True, d.ADDRESSEES, listed=True, filtered=True),
        F("sent_on", L("发放日期", "Sent on"), "day", True, listed=True, past=True),
        F("copies", L("份数", "Copies"), "whole", True, least=1, listed=True, unit=_COPIES),
        F("agencies", L("参加单位", "Agencies"), "names"),
        F("text", L("内容", "Text"), "long", longest=8000),
    ),
)  # fmt: skip
STOCK = Ledger(
    code="stock", name=L("材料库存", "Stock of materials"), one=L("出入库", "Movement"), section="publicity",
    about=L("入库与报损在此登记；活动用掉的从宣传活动自动扣减。",
            "What came in or was lost; what events used is subtracted by itself."),
    icon="layers", prefix="KC", model=MaterialMove, day="moved_on", read="prevention.read", edit="prevention.edit",
    uid_param="stock_uid",
    fields=(
        F("title", L("说明", "About"), required=True), DIVISION,
        F("material", L("材料", "Material"), "choice", True, d.STOCKED, listed=True, filtered=True),
        F("way", L("方向", "Way"), "choice", True, d.WAYS, listed=True, default="in"),
        F("moved_on", L("日期", "Date"), "day", True, listed=True, past=True),
        F("count", L("数量", "Count"), "whole", True, least=1, listed=True),
        F("note", L("备注", "Note"), "long", longest=4000),
    ),
)  # fmt: skip
COMMUNITIES = Ledger(
    code="communities", name=L("无传销社区（村）", "Communities without pyramid selling"),
    one=L("社区（村）", "Community"), section="communities",
    about=L("申报、创建、验收、命名、复查、撤销，按“五个一”清单留证。",
            "Applying, creating, inspected, awarded, re-inspected, revoked, with evidence for each item."),
    icon="home", prefix="SQ", model=Community, day="applied_on", read="prevention.read", edit="prevention.edit",
    uid_param="community_uid", state="state", check=check_community, facts=community_facts,
    part="prevention/_community.html",
    tones={"applying": "quiet", "creating": "info", "inspected": "info", "awarded": "ok", "revoked": "danger"},
    fields=(
        F("title", L("名称", "Name"), required=True, aliases=("社区名称",)), DIVISION,
        F("kind", L("类别", "Kind"), "choice", True, d.COMMUNITY_KINDS, listed=True, filtered=True,
          default="community"),
        F("state", L("状态", "State"), "choice", True, d.STATES, listed=True, filtered=True, default="applying"),
        F("households", L("户数", "Households"), "whole", unit=L("户", "households")),
        F("contact", L("联系人", "Contact"), longest=80),
        F("place", L("位置", "Position"), "place"),
        F("applied_on", L("申报日期", "Applied on"), "day", True, past=True, group=_WAY),
        F("creating_on", L("创建日期", "Creating since"), "day", past=True, group=_WAY, aliases=("开始创建",)),
        F("inspected_on", L("验收日期", "Inspected on"), "day", past=True, group=_WAY),
        F("awarded_on", L("命名日期", "Awarded on"), "day", past=True, listed=True, group=_WAY),
        F("reinspect_on", L("下次复查", "Next inspection"), "day", group=_WAY),
        F("revoked_on", L("撤销日期", "Revoked on"), "day", past=True, group=_WAY),
        F("revoked_reason", L("撤销原因", "Reason for revoking"), longest=400, group=_WAY),
    ),
)  # fmt: skip
for _ledger in (EVENTS, LETTERS, STOCK, COMMUNITIES):
    register(_ledger)
register_tab("publicity", Tab(L("库存结余", "What is left"), "/prevention/stock", "table", "prevention.read"))
register_tab("publicity", Tab(L("社区覆盖", "Coverage"), "/prevention/coverage", "map", "prevention.read"))
register_tab(
    "communities",
    Tab(L("按县区与年份", "By district and year"), "/prevention/communities", "table", "prevention.read"),
)
register_tab(
    "communities", Tab(L("创建清单", "Checklist"), "/prevention/checklist", "list", "prevention.plan")
)
