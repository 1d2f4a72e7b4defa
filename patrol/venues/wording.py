"""The register's codes in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from patrol.infra.i18n import current_language
from patrol.venues.domain import VenueKind

# Looked up when they are shown, one at a time: a day pack names a thousand venues.
_KINDS = {
    "hotel": _l("Hotel"),
    "rental": _l("Rental housing"),
    "meeting": _l("Meeting venue"),
    "direct_selling": _l("Direct-selling outlet"),
    "campus": _l("Campus"),
    "other": _l("Other place"),
}
_OUTCOMES = {
    "": _l("Never visited"),
    "nothing_found": _l("Nothing found"),
    "no_answer": _l("No answer"),
    "refused": _l("Refused entry"),
    "suspicious": _l("Suspicious"),
    "violation": _l("Violation"),
}


def kind_label(kind: str) -> str:
    """Name a kind of venue."""
    return str(_KINDS.get(kind, kind))


def kind_choices() -> list[tuple[str, str]]:
    """Return every kind with its name, in the order of the form."""
    return [(kind.value, kind_label(kind)) for kind in VenueKind]


def state_label(state: str) -> str:
    """Name the state of a venue."""
    return {"open": _("On patrol"), "closed": _("Closed")}.get(state, state)


def outcome_label(outcome: str) -> str:
    """Name what a visit ended with."""
    return str(_OUTCOMES.get(outcome, outcome))


def outcome_tone(outcome: str) -> str:
    """Choose the tone in which an outcome is shown."""
    return {"nothing_found": "ok", "violation": "danger", "": "quiet"}.get(outcome, "warn")


def band_label(band: str) -> str:
    """Name a band of risk."""
    return {"high": _("High risk"), "medium": _("Medium risk"), "low": _("Low risk")}[band]


def band_tone(band: str) -> str:
    """Choose the tone in which a band of risk is shown."""
    return {"high": "danger", "medium": "warn", "low": "quiet"}[band]


def datum_label(datum: str) -> str:
    """Name a coordinate system with the maps it belongs to."""
    return {
        "wgs84": _("WGS-84 / CGCS2000 (GPS, Tianditu)"),
        "gcj02": _("GCJ-02 (Amap, Tencent)"),
        "bd09": _("BD-09 (Baidu)"),
    }.get(datum, datum)


def datum_choices() -> list[tuple[str, str]]:
    """Return every coordinate system with its name."""
    return [(datum, datum_label(datum)) for datum in ("wgs84", "gcj02", "bd09")]


def duty_label(duty: str) -> str:
    """Name what somebody answers for on a grid."""
    return {
        "inspector": _("Inspector"),
        "police_liaison": _("Police liaison officer"),
        "community_liaison": _("Community liaison"),
    }.get(duty, duty)


def companion_choices() -> list[tuple[str, str]]:
    """Return whom a visit may need beside the inspector."""
    return [(duty, duty_label(duty)) for duty in ("police_liaison", "community_liaison")]


def reason_text(reason: Any) -> str:
    """Say one reason of a risk: a plain sentence, or a pair of sentences ``{"zh": …, "en": …}``."""
    if isinstance(reason, dict):
        return str(reason.get(current_language()) or reason.get("en") or reason.get("zh") or "")
    return str(reason)


def import_state_label(state: str) -> str:
    """Name how far an import is."""
    return {
        "uploaded": _("Columns to be matched"),
        "checking": _("Being checked"),
        "checked": _("Ready to decide"),
        "applying": _("Being stored"),
        "done": _("Stored"),
        "failed": _("Failed"),
        "dropped": _("Discarded"),
    }.get(state, state)


def words() -> dict[str, Any]:
    """Return every function of this page for the templates."""
    return {
        "kind_label": kind_label,
        "state_label": state_label,
        "outcome_label": outcome_label,
        "outcome_tone": outcome_tone,
        "band_label": band_label,
        "band_tone": band_tone,
        "reason_text": reason_text,
        "datum_label": datum_label,
        "duty_label": duty_label,
        "import_state_label": import_state_label,
    }
