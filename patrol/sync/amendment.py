"""What a phone may say about a venue: for each field, what it had seen and what it wants there."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field

from patrol.patrols import Lat, Lon, PlainText, Uid, Wire
from patrol.venues import VenueKind

Value = TypeVar("Value")


class Change(Wire, Generic[Value]):
    """One field: its value on the phone before, and the new one."""

    seen: Value
    wanted: Value


Name = Annotated[PlainText, Field(min_length=1, max_length=120)]
Address = Annotated[PlainText, Field(max_length=200)]
Owner = Annotated[PlainText, Field(max_length=80)]
Capacity = Annotated[int, Field(ge=0, le=1_000_000)] | None
Note = Annotated[PlainText, Field(max_length=2000)]
Hours = Annotated[PlainText, Field(max_length=120)]


class Pin(Wire):
    """Where the venue is, WGS-84 degrees."""

    lon: Lon
    lat: Lat


class StateChange(Wire):
    """That a venue on patrol is closed down, or is not there any more."""

    seen: Literal["open"]
    wanted: Literal["closed", "vanished"]


class ChangesIn(Wire):
    """The fields that may be amended from a phone."""

    name: Change[Name] | None = None
    kind: Change[VenueKind] | None = None
    address: Change[Address] | None = None
    owner_name: Change[Owner] | None = None
    opening_hours: Change[Hours] | None = None
    capacity: Change[Capacity] | None = None
    note: Change[Note] | None = None
    position: Change[Pin] | None = None
    state: StateChange | None = None


class AmendmentIn(Wire):
    """A change of one venue; a field that is not named stays as it is."""

    venue_uid: Uid
    changes: ChangesIn
    remark: Annotated[PlainText, Field(max_length=200)] = ""

    def pairs(self) -> dict[str, dict[str, Any]]:
        """Return the named fields with what was seen and what is wanted."""
        named = self.changes.model_dump(mode="json")
        return {name: pair for name, pair in named.items() if pair is not None}
