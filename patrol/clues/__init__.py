"""Sightings from liaisons and residents, clues from every channel, and the loop that follows them to their end."""

from patrol.clues.domain import (
    CLUE_CHANNELS,
    DEFAULT_TERMS,
    KIND_LABELS,
    PHOTOS_PER_SIGHTING,
    STATE_LABELS,
    Channel,
    ClueChannel,
    ClueState,
    MoveKind,
    SightingKind,
    State,
    due_days,
)
from patrol.clues.models import (
    Clue,
    ClueNumber,
    ClueStep,
    ContactPoint,
    Sighting,
    SightingPhoto,
    SightingReporter,
    SightingStep,
)
from patrol.clues.queries import (
    calendar_of,
    loop_figures,
    photos_with_bytes,
    urgent_for,
)
from patrol.clues.schemas import ClueIn, SightingIn
from patrol.clues.services import doing_of, move_clue, open_clue, report_sighting

__all__ = [
    "CLUE_CHANNELS",
    "DEFAULT_TERMS",
    "KIND_LABELS",
    "PHOTOS_PER_SIGHTING",
    "STATE_LABELS",
    "Channel",
    "Clue",
    "ClueChannel",
    "ClueIn",
    "ClueNumber",
    "ClueState",
    "ClueStep",
    "ContactPoint",
    "MoveKind",
    "Sighting",
    "SightingIn",
    "SightingKind",
    "SightingPhoto",
    "SightingReporter",
    "SightingStep",
    "State",
    "calendar_of",
    "doing_of",
    "due_days",
    "loop_figures",
    "move_clue",
    "open_clue",
    "photos_with_bytes",
    "report_sighting",
    "urgent_for",
]
