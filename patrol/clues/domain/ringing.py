"""For whom an urgent clue rings: who was sent, the team on duty, and more people once nobody acknowledged in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Watch:
    """One person of a team whose published route runs now; ``scope_path`` and ``agency_id`` are the team's."""

    person_id: int
    name: str
    team: str
    agency_id: int
    scope_path: str


@dataclass(frozen=True)
class Listener:
    """Who asks whether something rings for them."""

    person_id: int
    agency_id: int | None
    manages: bool


@dataclass(frozen=True)
class Call:
    """An urgent clue that nobody has acknowledged; ``late`` once its minutes are over."""

    person_id: int | None
    agency_id: int | None
    scope_path: str
    late: bool


def on_watch_for(call: Call, watches: list[Watch]) -> list[Watch]:
    """Return who is on duty for a clue: teams of its agency or, before it has one, of the place it lies in.

    >>> team = Watch(7, "A", "one", 3, "42/4201/420102/")
    >>> on_watch_for(Call(None, 3, "42/4201/420102/", False), [team]) == [team]
    True
    >>> on_watch_for(Call(None, None, "42/4201/420103/", False), [team])
    []
    """
    if call.agency_id is not None:
        return [watch for watch in watches if watch.agency_id == call.agency_id]
    return [watch for watch in watches if call.scope_path.startswith(watch.scope_path)]


def rings_for(call: Call, who: Listener, watches: list[Watch]) -> bool:
    """Say whether a clue rings for somebody.

    Whoever was sent; before anybody was, the team on duty, or with no team on duty the whole agency, or with no agency
    the managers. Late, it also rings for the whole agency and the managers.

    >>> call, boss = Call(None, 3, "42/", False), Listener(1, 9, True)
    >>> rings_for(call, boss, []), rings_for(Call(None, 3, "42/", True), boss, [])
    (False, True)
    """
    if call.person_id == who.person_id:
        return True
    if call.late and (who.manages or call.agency_id == who.agency_id is not None):
        return True
    if call.person_id is not None:
        return False
    watching = on_watch_for(call, watches)
    if watching:
        return any(watch.person_id == who.person_id for watch in watching)
    return who.manages if call.agency_id is None else call.agency_id == who.agency_id
