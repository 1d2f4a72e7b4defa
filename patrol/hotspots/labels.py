"""The names of classes, periods and kinds in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

#: class of a cell -> swatch of the legend
SWATCHES = {
    "hot99": "is-hot-3",
    "hot95": "is-hot-2",
    "hot90": "is-hot-1",
    "none": "is-none",
    "cold90": "is-cold-1",
    "cold95": "is-cold-2",
    "cold99": "is-cold-3",
    "unknown": "is-unknown",
}


def class_names() -> dict[str, str]:
    """Return what each class says."""
    return {
        "hot99": _("More findings than visits explain (99 %)"),
        "hot95": _("More findings than visits explain (95 %)"),
        "hot90": _("Perhaps more findings than visits explain (90 %)"),
        "none": _("As expected from the visits"),
        "cold90": _("Perhaps fewer findings than expected (90 %)"),
        "cold95": _("Fewer findings than expected (95 %)"),
        "cold99": _("Fewer findings than expected (99 %)"),
        "unknown": _("Unknown: too little was inspected"),
    }


def periods() -> dict[str, str]:
    """Return the periods one can choose, by days."""
    return {"30": _("30 days"), "90": _("90 days"), "180": _("Half a year"), "365": _("One year")}
