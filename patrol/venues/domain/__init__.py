"""What a venue is: kinds and their defaults, opening hours, and the facts a person may enter."""

from patrol.venues.domain.facts import VenueFacts, read_day, read_degrees, read_facts
from patrol.venues.domain.hours import hours_text, read_hours
from patrol.venues.domain.kinds import DEFAULTS, KindDefaults, VenueKind, VenueState, companion_of, kind_of
from patrol.venues.domain.likeness import Likeness, bigrams, likeness, normal_address, normal_name

__all__ = [
    "DEFAULTS",
    "KindDefaults",
    "Likeness",
    "VenueFacts",
    "VenueKind",
    "VenueState",
    "bigrams",
    "companion_of",
    "hours_text",
    "kind_of",
    "likeness",
    "normal_address",
    "normal_name",
    "read_day",
    "read_degrees",
    "read_facts",
    "read_hours",
]
