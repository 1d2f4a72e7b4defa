"""The route as it was walked: patrols, tracks and visits."""

from patrol.patrols.models import Patrol, TrackGap, TrackPoint, Visit

__all__ = ["Patrol", "TrackGap", "TrackPoint", "Visit"]
