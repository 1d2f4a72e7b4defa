"""What a liaison's phone and a resident's form may say about a sighting."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from patrol.clues.domain import PHOTOS_PER_SIGHTING, ClueChannel, SightingKind
from patrol.findings import ManualPinIn, PhotoIn
from patrol.patrols import DeviceTime, PlainText, PositionIn, Uid, Wire


class SightingIn(Wire):
    """A sighting reported from a phone by a person with an account."""

    sighting_uid: Uid
    kind: SightingKind
    text: Annotated[PlainText, Field(max_length=2000)] = ""
    address: Annotated[PlainText, Field(max_length=200)] = ""
    position: PositionIn | None = None
    manual_pin: ManualPinIn | None = None
    venue_uid: Uid | None = None
    photos: Annotated[list[PhotoIn], Field(max_length=PHOTOS_PER_SIGHTING)] = []


class AcknowledgeIn(Wire):
    """That an officer read an urgent clue, and when by the phone's own clock."""

    clue_uid: Uid
    at: DeviceTime


class PublicReportIn(Wire):
    """A resident's report: what, where and when, and nothing about who."""

    kind: SightingKind
    division_uid: Uid
    address: Annotated[PlainText, Field(min_length=1, max_length=200)]
    text: Annotated[PlainText, Field(min_length=1, max_length=2000)]
    seen_on: Annotated[PlainText, Field(max_length=40)] = ""


class ClueIn(Wire):
    """A clue as an operator, a file or another room hands it in; six fields are enough for a live call."""

    channel: ClueChannel
    kind: SightingKind
    text: Annotated[PlainText, Field(min_length=1, max_length=4000)]
    address: Annotated[PlainText, Field(max_length=200)] = ""
    seen_on: Annotated[PlainText, Field(max_length=40)] = ""
    division_uid: Uid
    venue_uid: Uid | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    urgent: bool = False
    source_number: Annotated[PlainText, Field(max_length=60)] = ""
    source_name: Annotated[PlainText, Field(max_length=80)] = ""
    reporter_name: Annotated[PlainText, Field(max_length=40)] = ""
    reporter_contact: Annotated[PlainText, Field(max_length=80)] = ""
    reporter_way: Literal["", "sms", "wecom"] = ""


class ContactPointIn(Wire):
    """A contact point: where it is, who is there, by which number."""

    name: Annotated[PlainText, Field(min_length=1, max_length=80)]
    division_uid: Uid
    address: Annotated[PlainText, Field(max_length=200)] = ""
    telephone: Annotated[PlainText, Field(max_length=30)] = ""
    person_name: Annotated[PlainText, Field(max_length=40)] = ""
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None


class UrgentClueOut(BaseModel):
    """What the team on duty has to know at once; nothing of who reported."""

    uid: str
    number: str
    kind: str
    text: str
    place: str
    venue_uid: str | None
    address: str
    seen_on: str
    received_at: str


class UrgentCluesOut(BaseModel):
    """The urgent clues that wait for one person, who is named so that a phone takes only its owner's."""

    receipt_of: Literal["patrol"]
    person_uid: str
    server_time: str
    clues: list[UrgentClueOut]
