"""A scheme's items as data, how a value earns points, how units are ranked, and what can be wrong with a scheme."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patrol.core.errors import problem
from patrol.core.labels import Label

NO_TITLE = problem("reports.scheme_no_title", en="Please name the scheme.", zh="请填写考核方案名称。")
NO_AREA = problem(
    "reports.scheme_no_area",
    en="Please choose the area whose parts are assessed, within your own.",
    zh="请选择被考核单位所属的区域（须在您的辖区内）。",
)
NO_ITEMS = problem(
    "reports.scheme_no_items",
    en="A scheme needs at least one item: choose an indicator in a row.",
    zh="考核方案至少要有一个项目，请在一行中选择指标。",
)
NO_INDICATOR = problem(
    "reports.scheme_no_indicator",
    en="Item {row}: there is no indicator “{text}”; choose one of the list.",
    zh="第{row}项：没有指标“{text}”，请从列表中选择。",
)
NO_RULE = problem(
    "reports.scheme_no_rule",
    en="Item {row}: please choose how points are given.",
    zh="第{row}项：请选择计分办法。",
)
BAD_POINTS = problem(
    "reports.scheme_bad_points",
    en="Item {row}: “{text}” is not a number of points; write a number above 0, at most 1000.",
    zh="第{row}项：“{text}”不是有效分值，请填写大于0且不超过1000的数。",
)
NO_TARGET = problem(
    "reports.scheme_no_target",
    en="Item {row}: this rule needs a target above 0, and “{text}” is none.",
    zh="第{row}项：该计分办法需要大于0的目标值，“{text}”无效。",
)
BAD_TARGET = problem(
    "reports.scheme_bad_target",
    en="Item {row}: “{text}” is not a target; write a number of at least 0.",
    zh="第{row}项：“{text}”不是有效目标值，请填写不小于0的数。",
)
NO_STEP = problem(
    "reports.scheme_no_step",
    en="Item {row}: this rule needs the points of one unit, and “{text}” is no number above 0.",
    zh="第{row}项：该计分办法需要每件分值，“{text}”不是大于0的数。",
)
BAD_PERIOD = problem(
    "reports.scheme_bad_period",
    en="Item {row}: please choose the days that count.",
    zh="第{row}项：请选择统计时段。",
)
TOO_MANY = problem(
    "reports.scheme_too_many",
    en="A scheme has at most {most} items; this one has {count}.",
    zh="考核方案最多{most}项，现有{count}项。",
)
IS_PUBLISHED = problem(
    "reports.scheme_is_published",
    en="A published scheme is frozen. Make a new version and change that one.",
    zh="已发布的考核方案不能修改，请新建版本后修改。",
    status=409,
)
NOT_A_DRAFT = problem(
    "reports.scheme_not_a_draft", en="Only a draft can be published.", zh="只有草稿可以发布。", status=409
)
NOT_IN_FORCE = problem(
    "reports.scheme_not_in_force",
    en="Scores are announced by the published version only.",
    zh="只能按已发布的方案通报得分。",
    status=409,
)
NOBODY_ASSESSED = problem(
    "reports.scheme_nobody",
    en="There is nobody to assess in this area.",
    zh="该区域没有被考核单位。",
    status=409,
)
HAS_DRAFT = problem(
    "reports.scheme_has_draft",
    en="There is already a draft of the next version: {title}, version {number}. Change that one.",
    zh="已有下一版草稿：{title}第{number}版，请在该草稿上修改。",
    status=409,
)

MOST_ITEMS = 40
RULES = {
    "proportional": Label("按完成比例得分", "In proportion to the target"),
    "threshold": Label("达到目标得满分，否则不得分", "All points at the target, else none"),
    "per_unit": Label("每件加分，加满为止", "Points for each, up to the item's points"),
    "deduction": Label("超出目标每件扣分，扣完为止", "Points off for each above the target, down to none"),
}
NEEDS_TARGET = ("proportional", "threshold")
NEEDS_STEP = ("per_unit", "deduction")
PERIODS = {
    "assessed": Label("考核期间", "The assessed period"),
    "year": Label("当年累计至考核期末", "The year up to the last day of the period"),
}
UNITS = {
    "divisions": Label("下级行政区划", "The divisions below"),
    "branches": Label("分局（所）", "Branches"),
}
STATES = {
    "draft": Label("草稿", "Draft"),
    "published": Label("已发布", "Published"),
    "replaced": Label("已被新版本取代", "Replaced by a newer version"),
    "dropped": Label("已作废", "Dropped"),
}


@dataclass(frozen=True)
class Item:
    """One line of a scheme.

    ``points`` is the most it gives; ``target`` what is to be reached (what is free, for a deduction); ``step`` the
    points of one unit; ``targets`` other targets by division code; ``areas`` the codes it is asked of, empty: all.
    """

    indicator: str
    points: float
    rule: str
    target: float = 0.0
    step: float = 0.0
    period: str = "assessed"
    targets: Mapping[str, float] = field(default_factory=dict)
    areas: tuple[str, ...] = ()

    def asked_of(self, code: str) -> bool:
        """Say whether the item is asked of the unit with this code."""
        return not self.areas or code in self.areas

    def target_of(self, code: str) -> float:
        """Return the target of one unit: its own, or that of all."""
        return self.targets.get(code, self.target)

    def as_data(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "indicator": self.indicator, "points": self.points, "rule": self.rule, "target": self.target,
            "step": self.step, "period": self.period, "targets": dict(self.targets), "areas": list(self.areas),
        }  # fmt: skip

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Item:
        """Read it back."""
        return cls(**{**data, "areas": tuple(data.get("areas", ()))})


def points_for(item: Item, value: float, code: str = "") -> float:
    """Return the points that a value earns, rounded to 0.01, from 0 to ``item.points``.

    Raises ``ValueError`` for a value below 0 (no indicator is) and for a rule that does not exist.

    >>> points_for(Item("actions", 20, "proportional", target=8), 6)
    15.0
    >>> points_for(Item("decisions_late", 10, "deduction", target=1, step=2), 4)
    4.0
    """
    if value < 0 or not math.isfinite(value):
        raise ValueError("a value is a number of at least 0")
    target = item.target_of(code)
    if item.rule == "proportional":
        earned = item.points * (min(1.0, value / target) if target else 1.0)
    elif item.rule == "threshold":
        earned = item.points if value >= target else 0.0
    elif item.rule == "per_unit":
        earned = min(item.points, value * item.step)
    elif item.rule == "deduction":
        earned = max(0.0, item.points - max(0.0, value - target) * item.step)
    else:
        raise ValueError(f"there is no rule {item.rule}")
    return round(float(earned), 2)


@dataclass(frozen=True)
class Mark:
    """What one unit reached in one item; ``points`` is ``None`` where the item is not asked of it."""

    value: float
    target: float
    points: float | None


@dataclass(frozen=True)
class Score:
    """One unit's sum: ``total`` of the ``possible`` points (those asked of it), its rank from 1; equals share it."""

    code: str
    name: str
    path: str
    marks: tuple[Mark, ...]
    total: float
    possible: float
    rank: int = 0

    @property
    def percent(self) -> float:
        """The share of the possible points, 0…100, by which units are ranked; 0 where nothing is asked."""
        return round(self.total / self.possible * 100, 2) if self.possible else 0.0


def score_unit(
    items: Sequence[Item], values: Sequence[float], code: str, name: str = "", path: str = ""
) -> Score:
    """Score one unit: ``values`` are its figures in the order of ``items``; raises ``ValueError`` if they differ."""
    marks = tuple(
        Mark(value, item.target_of(code), points_for(item, value, code) if item.asked_of(code) else None)
        for item, value in zip(items, values, strict=True)
    )
    total = round(sum(mark.points for mark in marks if mark.points is not None), 2)
    possible = sum(item.points for item in items if item.asked_of(code))
    return Score(code, name, path, marks, total, possible)


def ranked(scores: Sequence[Score]) -> list[Score]:
    """Return the scores from the best down; equal shares have the same rank, and the rank after them is left out.

    >>> [s.rank for s in ranked([Score("a", "", "", (), 8, 10), Score("b", "", "", (), 9, 10),
    ...                          Score("c", "", "", (), 4, 5)])]
    [1, 2, 2]
    """
    found = []
    for score in sorted(scores, key=lambda each: (-each.percent, each.code)):
        better = sum(1 for other in scores if other.percent > score.percent)
        found.append(Score(**{**score.__dict__, "rank": better + 1}))
    return found


def scheme_hash(title: str, units: str, items: Sequence[Item]) -> str:
    """Return the SHA-256 of what a published version says, as canonical JSON."""
    content = {"title": title, "units": units, "items": [item.as_data() for item in items]}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
