"""Sightings from liaisons and residents, and what became of them."""

from patrol.clues.domain import KIND_LABELS, PHOTOS_PER_SIGHTING, STATE_LABELS, Channel, SightingKind, State
from patrol.clues.models import Sighting, SightingPhoto, SightingReporter, SightingStep
from patrol.clues.queries import photos_with_bytes
from patrol.clues.schemas import SightingIn
from patrol.clues.services import report_sighting

__all__ = [
    "KIND_LABELS",
    "PHOTOS_PER_SIGHTING",
    "STATE_LABELS",
    "Channel",
    "Sighting",
    "SightingIn",
    "SightingKind",
    "SightingPhoto",
    "SightingReporter",
    "SightingStep",
    "State",
    "photos_with_bytes",
    "report_sighting",
]
