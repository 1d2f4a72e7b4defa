"""What a phone may say about a finding and its photos."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from patrol.findings.domain import PHOTOS_PER_FINDING, RECORDINGS_PER_FINDING, FindingKind
from patrol.patrols import DeviceTime, Lat, Lon, PlainText, PositionIn, Uid, Wire

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
#: what is declared before its bytes come; the settings bound it further
PhotoBytes = Annotated[int, Field(ge=1, le=2_000_000_000)]


class PhotoIn(Wire):
    """A photo as declared: the sealed original, and the copy for looking at that the phone made."""

    sha256_original: Sha256
    size_original: PhotoBytes
    type_original: Annotated[PlainText, Field(max_length=40)] = ""
    sha256_display: Sha256 | None = None
    size_display: PhotoBytes | None = None
    taken_at: DeviceTime | None = None
    source: Literal["camera", "album"] = "camera"


class RecordingIn(Wire):
    """A sound recording as declared; it is kept as it was made, there is no copy to look at."""

    sha256: Sha256
    size: PhotoBytes
    type: Literal["audio/mp4", "audio/webm", "audio/ogg", "audio/mpeg", "audio/wav"]
    taken_at: DeviceTime | None = None


class ManualPinIn(Wire):
    """A place set by hand, and why there was no fix."""

    lon: Lon
    lat: Lat
    reason: Annotated[PlainText, Field(min_length=1, max_length=200)]


class AnswersIn(Wire):
    """Answers to one version of the checklist; the version is empty where the phone had none."""

    version: Annotated[PlainText, Field(max_length=20)] = ""
    answers: Annotated[dict[str, Any], Field(max_length=200)] = {}


class FindingIn(Wire):
    """What a visit established. Without ``kind`` it is held as its visit's outcome says."""

    finding_uid: Uid
    visit_uid: Uid | None = None
    venue_uid: Uid
    kind: FindingKind | None = None
    text: Annotated[PlainText, Field(max_length=4000)] = ""
    checklist: AnswersIn = AnswersIn()
    position: PositionIn | None = None
    manual_pin: ManualPinIn | None = None
    photos: Annotated[list[PhotoIn], Field(max_length=PHOTOS_PER_FINDING)] = []
    recordings: Annotated[list[RecordingIn], Field(max_length=RECORDINGS_PER_FINDING)] = []
    witness: Annotated[PlainText, Field(max_length=80)] = ""
    supersedes_uid: Uid | None = None
