"""Kinds of finding, the three acts of article 7, and how answers are read against a checklist."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from patrol.core.errors import Faults, problem
from patrol.core.labels import Label

FINDING_TWICE = problem(
    "findings.twice",
    en="This finding has already been recorded by another entry; nothing is stored twice. Yours is kept on the phone.",
    zh="该发现已由另一条目登记，不会重复保存；您的条目仍保留在手机上。",
    status=409,
)
UNKNOWN_CHECKLIST = problem(
    "findings.unknown_checklist",
    en="The checklist version {version} is unknown here.",
    zh="服务器上没有第 {version} 版检查表。",
)
UNKNOWN_ANSWER = problem(
    "findings.unknown_answer",
    en="The checklist has no item “{code}”.",
    zh="检查表中没有“{code}”这一项。",
)
WRONG_ANSWER = problem(
    "findings.wrong_answer",
    en="The answer to “{code}” does not fit its question.",
    zh="“{code}”的回答与题目类型不符。",
)
UNKNOWN_SUPERSEDED = problem(
    "findings.unknown_superseded",
    en="The finding that this one corrects does not exist or is not yours.",
    zh="被更正的发现记录不存在，或不属于您。",
    status=404,
)
NO_POSITION = problem(
    "findings.no_position",
    en="A pin set by hand needs a reason.",
    zh="手动选点须说明原因。",
)
NOT_A_PICTURE = problem(
    "findings.not_a_picture",
    en="This file is not a picture that can be read (JPEG, PNG or WebP).",
    zh="该文件不是可读取的图片（支持 JPEG、PNG、WebP）。",
)
PICTURE_TOO_LARGE = problem(
    "findings.picture_too_large",
    en="This picture has more than {most_mb} MB or {most_mp} million pixels. Choose a smaller one.",
    zh="图片超过{most_mb} MB或{most_mp}百万像素，请选择较小的图片。",
    status=413,
)
PHOTO_NOT_READY = problem(
    "findings.photo_not_ready",
    en="This photo has not arrived completely, or its copy is still being made.",
    zh="照片尚未传完，或显示副本正在生成。",
    status=404,
)


WITHDRAWN_ALREADY = problem(
    "findings.withdrawn_already",
    en="This finding was withdrawn before.",
    zh="该发现记录此前已撤回。",
    status=409,
)
NO_REASON = problem(
    "findings.no_reason",
    en="Say why this finding is withdrawn; the reason stays in the audit.",
    zh="请说明撤回原因，该原因将写入审计记录。",
)


class FindingKind(StrEnum):
    """How a finding is held: a suspicion or a violation."""

    SUSPICIOUS = "suspicious"
    VIOLATION = "violation"


class Act(StrEnum):
    """The three acts of article 7 of the Regulation on Prohibition of Pyramid Selling."""

    RECRUITING = "recruiting"
    ENTRY_FEE = "entry_fee"
    TEAM_PAY = "team_pay"


KIND_LABELS: dict[str, Label] = {
    FindingKind.SUSPICIOUS: Label("可疑情况", "Suspicious"),
    FindingKind.VIOLATION: Label("涉嫌违法", "Violation"),
}
ACT_LABELS: dict[str, Label] = {
    Act.RECRUITING: Label("拉人头", "Pay for recruiting"),
    Act.ENTRY_FEE: Label("入门费", "Fee to join"),
    Act.TEAM_PAY: Label("团队计酬", "Pay from the downline"),
}
PHOTOS_PER_FINDING = 12
RECORDINGS_PER_FINDING = 3


def items_of(checklist: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every item of a checklist by its code."""
    return {item["code"]: item for section in checklist["sections"] for item in section["items"]}


def check_answers(checklist: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Raise all faults of a set of answers at once: unknown items, values that do not fit their question."""
    faults, items = Faults(), items_of(checklist)
    for code, value in answers.items():
        if code not in items:
            faults.add(UNKNOWN_ANSWER, where=f"answers.{code[:60]}", code=code[:60])
        elif not _fits(items[code], value):
            faults.add(WRONG_ANSWER, where=f"answers.{code}", code=code)
    faults.raise_if_any()


def _fits(item: Mapping[str, Any], value: object) -> bool:
    if value is None:
        return True
    match item["kind"]:
        case "yesno":
            return isinstance(value, bool)
        case "choice":
            return any(value == option["code"] for option in item["options"])
        case "number":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and math.isfinite(float(value)) and 0 <= float(value) <= 1e9  # type: ignore[arg-type]
        case _:
            return isinstance(value, str) and len(value) <= 2000


def acts_in(checklist: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """Return the acts of article 7 that the answers point to: named as seen, or with an indicator answered yes.

    >>> items = [{"code": "fee.seen", "kind": "choice"}, {"code": "fee.receipts", "kind": "yesno"}]
    >>> acts_in({"sections": [{"act": "entry_fee", "items": items}]}, {"fee.receipts": True})
    ['entry_fee']
    """
    found = []
    for section in checklist["sections"]:
        values = [
            answers.get(item["code"]) for item in section["items"] if item["kind"] in {"yesno", "choice"}
        ]
        if section.get("act") and any(value is True or value == "seen" for value in values):
            found.append(str(section["act"]))
    return found


def answers_in_words(
    checklist: Mapping[str, Any], answers: Mapping[str, Any], language: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the answered items by section, question and answer in words; unanswered items are left out."""
    sections = []
    for section in checklist["sections"]:
        rows = [
            (str(item[f"label_{language}"]), _in_words(item, answers[item["code"]], language))
            for item in section["items"]
            if answers.get(item["code"]) not in (None, "")
        ]
        if rows:
            sections.append((str(section[f"title_{language}"]), rows))
    return sections


def _in_words(item: Mapping[str, Any], value: object, language: str) -> str:
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("Yes" if value else "No")
    for option in item.get("options", ()):
        if option["code"] == value:
            return str(option[f"label_{language}"])
    return str(value)
