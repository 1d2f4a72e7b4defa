"""The names of classes, periods, layers and reasons in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

#: class of a unit -> swatch of the legend
SWATCHES = {
    "hot99": "is-hot-3",
    "hot95": "is-hot-2",
    "area": "is-area",
    "hot90": "is-hot-1",
    "none": "is-even",
    "cold90": "is-cold-1",
    "cold95": "is-cold-2",
    "cold99": "is-cold-3",
    "unknown": "is-unknown",
    "few": "is-few",
}
#: Esri's class of a history -> swatch
EMERGING_SWATCHES = {
    "new": 3, "consecutive": 3, "intensifying": 3, "persistent": 2, "sporadic": 1, "oscillating": 1,
    "diminishing": 1, "historical": 1,
}  # fmt: skip


def class_names() -> dict[str, str]:
    """Return what each class says."""
    return {
        "hot99": _("Clearly more findings than the visits explain (99 %)"),
        "hot95": _("More findings than the visits explain (95 %)"),
        "area": _("Part of a hot area: together more findings than the visits explain (95 %)"),
        "hot90": _("Perhaps more findings than the visits explain (90 %)"),
        "none": _("As the visits let expect"),
        "cold90": _("Perhaps fewer findings than expected (90 %)"),
        "cold95": _("Fewer findings than expected (95 %)"),
        "cold99": _("Clearly fewer findings than expected (99 %)"),
        "unknown": _("Unknown: too little was inspected"),
        "few": _("Withheld: fewer than 5 findings"),
    }


def periods() -> dict[str, str]:
    """Return the periods one can choose, by days."""
    return {"30": _("30 days"), "90": _("90 days"), "180": _("Half a year"), "365": _("One year")}


def unit_choices() -> list[tuple[str, str]]:
    """Return how the area may be cut."""
    return [
        ("grids", _("Duty grids")), ("17", _("Squares of about 260 m")), ("16", _("Squares of about 500 m")),
        ("15", _("Squares of about 1 km")),
    ]  # fmt: skip


def layer_names() -> dict[str, str]:
    """Return the layers of the map that colour units."""
    return {
        "significance": _("Significant units"),
        "emerging": _("How it developed"),
        "coverage": _("Where somebody looked"),
        "risk": _("Risk with its interval"),
        "forecast": _("Outlook for the next weeks"),
        "steps": _("Step by step"),
        "looked": _("Coverage step by step"),
        "sightings": _("Sightings that were reported"),
        "register": _("Risk in the venue register"),
    }


def emerging_names() -> dict[str, str]:
    """Return Esri's classes of a history, and what this program adds."""
    return {
        "new_hot": _("New hot spot"),
        "consecutive_hot": _("Consecutive hot spot"),
        "intensifying_hot": _("Intensifying hot spot"),
        "persistent_hot": _("Persistent hot spot"),
        "diminishing_hot": _("Diminishing hot spot"),
        "sporadic_hot": _("Sporadic hot spot"),
        "oscillating_hot": _("Oscillating hot spot"),
        "historical_hot": _("Historical hot spot"),
        "new_cold": _("New cold spot"),
        "consecutive_cold": _("Consecutive cold spot"),
        "intensifying_cold": _("Intensifying cold spot"),
        "persistent_cold": _("Persistent cold spot"),
        "diminishing_cold": _("Diminishing cold spot"),
        "sporadic_cold": _("Sporadic cold spot"),
        "oscillating_cold": _("Oscillating cold spot"),
        "historical_cold": _("Historical cold spot"),
        "none": _("No pattern"),
        "unknown": _("Unknown: too little was inspected"),
        "relocated": _("Moved here from a place that cooled"),
    }


def reason_names() -> dict[str, str]:
    """Return why the outlook is higher somewhere."""
    return {
        "long_here": _("more findings here over the year"),
        "long_near": _("more findings near here over the year"),
        "recent_here": _("findings here lately"),
        "recent_near": _("findings near here lately"),
        "last_period": _("findings here in the last weeks"),
    }
