"""Drafts a summary from a template: only what the records support becomes a sentence. The text keeps its tokens."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from patrol.reports.computing import areas_below
from patrol.reports.domain import TOKEN, Line, Period, write_lines
from patrol.reports.imbalances import imbalances
from patrol.reports.rendering import Figures
from patrol.territory import Division

TEMPLATES = ("yearly", "campaign")
#: what follows from a stated problem, in the words of such summaries
NEXT_STEPS = {
    "meetings_no_action": "督促工作开展不平衡的县区尽快组织执法行动，跟踪通报进展。",
    "sellers_unknown": "限期摸清直销企业底数，建立台账并动态更新。",
    "no_new_community": "加大“无传销社区（村）”创建力度，推动尚无新增的县区补齐短板。",
    "no_event": "组织未开展宣传的县区集中宣传，扩大覆盖面。",
    "no_statement": "督促未签订责任状的县区尽快签订，层层压实责任。",
}


def template_data(code: str) -> dict[str, Any]:
    """Read a template's data; raises ``KeyError`` for one that is not shipped."""
    if code not in TEMPLATES:
        raise KeyError(code)
    return tomllib.loads(_form(f"{code}.toml").read_text("utf-8"))


def _form(name: str) -> Any:
    from importlib.resources import files

    return files("patrol.reports") / "forms" / name


def form_bytes(code: str) -> bytes:
    """Return the docxtpl form of a template."""
    content: bytes = _form(f"{code}.docx").read_bytes()
    return content


def draft(session: Session, template: str, area: Division, period: Period) -> tuple[str, str]:
    """Write the first draft: title and text with tokens, of which every sentence is supported by records."""
    data = template_data(template)
    figures = Figures(session, area.scope_path, period)
    words = {
        "area": area.name,
        "year": _year(period),
        "since": _day(period.since),
        "until": _day(period.until),
    }
    title = data["title"].format(**words)
    lines = [Line(0, title), Line(3, data["opening"].format(**words))]
    found = imbalances(session, period, area.scope_path)
    for section in data["section"]:
        body = _section(session, section, area, figures)
        if section.get("findings"):
            body += [Line(3, f"{{finding:{each.code}}}。") for each in found]
        if section.get("next_steps"):
            body += [Line(3, NEXT_STEPS[each.code]) for each in found]
        if body:
            lines += [Line(1, section["heading"]), *body]
    return title, write_lines(lines)


def _section(session: Session, section: Mapping[str, Any], area: Division, figures: Figures) -> list[Line]:
    lines: list[Line] = []
    for paragraph in section.get("paragraph", ()):
        sentences = [
            text
            for sentence in paragraph["sentences"]
            for text in _sentences(session, sentence, area, figures)
        ]
        if sentences:
            lines += [Line(2, paragraph["heading"]), Line(3, "".join(sentences))]
    return lines


def _sentences(session: Session, sentence: Mapping[str, Any], area: Division, figures: Figures) -> list[str]:
    if not sentence.get("each"):
        lead = sentence.get("lead", "").replace("{whole}", whole_of(area.name))
        text = _joined(lead, sentence["parts"], figures, "")
        return [text] if text else []
    below = areas_below(session, area.scope_path)
    told = (_joined(each.name, sentence["parts"], figures, each.code) for each in below)
    return [text for text in told if text]


def whole_of(name: str) -> str:
    """Say "all of it" of an area by its kind, as documents do.

    >>> whole_of("莆田市"), whole_of("江岸区"), whole_of("仙游县"), whole_of("大智街道")
    ('全市', '全区', '全县', '辖区内')
    """
    return (
        f"全{name[-1]}" if name[-1:] in {"省", "市", "州", "盟", "县", "区", "旗", "镇", "乡"} else "辖区内"
    )


def _joined(lead: str, parts: list[str], figures: Figures, code: str) -> str:
    """Join the parts whose figures say something; tokens get the district they speak of."""
    kept = []
    for part in parts:
        tokens = [match for match in TOKEN.finditer(part) if match[2] != "cmp"]
        if any(
            figures.says_something(match[1], match[2] or "", code) for match in tokens if match[1] != "list"
        ):
            kept.append(TOKEN.sub(lambda m: _placed(m[0], code), part))
    return f"{lead}{'，'.join(kept)}。" if kept else ""


def _placed(token: str, code: str) -> str:
    return f"{token[:-1]}@{code}}}" if code else token


def _year(period: Period) -> str:
    whole = (period.since.month, period.since.day, period.until.month, period.until.day) == (1, 1, 12, 31)
    if whole:
        return f"{period.since.year}年度"
    if period.since.year == period.until.year and (period.since.month, period.since.day) == (1, 1):
        return f"{period.since.year}年1—{period.until.month}月"
    return f"{period.since.year}年{period.since.month}月至{period.until.year}年{period.until.month}月"


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
