"""What a plan of patrols is, apart from how it is computed: states, clock times, reasons for a visit today."""

from patrol.routes.domain.aims import Aim
from patrol.routes.domain.states import EDITABLE, PlanState
from patrol.routes.domain.times import clock_text, seconds_of
from patrol.routes.domain.worth import HIGH_RISK, LEVEL, Reason, VisitFacts, is_fresh, reasons_today

__all__ = [
    "EDITABLE",
    "HIGH_RISK",
    "LEVEL",
    "Aim",
    "PlanState",
    "Reason",
    "VisitFacts",
    "clock_text",
    "is_fresh",
    "reasons_today",
    "seconds_of",
]
