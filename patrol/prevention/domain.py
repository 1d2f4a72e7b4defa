"""Words and rules of prevention: materials, addressees, the way of a community, meetings that collide."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from typing import Any

from patrol.core.errors import Faults, problem
from patrol.core.labels import Label

OUT_OF_ORDER = problem(
    "prevention.out_of_order",
    en="A community that is “{state}” cannot become “{wanted}”. Choose one of the steps that its page offers.",
    zh="状态为“{state}”的社区不能改为“{wanted}”，请从页面列出的下一步中选择。",
    status=409,
)
NO_STEP = problem("prevention.no_step", en="Please choose the next state.", zh="请选择下一步状态。")
STATE_NEEDS = problem(
    "prevention.state_needs",
    en="A community that is “{state}” needs the day on which it became so.",
    zh="状态为“{state}”须填写相应日期。",
)
DAYS_OUT_OF_ORDER = problem(
    "prevention.days_out_of_order",
    en="The days are out of order: application, creation, inspection, award, revocation. Correct what is wrong.",
    zh="日期先后有误，应依次为申报、创建、验收、命名、撤销，请更正有误的日期。",
)
DAYS_UNREADABLE = problem(
    "prevention.days_unreadable",
    en="“{text}” is not a pair of dates; write for example 2026-03-01. This year so far is shown.",
    zh="“{text}”不是有效的起止日期，请按“2026-03-01”的形式填写。现显示今年以来的数据。",
)
DAYS_BACKWARDS = problem(
    "prevention.days_backwards",
    en="The last day lies before the first. The year of the last day is shown.",
    zh="结束日期早于开始日期，现显示结束日期当年的数据。",
)
REASON_NEEDED = problem("prevention.reason_needed", en="Please say why.", zh="请填写原因。")
SEED_NEEDED = problem(
    "prevention.seed_needed",
    en="Write the published seed, at least four characters: something public that nobody could choose, "
    "for example the closing index of the day.",
    zh="请填写公开的随机种子（不少于4个字），如当日收盘指数等任何人都无法事先选定的公开数字。",
)
NOT_A_TELEPHONE = problem(
    "prevention.not_a_telephone",
    en="Line {line}: “{text}” is not a mobile number of mainland China. Nothing was sent.",
    zh="第{line}行：“{text}”不是大陆手机号码。未发送任何短信。",
)
NO_TELEPHONE = problem(
    "prevention.no_telephone", en="There is no number to send to.", zh="没有可发送的号码。"
)
TOO_MANY_TELEPHONES = problem(
    "prevention.too_many_telephones",
    en="{count} numbers are more than {most} at a time.",
    zh="一次最多{most}个号码，现有{count}个。",
)
NOT_INSPECTED = problem(
    "prevention.not_inspected",
    en="The last inspection must have passed before a community is awarded.",
    zh="最近一次验收合格后方可命名。",
    status=409,
)
NO_HOUSEHOLDS = problem(
    "prevention.no_households",
    en="Enter the number of households first: the sample is drawn from them.",
    zh="请先填写户数，抽样以户为单位。",
)
BAD_TIME = problem(
    "prevention.bad_time", en="“{text}” is not a time; write 09:30.", zh="“{text}”不是时间，请按09:30填写。"
)
FILED_LATE = problem(
    "prevention.filed_late",
    en="A meeting is filed before it is held.",
    zh="会议备案日期不得晚于会议日期。",
)
ENDS_TOO_EARLY = problem(
    "prevention.ends_too_early",
    en="The meeting ends at {ends}, not after it begins at {begins}. Correct one of the two times.",
    zh="会议结束时间{ends}不晚于开始时间{begins}，请更正其中一个。",
)
YEAR_OUTSIDE = problem(
    "prevention.year_outside",
    en="“{year}” cannot be the year of a statement signed on {day}: write that year, the one before or the one after.",
    zh="“{year}”不可能是{day}所签责任状的年度，请填写签订当年或其前后一年。",
)
WHERE_NEEDED = problem(
    "prevention.where_needed", en="Say where: a venue or an address.", zh="请填写会议场所或地址。"
)
MORE_KNEW = problem(
    "prevention.more_knew",
    en="Of {asked} residents asked, {knew} cannot have known.",
    zh="询问{asked}人，知晓人数不能是{knew}。",
)

EVENT_KINDS = {
    "plaza": Label("广场集中宣传", "On a plaza"),
    "community": Label("进社区", "In a community"),
    "village": Label("进农村", "In a village"),
    "campus": Label("进校园", "On a campus"),
    "company": Label("进企业", "In a company"),
    "market": Label("进市场", "In a market"),
    "lecture": Label("讲座培训", "Lecture"),
    "media": Label("广播电视报刊", "Broadcast and press"),
    "screen": Label("户外电子屏", "Outdoor screens"),
    "online": Label("网络新媒体", "Online"),
}
CAMPUS_KINDS = {
    "term": Label("开学报到", "Term begins"),
    "jobs": Label("招聘会", "Job fair"),
    "internship": Label("实习季", "Internships"),
    "graduation": Label("毕业离校", "Graduation"),
    "holiday": Label("放假", "Holidays begin"),
    "lesson": Label("防范教育课", "Lesson on pyramid selling"),
}
MATERIALS = {
    "leaflets": Label("宣传单", "Leaflets"),
    "posters": Label("海报挂图", "Posters"),
    "booklets": Label("读本手册", "Booklets"),
    "banners": Label("横幅", "Banners"),
    "boards": Label("展板", "Display boards"),
    "messages": Label("短信", "Text messages"),
}
STOCKED = {name: MATERIALS[name] for name in ("leaflets", "posters", "booklets", "banners", "boards")}
WAYS = {"in": Label("入库", "Received"), "out": Label("报损", "Lost")}
ADDRESSEES = {
    "landlords": Label("致房屋出租户", "To landlords"),
    "companies": Label("致企业", "To companies"),
    "students": Label("致学生", "To students"),
    "villagers": Label("致村民", "To villagers"),
    "parents": Label("致家长", "To parents"),
    "residents": Label("致居民", "To residents"),
    "hotels": Label("致宾馆旅店", "To hotels"),
}
COMMUNITY_KINDS = {
    "community": Label("无传销社区", "Community"),
    "village": Label("无传销村", "Village"),
    "county": Label("无传销县（市、区）", "County"),
    "campus": Label("无传销校园", "Campus"),
}
STATES = {
    "applying": Label("申报", "Applying"),
    "creating": Label("创建中", "Creating"),
    "inspected": Label("已验收", "Inspected"),
    "awarded": Label("已命名", "Awarded"),
    "revoked": Label("已撤销", "Revoked"),
}
NEXT: dict[str, tuple[str, ...]] = {
    "applying": ("creating",),
    "creating": ("inspected",),
    "inspected": ("awarded", "creating"),
    "awarded": ("revoked",),
    "revoked": ("creating",),
}
#: the day that each state needs
STATE_DAY = {
    "creating": "creating_on",
    "inspected": "inspected_on",
    "awarded": "awarded_on",
    "revoked": "revoked_on",
}
SELLER_CHECKS = {
    "visit": Label("走访", "Visit"),
    "special": Label("专项检查", "Special inspection"),
    "self": Label("企业自查", "Self-check"),
}
CHECK_ITEMS = {
    "recruitment": Label("招募", "Recruitment"),
    "training": Label("培训", "Training"),
    "pay": Label("报酬", "Pay"),
    "returns": Label("退换货", "Returns"),
    "disclosure": Label("信息披露", "Disclosure"),
}
SIGNS = {
    "team_pay": Label("团队计酬", "Paid from the team's sales"),
    "recruit": Label("拉人头", "Paid by persons recruited"),
    "entry_fee": Label("入门费", "Entry fee"),
}
OUTLET_KINDS = {"branch": Label("分支机构", "Branch"), "outlet": Label("服务网点", "Outlet")}
STATEMENT_LEVELS = {
    "district": Label("市与县区", "City and district"),
    "township": Label("县区与乡镇街道", "District and township"),
    "community": Label("乡镇街道与村社区", "Township and community"),
    "owner": Label("与房屋业主", "With owners"),
    "agency": Label("与成员单位", "With agencies"),
}
#: levels of a statement that are levels of the tree: who is missing can be named
SIGNING_LEVELS = frozenset({"district", "township", "community"})
DONE, OVERDUE, OPEN = Label("已办结", "Done"), Label("已逾期", "Overdue"), Label("办理中", "In hand")
SAMPLE = 20
#: what an inspection asks residents
ASKED, KNEW = Label("询问人数", "Residents asked"), Label("其中知晓", "Of them knew")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAYS = ("applied_on", "creating_on", "inspected_on", "awarded_on", "revoked_on")


def draw_sample(seed: str, households: int, size: int = SAMPLE) -> list[int]:
    """Draw door numbers 1…households without repetition, the same for the same published seed.

    Parameters: any text as ``seed``; ``households`` ≥ 1. Returns: up to ``size`` numbers in the order drawn.
    Each number's rank is SHA-256(seed, number), so that anybody can draw again with any tool.

    >>> draw_sample("2026-05-12 上证指数", 5, 3) == draw_sample("2026-05-12 上证指数", 5, 3)
    True
    """
    if households < 1:
        raise ValueError("a sample needs at least one household")
    ranked = sorted(
        range(1, households + 1), key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest()
    )
    return ranked[:size]


def judge_community(values: dict[str, Any], faults: Faults) -> None:
    """Add what cannot be in a community's way: a state without its day, days out of order, no reason."""
    state = str(values.get("state") or "")
    name = STATE_DAY.get(state)
    if name and not values.get(name):
        faults.add(STATE_NEEDS, where=name, state=STATES[state])
    # A community that was revoked and begins anew keeps the day of its revocation, which lies before the new way.
    way = _DAYS if state == "revoked" else _DAYS[:-1]
    days = [values[each] for each in way if values.get(each)]
    if days != sorted(days):
        faults.add(DAYS_OUT_OF_ORDER, where="applied_on")
    if state == "revoked" and not values.get("revoked_reason"):
        faults.add(REASON_NEEDED, where="revoked_reason")


def judge_filing(values: dict[str, Any], faults: Faults) -> None:
    """Add what cannot be in a filed meeting: held before it was filed, no place, times that are none."""
    if values.get("filed_on") and values.get("held_on") and values["held_on"] < values["filed_on"]:
        faults.add(FILED_LATE, where="held_on")
    if not values.get("venue_id") and not values.get("address"):
        faults.add(WHERE_NEEDED, where="address")
    for name in ("begins", "ends"):
        if values.get(name) and not _TIME.fullmatch(values[name]):
            faults.add(BAD_TIME, where=name, text=values[name])
            return
    if values.get("begins") and values.get("ends") and values["ends"] <= values["begins"]:
        faults.add(ENDS_TOO_EARLY, where="ends", begins=values["begins"], ends=values["ends"])


def judge_statement(values: dict[str, Any], faults: Faults) -> None:
    """Add a year that cannot be that of a statement signed on its day."""
    year, day = values.get("year"), values.get("signed_on")
    if year and day and abs(year - day.year) > 1:
        faults.add(YEAR_OUTSIDE, where="year", year=year, day=day)


def collide(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two spans of one day (``HH:MM``, empty is open) share time.

    >>> collide(("09:00", "11:00"), ("10:30", "")), collide(("09:00", "10:00"), ("10:00", "11:00"))
    (True, False)
    """
    (a, b), (c, d) = ((x or "00:00", y or "24:00") for x, y in (one, other))
    return a < d and c < b


def same_place(one: Any, other: Any) -> bool:
    """Say whether two filed meetings name the same venue or, where one names none, the same address."""
    if one.venue_id and other.venue_id:
        return bool(one.venue_id == other.venue_id)
    return bool(one.address) and one.address == other.address


def shared_speakers(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """Return who speaks at both meetings, in the order of the first; spaces inside a name do not count.

    >>> shared_speakers(["王 磊", "李娜"], ["王磊"])
    ['王 磊']
    """
    there = {"".join(str(name).split()) for name in other}
    return [name for name in one if "".join(str(name).split()) in there]


def certificate_number(code: str, awarded_on: dt.date, key: int) -> str:
    """Make the number of a certificate from division, year and record."""
    return f"WCX-{code}-{awarded_on.year}-{key:05d}"


def read_telephones(text: str, most: int = 5000) -> list[str]:
    r"""Read mobile numbers (11 digits, +86 allowed) by lines or commas, each kept once.

    Raises :class:`PatrolError` naming every line that is none, and for more than ``most``.

    >>> read_telephones("138 0013 8000，+8613900139000；13800138000")
    ['13800138000', '13900139000']
    """
    faults, found = Faults(), {}
    for line, each in enumerate(re.split(r"[\n,，;；、]+", text), 1):
        plain = re.sub(r"[\s\-()（）]|^\s*(\+|00)86", "", each)
        if re.fullmatch(r"1[3-9][0-9]{9}", plain):
            found[plain] = True
        elif plain:
            faults.add(NOT_A_TELEPHONE, where="numbers", line=line, text=each.strip()[:20])
    if len(found) > most:
        faults.add(TOO_MANY_TELEPHONES, where="numbers", count=len(found), most=most)
    faults.raise_if_any()
    return list(found)
