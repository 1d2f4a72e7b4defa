"""The blueprint that every page of the room belongs to, and what its templates may ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, current_app
from flask.sansio.blueprints import BlueprintSetupState

from patrol.core.errors import Fault
from patrol.infra.config import Settings
from patrol.infra.i18n import current_language, local_zone
from patrol.routes.domain import clock_text
from patrol.routes.map_apps import providers_of
from patrol.routes.models import Plan, Route
from patrol.routes.ways import Ways, ways_of
from patrol.routes.wording import said, sentence_of, words
from patrol.venues import kind_label

blueprint = Blueprint("routes", __name__)


@blueprint.record_once
def check_map_links(state: BlueprintSetupState) -> None:
    """Refuse to start with a setting that names a map app nobody knows, rather than tell it on the phones."""
    providers_of(state.app.config["SETTINGS"].MAP_LINKS)


@blueprint.context_processor
def wording() -> dict[str, Any]:
    """Give the room's templates its words."""
    return words() | {
        "clock_text": clock_text,
        "fault_sentences": fault_sentences,
        "feasible": feasible,
        "kind_label": kind_label,
    }


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def ways() -> Ways:
    """Return the ways of this installation."""
    return ways_of(settings().DATA_DIR)


def today(now: dt.datetime) -> dt.date:
    """Return the bureau's day at an instant."""
    return now.astimezone(local_zone()).date()


def told(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    """Return faults as the form macros show them."""
    return [{"where": fault.where, "message": fault.sentence(current_language())} for fault in faults]


def fault_sentences(route: Route) -> list[str]:
    """Say everything that is wrong with a route."""
    names = {stop.venue.uid: stop.venue.name for stop in route.stops}
    return [
        said(sentence_of(each["broken"], names.get(each["venue"], ""), each["by_s"]))
        for each in route.figures.get("faults", ())
    ]


def feasible(plan: Plan) -> bool:
    """Say whether every route of a plan works."""
    return not any(route.figures.get("faults") for route in plan.routes)
