"""One row of a platform's file: number, when it was registered, what is reported, where."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from patrol.clues.domain import KIND_LABELS, SightingKind
from patrol.core.errors import Faults, problem
from patrol.venues import read_day, read_degrees

NO_NUMBER = problem(
    "clues.row_no_number",
    en="The number at the source is missing; without it the same report could come in twice.",
    zh="缺少来源编号；没有编号无法防止重复导入。",
)
NO_DATE = problem("clues.row_no_date", en="The date is missing.", zh="缺少登记时间。")
BAD_DATE = problem(
    "clues.row_bad_date",
    en="“{text}” is not a date; write for example 2026-03-01 or 2026-03-01 14:30.",
    zh="“{text}”不是有效日期，请按“2026-03-01”或“2026-03-01 14:30”的形式填写。",
)
DATE_OUTSIDE = problem(
    "clues.row_date_outside",
    en="{day} cannot be the day of a report: it lies in the future or before 2000.",
    zh="{day}不可能是登记日期：晚于今天或早于2000年。",
)
NO_TEXT = problem("clues.row_no_text", en="What is reported is missing.", zh="缺少反映内容。")
UNKNOWN_DIVISION = problem(
    "clues.row_division",
    en="“{text}” is not a district or street of yours.",
    zh="“{text}”不是您辖区内的区或街道。",
)
BAD_PLACE = problem(
    "clues.row_place",
    en="The position “{text}” cannot be read; leave it empty or write degrees.",
    zh="坐标“{text}”无法识别，请留空或填写度数。",
)
TWICE = problem(
    "clues.row_twice",
    en="The same number as row {row}; it is taken once.",
    zh="编号与第{row}行相同，只导入一次。",
)
KNOWN = problem("clues.row_known", en="This number is already in the register.", zh="该编号已登记。")

_TIME = re.compile(r"[T\s](\d{1,2})[:时](\d{2})")
_FIRST_YEAR = 2000
#: words that tell the kind, tried in this order
_WORDS: tuple[tuple[SightingKind, tuple[str, ...]], ...] = (
    (SightingKind.CONFINED, ("限制自由", "拘禁", "被关", "不让走", "控制人身")),
    (SightingKind.LECTURE, ("听课", "上课", "讲课", "授课", "培训")),
    (SightingKind.FEE, ("入门费", "交钱", "缴费", "交费", "入会费", "申购")),
    (SightingKind.RECRUITING, ("拉人头", "发展下线", "邀约", "拉人")),
    (SightingKind.LODGING, ("群居", "打地铺", "合租", "同住", "出租房")),
    (SightingKind.GATHERING, ("聚集", "集会", "出入")),
    (SightingKind.SELLING, ("直销", "推销", "会销")),
)


@dataclass(frozen=True)
class Report:
    """What a row says; ``division`` is the name as written, empty where the file does not say."""

    number: str
    at: dt.datetime
    text: str
    kind: SightingKind
    address: str
    division_uid: str
    lon: float | None
    lat: float | None


def kind_of_text(*texts: str) -> SightingKind:
    """Tell the kind of a report by its category, or by words in it.

    >>> kind_of_text("其他", "楼上每天几十人听课")
    <SightingKind.LECTURE: 'lecture'>
    """
    for text in texts:
        for code, label in KIND_LABELS.items():
            if text.strip() in (code, label.zh, label.en):
                return SightingKind(code)
    said = " ".join(texts)
    return next((kind for kind, words in _WORDS if any(word in said for word in words)), SightingKind.OTHER)


def read_report(
    given: Mapping[str, str], divisions: Mapping[str, str], home: str, zone: ZoneInfo, now: dt.datetime
) -> Report:
    """Read one row; ``divisions`` maps names to uids. Raises :class:`PatrolError` with every fault at once."""
    faults = Faults()
    number = " ".join(given.get("reference", "").split())[:60]
    text = "\n".join(
        part for part in (given.get("text", "").strip(), given.get("subject", "").strip()) if part
    )
    if not number:
        faults.add(NO_NUMBER, where="reference")
    if not text:
        faults.add(NO_TEXT, where="text")
    at = _moment(given.get("date", ""), zone, now, faults)
    uid = _division(given.get("division", "").strip(), divisions, home, faults)
    lon, lat = _place(given, faults)
    faults.raise_if_any()
    return Report(
        number, at, text[:4000], kind_of_text(given.get("kind", ""), text),
        " ".join(given.get("address", "").split())[:200], uid, lon, lat,
    )  # fmt: skip


def _moment(text: str, zone: ZoneInfo, now: dt.datetime, faults: Faults) -> dt.datetime:
    if not text.strip():
        faults.add(NO_DATE, where="date")
        return now
    try:
        day = read_day(text)
    except ValueError:
        faults.add(BAD_DATE, where="date", text=text.strip()[:40])
        return now
    time = _TIME.search(unicodedata.normalize("NFKC", text))
    hour, minute = (int(time[1]), int(time[2])) if time else (9, 0)
    if hour > 23 or minute > 59:
        faults.add(BAD_DATE, where="date", text=text.strip()[:40])
        return now
    at = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    if day.year < _FIRST_YEAR or at.date() > now.astimezone(zone).date():
        faults.add(DATE_OUTSIDE, where="date", day=day.isoformat())
    return at.astimezone(dt.UTC)


def _division(text: str, divisions: Mapping[str, str], home: str, faults: Faults) -> str:
    """Find the division named, by its whole name or as the end of a longer one (湖北省武汉市江岸区)."""
    if not text:
        return home
    found = divisions.get(text) or next(
        (uid for name, uid in sorted(divisions.items(), key=lambda p: -len(p[0])) if text.endswith(name)),
        None,
    )
    if found is None:
        faults.add(UNKNOWN_DIVISION, where="division", text=text[:40])
    return found or home


def _place(given: Mapping[str, str], faults: Faults) -> tuple[float | None, float | None]:
    texts = given.get("lon", "").strip(), given.get("lat", "").strip()
    if not any(texts):
        return None, None
    lon, lat = read_degrees(texts[0]), read_degrees(texts[1])
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        faults.add(BAD_PLACE, where="lon", text="，".join(texts)[:40])
        return None, None
    return lon, lat
