"""What a campaign still wants seen, as far as it says so: places of its areas, a number of them, a last day."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from patrol.routes.domain.worth import Reason, VisitFacts


@dataclass(frozen=True)
class Aim:
    """One target of a campaign (专项行动): so many places of an area seen within its period.

    ``target`` and ``reached`` count places, each once; ``left``: open places of the area not seen since it began.
    ``within``: path of the division the target belongs to; ``scopes`` and ``grids``: the campaign's areas, paths of
    divisions and keys of grids, both empty = all of ``within``. ``number``: of the campaign's record.
    ``owner``: path of the division whose campaign it is.
    """

    campaign_uid: str
    number: str
    title: str
    begun_on: dt.date
    ended_on: dt.date
    target: int
    reached: int
    left: int
    within: str
    scopes: tuple[str, ...] = ()
    grids: frozenset[int] = frozenset()
    owner: str = ""

    @property
    def missing(self) -> int:
        """Return how many places are still to be seen: 0 once the target is reached."""
        return max(0, min(self.target - self.reached, self.left))

    def covers(self, scope_path: str, grid_id: int | None) -> bool:
        """Say whether a place lies in the areas of this target."""
        if not scope_path.startswith(self.within):
            return False
        return not (self.scopes or self.grids) or scope_path.startswith(self.scopes) or grid_id in self.grids

    def wants(self, facts: VisitFacts, day: dt.date) -> bool:
        """Say whether a place of its areas counts for it: it runs, is not reached, and the place was not seen yet."""
        runs = self.begun_on <= day <= self.ended_on and self.missing > 0
        return runs and (facts.last_visit is None or facts.last_visit < self.begun_on)

    def days_left(self, day: dt.date) -> int:
        """Return the days until it ends: 0 = it ends today."""
        return max(0, (self.ended_on - day).days)

    def share_of(self, places: int) -> int:
        """Return how many of ``places`` that it wants have to be seen so that all branches together reach it."""
        return min(places, math.ceil(self.missing * places / self.left - 1e-9)) if self.left else 0

    @property
    def reason(self) -> Reason:
        """Say it of a stop, in both languages."""
        return Reason(
            "campaign",
            f"专项行动“{self.title}”（已查{self.reached}家，目标{self.target}家）",
            f"part of campaign “{self.title}” ({self.reached} of target {self.target})",
        )
