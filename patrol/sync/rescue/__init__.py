"""Rescue files: what a phone could not send, sealed for the bureau alone, taken in by a supervisor."""

from patrol.sync.rescue.keys import public_key
from patrol.sync.rescue.services import Outcome, import_rescue

__all__ = ["Outcome", "import_rescue", "public_key"]
