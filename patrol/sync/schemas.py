"""The wire of the phone: what a batch holds and what its receipt says. Written down in docs/sync.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from patrol.patrols import DeviceTime, Uid
from patrol.sync.domain import OURS


class EntryIn(BaseModel):
    """One entry: made once on the phone, sent until its receipt comes."""

    model_config = ConfigDict(extra="forbid")
    id: Uid
    kind: Annotated[str, Field(max_length=40)]
    schema_: Annotated[int, Field(alias="schema", ge=0, le=1_000_000)]
    device_seq: Annotated[int, Field(ge=0, le=2**53)]
    captured_at: DeviceTime
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    body: dict[str, Any]


class BatchIn(BaseModel):
    """The envelope. Entries are judged one by one, so that a bad one never blocks the rest."""

    model_config = ConfigDict(extra="ignore")
    device_uid: Uid
    schema_: Annotated[int, Field(alias="schema", ge=0, le=1_000_000)] = 1
    sent_at: DeviceTime | None = None
    unsent: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    entries: list[Any]


class BatchDescription(BaseModel):
    """The body of ``POST /api/v1/sync`` as it is described; each entry is judged on its own."""

    device_uid: str
    schema_: Annotated[int, Field(alias="schema")] = 1
    sent_at: str | None = None
    entries: list[EntryIn]


class ResultOut(BaseModel):
    """What became of one entry. Only stored and duplicate, with the same SHA-256, let the phone forget it."""

    id: str
    status: Literal["stored", "duplicate", "conflict", "rejected"]
    sha256: str
    stored_sha256: str | None = None
    needs_blobs: list[str] | None = None
    merged: dict[str, list[str]] | None = None
    code: str | None = None
    field: str | None = None
    message_zh: str | None = None
    message_en: str | None = None


class ReceiptOut(BaseModel):
    """The receipt of a batch; ``receipt_of`` tells it from a captive portal's answer."""

    receipt_of: Literal["patrol"] = OURS  # type: ignore[assignment]
    server_time: str
    results: list[ResultOut]


class FeedQuery(BaseModel):
    """Where the phone stands."""

    cursor: str | None = None


class ChangeOut(BaseModel):
    """One change. ``record`` is there when it is ``changed``; ``keep`` when a division shrank."""

    number: int
    kind: Literal["grid", "venue", "finding", "scope"]
    uid: str
    change: Literal["changed", "removed", "revoked"]
    reason: str | None = None
    record: dict[str, Any] | None = None
    keep: str | None = None


class FeedOut(BaseModel):
    """Changes in the order in which they were committed, and the cursor for the next question."""

    receipt_of: Literal["patrol"] = OURS  # type: ignore[assignment]
    server_time: str
    changes: list[ChangeOut]
    cursor: str
    more: bool
    meetings: dict[str, Any] | None = None


class BlobOut(BaseModel):
    """How far a file has come."""

    receipt_of: Literal["patrol"] = OURS  # type: ignore[assignment]
    sha256: str
    offset: int
    complete: bool


class PersonOut(BaseModel):
    """Who is signed in."""

    uid: str
    name: str
    roles: list[str]
    role_names: list[str]
    badge: str
    team_uids: list[str]


class MeOut(BaseModel):
    """Who is signed in, and what the clock says here."""

    person: PersonOut
    server_time: str
    language: str


class PackOut(BaseModel):
    """The day pack: least data for one person's day without a network (docs/sync.md names every field)."""

    version: str
    date: str
    server_time: str
    expires_at: str
    feed_cursor: str
    language: str
    person: PersonOut
    task: list[dict[str, Any]]
    venues: list[dict[str, Any]]
    meetings: list[dict[str, Any]] | None = None
    grids: dict[str, Any]
    streets: dict[str, Any]
    checklist: dict[str, Any]
    outcomes: list[dict[str, str]]
    sighting_kinds: list[dict[str, str]]
    venue_kinds: list[dict[str, str]]
    quick_phrases: list[dict[str, str]]
    limits: dict[str, int]


class PersonHeader(BaseModel):
    """Whose records these are; 401 while somebody else is signed in, and nothing is lost."""

    x_patrol_person: Annotated[str | None, Field(alias="X-Patrol-Person")] = None


class UnsafeHeaders(PersonHeader):
    """What every request that changes something carries."""

    x_patrol: Annotated[Literal["1"], Field(alias="X-Patrol")]


class ChunkHeaders(UnsafeHeaders):
    """Where a piece of a file belongs."""

    upload_offset: Annotated[int, Field(alias="Upload-Offset", ge=0)]
    upload_length: Annotated[int, Field(alias="Upload-Length", ge=1)]
