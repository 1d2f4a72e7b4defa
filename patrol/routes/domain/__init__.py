"""What a plan of patrols is, apart from how it is computed: states, clock times, worth of a visit today."""

from patrol.routes.domain.states import EDITABLE, PlanState
from patrol.routes.domain.times import clock_text, seconds_of
from patrol.routes.domain.worth import HIGH_RISK, Reason, VisitFacts, worth_today

__all__ = [
    "EDITABLE",
    "HIGH_RISK",
    "PlanState",
    "Reason",
    "VisitFacts",
    "clock_text",
    "seconds_of",
    "worth_today",
]
