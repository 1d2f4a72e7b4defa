"""One ledger as data: its fields, permissions, pages and rules. Rooms above declare theirs and get the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Faults
from patrol.core.labels import Label
from patrol.infra.db import Principal
from patrol.ledgers.domain import Field

Check = Callable[[Session, Any, dict[str, Any], Faults, dt.date], None]
Doubts = Callable[[Session, Any, Mapping[str, Any]], list[str]]
After = Callable[[Session, Principal, Any, Clock], None]
Extra = Callable[[Session, Any], dict[str, Any]]
Above = Callable[[Session], Sequence[Any]]
Standing = Callable[[Any], tuple[Label, str] | None]


def _nothing(*_given: Any) -> None:
    return None


def _no_doubts(_session: Session, _row: Any, _values: Mapping[str, Any]) -> list[str]:
    return []


def _none_above(_session: Session) -> Sequence[Any]:
    return ()


def _as_stated(_row: Any) -> tuple[Label, str] | None:
    return None


def _no_facts(_session: Session, _row: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, eq=False)
class Ledger:
    """A kind of record. ``code`` is blueprint and address, ``day`` the column that dates a record.

    ``check(session, row or None, values, faults, today)`` adds what only this ledger knows to be wrong;
    ``doubts(session, row or None, values)`` returns sentences that its form says before it saves, and which its
    editor may overrule; ``after(session, actor, row, clock)`` does what follows from saving. ``part`` is a template
    on its page, given what ``facts(session, row)`` returns. ``order`` names fields of days of which none may lie
    before the one ahead of it. ``standing(row)`` names how a record stands today where its state alone would mislead:
    label and tone, or ``None``. ``above(session)`` returns records of areas above the reader's own that bind it: the
    list shows them, and other records may name them; nobody below opens or changes them.
    """

    code: str
    name: Label
    one: Label
    about: Label
    section: str
    icon: str
    prefix: str
    model: Any
    fields: tuple[Field, ...]
    day: str
    read: str
    edit: str
    uid_param: str
    title: str = "title"
    state: str = ""
    tones: Mapping[str, str] = field(default_factory=dict)
    order: tuple[tuple[str, ...], ...] = ()
    standing: Standing = _as_stated
    above: Above = _none_above
    check: Check = _nothing
    doubts: Doubts = _no_doubts
    after: After = _nothing
    part: str = ""
    facts: Extra = _no_facts
    hidden: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        """Return a field by name; raises ``KeyError``."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def has_place(self) -> bool:
        """Whether its records lie somewhere."""
        return any(each.kind == "place" for each in self.fields)

    @property
    def has_venues(self) -> bool:
        """Whether a record names several venues; its model then has ``venue_ids`` over a relationship ``at_venues``."""
        return any(each.kind == "venues" for each in self.fields)

    @property
    def day_column(self) -> Any:
        """The mapped column that dates a record."""
        return getattr(self.model, self.day)


@dataclass(frozen=True)
class Tab:
    """A page of a section that is no ledger."""

    label: Label
    url: str
    icon: str
    read: str


LEDGERS: dict[str, Ledger] = {}
TABS: dict[str, list[Tab]] = {}


def register(ledger: Ledger) -> Ledger:
    """Remember a ledger under its code; a second one of the same code is a programmer's mistake."""
    if ledger.code in LEDGERS:
        raise ValueError(f"ledger {ledger.code} is declared twice")
    LEDGERS[ledger.code] = ledger
    return ledger


def section_of(name: str) -> list[Ledger]:
    """Return the ledgers of one section of the navigation, in the order of their declaration."""
    return [each for each in LEDGERS.values() if each.section == name]


def register_tab(section: str, tab: Tab) -> None:
    """Put a further page beside the ledgers of a section."""
    TABS.setdefault(section, []).append(tab)
