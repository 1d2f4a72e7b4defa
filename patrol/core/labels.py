"""A name in both languages, for words that travel to a phone and are read there without a network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """What something is called in Chinese and English.

    >>> Label("宾馆", "Hotel").within("en")
    'Hotel'
    """

    zh: str
    en: str

    def within(self, language: str) -> str:
        """Return the name in "zh" or "en"."""
        return self.zh if language.startswith("zh") else self.en
