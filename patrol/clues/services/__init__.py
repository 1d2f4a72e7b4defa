"""Every change of a sighting: how it comes in, and what becomes of it."""

from patrol.clues.services.public import report_publicly
from patrol.clues.services.reporting import report_sighting
from patrol.clues.services.triage import Move, add_note, move_sighting, reveal_reporter

__all__ = ["Move", "add_note", "move_sighting", "report_publicly", "report_sighting", "reveal_reporter"]
