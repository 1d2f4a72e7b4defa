"""The facts of a venue as a person or a register enters them: read all at once, all faults told together."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from patrol.core.datum import Datum, convert
from patrol.core.errors import Faults, PatrolError
from patrol.venues.domain import problems as p
from patrol.venues.domain.hours import Windows, read_hours
from patrol.venues.domain.kinds import DEFAULTS, VenueKind, companion_of, kind_of

#: columns of the register that are plain text, with the longest text they take
TEXT_LIMITS = {
    "name": 120,
    "address": 200,
    "owner_name": 80,
    "owner_phone": 30,
    "note": 2000,
    "external_id": 60,
    "code": 40,
}
_DAYS = (
    re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)"),
    re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)"),
)
_WHOLE = re.compile(r"[+-]?\d{1,9}(?:\.0+)?")
_DEGREES = re.compile(r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([nsewNSEW东西南北]?)")
_DMS = re.compile(
    r"([nsewNSEW东西南北]?)\s*(\d{1,3})\s*[°度]\s*(\d{1,2}(?:\.\d+)?)\s*['′’分]\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″”秒]|'')\s*)?([nsewNSEW东西南北]?)"
)


@dataclass(frozen=True)
class VenueFacts:
    """What may be said about a venue; ``lon, lat`` are WGS-84 degrees, ``datum_given`` what they came in."""

    name: str
    kind: VenueKind
    address: str
    lon: float
    lat: float
    datum_given: Datum = Datum.WGS84
    owner_name: str = ""
    owner_phone: str = ""
    capacity: int | None = None
    opening_hours: Windows = field(default_factory=list)
    service_minutes: int = 12
    revisit_interval_days: int = 30
    needs_duty: str = ""
    note: str = ""
    code: str = ""
    external_id: str = ""
    owner_letter_on: date | None = None
    features: Mapping[str, object] = field(default_factory=dict)


def read_facts(
    given: Mapping[str, str], datum: Datum, *, default_kind: VenueKind | None = None
) -> VenueFacts:
    """Read what was typed or imported into facts.

    Parameters: ``given`` maps field names of :class:`VenueFacts` to texts, missing ones count as empty;
    ``datum`` is the one of its ``lon`` and ``lat``; ``default_kind`` stands in for an empty or unknown kind.
    Returns: facts with positions in WGS-84 degrees and the kind's own interval and visit length where none
    is given. Raises :class:`PatrolError` with every fault at once.

    >>> given = {"name": "江城宾馆", "kind": "宾馆", "lon": "114.27", "lat": "30.6"}
    >>> read_facts(given, Datum.WGS84).service_minutes
    15
    """
    faults = Faults()
    texts = {name: _text(given, name, limit, faults) for name, limit in TEXT_LIMITS.items()}
    if not texts["name"]:
        faults.add(p.NAME_EMPTY, where="name")
    kind = _kind(given.get("kind", ""), default_kind, faults)
    position = _position(given.get("lon", ""), given.get("lat", ""), datum, faults)
    defaults = DEFAULTS[kind]
    capacity = _whole(given, "capacity", 0, 100_000, faults)
    interval = _whole(given, "revisit_interval_days", 1, 730, faults)
    minutes = _whole(given, "service_minutes", 1, 480, faults)
    hours = _hours(given.get("opening_hours", ""), faults)
    letter_on = _day(given, "owner_letter_on", faults)
    companion = companion_of(given.get("needs_duty", ""))
    if companion is None:
        faults.add(p.COMPANION_UNKNOWN, where="needs_duty", text=one_line(given["needs_duty"])[:40])
    faults.raise_if_any()
    return VenueFacts(
        name=texts["name"],
        address=texts["address"],
        owner_name=texts["owner_name"],
        owner_phone=texts["owner_phone"],
        note=texts["note"],
        code=texts["code"],
        external_id=texts["external_id"],
        kind=kind,
        lon=position[0],
        lat=position[1],
        datum_given=datum,
        capacity=capacity,
        opening_hours=hours,
        owner_letter_on=letter_on,
        needs_duty=companion or "",
        service_minutes=defaults.service_minutes if minutes is None else minutes,
        revisit_interval_days=defaults.revisit_interval_days if interval is None else interval,
    )


def one_line(text: str) -> str:
    """Fold white space and drop control characters, so that a pasted cell becomes one clean line."""
    kept = "".join(c if unicodedata.category(c) not in {"Cc", "Cf"} else " " for c in text)
    return " ".join(kept.split())


def _text(given: Mapping[str, str], name: str, limit: int, faults: Faults) -> str:
    text = given.get(name, "")
    text = text.replace("\x00", "").strip() if name == "note" else one_line(text)
    if len(text) > limit:
        faults.add(p.TEXT_LONG, where=name, length=len(text), limit=limit)
    return text


def _kind(text: str, default: VenueKind | None, faults: Faults) -> VenueKind:
    found = kind_of(text)
    if found is None and default is None:
        if text.strip():
            faults.add(p.KIND_UNKNOWN, where="kind", text=one_line(text)[:40])
        else:
            faults.add(p.KIND_EMPTY, where="kind")
    return found or default or VenueKind.OTHER


def _whole(given: Mapping[str, str], name: str, low: int, high: int, faults: Faults) -> int | None:
    text = unicodedata.normalize("NFKC", given.get(name, "")).replace(",", "").strip().rstrip("人天分钟间")
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        faults.add(p.NOT_A_NUMBER, where=name, text=text[:40], low=low, high=high)
        return None
    value = int(float(text))
    if not low <= value <= high:
        faults.add(p.NUMBER_OUTSIDE, where=name, value=value, low=low, high=high)
        return None
    return value


def read_day(text: str) -> date:
    """Read a day as registers write it; raises ``ValueError``.

    >>> read_day("2026年3月1日"), read_day("2026/3/1 09:30"), read_day("20260301")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    match = next((found for pattern in _DAYS if (found := pattern.match(folded))), None)
    if match is None:
        raise ValueError(f"no day in {text!r}")
    return date(int(match[1]), int(match[2]), int(match[3]))


def _day(given: Mapping[str, str], name: str, faults: Faults) -> date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return read_day(text)
    except ValueError:
        faults.add(p.DAY_UNREADABLE, where=name, text=one_line(text)[:40])
        return None


def _hours(text: str, faults: Faults) -> Windows:
    try:
        return read_hours(text)
    except ValueError:
        faults.add(p.HOURS_UNREADABLE, where="opening_hours", text=one_line(text)[:60])
        return []


def _position(lon_text: str, lat_text: str, datum: Datum, faults: Faults) -> tuple[float, float]:
    if not lon_text.strip() or not lat_text.strip():
        faults.add(p.POSITION_MISSING, where="lon")
        return 0.0, 0.0
    lon, lat = read_degrees(lon_text), read_degrees(lat_text)
    if lon is None or lat is None:
        faults.add(
            p.POSITION_UNREADABLE, where="lon", text=f"{one_line(lon_text)[:30]}, {one_line(lat_text)[:30]}"
        )
        return 0.0, 0.0
    if abs(lat) > 90 and abs(lon) <= 90 and abs(lat) <= 180:
        faults.add(p.POSITION_SWAPPED, where="lon", lon=lon, lat=lat)
        return 0.0, 0.0
    if abs(lon) > 180 or abs(lat) > 90 or (lon == 0 and lat == 0):
        faults.add(p.POSITION_NOWHERE, where="lon", lon=lon, lat=lat)
        return 0.0, 0.0
    return convert(lon, lat, datum, Datum.WGS84)


def read_degrees(text: str) -> float | None:
    r"""Read one coordinate in degrees, as a decimal number or as degrees, minutes and seconds.

    >>> read_degrees("114.2734"), read_degrees("114°16'24.2\"E"), read_degrees("about there")
    (114.2734, 114.273389, None)
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    plain = _DEGREES.fullmatch(folded)
    if plain:
        value = float(plain[1])
        return -value if plain[2] in tuple("sSwW西南") and value > 0 else value
    dms = _DMS.fullmatch(text.strip())
    if dms is None:
        return None
    value = int(dms[2]) + float(dms[3]) / 60 + float(dms[4] or 0) / 3600
    south_or_west = (dms[1] or dms[5]) in tuple("sSwW西南") and bool(dms[1] or dms[5])
    return round(-value if south_or_west else value, 6) if math.isfinite(value) else None


def faults_of(error: PatrolError) -> list[dict[str, str]]:
    """Return an error's faults as plain data in both languages, to be kept or sent."""
    return [
        {"code": f.problem.code, "where": f.where, "zh": f.sentence("zh"), "en": f.sentence("en")}
        for f in error.faults
    ]
