"""Two people change one venue: fields that only one of them touched merge by themselves, the others need a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

#: fields that a phone may amend; everything else is decided at a desk
AMENDABLE = (
    "name",
    "kind",
    "address",
    "owner_name",
    "opening_hours",
    "capacity",
    "note",
    "position",
    "state",
)
#: a pin that moves further than this is shown to a person first: a coarse fix must not carry a hotel away
FAR_M = 500.0


@dataclass(frozen=True)
class Edit:
    """What somebody saw in a field and what they want there."""

    seen: Any
    wanted: Any


@dataclass(frozen=True)
class Merge:
    """What may be written now, and what lost against a change made meanwhile."""

    taken: dict[str, Any]
    lost: dict[str, Edit]


def merge(current: Mapping[str, Any], edits: Mapping[str, Edit], *, waiting: Collection[str] = ()) -> Merge:
    """Merge field by field: an edit is taken where the field still says what its author saw.

    Parameters: ``current`` the fields as they stand; ``edits`` by field; ``waiting`` the fields that a person
    decides even when nobody else touched them.
    Returns: the values to write, and the edits that a person has to look at; an edit that wants what already
    stands there is neither.
    Raises ``KeyError`` for a field that ``current`` does not have.

    >>> now = {"name": "晨光宾馆", "capacity": 40}
    >>> merged = merge(now, {"name": Edit("晨光旅馆", "晨曦宾馆"), "capacity": Edit(40, 60)})
    >>> merged.taken, list(merged.lost)
    ({'capacity': 60}, ['name'])
    """
    open_edits = {name: edit for name, edit in edits.items() if edit.wanted != current[name]}
    fits = {name for name, edit in open_edits.items() if current[name] == edit.seen and name not in waiting}
    return Merge(
        {name: open_edits[name].wanted for name in fits},
        {name: edit for name, edit in open_edits.items() if name not in fits},
    )
