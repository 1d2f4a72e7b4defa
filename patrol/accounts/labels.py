"""The names of roles, duties and kinds of agency in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _


def role_names() -> dict[str, str]:
    """Return the name of each role; the first three are also the duties on a grid."""
    return {
        "inspector": _("Inspector"),
        "police_liaison": _("Police liaison officer"),
        "community_liaison": _("Community liaison"),
        "branch_manager": _("Branch manager"),
        "city_manager": _("City manager"),
        "system_administrator": _("System administrator"),
        "security_administrator": _("Security administrator"),
        "auditor": _("Auditor"),
    }


def agency_kinds() -> dict[str, str]:
    """Return the name of each kind of agency."""
    return {
        "bureau": _("Bureau"),
        "branch": _("Branch"),
        "police_station": _("Police station"),
        "committee": _("Residents' committee"),
    }
