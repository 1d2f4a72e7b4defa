"""Indicators as data, periods, the tokens of a summary, and what can be wrong with any of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patrol.core.errors import problem
from patrol.core.labels import Label

PERIOD_BACKWARDS = problem(
    "reports.period_backwards",
    en="The period ends before it begins.",
    zh="统计期间的结束日期早于开始日期。",
)
PERIOD_UNREADABLE = problem(
    "reports.period_unreadable",
    en="“{text}” is not a date; write for example 2026-03-01.",
    zh="“{text}”不是有效日期，请按“2026-03-01”的形式填写。",
)
DAY_MISSING = problem(
    "reports.day_missing",
    en="Please enter the first and the last day, for example 2026-03-01.",
    zh="请填写起止日期，例如“2026-03-01”。",
)
UNKNOWN_INDICATOR = problem(
    "reports.unknown_indicator", en="There is no such indicator.", zh="没有这个指标。", status=404
)
UNKNOWN_TEMPLATE = problem("reports.unknown_template", en="Please choose a template.", zh="请选择模板。")
UNKNOWN_AREA = problem(
    "reports.unknown_area", en="Please choose an area within your own.", zh="请选择您辖区内的区域。"
)
UNKNOWN_TOKEN = problem(
    "reports.unknown_token",
    en="“{token}” in line {line} is not a figure that this program knows.",
    zh="第{line}行的“{token}”不是系统中的指标。",
)
IS_FROZEN = problem(
    "reports.is_frozen",
    en="A frozen edition cannot be changed. Freeze a new edition; the differences are marked there.",
    zh="已定稿的版本不能修改。请另行定稿新版本，差异会在其中标明。",
    status=409,
)
BAD_TARGET = problem(
    "reports.bad_target",
    en="{label}: “{text}” is not a target; write a whole number of at least 1, or leave it empty.",
    zh="{label}：“{text}”不是有效目标值，请填写不小于1的整数或留空。",
)

FLOW = Label("期间内发生", "happened within the period")
STANDING = Label("期末时点", "as it stood on the last day")
AREA_RULE = Label("记录所属行政区划在该区域之内", "the record's division lies in or below the area")


@dataclass(frozen=True)
class Condition:
    """One condition on a source's column: eq, in, set, true, by_end (on or before the last day), not_by_end."""

    column: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class Indicator:
    """A named figure. ``measure``: count, sum:<column>, distinct:<column>, covered; ``day`` dates the record.

    ``standing`` figures are counted as of the last day by their conditions; the others within the period.
    """

    code: str
    label: Label
    unit: Label
    definition: Label
    source: str
    day: str
    measure: str = "count"
    where: tuple[Condition, ...] = ()
    standing: bool = False
    divide: int = 1
    version: int = 1
    group: str = "enforcement"

    @property
    def period_rule(self) -> Label:
        """Say how the period bounds the records."""
        return STANDING if self.standing else FLOW


@dataclass(frozen=True)
class Period:
    """Whole days from ``since`` to ``until``, both counted."""

    since: dt.date
    until: dt.date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError("a period ends on or after its first day")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    def year_before(self) -> Period:
        """Return the same days of the year before (29 February becomes the 28th).

        >>> Period(dt.date(2024, 2, 29), dt.date(2024, 3, 1)).year_before()
        Period(since=datetime.date(2023, 2, 28), until=datetime.date(2023, 3, 1))
        """
        return Period(_year_before(self.since), _year_before(self.until))

    def before(self) -> Period:
        """Return the equally long period that ends the day before.

        >>> Period(dt.date(2026, 5, 1), dt.date(2026, 7, 31)).before()
        Period(since=datetime.date(2026, 1, 29), until=datetime.date(2026, 4, 30))
        """
        last = self.since - dt.timedelta(days=1)
        return Period(last - dt.timedelta(days=self.days - 1), last)

    def after(self) -> Period:
        """Return the equally long period that begins the day after."""
        first = self.until + dt.timedelta(days=1)
        return Period(first, first + dt.timedelta(days=self.days - 1))

    def months(self) -> list[Period]:
        """Cut the period into calendar months; the first and the last may be short."""
        found, first = [], self.since
        while first <= self.until:
            following = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
            last = min(following - dt.timedelta(days=1), self.until)
            found.append(Period(first, last))
            first = following
        return found


def _year_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class Imbalance:
    """A stated problem: a rule's code, the districts it concerns, and the sentence that says so."""

    code: str
    places: tuple[str, ...]
    zh: str
    en: str

    def within(self, language: str) -> str:
        """Return the sentence in a language."""
        return self.zh if language.startswith("zh") else self.en


def comparison(now: float, before: float) -> str:
    """Say how a figure changed against the year before, in Chinese; nothing where there is nothing to compare.

    >>> comparison(9, 8), comparison(6, 8), comparison(8, 8), comparison(3, 0)
    ('同比增长12.5%', '同比下降25%', '与上年同期持平', '')
    """
    if not before:
        return ""
    if now == before:
        return "与上年同期持平"
    change = f"{abs(now - before) / before * 100:.1f}".removesuffix(".0")
    return f"同比{'增长' if now > before else '下降'}{change}%"


#: ``{code}``, ``{code@division}``, ``{code:cmp}``, ``{by:code}``, ``{list:name}``, ``{finding:code}``
TOKEN = re.compile(r"\{([a-z_]+)(?::([a-z_]+))?(?:@(\w+))?\}")


@dataclass(frozen=True)
class Segment:
    """A piece of a rendered line: plain text, or a figure with its token, value and what it opens to."""

    text: str
    token: str = ""
    code: str = ""
    area: str = ""
    value: float | None = None

    def as_data(self) -> dict[str, Any]:
        """Return it as it is kept in a frozen edition."""
        return {
            "text": self.text,
            "token": self.token,
            "code": self.code,
            "area": self.area,
            "value": self.value,
        }


@dataclass(frozen=True)
class Line:
    """A line of a summary: level 0 is the title, 1 一、, 2 （一）, 3 body text; ``segments`` once rendered."""

    level: int
    text: str
    segments: tuple[Segment, ...] = field(default=())

    @property
    def plain(self) -> str:
        """The line as it reads."""
        return "".join(segment.text for segment in self.segments)


_DIGITS = "零一二三四五六七八九十"


def chinese_number(number: int) -> str:
    """Write 1…99 in Chinese.

    >>> [chinese_number(n) for n in (1, 10, 11, 20, 35)]
    ['一', '十', '十一', '二十', '三十五']
    """
    if number <= 10:
        return _DIGITS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def read_lines(text: str) -> list[Line]:
    """Read an edited summary: ``# `` title, ``## `` 一、, ``### `` （一）, anything else a paragraph.

    >>> [line.level for line in read_lines(chr(10).join(["# 总结", "## 成效", "正文"]))]
    [0, 1, 3]
    """
    lines = []
    for raw in text.replace("\r", "").split("\n"):
        said = raw.strip()
        if not said:
            continue
        marks = len(said) - len(said.lstrip("#"))
        level = {1: 0, 2: 1, 3: 2}.get(marks, 3) if said[marks : marks + 1] == " " else 3
        lines.append(Line(level, said.lstrip("#").strip() if level < 3 else said))
    return lines


def write_lines(lines: Sequence[Line]) -> str:
    """Write lines as :func:`read_lines` reads them, one empty line between them."""
    marks = {0: "# ", 1: "## ", 2: "### ", 3: ""}
    return "\n\n".join(marks[line.level] + line.text for line in lines)


def numbered(lines: Sequence[Line]) -> list[str]:
    """Return the number that stands before each line: 一、 for level 1, （一） for level 2, else nothing."""
    first = second = 0
    found = []
    for line in lines:
        if line.level == 1:
            first, second = first + 1, 0
            found.append(f"{chinese_number(first)}、")
        elif line.level == 2:
            second += 1
            found.append(f"（{chinese_number(second)}）")
        else:
            found.append("")
    return found


#: the form of a paper that is no summary: scores as they were announced
SCORES = "scores"


def edition_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an edition's canonical JSON."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def figure_text(value: float) -> str:
    """Write a figure without needless zeros.

    >>> figure_text(132.0), figure_text(0.2)
    ('132', '0.2')
    """
    return f"{value:.4f}".rstrip("0").rstrip(".")
