"""The life of a day plan."""

from __future__ import annotations

from enum import StrEnum


class PlanState(StrEnum):
    """``planning``: a job is at work. ``planned``: a draft that may be changed. ``cancelled``: put aside."""

    DRAFT = "draft"
    PLANNING = "planning"
    PLANNED = "planned"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


#: a plan in these states may be rearranged by hand
EDITABLE = frozenset({PlanState.DRAFT, PlanState.PLANNED})
