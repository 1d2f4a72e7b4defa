"""The two cities of the real reports, their people, and their records as files that a clerk would keep."""

import datetime as dt

from patrol.core.clock import FixedClock
from patrol.infra.db import unscoped
from tests.factories.venues import create_division, create_person

LIYANG_DAY = FixedClock(dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC))
PUTIAN_DAY = FixedClock(dt.datetime(2026, 8, 5, 8, tzinfo=dt.UTC))
#: short names as the report writes them
PUTIAN = {
    "仙游": ("350322", "仙游县"), "荔城": ("350304", "荔城区"), "城厢": ("350302", "城厢区"), "涵江": ("350303", "涵江区"),
    "秀屿": ("350305", "秀屿区"), "北岸": ("350391", "北岸"), "湄洲岛": ("350392", "湄洲岛"),
}  # fmt: skip
COMMUNITIES = {"仙游": 14, "荔城": 7, "城厢": 110, "涵江": 2, "秀屿": 11, "北岸": 37, "湄洲岛": 1}
#: districts whose communities were partly awarded during the campaign
NEW = {"仙游": 3, "城厢": 12, "北岸": 5}

LIYANG_ACTIONS = """溧阳市2026年打击传销执法行动台账
编号,事由,辖区,行动日期,出动车次,出动人次,驱散人员,采集身份信息
LY-1,清查平陵西路出租房,溧阳市,2026-03-12,6,41,35,33
LY-2,清查城中片区,溧阳市,2026年5月8日,7,45,28,26
LY-3,清查开发区宿舍,溧阳市,2026/6/20,5,36,24,21
LY-4,夜间突击清查,溧阳市,2026-09-03,6,40,27,25
LY-5,秋季联合清查,溧阳市,2026-11-18,5,33,18,18
"""
LIYANG_DENS = "窝点名称,辖区,状态,发现日期,取缔日期,取缔行动\n" + "".join(
    f"{name},溧阳市,已取缔,{day},{day},LY-{number}\n"
    for number, (name, day) in enumerate(
        (
            ("平陵西路住所", "2026-03-12"),
            ("城中片区住所", "2026-05-08"),
            ("开发区宿舍", "2026-06-20"),
            ("南环路出租屋", "2026-09-03"),
            ("燕山路培训点", "2026-11-18"),
        ),
        start=1,
    )
)
LIYANG_EVENTS = """名称,辖区,形式,活动日期,地点,宣传单,海报
广场集中宣传,溧阳市,广场集中宣传,2026-03-15,华地百货,120,10
广场集中宣传,溧阳市,广场集中宣传,2026-05-15,大润发,100,8
进社区宣传,溧阳市,进社区,2026-06-10,,50,6
进校园宣传,溧阳市,进校园,2026-09-10,,40,4
进市场宣传,溧阳市,进市场,2026-10-20,,40,2
"""
PUTIAN_ACTIONS = """编号,事由,县区,行动日期,出动人次,驱散人员,解救人员
HJ-1,涵江集中清查,涵江区,2026-05-20,12,60,5
HJ-2,涵江第二次清查,涵江区,2026-06-25,10,40,4
CX-1,城厢联合清查,城厢区,2026-07-02,8,7,0
"""
PUTIAN_DENS = """名称,县区,状态,发现日期,取缔日期,取缔行动
涵东窝点,涵江区,已取缔,2026-05-20,2026-05-20,HJ-1
涵西窝点,涵江区,已取缔,2026-05-20,2026-05-20,HJ-1
白塘窝点,涵江区,已取缔,2026-06-25,2026-06-25,HJ-2
"""
PUTIAN_CASES = """案由,县区,立案日期,状态,移交日期,接收机关,罚没款,联合查处
组织策划传销案,涵江区,2026-05-22,已移交公安,2026-06-01,涵江公安分局,,
为传销提供场所案,涵江区,2026-06-28,已处罚,,,0.2万元,
联合查处传销案,城厢区,2026-07-02,已立案,,,,是
"""
PUTIAN_LETTERS = "标题,县区,对象,发放日期,份数\n" + "".join(
    f"{name}的公开信,莆田市,{name},2026-06-01,100\n"
    for name in ("致房屋出租户", "致企业", "致学生", "致村民", "致家长")
)
PUTIAN_SELLERS = "编号,企业名称,县区,登记日期\n" + "".join(
    f"QY-{n},直销企业{n},{place},2026-01-10\n"
    for n, place in enumerate(
        ("荔城区", "荔城区", "城厢区", "城厢区", "城厢区", "涵江区", "涵江区", "仙游县"), start=1
    )
)
PUTIAN_VISITS = "事项,县区,企业编号,方式,日期\n" + "".join(
    f"走访企业,莆田市,QY-{n},走访,2026-06-{10 + n}\n" for n in range(1, 9)
)
PUTIAN_FILINGS = "会议名称,县区,企业编号,备案日期,会议日期,地址\n" + "".join(
    f"产品说明会{n},莆田市,QY-{n % 8 + 1},2026-06-01,2026-06-{n + 5:02},莆田宾馆{n}厅\n" for n in range(20)
)


def putian_communities():
    """Return the file of all 182 communities with the days of their awards."""
    lines = ["社区名称,县区,状态,申报日期,开始创建,验收日期,命名日期"]
    for name, count in COMMUNITIES.items():
        for number in range(count):
            award = "2026-06-30" if number < NEW.get(name, 0) else "2024-12-20"
            lines.append(
                f"{name}第{number + 1}社区,{PUTIAN[name][1]},已命名,2024-03-01,2024-04-01,2024-11-01,{award}"
            )
    return "\n".join(lines) + "\n"


def create_liyang(session):
    """Make Liyang and its bureau's manager."""
    with unscoped(session, "a test builds a real city"):
        province = create_division(session, "32", "江苏省", "province")
        above = create_division(session, "3204", "常州市", "city", province)
        city = create_division(session, "320481", "溧阳市", "district", above)
        manager = create_person(session, city)
        session.commit()
    return city, manager


def create_putian(session):
    """Make Putian with its seven districts and its manager."""
    with unscoped(session, "a test builds a real city"):
        province = create_division(session, "35", "福建省", "province")
        city = create_division(session, "3503", "莆田市", "city", province)
        for code, name in PUTIAN.values():
            create_division(session, code, name, "district", city)
        manager = create_person(session, city)
        session.commit()
    return city, manager
