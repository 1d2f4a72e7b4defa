"""The one map page: which role may do what. A route asks for a permission that stands here, or refuses to start.

Scope comes on top: whatever a role may do, it may do inside the division of the person only.
"""

from __future__ import annotations

from patrol.accounts.domain import RoleName as R

_FIELD = {R.INSPECTOR, R.POLICE_LIAISON}
_PHONE = _FIELD | {R.COMMUNITY_LIAISON}
_MANAGERS = {R.BRANCH_MANAGER, R.CITY_MANAGER}

#: permission -> the roles that carry it
GRANTS: dict[str, set[R]] = {
    "phone.use": _PHONE | _MANAGERS,
    "phone.patrol": _PHONE | _MANAGERS,
    "sightings.report": _PHONE | _MANAGERS,
    "rescue.import": _MANAGERS,
    "sightings.read": _MANAGERS,
    "sightings.triage": _MANAGERS,
    "sightings.see_reporter": _MANAGERS,
    "clues.read": _MANAGERS,
    "clues.take": _MANAGERS | {R.INSPECTOR},
    "clues.work": _FIELD | _MANAGERS,
    "clues.manage": _MANAGERS,
    "clues.see_reporter": _MANAGERS,
    "clues.settings": {R.CITY_MANAGER, R.SYSTEM_ADMINISTRATOR},
    "dashboard.read": _MANAGERS,
    "territory.read": _FIELD | _MANAGERS | {R.SYSTEM_ADMINISTRATOR},
    "territory.edit": _MANAGERS | {R.SYSTEM_ADMINISTRATOR},
    "venues.read": _FIELD | _MANAGERS,
    "venues.edit": _MANAGERS,
    "venues.amend": _FIELD | _MANAGERS,
    "venues.import": _MANAGERS | {R.SYSTEM_ADMINISTRATOR},
    "plans.read": _MANAGERS,
    "plans.edit": _MANAGERS,
    "teams.edit": _MANAGERS,
    "patrols.read": _MANAGERS,
    "patrols.read_own": _PHONE | _MANAGERS,
    "findings.read": _FIELD | _MANAGERS,
    "findings.withdraw": _MANAGERS,
    "evidence.export": _MANAGERS,
    "hotspots.read": _MANAGERS,
    "hotspots.read_own": _PHONE | _MANAGERS,
    "hotspots.small_counts": _FIELD | _MANAGERS,
    "ledgers.read": _FIELD | _MANAGERS,
    "ledgers.import": {R.INSPECTOR} | _MANAGERS,
    "enforcement.read": _FIELD | _MANAGERS,
    "enforcement.edit": {R.INSPECTOR} | _MANAGERS,
    "enforcement.plan": _MANAGERS,
    "register.enter": {R.INSPECTOR} | _MANAGERS,
    "register.read": _MANAGERS,
    "register.reveal": _MANAGERS,
    "register.list": _MANAGERS,
    "prevention.read": _FIELD | _MANAGERS,
    "prevention.edit": {R.INSPECTOR} | _MANAGERS,
    "prevention.plan": _MANAGERS,
    "reports.read": _MANAGERS,
    "reports.edit": _MANAGERS,
    "second_factor.own": _MANAGERS,
    "second_factor.clear": {R.SECURITY_ADMINISTRATOR},
    "people.read": _MANAGERS | {R.SYSTEM_ADMINISTRATOR, R.SECURITY_ADMINISTRATOR},
    "people.edit": {R.SYSTEM_ADMINISTRATOR},
    "audit.read": {R.AUDITOR, R.SECURITY_ADMINISTRATOR},
}


def permissions_of(roles: set[str] | frozenset[str]) -> frozenset[str]:
    """Return every permission that at least one of ``roles`` carries."""
    return frozenset(name for name, holders in GRANTS.items() if holders & {R(r) for r in roles})


def every_permission() -> frozenset[str]:
    """Return the names that a route may ask for."""
    return frozenset(GRANTS)
