"""The one map of the desktop navigation: what stands there, in which order, and who sees it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from patrol.infra.db import Principal
from patrol.ledgers import LEDGERS


@dataclass(frozen=True)
class Place:
    """One entry: the endpoint it leads to, its label and icon, the permission that shows it, its group."""

    endpoint: str
    label: str
    icon: str
    permission: str
    group: str
    section: str = ""


PLACES = (
    Place("pwa.dashboard", _l("Overview"), "home", "dashboard.read", ""),
    Place("routes.plans", _l("Plans"), "route", "plans.read", _l("Work")),
    Place("patrols.index", _l("Patrols"), "flag", "patrols.read", _l("Work")),
    Place("findings.index", _l("Findings"), "eye", "findings.read", _l("Work")),
    Place("clues.index", _l("Sightings"), "report", "sightings.read", _l("Work")),
    Place("loop.index", _l("Clues"), "inbox", "clues.read", _l("Work")),
    Place("loop.mine", _l("My clues"), "inbox", "clues.work", _l("Work")),
    Place("hotspots.index", _l("Hotspots"), "fire", "hotspots.read", _l("Work")),
    Place("actions.index", _l("Enforcement"), "shield", "enforcement.read", _l("Records"), "enforcement"),
    Place("events.index", _l("Publicity"), "megaphone", "prevention.read", _l("Records"), "publicity"),
    Place("communities.index", _l("Communities"), "home", "prevention.read", _l("Records"), "communities"),
    Place("direct-sellers.index", _l("Direct selling"), "shop", "prevention.read", _l("Records"), "direct"),
    Place("joint-meetings.index", _l("Joint mechanism"), "team", "prevention.read", _l("Records"), "joint"),
    Place("reports.dashboard", _l("Figures"), "chart", "reports.read", _l("Reports")),
    Place("assessment.index", _l("Assessment"), "scale", "reports.read", _l("Reports")),
    Place("summaries.index", _l("Summaries"), "document", "reports.read", _l("Reports")),
    Place("venues.index", _l("Venues"), "building", "venues.read", _l("Basics")),
    Place("venues.amendments", _l("Edits to decide"), "edit", "venues.edit", _l("Basics")),
    Place("grids.index", _l("Grids"), "layers", "territory.read", _l("Basics")),
    Place("routes.teams", _l("Teams"), "team", "plans.read", _l("Basics")),
    Place("points.index", _l("Contact points"), "pin", "clues.read", _l("Basics")),
    Place("evidence.index", _l("Case evidence"), "shield", "evidence.export", _l("Administration")),
    Place("accounts.people", _l("People"), "person", "people.read", _l("Administration")),
    Place("accounts.audit", _l("Audit"), "document", "audit.read", _l("Administration")),
    Place("rescue.start", _l("Rescue files"), "shield", "rescue.import", _l("On the phone")),
    Place("pwa.phone", _l("Phone page"), "phone", "phone.use", _l("On the phone")),
)


def navigation(principal: Principal | None) -> list[dict[str, object]]:
    """Return the entries that ``principal`` sees, the current one marked active."""
    if principal is None:
        return []
    here = (request.endpoint or "").split(".")[0]
    return [
        {
            "endpoint": place.endpoint,
            "url": url_for(place.endpoint),
            "icon": place.icon,
            "label": str(place.label),
            "group": str(place.group),
            "active": _is_here(place, here),
        }
        for place in PLACES
        if place.endpoint in current_app.view_functions and principal.may(place.permission)
    ]


def _is_here(place: Place, room: str) -> bool:
    if request.endpoint == place.endpoint:
        return True
    if place.section:
        ledger = LEDGERS.get(room)
        return ledger is not None and ledger.section == place.section
    first = next(p for p in PLACES if p.endpoint.split(".")[0] == place.endpoint.split(".")[0])
    exact = any(request.endpoint == p.endpoint for p in PLACES)
    return not exact and first is place and room == place.endpoint.split(".")[0]


#: how a team's day looks on the overview: the tone and the icon of each state
TEAM_TONES = {"waiting": "quiet", "running": "ok", "paused": "warn", "ended": "info", "unknown": "warn"}
TEAM_ICONS = {
    "waiting": "clock",
    "running": "route",
    "paused": "pause",
    "ended": "check",
    "unknown": "question",
}


def team_states() -> dict[str, str]:
    """Return the name of each state of a team's day in the reader's language."""
    return {
        "waiting": _("Not started"),
        "running": _("Under way"),
        "paused": _("Paused"),
        "ended": _("Ended"),
        "unknown": _("Not known"),
    }


def plan_states() -> dict[str, str]:
    """Return the name of each state of a plan in the reader's language."""
    return {
        "draft": _("Draft"),
        "planning": _("Planning"),
        "planned": _("Planned"),
        "published": _("Published"),
        "cancelled": _("Cancelled"),
    }
