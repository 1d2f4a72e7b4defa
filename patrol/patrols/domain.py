"""Steps of a patrol, outcomes of a visit, and what a phone's clock is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from patrol.core.errors import problem
from patrol.core.labels import Label

NOT_YOURS = problem(
    "patrols.not_yours",
    en="This patrol belongs to somebody else. The record stays on your phone.",
    zh="该次巡查属于他人，记录仍保留在您的手机上。",
    status=403,
)
UNKNOWN_VENUE = problem(
    "patrols.unknown_venue",
    en="This venue does not exist or lies outside your division.",
    zh="该场所不存在，或不在您所辖的区域内。",
    status=404,
)
VISIT_TWICE = problem(
    "patrols.visit_twice",
    en="This visit has already been recorded by another entry; nothing is stored twice. Yours is kept on the phone.",
    zh="该次到访已由另一条目登记，不会重复保存；您的条目仍保留在手机上。",
    status=409,
)


class Step(StrEnum):
    """What an officer does with a patrol, by press and hold."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class Outcome(StrEnum):
    """What came of a visit; a door that does not answer is a record too."""

    NOTHING_FOUND = "nothing_found"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    SUSPICIOUS = "suspicious"
    VIOLATION = "violation"


OUTCOME_LABELS: dict[str, Label] = {
    Outcome.NOTHING_FOUND: Label("未见异常", "Nothing found"),
    Outcome.NO_ANSWER: Label("无人应答", "No answer"),
    Outcome.REFUSED: Label("拒绝检查", "Refused entry"),
    Outcome.SUSPICIOUS: Label("发现可疑", "Suspicious"),
    Outcome.VIOLATION: Label("发现违法", "Violation"),
}
#: outcomes that a finding explains
FOUND = frozenset({Outcome.SUSPICIOUS, Outcome.VIOLATION})

STEP_LABELS: dict[str, Label] = {
    Step.START: Label("开始巡查", "Patrol started"),
    Step.PAUSE: Label("暂停", "Paused"),
    Step.RESUME: Label("继续", "Resumed"),
    Step.END: Label("结束巡查", "Patrol ended"),
}
STATE_LABELS: dict[str, Label] = {
    "running": Label("进行中", "Under way"),
    "paused": Label("已暂停", "Paused"),
    "ended": Label("已结束", "Ended"),
    "unknown": Label("尚未收到开始记录", "Start not received yet"),
}
GAP_LABELS: dict[str, Label] = {
    "app_closed": Label("程序已关闭", "App was closed"),
    "screen_off": Label("屏幕关闭", "Screen was off"),
    "no_fix": Label("没有卫星定位信号", "No satellite fix"),
    "paused": Label("巡查暂停", "Patrol was paused"),
    "denied": Label("未授权定位", "Location was not allowed"),
}

#: a phone's clock is taken as it is up to this difference; beyond it, it is corrected and marked
CLOCK_SLACK_S = 120.0
#: an entry may wait this long on a phone before its age is rather a wrong clock
LONGEST_WAIT = dt.timedelta(days=400)


@dataclass(frozen=True)
class Judged:
    """An instant as the server takes it: ``doubt`` is empty, "corrected" or "implausible"."""

    at: dt.datetime
    said: dt.datetime
    offset_s: float | None
    doubt: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what is kept of a doubtful clock; empty for a sound one."""
        if not self.doubt:
            return {}
        return {"said": self.said.isoformat(), "offset_s": self.offset_s, "doubt": self.doubt}


@dataclass(frozen=True)
class DeviceFacts:
    """How an entry came: which phone, how far its clock was off, when it was made and received, and its hash."""

    received_at: dt.datetime
    device_uid: str = ""
    clock_offset_s: float | None = None
    entry_sha256: str = ""
    entry_uid: str = ""
    captured_at: dt.datetime | None = None

    def judged(self, said: dt.datetime) -> Judged:
        """Say which instant to believe (:func:`judged_time`)."""
        return judged_time(said, self.clock_offset_s, self.received_at)

    def made(self) -> Judged:
        """Say when the entry was made, by the phone's own word as far as it can be believed."""
        return self.judged(self.captured_at or self.received_at)


def judged_time(said: dt.datetime, offset_s: float | None, received_at: dt.datetime) -> Judged:
    """Decide which instant to file a record under when a phone's clock may be wrong by years.

    Parameters: ``said`` as the phone wrote it (aware); ``offset_s`` server minus phone at the moment of sending,
    in seconds, ``None`` if unknown; ``received_at`` by the server's clock.
    Returns: the phone's own time while the clock was within two minutes; else the phone's time plus the offset
    ("corrected"); the time of receipt where even that lies in the future or over 400 days back ("implausible").
    The phone's own words are always kept beside it.
    Raises ``ValueError`` for a time without zone.

    >>> now = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
    >>> slow = judged_time(now.replace(year=2019, hour=8), (now - now.replace(year=2019)).total_seconds(), now)
    >>> slow.at.isoformat(), slow.doubt
    ('2026-11-24T08:00:00+00:00', 'corrected')
    """
    if said.tzinfo is None or received_at.tzinfo is None:
        raise ValueError("a time needs a zone")
    at, doubt = said.astimezone(dt.UTC), ""
    if offset_s is not None and abs(offset_s) > CLOCK_SLACK_S:
        at, doubt = at + dt.timedelta(seconds=offset_s), "corrected"
    if not received_at - LONGEST_WAIT <= at <= received_at + dt.timedelta(seconds=CLOCK_SLACK_S):
        return Judged(received_at, said, offset_s, "implausible")
    return Judged(min(at, received_at), said, offset_s, doubt)


_ORDER = {step: place for place, step in enumerate(Step)}


@dataclass(frozen=True)
class PatrolLife:
    """What the steps received so far say about a patrol, in whatever order they came."""

    state: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None


def life_of(events: Sequence[dict[str, Any]]) -> PatrolLife:
    """Read the state of a patrol from its steps, which may have arrived out of order or in part.

    >>> life_of([{"step": "end", "at": "2026-11-24T02:00:00+00:00"}]).state
    'ended'
    """
    ordered = sorted(events, key=lambda event: (event["at"], _ORDER[Step(event["step"])]))
    starts = [event for event in ordered if event["step"] == Step.START]
    ends = [event for event in ordered if event["step"] == Step.END]
    started = dt.datetime.fromisoformat(starts[0]["at"]) if starts else None
    if ends:
        return PatrolLife("ended", started, dt.datetime.fromisoformat(ends[-1]["at"]))
    if not ordered:
        return PatrolLife("unknown", None, None)
    return PatrolLife("paused" if ordered[-1]["step"] == Step.PAUSE else "running", started, None)
