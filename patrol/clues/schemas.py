"""What a liaison's phone and a resident's form may say about a sighting."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from patrol.clues.domain import PHOTOS_PER_SIGHTING, SightingKind
from patrol.findings import ManualPinIn, PhotoIn
from patrol.patrols import PlainText, PositionIn, Uid, Wire


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


class PublicReportIn(Wire):
    """A resident's report: what, where and when, and nothing about who."""

    kind: SightingKind
    division_uid: Uid
    address: Annotated[PlainText, Field(min_length=1, max_length=200)]
    text: Annotated[PlainText, Field(min_length=1, max_length=2000)]
    seen_on: Annotated[PlainText, Field(max_length=40)] = ""
