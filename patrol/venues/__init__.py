"""The venue register: places that are patrolled, their import, and the risk of a place."""

from patrol.venues.models import ImportRow, Venue, VenueImport

__all__ = ["ImportRow", "Venue", "VenueImport"]
