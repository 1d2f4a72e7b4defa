"""The route as it was walked: patrols, tracks and visits."""

from patrol.patrols.domain import (
    FOUND,
    OUTCOME_LABELS,
    UNKNOWN_VENUE,
    DeviceFacts,
    Outcome,
    Step,
    judged_time,
    life_of,
)
from patrol.patrols.models import Patrol, TrackGap, TrackPoint, Visit
from patrol.patrols.queries import recent_visits, visit_id
from patrol.patrols.schemas import (
    DeviceTime,
    Lat,
    Lon,
    PlainText,
    PositionIn,
    StepIn,
    TrackIn,
    Uid,
    VisitIn,
    Wire,
)
from patrol.patrols.services import position_facts, record_step, record_track, record_visit, start_patrol

__all__ = [
    "FOUND",
    "OUTCOME_LABELS",
    "UNKNOWN_VENUE",
    "DeviceFacts",
    "DeviceTime",
    "Lat",
    "Lon",
    "Outcome",
    "Patrol",
    "PlainText",
    "PositionIn",
    "Step",
    "StepIn",
    "TrackGap",
    "TrackIn",
    "TrackPoint",
    "Uid",
    "Visit",
    "VisitIn",
    "Wire",
    "judged_time",
    "life_of",
    "position_facts",
    "recent_visits",
    "record_step",
    "record_track",
    "record_visit",
    "start_patrol",
    "visit_id",
]
