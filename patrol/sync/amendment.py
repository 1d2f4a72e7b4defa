"""What a phone may say about a venue: for each field, what it had seen and what it wants there."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from patrol.patrols import PlainText, Uid, Wire

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


class ChangesIn(Wire):
    """The fields that may be amended from a phone."""

    name: Change[Name] | None = None
    address: Change[Address] | None = None
    owner_name: Change[Owner] | None = None
    capacity: Change[Capacity] | None = None
    note: Change[Note] | None = None


class AmendmentIn(Wire):
    """A change of one venue; a field that is not named stays as it is."""

    venue_uid: Uid
    changes: ChangesIn

    def pairs(self) -> dict[str, dict[str, Any]]:
        """Return the named fields with what was seen and what is wanted."""
        named = self.changes.model_dump()
        return {name: pair for name, pair in named.items() if pair is not None}
