"""The one form of every benchmark figure of the project."""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass

_COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq}


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its peer; ``goal`` reads like ``"<= 150"`` or is empty (told, not judged)."""

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    goal: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; ``None`` where there is no goal."""
        if not self.goal:
            return None
        sign, bound = self.goal.split()
        return bool(_COMPARE[sign](self.value, float(bound)))

    def as_json(self) -> str:
        """One line of ``patrol bench NAME --json``."""
        fields = ("name", "value", "unit", "peer", "peer_value", "goal", "holds")
        return json.dumps({name: getattr(self, name) for name in fields}, ensure_ascii=False)
