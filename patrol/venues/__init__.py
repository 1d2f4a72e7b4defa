"""The venue register: places that are patrolled, their import, and the risk of a place."""

from patrol.venues.domain import DEFAULTS, VenueFacts, VenueKind, VenueState, hours_text, kind_of, read_facts
from patrol.venues.models import ImportRow, Venue, VenueImport
from patrol.venues.placing import Place, Placer, load_placer
from patrol.venues.queries import (
    Search,
    find_venues,
    is_overdue,
    overdue_clause,
    risk_band,
    venue_by_token,
    venue_by_uid,
)
from patrol.venues.services import (
    change_venue,
    close_venue,
    new_row,
    note_history,
    register_venue,
    reopen_venue,
)
from patrol.venues.visits import note_finding, note_visit
from patrol.venues.wording import kind_choices, kind_label, outcome_label, outcome_tone

__all__ = [
    "DEFAULTS",
    "ImportRow",
    "Place",
    "Placer",
    "Search",
    "Venue",
    "VenueFacts",
    "VenueImport",
    "VenueKind",
    "VenueState",
    "change_venue",
    "close_venue",
    "find_venues",
    "hours_text",
    "is_overdue",
    "kind_choices",
    "kind_label",
    "kind_of",
    "load_placer",
    "new_row",
    "note_finding",
    "note_history",
    "note_visit",
    "outcome_label",
    "outcome_tone",
    "overdue_clause",
    "read_facts",
    "register_venue",
    "reopen_venue",
    "risk_band",
    "venue_by_token",
    "venue_by_uid",
]
