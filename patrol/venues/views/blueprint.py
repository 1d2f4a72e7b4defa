"""The blueprint that every page of the room belongs to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from patrol.venues.domain import DEFAULTS, VenueKind
from patrol.venues.wording import words

blueprint = Blueprint("venues", __name__)


@blueprint.context_processor
def wording() -> dict[str, Any]:
    """Give the room's templates its words and signs."""
    return words() | {"kind_icon": lambda kind: DEFAULTS[VenueKind(kind)].icon}
