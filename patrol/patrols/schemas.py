"""What a phone may say about a patrol: steps, track points, visits. A field not named here is refused."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from patrol.core.ids import is_uid
from patrol.patrols.domain import Outcome, Step


def _uid(text: str) -> str:
    if not is_uid(text):
        raise ValueError("not a UUID in lower case")
    return text


def _plain(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t\r" for letter in text):
        raise ValueError("control characters")
    return text


def _plausible(value: dt.datetime) -> dt.datetime:
    if not 1970 <= value.year <= 2199:
        raise ValueError("not a date of this age")
    return value


Uid = Annotated[str, AfterValidator(_uid)]
PlainText = Annotated[str, AfterValidator(_plain)]
#: a phone with a clock wrong by years is believed to say so; the server judges (patrols.domain.judged_time)
DeviceTime = Annotated[AwareDatetime, AfterValidator(_plausible)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
#: metres; 5 km is coarse but true, and is shown as such
AccuracyM = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


class Wire(BaseModel):
    """Base of everything that comes in: unknown fields are refused, nothing is guessed from other types."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PositionIn(Wire):
    """A fix of the Geolocation API in WGS-84, never a place read from a photo."""

    lon: Lon
    lat: Lat
    accuracy_m: AccuracyM
    at: DeviceTime
    source: Literal["gps"] = "gps"
    datum: Literal["WGS-84", "GCJ-02", "BD-09"] = "WGS-84"


class StepIn(Wire):
    """Start, pause, resume or end of a patrol."""

    patrol_uid: Uid
    route_uid: Uid | None = None
    at: DeviceTime
    position: PositionIn | None = None


class TrackPointIn(Wire):
    """One point of the track."""

    at: DeviceTime
    lon: Lon
    lat: Lat
    accuracy_m: AccuracyM
    source: Literal["gps", "gpx"] = "gps"


class TrackGapIn(Wire):
    """A stretch without positions, and why."""

    from_at: DeviceTime = Field(alias="from")
    to_at: DeviceTime = Field(alias="to")
    reason: Annotated[PlainText, Field(max_length=30)]


class TrackIn(Wire):
    """A batch of track points and gaps of one patrol."""

    patrol_uid: Uid
    points: Annotated[list[TrackPointIn], Field(max_length=500)]
    gaps: Annotated[list[TrackGapIn], Field(max_length=100)] = []


class PresenceIn(Wire):
    """What is known about having really been there; all of it is shown, none of it voids the visit."""

    qr: bool = False
    distance_m: Annotated[float, Field(ge=0, le=30_000_000)] | None = None
    accuracy_m: AccuracyM | None = None
    fix_age_s: Annotated[float, Field(ge=0, le=10_000_000_000)] | None = None
    mock_hint: bool = False
    clock_offset_ms: Annotated[float, Field(ge=-1e13, le=1e13)] | None = None


class VisitIn(Wire):
    """One stop done."""

    visit_uid: Uid
    patrol_uid: Uid | None = None
    stop_uid: Uid | None = None
    venue_uid: Uid
    outcome: Outcome
    arrived_at: DeviceTime
    left_at: DeviceTime | None = None
    position: PositionIn | None = None
    presence: PresenceIn = PresenceIn()
    note: Annotated[PlainText, Field(max_length=2000)] = ""


__all__ = [
    "AccuracyM",
    "DeviceTime",
    "Lat",
    "Lon",
    "PlainText",
    "PositionIn",
    "PresenceIn",
    "Step",
    "StepIn",
    "TrackGapIn",
    "TrackIn",
    "TrackPointIn",
    "Uid",
    "VisitIn",
    "Wire",
]
