"""Roles, terms and faults of the guarded register, and how a number is masked."""

from __future__ import annotations

from patrol.core.errors import PatrolError, problem
from patrol.core.labels import Label

NO_PURPOSE = problem(
    "enforcement.no_purpose",
    en="Please say for what purpose, in at least four characters. It is written into the audit.",
    zh="请填写用途（不少于4个字），用途会写入审计。",
)
NO_ROLE = problem("enforcement.no_role", en="Please choose the role.", zh="请选择身份。")
NO_NAME = problem("enforcement.no_name", en="Please enter the name.", zh="请填写姓名。")
SHREDDED = problem(
    "enforcement.shredded",
    en="The key of this entry was destroyed: nobody can read it any more.",
    zh="该条目的密钥已销毁，任何人都无法再读取。",
    status=410,
)
OWN_REQUEST = problem(
    "enforcement.own_request",
    en="Somebody else must approve what you asked for.",
    zh="本人申请须由他人批准。",
    status=409,
)
NOT_APPROVED = problem(
    "enforcement.not_approved",
    en="This list was not approved by a second person, or its 24 hours are over.",
    zh="该名单未经第二人批准，或24小时有效期已过。",
    status=409,
)
DECIDED = problem(
    "enforcement.list_decided", en="This request was approved already.", zh="该申请已经批准。", status=409
)
REGION = problem(
    "enforcement.identity_region",
    en="The first two digits of this identity number name no region: please check the typing.",
    zh="身份证号码前两位不是有效的地区代码，请核对是否输错。",
)
UNBORN = problem(
    "enforcement.identity_unborn",
    en="The date of birth in this identity number lies in the future.",
    zh="身份证号码中的出生日期晚于今天。",
)
WITHDRAWN = problem(
    "enforcement.action_withdrawn",
    en="This action was withdrawn: nobody can be entered from it.",
    zh="该行动已撤回，不能再登记人员。",
    status=409,
)
TWICE = problem(
    "enforcement.person_twice",
    en="This person is already entered for this action.",
    zh="该人员在本次行动中已登记。",
    status=409,
)

ROLES = {
    "participant": Label("参加人员", "Participant"),
    "organiser": Label("组织者、骨干", "Organiser"),
    "rescued": Label("被解救人员", "Rescued"),
}
#: years an entry is kept, by role; afterwards its key is destroyed
KEEP_YEARS = {"participant": 2, "organiser": 5, "rescued": 1}
LIST_HOURS = 24
#: how long a revealed entry stays on the screen, in seconds
SHOWN_S = 60
#: how many days before its end an entry is called due
DUE_DAYS = 30


def masked_number(number: str) -> str:
    """Show the province and the last four of an identity number: too little to reckon the rest from.

    >>> masked_number("11010519491231002X")
    '11************002X'
    """
    return number[:2] + "*" * (len(number) - 6) + number[-4:]


def masked_name(name: str) -> str:
    """Show the family name only, and not how long the name is.

    >>> masked_name("张三丰"), masked_name("")
    ('张**', '')
    """
    return name[:1] + "**" if name else ""


def read_purpose(text: str) -> str:
    """Return a purpose worth writing down; raises :class:`PatrolError` for less than four characters."""
    if len(text.strip()) < 4:
        raise PatrolError(NO_PURPOSE, where="purpose")
    return text.strip()[:200]
