"""What a ledger (台账) is made of: fields, how a person's words become their values, and what can be wrong."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from patrol.core.errors import Faults, problem
from patrol.core.labels import Label

MISSING = problem("ledgers.missing", en="{label} is missing.", zh="请填写{label}。")
TOO_LONG = problem(
    "ledgers.too_long", en="{label} is longer than {most} characters.", zh="{label}超过{most}个字。"
)
NOT_WHOLE = problem(
    "ledgers.not_whole",
    en="{label}: “{text}” is not a whole number of at least {least}.",
    zh="{label}：“{text}”不是不小于{least}的整数。",
)
NOT_MONEY = problem(
    "ledgers.not_money",
    en="{label}: “{text}” is not an amount; write yuan, for example 2000 or 2000.50.",
    zh="{label}：“{text}”不是金额，请按元填写（如2000或2000.50），也可写作0.2万元。",
)
NOT_A_DAY = problem(
    "ledgers.not_a_day",
    en="{label}: “{text}” is not a date; write for example 2026-03-01.",
    zh="{label}：“{text}”不是有效日期，请按“2026-03-01”的形式填写。",
)
DAY_OUTSIDE = problem(
    "ledgers.day_outside",
    en="{label}: {text} lies before 1990 or more than two years ahead.",
    zh="{label}：{text}早于1990年或晚于两年之后。",
)
IN_THE_FUTURE = problem(
    "ledgers.in_the_future",
    en="{label}: {text} lies in the future; only what has happened can be recorded.",
    zh="{label}：{text}在今天之后，只能登记已经发生的事。",
)
DAYS_BACKWARDS = problem(
    "ledgers.days_backwards",
    en="“{label}” ({day}) lies before “{earlier}” ({before}). Correct one of the two days.",
    zh="“{label}”（{day}）早于“{earlier}”（{before}），请更正其中一个日期。",
)
NOT_A_CHOICE = problem(
    "ledgers.not_a_choice",
    en="{label}: “{text}” is not one of: {choices}.",
    zh="{label}：“{text}”不在可选范围内（{choices}）。",
)
NOT_A_PLACE = problem(
    "ledgers.not_a_place",
    en="Longitude and latitude belong together and lie in China: “{text}” does not.",
    zh="经度、纬度须同时填写且位于中国境内：“{text}”无效。",
)
NO_DIVISION = problem(
    "ledgers.no_division",
    en="No division within your area is called “{text}”; write its name or code.",
    zh="您的辖区内没有“{text}”，请填写行政区划名称或代码。",
)
NO_VENUE = problem(
    "ledgers.no_venue",
    en="No venue of the register has the code or (only) the name “{text}”.",
    zh="场所底数中没有编号或唯一名称为“{text}”的场所。",
)
VENUE_TWICE = problem(
    "ledgers.venue_twice",
    en="{label}: “{text}” is a venue that stands here twice. Take one away, or name the other venue that is meant.",
    zh="{label}：“{text}”所指的场所重复填写，请删去一个，或改填应填的场所。",
)
TOO_MANY_VENUES = problem(
    "ledgers.too_many_venues",
    en="{label}: {count} are more than one record can hold ({most}). Make several records of it.",
    zh="{label}：填了{count}个，每条记录最多{most}个，请分为几条登记。",
)
NO_RECORD = problem(
    "ledgers.no_record",
    en="{label}: there is no record with the number “{text}” within your area.",
    zh="{label}：您的辖区内没有编号为“{text}”的记录。",
)
NUMBER_TAKEN = problem(
    "ledgers.number_taken", en="The number “{text}” is already taken.", zh="编号“{text}”已被使用。"
)
NO_REASON = problem(
    "ledgers.no_reason",
    en="Please say why, in at least four characters.",
    zh="请填写原因（不少于4个字）。",
)
CHANGED_MEANWHILE = problem(
    "ledgers.changed_meanwhile",
    en="Somebody changed this record meanwhile. Look at it again, then make your change.",
    zh="该记录在此期间已被他人修改，请查看后再改。",
    status=409,
)
WITHDRAWN = problem(
    "ledgers.withdrawn",
    en="This record was withdrawn and can no longer be changed.",
    zh="该记录已撤销，不能再修改。",
    status=409,
)
COLUMN_MISSING = problem(
    "ledgers.column_missing",
    en="The file has no column “{label}”.",
    zh="文件中缺少“{label}”一列。",
)
COLUMN_UNKNOWN = problem(
    "ledgers.column_unknown",
    en="The column “{name}” is not known and was not read.",
    zh="“{name}”一列无法识别，未读取。",
)
NO_FILE = problem("ledgers.no_file", en="Please choose a file.", zh="请选择文件。")
FILE_TOO_LARGE = problem(
    "ledgers.file_too_large",
    en="“{name}” is larger than {most} MB.",
    zh="“{name}”超过{most} MB。",
)
FILE_KIND = problem(
    "ledgers.file_kind",
    en="“{name}” is not a PDF, picture, Word or Excel file.",
    zh="“{name}”不是PDF、图片、Word或Excel文件。",
)

EARLIEST = dt.date(1990, 1, 1)
_AHEAD = dt.timedelta(days=731)
_BETWEEN_NAMES = re.compile(r"[、,，;；\n]+")
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?$|(\d{4})(\d{2})(\d{2})$"
)


@dataclass(frozen=True)
class Field:
    """One thing a record says. ``kind``: text, long, whole, money (fen), day, choice, many, flag, names, counts,
    division, venue, venues (several, kept as ``venue_ids`` of the model), record (number of a record of ledger
    ``target``), place (``lon`` and ``lat``).

    ``past`` refuses days after today; ``listed`` makes a column of the list, ``filtered`` a filter above it;
    ``counted`` says beside a text message what it costs.
    """

    name: str
    label: Label
    kind: str = "text"
    required: bool = False
    choices: Mapping[str, Label] = field(default_factory=dict)
    hint: Label | None = None
    unit: Label | None = None
    least: int = 0
    longest: int = 200
    listed: bool = False
    filtered: bool = False
    past: bool = False
    group: Label | None = None
    target: str = ""
    aliases: tuple[str, ...] = ()
    default: Any = None
    counted: bool = False

    def names(self) -> set[str]:
        """Return every column name by which a file may call this field."""
        return {fold(each) for each in (self.name, self.label.zh, self.label.en, *self.aliases)}


def fold(text: str) -> str:
    """Make two spellings of a column name or a choice the same.

    >>> fold(" Begun on（日期） ") == fold("begun on(日期)")
    True
    """
    return re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", text)).lower()


def read_whole(f: Field, text: str, faults: Faults) -> int | None:
    """Read a count: digits, with thousands separators or 人次-like units behind it."""
    plain = re.sub(r"[,，\s]|(?<=\d)[^\d.\-]{1,3}$", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\.0+$", "", plain)
    if not re.fullmatch(r"-?\d{1,9}", plain) or int(plain) < f.least:
        faults.add(NOT_WHOLE, where=f.name, label=f.label, text=text[:40], least=f.least)
        return None
    return int(plain)


def read_money(f: Field, text: str, faults: Faults) -> int | None:
    """Read an amount into fen; ``0.2万元`` is 200,000 fen.

    >>> read_money(Field("fine", Label("罚款", "Fine")), "0.2万元", Faults())
    200000
    """
    plain = re.sub(r"[,，\s元¥]", "", unicodedata.normalize("NFKC", text))
    times = 10_000 if plain.endswith("万") else 1
    try:
        fen = Decimal(plain.rstrip("万")) * times * 100
    except InvalidOperation:
        fen = Decimal(-1)
    if not fen.is_finite() or fen < 0 or fen != fen.to_integral_value() or fen > 10**13:
        faults.add(NOT_MONEY, where=f.name, label=f.label, text=text[:40])
        return None
    return int(fen)


def read_date(f: Field, text: str, faults: Faults, today: dt.date) -> dt.date | None:
    """Read a day as registers write it; refuse what cannot be, and the future where the field says ``past``."""
    match = _DAY.match(unicodedata.normalize("NFKC", text).strip())
    try:
        parts = [int(part) for part in (match.groups() if match else ()) if part]
        day = dt.date(*parts)
    except (ValueError, TypeError):
        faults.add(NOT_A_DAY, where=f.name, label=f.label, text=text[:40])
        return None
    if day < EARLIEST or day > today + _AHEAD:
        faults.add(DAY_OUTSIDE, where=f.name, label=f.label, text=day.isoformat())
    elif f.past and day > today:
        faults.add(IN_THE_FUTURE, where=f.name, label=f.label, text=day.isoformat())
    return day


def judge_order(
    fields: Iterable[Field], chains: Iterable[tuple[str, ...]], values: Mapping[str, Any], faults: Faults
) -> None:
    """Add every day that lies before the last one given ahead of it in a chain; days not given are passed over."""
    labels = {f.name: f.label for f in fields}
    for chain in chains:
        given = [name for name in chain if values.get(name)]
        for earlier, name in pairwise(given):
            if values[name] < values[earlier]:
                faults.add(DAYS_BACKWARDS, where=name, label=labels[name], day=values[name],
                           earlier=labels[earlier], before=values[earlier])  # fmt: skip


def read_choice(f: Field, text: str, faults: Faults) -> str | None:
    """Read a choice by its code or by its name in either language."""
    wanted = fold(text)
    for code, label in f.choices.items():
        if wanted in {fold(code), fold(label.zh), fold(label.en)}:
            return code
    names = f.choices.values()
    told = Label("、".join(label.zh for label in names), ", ".join(label.en for label in names))
    faults.add(NOT_A_CHOICE, where=f.name, label=f.label, text=text[:40], choices=told)
    return None


def read_names(text: str) -> list[str]:
    """Split names as people list them.

    >>> read_names("王磊、李娜, 赵强")
    ['王磊', '李娜', '赵强']
    """
    return [each.strip() for each in _BETWEEN_NAMES.split(text) if each.strip()]


def read_flag(text: str) -> bool:
    """Read yes or no; empty is no."""
    return fold(text) in {"1", "是", "有", "yes", "y", "true", "on", "√", "已"}


def read_counts(f: Field, given: Mapping[str, str], faults: Faults) -> dict[str, int]:
    """Read one count for each choice, from the cells ``name.choice``; what is empty is left out."""
    found: dict[str, int] = {}
    for code, label in f.choices.items():
        text = given.get(f"{f.name}.{code}", "").strip()
        if text:
            count = read_whole(Field(f"{f.name}.{code}", label), text, faults)
            if count:
                found[code] = count
    return found


def read_position(f: Field, given: Mapping[str, str], faults: Faults) -> tuple[float, float] | None:
    """Read longitude and latitude (WGS-84), both or neither."""
    lon, lat = given.get("lon", "").strip(), given.get("lat", "").strip()
    if not lon and not lat:
        return None
    try:
        x, y = float(lon), float(lat)
        if not (72 < x < 138 and 0 < y < 56):
            raise ValueError(lon)
    except ValueError:
        faults.add(NOT_A_PLACE, where="lon", text=f"{lon}, {lat}"[:40])
        return None
    return x, y


def read_plain(f: Field, text: str, faults: Faults, today: dt.date) -> Any:
    """Read one non-empty text into the value of a field that needs nothing but itself."""
    if f.kind == "whole":
        return read_whole(f, text, faults)
    if f.kind == "money":
        return read_money(f, text, faults)
    if f.kind == "day":
        return read_date(f, text, faults, today)
    if f.kind == "choice":
        return read_choice(f, text, faults)
    if f.kind in {"many", "names"}:
        parts = read_names(text)
        return [read_choice(f, part, faults) for part in parts] if f.kind == "many" else parts
    if len(text) > f.longest:
        faults.add(TOO_LONG, where=f.name, label=f.label, most=f.longest)
    return text


def empty_of(f: Field) -> Any:
    """Return what a field holds when nothing was said."""
    if f.default is not None:
        return f.default
    return {
        "text": "",
        "choice": "",
        "long": "",
        "whole": 0,
        "money": 0,
        "many": [],
        "names": [],
        "venues": [],
        "counts": {},
        "flag": False,
    }.get(f.kind)
