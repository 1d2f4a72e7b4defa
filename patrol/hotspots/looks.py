"""What a layer is made of: a legend, and for each unit one letter of it a step, with a line of words."""

from __future__ import annotations

from collections.abc import Sequence

#: one letter a look, so that twelve steps of a unit are twelve letters
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Legend = list[tuple[str, str]]
#: looks of each unit index, and its words; a unit that is missing is not drawn
Looks = dict[int, tuple[str, str]]
Part = tuple[Legend, Sequence[str], Looks]
