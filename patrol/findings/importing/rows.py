"""One row of past inspections: which venue, when, with what outcome."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from patrol.core.errors import Faults, problem
from patrol.core.geo import distance_m
from patrol.patrols import Outcome
from patrol.venues import Known, normal_address, normal_name, read_day, read_degrees

DATE_MISSING = problem("findings.date_missing", en="The date is missing.", zh="缺少日期。")
DATE_UNREADABLE = problem(
    "findings.date_unreadable",
    en="“{text}” is not a date; write for example 2026-03-01 or 2026-03-01 14:30.",
    zh="“{text}”不是有效日期，请按“2026-03-01”或“2026-03-01 14:30”的形式填写。",
)
DATE_OUTSIDE = problem(
    "findings.date_outside",
    en="{day} cannot be the day of a past visit: it lies in the future or before 1990.",
    zh="{day}不可能是历史到访日期：晚于今天或早于1990年。",
)
OUTCOME_MISSING = problem("findings.outcome_missing", en="The outcome is missing.", zh="缺少检查结果。")
OUTCOME_UNKNOWN = problem(
    "findings.outcome_unknown",
    en="“{text}” is not an outcome: nothing found, no answer, refused, suspicious or violation is expected.",
    zh="无法识别结果“{text}”，应为：未见异常、无人应答、拒绝检查、发现可疑、发现违法。",
)
VENUE_MISSING = problem(
    "findings.venue_missing",
    en="The row does not say which venue: a number, or name and address, is needed.",
    zh="未指明场所：须有原登记编号，或名称与地址。",
)
VENUE_UNKNOWN = problem(
    "findings.venue_unknown",
    en="No venue of the register fits “{text}”. Import the venues first.",
    zh="底数中没有与“{text}”对应的场所，请先导入场所。",
)
VENUE_UNCLEAR = problem(
    "findings.venue_unclear",
    en="{count} venues of the register fit “{text}”; add number or address.",
    zh="底数中有{count}个场所与“{text}”对应，请补充编号或地址。",
)
ALREADY_THERE = problem(
    "findings.already_there", en="This visit is already in the register.", zh="该次到访已在系统中。"
)
TWICE_IN_FILE = problem(
    "findings.twice_in_file",
    en="The same as row {row}; it is taken once.",
    zh="与第{row}行相同，只导入一次。",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


#: whole cells that mean an outcome
_WHOLE: dict[Outcome, tuple[str, ...]] = {
    Outcome.NO_ANSWER: _words("无人应答|无人|未开门|关门|no answer|no entry|not home"),
    Outcome.REFUSED: _words("拒绝检查|拒绝|拒检|不配合|refused|refused entry"),
    Outcome.NOTHING_FOUND: _words(
        "无|否|没有|合格|正常|nothing found|nothing|none|no|pass|passed|ok|0|false|n"
    ),
    Outcome.SUSPICIOUS: _words("可疑|疑似|suspicious|suspected|pass w/ conditions"),
    Outcome.VIOLATION: _words("有|是|violation|violations|found|fail|failed|yes|1|true|y"),
}
#: words inside a longer cell, tried in this order: a denial stands before what it denies
_INSIDE: tuple[tuple[Outcome, tuple[str, ...]], ...] = (
    (Outcome.NO_ANSWER, _words("无人应答|未开门|无人在")),
    (Outcome.REFUSED, _words("拒绝|拒检|不配合")),
    (Outcome.VIOLATION, _words("不合格")),
    (Outcome.NOTHING_FOUND, _words("未发现|未见|无异常|无问题|没有发现|无违法|无可疑")),
    (Outcome.SUSPICIOUS, _words("可疑|疑似|不正常|异常")),
    (Outcome.VIOLATION, _words("违法|违规|传销|查处|有问题")),
    (Outcome.NOTHING_FOUND, _words("合格|正常")),
)
_TIME = re.compile(r"[T\s](\d{1,2})[:时](\d{2})")
#: where only the day is known, the visit is put at this hour
NOON = 12
_FIRST_YEAR = 1990
#: a name alone is believed when the position given lies this near
_NEAR_M = 200.0


@dataclass(frozen=True)
class PastVisit:
    """What a row says: the venue's id, the instant, the outcome, and what was written about it."""

    venue_id: int
    at: dt.datetime
    outcome: Outcome
    text: str = ""
    group: str = ""
    reference: str = ""

    @property
    def key(self) -> tuple[int, dt.datetime, str, str]:
        """Return what makes two rows the same visit."""
        return self.venue_id, self.at, self.outcome.value, self.reference


def read_outcome(text: str) -> Outcome | None:
    """Read an outcome in the words of other registers; ``None`` for an unknown one.

    >>> [str(read_outcome(text)) for text in ("未发现可疑情况", "1", "发现疑似传销活动", "?")]
    ['nothing_found', 'violation', 'suspicious', 'None']
    """
    said = unicodedata.normalize("NFKC", text).strip().lower().rstrip("。.")
    for outcome, words in _WHOLE.items():
        if said in words or said == outcome.value:
            return outcome
    return next((outcome for outcome, words in _INSIDE if any(word in said for word in words)), None)


def read_moment(text: str, zone: ZoneInfo) -> dt.datetime:
    """Read a day, with its time where there is one, in the bureau's zone; raises ``ValueError``.

    >>> read_moment("2026/3/1 09:30", ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-03-01T09:30:00+08:00'
    """
    day = read_day(text)
    time = _TIME.search(unicodedata.normalize("NFKC", text))
    hour, minute = (int(time[1]), int(time[2])) if time else (NOON, 0)
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


@dataclass(frozen=True)
class VenueBook:
    """The register looked up by source number, by name and address, and by name."""

    by_number: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    by_place: Mapping[tuple[str, str], Sequence[Known]] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[Known]] = field(default_factory=dict)

    def find(
        self, number: str, name: str, address: str, lon: float | None, lat: float | None
    ) -> Sequence[Known]:
        """Return every venue that a row may mean, the surest way first; more than one is unclear."""
        numbered = list(self.by_number.get(number, ())) if number else []
        exact = [k for k in numbered if self._same(k, name, address)]
        if exact or len(numbered) == 1:
            return exact[:1] or numbered
        near = _nearest(numbered, lon, lat)
        if near:
            return near
        placed = (
            self.by_place.get((normal_name(name), normal_address(address)), ()) if name and address else ()
        )
        if placed:
            return placed[:1]
        named = list(self.by_name.get(normal_name(name), ())) if name else []
        return numbered or (_nearest(named, lon, lat) if lon is not None else named)

    @staticmethod
    def _same(known: Known, name: str, address: str) -> bool:
        return normal_name(known.entry.name) == normal_name(name) and (
            not address or normal_address(known.entry.address) == normal_address(address)
        )


def _nearest(known: Sequence[Known], lon: float | None, lat: float | None) -> list[Known]:
    """The nearest of several entries, if a position was given and one lies near enough to be believed."""
    if lon is None or lat is None or not known:
        return []
    away = [(distance_m(each.lon, each.lat, lon, lat), at) for at, each in enumerate(known)]
    metres, at = min(away)
    return [known[at]] if metres <= _NEAR_M else []


def venue_book(known: Sequence[Known]) -> VenueBook:
    """Index the register for :meth:`VenueBook.find`."""
    numbers: dict[str, list[Known]] = {}
    places: dict[tuple[str, str], list[Known]] = {}
    names: dict[str, list[Known]] = {}
    seen: set[int] = set()
    for each in known:
        name, address = normal_name(each.entry.name), normal_address(each.entry.address)
        numbers.setdefault(each.entry.external_id, []).append(each)
        if each.key not in seen:
            places.setdefault((name, address), []).append(each)
            names.setdefault(name, []).append(each)
        seen.add(each.key)
    return VenueBook(numbers, places, names)


def read_past(given: Mapping[str, str], book: VenueBook, zone: ZoneInfo, now: dt.datetime) -> PastVisit:
    """Read one row; raises :class:`PatrolError` with every fault at once."""
    faults = Faults()
    at = _moment(given.get("date", ""), zone, now, faults)
    outcome = _outcome(given.get("outcome", ""), faults)
    venue = _venue(given, book, faults)
    faults.raise_if_any()
    return PastVisit(
        venue, at.astimezone(dt.UTC), outcome, given.get("text", "").strip()[:4000],
        " ".join(given.get("group", "").split())[:80], given.get("reference", "").strip()[:60],
    )  # fmt: skip


def _moment(text: str, zone: ZoneInfo, now: dt.datetime, faults: Faults) -> dt.datetime:
    if not text.strip():
        faults.add(DATE_MISSING, where="date")
        return now
    try:
        at = read_moment(text, zone)
    except ValueError:
        faults.add(DATE_UNREADABLE, where="date", text=text.strip()[:40])
        return now
    if at.year < _FIRST_YEAR or at.date() > now.astimezone(zone).date():
        faults.add(DATE_OUTSIDE, where="date", day=at.date().isoformat())
    return at


def _outcome(text: str, faults: Faults) -> Outcome:
    found = read_outcome(text)
    if not text.strip():
        faults.add(OUTCOME_MISSING, where="outcome")
    elif found is None:
        faults.add(OUTCOME_UNKNOWN, where="outcome", text=text.strip()[:40])
    return found or Outcome.NOTHING_FOUND


def _venue(given: Mapping[str, str], book: VenueBook, faults: Faults) -> int:
    number, name, address = (given.get(key, "").strip() for key in ("external_id", "name", "address"))
    text = " ".join(part for part in (number, name, address) if part)[:80]
    if not text:
        faults.add(VENUE_MISSING, where="name")
        return 0
    lon, lat = read_degrees(given.get("lon", "")), read_degrees(given.get("lat", ""))
    found = book.find(number, name, address, lon, lat)
    if not found:
        faults.add(VENUE_UNKNOWN, where="name", text=text)
    elif len(found) > 1:
        faults.add(VENUE_UNCLEAR, where="name", text=text, count=len(found))
    return found[0].key if found else 0
