"""A year of enforcement, prevention and joint work of the demo city, entered as forms enter it. All of it invented."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import select

from patrol.core.clock import Clock, china_date
from patrol.core.identifiers import read_credit_code
from patrol.demo.store import demo_uid
from patrol.enforcement import ACTIONS, CAMPAIGNS, CASES, DENS, CampaignTarget
from patrol.ledgers import Ledger, record_new
from patrol.prevention import (
    CAMPUS,
    CHECKS,
    COMMUNITIES,
    COMPANIES,
    CONTACTS,
    COUNTS,
    DECISIONS,
    EVENTS,
    FILINGS,
    LETTERS,
    MEETINGS,
    OUTLETS,
    STATEMENTS,
    STOCK,
    TEXTS,
    WARNINGS,
    DirectSeller,
)
from patrol.routes import Route
from patrol.territory import Division
from patrol.venues import Venue

DISTRICTS = ("420102", "420103")
#: does less than the other, so that an assessment tells both apart for reasons that its pages show
QUIETER = "420103"
BUREAU = {"420102": "江岸分局", "420103": "江汉分局"}
OFFICERS = {
    "420102": ("王磊", "李娜", "赵强", "孙悦", "郑刚"),
    "420103": ("刘洋", "黄颖", "徐峰", "吴桐", "冯涛"),
}
MATTERS = (
    "清查出租房屋",
    "宾馆旅店联合检查",
    "夜间突击清查",
    "会议场所检查",
    "核查举报线索",
    "回访已取缔窝点",
)
EVENT_TEXTS = (
    ("plaza", "广场集中宣传", "中山广场"), ("community", "进社区宣传", "社区活动室"),
    ("campus", "开学第一课", "江城学院"),
    ("company", "进企业宣讲", "科技园"), ("market", "进市场宣传", "友谊市场"), ("screen", "户外电子屏播放", "步行街"),
)  # fmt: skip
COMPANIES_TEXTS = ("康宁日用品", "安禾健康", "绿源保健", "惠民家居", "悦动营养", "同泽化妆品")
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Writer:
    """Records facts of the past under the seed's own numbers."""

    def __init__(self, session: Any, city: Any, clock: Clock, random: Random) -> None:
        self.session, self.city, self.clock, self.random = session, city, clock, random
        self.today = china_date(clock.now())
        towns = select(Division.code).where(Division.level == "township").order_by(Division.code)
        self.towns = list(session.scalars(towns))

    def day(self, ago: int) -> str:
        """Return the day so many days ago as forms write it."""
        return (self.today - dt.timedelta(days=ago)).isoformat()

    def add(self, ledger: Ledger, **said: Any) -> Any:
        """Record one fact, marked as invented."""
        given = {name: str(value) for name, value in said.items()}
        row = record_new(self.session, None, ledger, given, clock=self.clock, uid=demo_uid(self.random))
        row.invented = True
        return row

    def somewhere(self, district: str) -> dict[str, str]:
        """Return position and address of a venue of a district."""
        inside = [i for i, path in enumerate(self.city.venue_scope) if f"/{district}/" in path]
        at = self.random.choice(inside)
        lon, lat = self.city.points[at]
        return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "address": self.city.places[at].address}

    def venues_at(self, district: str, lon: str, lat: str, count: int) -> str:
        """Return the codes of the venues of a district nearest to a place, a line each: the venue there comes first."""
        away = np.abs(self.city.points - (float(lon), float(lat))).sum(axis=1)
        inside = [i for i in np.argsort(away, kind="stable") if f"/{district}/" in self.city.venue_scope[i]]
        keys = [self.city.venue_ids[i] for i in inside[:count]]
        codes = dict(self.session.execute(select(Venue.id, Venue.code).where(Venue.id.in_(keys))).all())
        return "\n".join(codes[key] for key in keys)

    def some(self, low: int, high: int) -> int:
        """Return a whole number between two, both included."""
        return self.random.randint(low, high)


def store_records(session: Any, city: Any, clock: Clock, random: Random) -> None:
    """Store the year; what is open, due or overdue today is part of it."""
    writer = Writer(session, city, clock, random)
    campaigns = _campaigns(writer)
    for district in DISTRICTS:
        _enforcement(writer, district, campaigns)
        _publicity(writer, district)
        _communities(writer, district)
        _joint(writer, district)
    _direct_selling(writer)
    _city_level(writer)
    session.flush()


def _campaigns(w: Writer) -> list[Any]:
    found = []
    for title, begun, ended in (("春季百日行动", 240, 150), ("秋冬专项行动", 40, -20)):
        row = w.add(CAMPAIGNS, title=title, division="4201", begun_on=w.day(begun), ended_on=w.day(ended),
                    areas="江岸区、江汉区", lead="武汉市打击传销办公室",
                    goal="清查重点场所，取缔窝点，开展宣传。")  # fmt: skip
        for code, value in (("venues_seen", 1400), ("actions", 16), ("dens_closed", 5), ("events", 12)):
            w.session.add(CampaignTarget(campaign_id=row.id, indicator=code, value=value))
            for district in DISTRICTS:
                target = CampaignTarget(
                    campaign_id=row.id, indicator=code, division_code=district, value=value // 2
                )
                w.session.add(target)
        found.append((row, begun, ended))
    return found


def _enforcement(w: Writer, district: str, campaigns: list[Any]) -> None:
    for number, ago in enumerate(range(350, 3, -19)):
        inside = [row.number for row, begun, ended in campaigns if ended <= ago <= begun]
        sealed = number in {9, 16}
        legal: dict[str, Any] = {
            "measures": "seal_place、inspect", "approval": "prior", "approval_number": f"武市监强〔{number}〕号",
            "approved_by": "周敏", "approved_on": w.day(ago), "sealed_on": w.day(ago), "handed_over": "1",
            **({"seal_lifted_on": w.day(ago - 20)} if number == 9 else {}),
        } if sealed else {}  # fmt: skip
        officers = w.some(4, 14)
        action = w.add(
            ACTIONS, title=f"{w.random.choice(MATTERS)}", division=district,
            kind=w.random.choice(("planned", "spontaneous")),
            begun_on=w.day(ago), campaign=inside[0] if inside else "", officers_count=officers, vehicles=w.some(1, 5),
            officers="、".join(OFFICERS[district][:3]), agencies="公安分局、街道办事处" if number % 2 else "",
            dispersed=w.some(0, 18) if number % 3 else 0, educated=w.some(0, 12), rescued=1 if number % 7 == 3 else 0,
            identity_records=w.some(3, 15), **_ground(w, district, number), **legal,
        )  # fmt: skip
        if number % 4 == 1:
            w.add(DENS, name=f"{BUREAU[district][:2]}窝点{number // 4 + 1}", division=district, found_on=w.day(ago),
                  state="watched" if ago < 90 else "quiet", confirmed_on=w.day(ago), closed_on=w.day(ago),
                  action=action.number, persons=w.some(8, 30), **w.somewhere(district))  # fmt: skip
        if number % 5 == 2:
            moved = number % 2 == 0
            w.add(CASES, title="涉嫌组织策划传销案" if moved else "为传销提供场所案", division=district,
              filed_on=w.day(ago),
                  state="transferred" if moved else "decided", action=action.number, acts="recruit、entry_fee",
                  persons=w.some(10, 45), levels=w.some(2, 4), fine=0 if moved else 2000 * w.some(1, 5),
                  transferred_on=w.day(max(ago - 10, 0)) if moved else "", transferred_to="公安分局" if moved else "",
                  decided_on="" if moved else w.day(max(ago - 15, 0)))  # fmt: skip
    w.add(DENS, name=f"{BUREAU[district][:2]}疑似聚集点", division=district, found_on=w.day(6), state="suspected",
          persons=9, **w.somewhere(district))  # fmt: skip


def _ground(w: Writer, district: str, number: int) -> dict[str, str]:
    """Say where an action was: at a place, at one to four venues, or at venues that give it its place."""
    place = w.somewhere(district)
    if number % 3:
        return place
    venues = w.venues_at(district, place["lon"], place["lat"], 1 + number // 3 % 4)
    named = place if number % 2 else {"address": place["address"]}
    return {**named, "venues": venues}


def _publicity(w: Writer, district: str) -> None:
    for number, ago in enumerate(range(345, 5, -17)):
        if district == QUIETER and number % 3 == 1:
            continue
        kind, title, address = EVENT_TEXTS[number % len(EVENT_TEXTS)]
        w.add(EVENTS, title=title, division=district, kind=kind, held_on=w.day(ago), audience=w.some(40, 400),
              leaflets=w.some(60, 300), posters=w.some(0, 20), booklets=w.some(0, 60), boards=w.some(0, 4),
              agencies="市场监管所、社区居委会", **{**w.somewhere(district), "address": address})  # fmt: skip
    for number, (addressee, title) in enumerate(
        (
            ("landlords", "致房屋出租户的一封信"),
            ("students", "致学生的一封信"),
            ("residents", "致居民的一封信"),
        )
    ):
        w.add(LETTERS, title=title, division=district, addressee=addressee, sent_on=w.day(300 - 80 * number),
              copies=w.some(200, 900))  # fmt: skip
    for school, kind, title, ago in (
        ("江城职业技术学院", "term", "新生报到", 86), ("江城职业技术学院", "jobs", "冬季校园招聘会", -12),
        ("滨江师范学校", "internship", "实习动员", 30), ("滨江师范学校", "lesson", "防范传销第一课", -4),
    ):  # fmt: skip
        w.add(CAMPUS, title=title, division=district, school=school, kind=kind, begins_on=w.day(ago),
              students=w.some(300, 2600), contact="学生处",
              **{k: v for k, v in w.somewhere(district).items() if k != "address"})  # fmt: skip
    w.add(TEXTS, title="致房东的提醒", division=district, audience="房屋出租户", written_on=w.day(40),
          text="【市场监管局】出租房屋请核实承租人身份，发现多人聚集上课、拉人头入会，请拨打12315举报。")  # fmt: skip
    for material, count in (("leaflets", 6000), ("posters", 400), ("booklets", 1200), ("boards", 40)):
        w.add(
            STOCK,
            title="年初入库",
            division=district,
            material=material,
            way="in",
            moved_on=w.day(358),
            count=count,
        )


def _communities(w: Writer, district: str) -> None:
    towns = [code for code in w.towns if code.startswith(district)]
    names = ("东风", "红旗", "新华", "和平", "建设", "长青")
    for number, name in enumerate(names * 2):
        state = ("awarded", "awarded", "creating", "awarded", "applying", "inspected")[number % 6]
        state = "creating" if district == QUIETER and number in {3, 7, 9} else state
        begun = 340 - 9 * number
        days: dict[str, Any] = {"applied_on": w.day(begun)}
        if state != "applying":
            days["creating_on"] = w.day(begun - 30)
        if state in {"awarded", "inspected"}:
            days["inspected_on"] = w.day(begun - 120)
        if state == "awarded":
            days |= {"awarded_on": w.day(begun - 140), "reinspect_on": w.day(begun - 505)}
        w.add(COMMUNITIES, title=f"{name}社区{'二期' if number >= 6 else ''}", division=towns[number % len(towns)],
              kind="community", state=state, households=w.some(300, 2400), contact="钱芳", **days,
              **{k: v for k, v in w.somewhere(district).items() if k != "address"})  # fmt: skip


def _joint(w: Writer, district: str) -> None:
    for ago in (310, 190, 60):
        meeting = w.add(MEETINGS, title="打击传销工作联席会议", division=district, held_on=w.day(ago),
          chair="区政府分管领导",
                        present="市场监管、公安、教育、民政", absent="住建" if ago == 190 else "",
                        agenda="通报情况，研究部署下一步工作。", minutes="会议要求压实责任，加强巡查。")  # fmt: skip
        for text, due, done in (
            ("开展出租房屋底数排查", ago - 40, True),
            ("完善线索移送机制", ago - 90, ago > (200 if district == QUIETER else 100)),
        ):
            w.add(DECISIONS, title=text, division=district, meeting=meeting.number, decided_on=w.day(ago),
                  owner="市场监督管理局", due_on=w.day(due),
                  done_on=w.day(max(due + 5, 0)) if done else "")  # fmt: skip
    for agency in ("公安分局", "教育局", "民政局", "住建局"):
        w.add(CONTACTS, title=f"{agency}联络员", division=district, agency=agency, duty="联络员", phone="02782811234",
              since=w.day(320))  # fmt: skip


def _direct_selling(w: Writer) -> None:
    for number, name in enumerate(COMPANIES_TEXTS):
        district = DISTRICTS[number % 2]
        company = w.add(COMPANIES, title=f"{name}有限公司（演示）", division=district,
          credit_code=credit_code(number),
                        responsible="负责人", since=w.day(330), phone="02782815678")  # fmt: skip
        w.add(OUTLETS, title=f"{name}服务网点", division=district, company=company.number, kind="outlet",
          since=w.day(300),
              **w.somewhere(district))  # fmt: skip
        for ago in (260, 120, 30):
            faulty = number % 3 == 0 and ago == 30
            w.add(CHECKS, title=f"{name}门店走访", division=district, company=company.number,
              kind="special" if ago == 120 else "visit",
                  checked_on=w.day(ago), faulty="training、disclosure" if faulty else "",
                  mend_by=w.day(10) if faulty else "", problems="培训记录不全" if faulty else "")  # fmt: skip
        for ago in (200, 90, -3):
            w.add(FILINGS, title="产品说明会", division=district, company=company.number,
              filed_on=w.day(max(ago + 7, 1)),
                  held_on=w.day(ago), begins="09:30", ends="11:30", size=w.some(30, 120), speakers="讲师",
                  address="江城会议中心二楼" if ago == -3 else f"会议中心{number}厅")  # fmt: skip
    w.add(COUNTS, title="底数确认", division="420102", counted_on=w.day(200), count=3)
    for title in ("谨防以“消费返利”为名的传销", "求职季防范传销提示"):
        w.add(
            WARNINGS,
            title=title,
            division="4201",
            issued_on=w.day(w.some(20, 300)),
            text="请提高警惕，发现可疑请举报。",
        )


def _city_level(w: Writer) -> None:
    w.add(MEETINGS, title="全市打击传销工作联席会议", division="4201", held_on=w.day(330), chair="周敏",
          present="市场监管、公安、教育、民政、住建", agenda="部署全年工作。")  # fmt: skip
    w.add(STATEMENTS, title="年度打击传销责任状", division="420102", year=w.today.year, level="district",
          signer="江岸区人民政府", receiver="市政府",
          signed_on=w.day(min(300, w.today.timetuple().tm_yday - 1)))  # fmt: skip


def file_meetings_of_today(session: Any, city: Any, clock: Clock, random: Random) -> None:
    """File a meeting for today at the second stop of every third route: whoever comes there sees it on the phone."""
    w = Writer(session, city, clock, random)
    company = session.scalars(select(DirectSeller).order_by(DirectSeller.id)).first()
    routes = session.scalars(select(Route).where(Route.day == w.today).order_by(Route.id)).all()
    for route in routes[::3] + routes[2::3]:
        stops = [stop for stop in route.stops if stop.venue is not None]
        for stop in stops[1:2]:
            district = next(code for code in DISTRICTS if f"/{code}/" in f"{stop.venue.scope_path}/")
            w.add(FILINGS, title="新品说明会", division=district, company=company.number, filed_on=w.day(5),
                  held_on=w.day(0), begins="09:30", ends="16:30", size=80, speakers="讲师",
                  venue=stop.venue.code)  # fmt: skip
    session.flush()  # nobody is bound here: the system's own work ends before the commit


def credit_code(number: int) -> str:
    """Make a credit code whose check character is right, for an invented company."""
    body = f"91420100MA9{number:06d}"[:17].ljust(17, "0")
    total = sum(_CREDIT.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return read_credit_code(body + _CREDIT[(31 - total % 31) % 31])
