"""Tables of sightings, of clues on their way through the bureau, of contact points, and of clocks."""

from patrol.clues.models.clues import (
    Clue,
    ClueLink,
    ClueMessage,
    ClueNumber,
    ClueReached,
    ClueReporter,
    ClueReward,
    ClueStep,
)
from patrol.clues.models.settings import CalendarDay, ClueTerm, ContactPoint, SettledYear
from patrol.clues.models.sightings import Sighting, SightingPhoto, SightingReporter, SightingStep

__all__ = [
    "CalendarDay",
    "Clue",
    "ClueLink",
    "ClueMessage",
    "ClueNumber",
    "ClueReached",
    "ClueReporter",
    "ClueReward",
    "ClueStep",
    "ClueTerm",
    "ContactPoint",
    "SettledYear",
    "Sighting",
    "SightingPhoto",
    "SightingReporter",
    "SightingStep",
]
