"""Sightings from liaisons and residents, and what became of them."""

from patrol.clues.models import Sighting, SightingPhoto, SightingReporter, SightingStep

__all__ = ["Sighting", "SightingPhoto", "SightingReporter", "SightingStep"]
