"""Short messages to people: by SMS gateway or 企业微信 where one is set up, else into a file that shows them.

Without a gateway every message becomes a line of ``DATA_DIR/messages.jsonl``, so that an installation can be
tried, and a message is never silently lost. A gateway that refuses or does not answer raises; the caller keeps
the message and says so.
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from enum import StrEnum

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings

NOT_SENT = problem(
    "messages.not_sent",
    en="The message could not be handed over: {why}. It is kept and can be sent again.",
    zh="消息未能发出：{why}。内容已保留，可再次发送。",
    status=502,
)
#: letters of the GSM alphabet (3GPP TS 23.038), and those that take the room of two in it
GSM_LETTERS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
#: room of a single SMS and of each part of a longer one: in the GSM alphabet, and in any other writing
GSM_ROOM, OTHER_ROOM = (160, 153), (70, 67)
_PATIENCE_S = 10


class Way(StrEnum):
    """By which way a message goes."""

    SMS = "sms"
    WECOM = "wecom"


@dataclass(frozen=True)
class Message:
    """Who gets what: a telephone number, or an account of 企业微信."""

    way: Way
    to: str
    text: str


def sms_parts(text: str) -> int:
    """Return how many SMS a text costs: 70 letters are one, or 160 of the GSM alphabet; parts hold 67 and 153.

    A letter that takes two places is never torn between two parts. Source: 3GPP TS 23.038, 23.040.

    >>> sms_parts("字" * 70), sms_parts("字" * 71), sms_parts("")
    (1, 2, 0)
    >>> sms_parts("a" * 160), sms_parts("a" * 161), sms_parts("a" * 306), sms_parts("a" * 307)
    (1, 2, 2, 3)
    """
    if all(letter in GSM_LETTERS or letter in GSM_DOUBLE for letter in text):
        return _packed([2 if letter in GSM_DOUBLE else 1 for letter in text], *GSM_ROOM)
    return _packed([len(letter.encode("utf-16-le")) // 2 for letter in text], *OTHER_ROOM)


def _packed(sizes: list[int], single: int, part: int) -> int:
    """Return into how many parts letters of these sizes go, in their order."""
    if sum(sizes) <= single:
        return int(bool(sizes))
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts


def send_message(settings: Settings, message: Message, *, at: dt.datetime) -> str:
    """Hand a message over; returns by what: "sms", "wecom" or "file".

    Raises :class:`PatrolError` when a gateway that is set up does not take it.
    """
    if message.way is Way.SMS and settings.SMS_GATEWAY:
        _post(settings.SMS_GATEWAY, {"to": message.to, "text": message.text, "token": settings.SMS_TOKEN})
        return "sms"
    if message.way is Way.WECOM and settings.WECOM_CORP:
        _send_wecom(settings, message)
        return "wecom"
    line = {"at": at.isoformat(), "way": message.way.value, "to": message.to, "text": message.text}
    with (settings.DATA_DIR / "messages.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return "file"


def _send_wecom(settings: Settings, message: Message) -> None:
    """Fetch a token and send a text to one account (企业微信 server API: gettoken, message/send)."""
    base = f"{settings.WECOM_HOST.rstrip('/')}/cgi-bin"
    asked = f"{base}/gettoken?corpid={settings.WECOM_CORP}&corpsecret={settings.WECOM_SECRET}"
    token = _post(asked, None).get("access_token", "")
    told = _post(
        f"{base}/message/send?access_token={token}",
        {
            "touser": message.to, "msgtype": "text", "agentid": settings.WECOM_AGENT,
            "text": {"content": message.text},
        },
    )  # fmt: skip
    if told.get("errcode", 0):
        raise PatrolError(NOT_SENT, why=str(told.get("errmsg", told["errcode"]))[:80])


def _post(url: str, body: dict[str, object] | None) -> dict[str, object]:
    """POST (or GET without a body) JSON and return what came back."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310
            text = answer.read(100_000)
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        raise PatrolError(NOT_SENT, why=str(error)[:80]) from error
    try:
        told = json.loads(text or b"{}")
    except ValueError:
        told = {}
    return told if isinstance(told, dict) else {}
