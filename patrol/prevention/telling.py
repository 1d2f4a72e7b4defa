"""Ledgers of the campus calendar and of text messages, and how a text reaches its telephones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.core.labels import Label as L  # noqa: N817  (a ledger is a table of words)
from patrol.infra import audit
from patrol.infra.config import Settings
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal
from patrol.infra.messages import Message, Way, send_message, sms_parts
from patrol.infra.sealed import sealed_field
from patrol.ledgers import Field as F  # noqa: N817
from patrol.ledgers import Ledger, register
from patrol.prevention import domain as d
from patrol.prevention.models import CampusDate, TextMessage
from patrol.prevention.publicity import DIVISION

ALREADY_SENT = problem(
    "prevention.already_sent",
    en="This text has already reached telephones and can no longer be changed. Write a new one.",
    zh="该短信已经发出，不能再修改，请另写一条。",
    status=409,
)


def check_text(
    session: Session, row: TextMessage | None, values: dict[str, Any], faults: Faults, today: dt.date
) -> None:
    """What people have received is not rewritten."""
    if row is not None and row.delivered and values.get("text") != row.text:
        faults.add(ALREADY_SENT, where="text")


def text_facts(_session: Session, row: TextMessage) -> dict[str, Any]:
    """Return length and parts of a text, and what became of it."""
    notices = []
    if row.failed:
        notices.append(
            ("warn", _("%(num)s telephones are not reached yet. Their numbers stay sealed until they are served; "
                       "send again if need be.",
                       num=row.failed))
        )  # fmt: skip
    return {"length": len(row.text), "parts": sms_parts(row.text), "notices": notices}


CAMPUS = Ledger(
    code="campus", name=L("校园日历", "Campus calendar"), one=L("校园日程", "Campus date"), section="publicity",
    about=L("开学、招聘会、实习、毕业：学生最容易被拉拢的日子，提前安排宣传。",
            "Term, job fairs, internships, graduation: the days on which students are courted."),
    icon="calendar", prefix="XY", model=CampusDate, day="begins_on", read="prevention.read", edit="prevention.edit",
    uid_param="campus_uid", order=(("begins_on", "ends_on"),),
    fields=(
        F("title", L("名称", "Name"), required=True), DIVISION,
        F("school", L("学校", "School"), required=True, longest=120, listed=True),
        F("kind", L("类别", "Kind"), "choice", True, d.CAMPUS_KINDS, listed=True, filtered=True),
        F("begins_on", L("开始日期", "First day"), "day", True, listed=True),
        F("ends_on", L("结束日期", "Last day"), "day", listed=True),
        F("students", L("学生人数", "Students"), "whole", listed=True, unit=L("人", "people")),
        F("contact", L("联系人", "Contact"), longest=80),
        F("place", L("位置", "Position"), "place", group=L("地点", "Place")),
        F("note", L("备注", "Note"), "long", longest=4000, group=L("地点", "Place")),
    ),
)  # fmt: skip
TEXTS = Ledger(
    code="texts", name=L("宣传短信", "Text messages"), one=L("宣传短信", "Text message"), section="publicity",
    about=L("写好、计字、发出；号码封存，发完即删。",
            "Written, counted, sent; numbers are sealed and deleted once served."),
    icon="send", prefix="DX", model=TextMessage, day="written_on", read="prevention.read", edit="prevention.plan",
    uid_param="text_uid", check=check_text, facts=text_facts, part="prevention/_text.html",
    fields=(
        F("title", L("名称", "Name"), required=True), DIVISION,
        F("audience", L("对象", "Audience"), longest=80, listed=True,
          hint=L("如：房屋出租户", "For example: landlords")),
        F("written_on", L("日期", "Date"), "day", True, listed=True, past=True),
        F("text", L("短信内容", "Text"), "long", True, longest=670, counted=True,
          hint=L("含签名在内，70字为一条；超过70字按每67字一条计费。全为英文字母和数字时，160个为一条，超过的每153个一条。",
                 "With its signature: up to 70 characters are one message; longer texts cost one for every 67. "
                 "Latin letters and digits alone: 160, and one for every 153.")),
    ),
)  # fmt: skip
for _ledger in (CAMPUS, TEXTS):
    register(_ledger)


def put_in_queue(
    session: Session, actor: Principal, row: TextMessage, numbers: str, keys: Keyring, *, clock: Clock
) -> int:
    """Seal the telephones of a text until they are served; returns how many wait now.

    Those of an earlier sending that were not reached wait with them. Raises :class:`PatrolError` for a number that
    is none, for none at all, and for a withdrawn text.
    """
    before = _opened(row, keys)
    waiting = list(dict.fromkeys([*before, *d.read_telephones(numbers)]))
    if row.withdrawn_at or not waiting:
        raise PatrolError(d.NO_TELEPHONE, where="numbers")
    row.waiting, row.failed = keys.seal("\n".join(waiting), _place(row)), len(waiting)
    row.version, row.updated_at = row.version + 1, clock.now()
    audit.record(session, actor, "texts.send", row.uid, {"telephones": len(waiting)}, at=clock.now())
    session.flush()
    return len(waiting)


def send_waiting(
    session: Session,
    row: TextMessage,
    settings: Settings,
    keys: Keyring,
    progress: Callable[..., None],
    *,
    clock: Clock,
) -> tuple[int, int]:
    """Send a text to every waiting telephone; returns (reached, not reached).

    After each one the numbers that are left are stored, so that a broken or cancelled sending reaches nobody twice; a
    cancelled one ends with what it has done, and the rest is named as not reached.
    """
    waiting, refused, reached = _opened(row, keys), [], 0
    total = len(waiting)
    with suppress(PatrolError):  # its sender cancelled it
        while waiting:
            _report(progress, total - len(waiting), total)
            number = waiting.pop(0)
            try:
                send_message(settings, Message(Way.SMS, number, row.text), at=clock.now())
                reached += 1
                row.delivered += 1
            except PatrolError:
                refused.append(number)
            left = [*refused, *waiting]
            row.waiting = keys.seal("\n".join(left), _place(row)) if left else ""
            row.failed, row.last_sent_at = len(left), clock.now()
            session.commit()
        _report(progress, total, total)
    return reached, len(refused) + len(waiting)


def _report(progress: Callable[..., None], served: int, total: int) -> None:
    progress(served, total, f"已处理{served}个号码", f"{served} served")


def _place(row: TextMessage) -> str:
    return f"text_message|waiting|{row.uid}"


sealed_field(TextMessage, "waiting", _place)


def _opened(row: TextMessage, keys: Keyring) -> list[str]:
    return keys.unseal(row.waiting, _place(row)).split("\n") if row.waiting else []
