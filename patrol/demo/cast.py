"""Who plays in the demo: divisions, agencies, accounts and teams. All names of people are invented."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "patrol-demo-2026"  # noqa: S105  (printed on the console at every demo start)

#: the secret of the demo's second factors, printed there too; ``patrol demo --code`` reckons from it
SECOND_FACTOR = "PATROLDEMO234567PATROLDEMO234567"
#: accounts that open the guarded register
WITH_SECOND_FACTOR = ("city", "manager", "manager2")

#: code, name, level, parent code
UPPER_DIVISIONS = (
    ("42", "湖北省", "province", None),
    ("4201", "武汉市", "city", "42"),
    ("420102", "江岸区", "district", "4201"),
    ("420103", "江汉区", "district", "4201"),
)

#: key, name, kind, parent key, division code
AGENCIES = (
    ("bureau", "武汉市市场监督管理局（演示）", "bureau", None, "4201"),
    ("jiangan", "江岸分局（演示）", "branch", "bureau", "420102"),
    ("jianghan", "江汉分局（演示）", "branch", "bureau", "420103"),
    ("jiangan-police", "江岸派出所（演示）", "police_station", "jiangan", "420102"),
    ("jianghan-police", "江汉派出所（演示）", "police_station", "jianghan", "420103"),
    ("jiangan-committee", "一元社区居委会（演示）", "committee", "jiangan", "420102"),
    ("jianghan-committee", "满春社区居委会（演示）", "committee", "jianghan", "420103"),
)


@dataclass(frozen=True)
class Player:
    """One demo account."""

    username: str
    name: str
    role: str
    agency: str
    badge: str = ""
    phone: str = ""


PLAYERS = (
    Player("city", "周敏", "city_manager", "bureau", phone="13800138001"),
    Player("manager", "陈立", "branch_manager", "jiangan", phone="13800138002"),
    Player("manager2", "何静", "branch_manager", "jianghan", phone="13800138003"),
    Player("inspector", "王磊", "inspector", "jiangan", "鄂市监0102011"),
    Player("inspector2", "李娜", "inspector", "jiangan", "鄂市监0102012"),
    Player("inspector3", "赵强", "inspector", "jiangan", "鄂市监0102013"),
    Player("inspector4", "孙悦", "inspector", "jiangan", "鄂市监0102014"),
    Player("inspector5", "刘洋", "inspector", "jianghan", "鄂市监0103011"),
    Player("inspector6", "黄颖", "inspector", "jianghan", "鄂市监0103012"),
    Player("inspector7", "徐峰", "inspector", "jianghan", "鄂市监0103013"),
    Player("inspector8", "吴桐", "inspector", "jianghan", "鄂市监0103014"),
    Player("police", "郑刚", "police_liaison", "jiangan-police", "警0102301"),
    Player("police2", "冯涛", "police_liaison", "jianghan-police", "警0103301"),
    Player("liaison", "钱芳", "community_liaison", "jiangan-committee"),
    Player("liaison2", "马丽", "community_liaison", "jianghan-committee"),
    Player("sysadmin", "系统管理员", "system_administrator", "bureau"),
    Player("secadmin", "安全管理员", "security_administrator", "bureau"),
    Player("auditor", "审计员", "auditor", "bureau"),
)

#: name, agency key, mode, shift, members as (username, duty)
TEAMS = (
    (
        "江岸一组",
        "jiangan",
        "walk",
        ("09:00", "17:00"),
        (("inspector3", "inspector"), ("inspector4", "inspector")),
    ),
    ("江岸二组", "jiangan", "ebike", ("09:00", "17:00"), (("inspector2", "inspector"),)),
    (
        "江岸联合组",
        "jiangan",
        "ebike",
        ("09:00", "17:00"),
        (("inspector", "inspector"), ("police", "police_liaison"), ("liaison", "community_liaison")),
    ),
    (
        "江汉一组",
        "jianghan",
        "walk",
        ("09:00", "17:00"),
        (("inspector7", "inspector"), ("inspector8", "inspector")),
    ),
    ("江汉二组", "jianghan", "ebike", ("09:00", "17:00"), (("inspector6", "inspector"),)),
    (
        "江汉联合组",
        "jianghan",
        "ebike",
        ("09:00", "17:00"),
        (("inspector5", "inspector"), ("police2", "police_liaison"), ("liaison2", "community_liaison")),
    ),
)

#: accounts shown at the start of the demo, with what they are for
SHOWN = (
    ("manager", "分局负责人：计划、地图、收件箱", "branch manager: plans, maps, inbox"),
    ("inspector", "巡查员：手机巡查", "inspector: the phone"),
    ("liaison", "社区联络员：三步上报", "community liaison: three-tap report"),
    ("city", "市局负责人：全市", "city manager: the whole city"),
    ("sysadmin", "系统管理员：人员与区划", "system administrator: people and divisions"),
    ("auditor", "审计员：审计记录", "auditor: the audit trail"),
)
