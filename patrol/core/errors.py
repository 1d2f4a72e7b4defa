"""A person's situation, said in Chinese and English under a stable code.

``ValueError`` stays what it is: a programmer's mistake. Everything a person can run into is a
:class:`PatrolError` whose :class:`Problem` was declared once, by the room it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patrol.core.labels import Label

CATALOGUE: dict[str, Problem] = {}


@dataclass(frozen=True)
class Problem:
    """One kind of situation: dotted code, a sentence in each language, and its HTTP status."""

    code: str
    en: str
    zh: str
    status: int = 422

    def sentence(self, language: str, facts: Mapping[str, Any]) -> str:
        """Fill the sentence of ``language`` ("zh" or "en") with ``facts``; a label says its name in that language.

        >>> Problem("example.was", "Was {it}.", "原为{it}。").sentence("en", {"it": Label("草稿", "a draft")})
        'Was a draft.'
        """
        said = {
            name: fact.within(language) if isinstance(fact, Label) else fact for name, fact in facts.items()
        }
        return (self.zh if language.startswith("zh") else self.en).format_map(said)


def problem(code: str, *, en: str, zh: str, status: int = 422) -> Problem:
    """Declare a problem once; a second declaration of the same code is a programmer's mistake."""
    if code in CATALOGUE:
        raise ValueError(f"problem {code} is declared twice")
    if not en.strip() or not zh.strip():
        raise ValueError(f"problem {code} needs both languages")
    CATALOGUE[code] = declared = Problem(code, en, zh, status)
    return declared


@dataclass(frozen=True)
class Fault:
    """A problem at a place (``where``: a field, ``row 12``, an id) with the facts its sentence names."""

    problem: Problem
    where: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """Say this fault to a reader of ``language``."""
        return self.problem.sentence(language, self.facts)


class PatrolError(Exception):
    """One or several faults of the same input, told together.

    >>> wrong = problem("example.empty", en="{name} is empty.", zh="{name}为空。")
    >>> PatrolError(wrong, where="name", name="Address").sentence("en")
    'Address is empty.'
    """

    def __init__(self, first: Problem, /, *, where: str = "", **facts: Any) -> None:
        self.faults: tuple[Fault, ...] = (Fault(first, where, facts),)
        super().__init__(f"{first.code}: {self.sentence('en')}")

    @classmethod
    def of(cls, faults: list[Fault]) -> PatrolError:
        """Tell several faults at once; the first decides code and status."""
        if not faults:
            raise ValueError("an error needs at least one fault")
        error = cls(faults[0].problem, where=faults[0].where, **faults[0].facts)
        error.faults = tuple(faults)
        return error

    @property
    def code(self) -> str:
        """The stable dotted code of the first fault."""
        return self.faults[0].problem.code

    @property
    def status(self) -> int:
        """The HTTP status of the first fault."""
        return self.faults[0].problem.status

    def sentence(self, language: str) -> str:
        """Every fault's sentence in ``language``, joined."""
        return " ".join(fault.sentence(language) for fault in self.faults)


class Faults:
    """Collects all faults of an input, so that a person mends them in one go."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, what: Problem, /, *, where: str = "", **facts: Any) -> None:
        """Remember one fault."""
        self.found.append(Fault(what, where, facts))

    def raise_if_any(self) -> None:
        """Raise all faults found so far as one :class:`PatrolError`."""
        if self.found:
            raise PatrolError.of(self.found)
