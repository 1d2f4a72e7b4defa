"""The blueprint of the room, its words, and how its pages tell faults."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from patrol.core.errors import PatrolError
from patrol.infra.i18n import current_language

blueprint = Blueprint("grids", __name__)


@blueprint.context_processor
def words() -> dict[str, Any]:
    """Give the room's templates its words."""
    return {
        "origins": {
            "street": _("from streets"),
            "hexagon": _("hexagon"),
            "import": _("imported"),
            "split": _("split"),
            "merge": _("merged"),
        },
        "draft_kinds": {
            "streets": _("Grids along the streets"),
            "hexagons": _("Hexagons"),
            "grids": _("Grids from a file"),
            "divisions": _("Divisions from a file"),
            "split": _("Split a grid"),
            "merge": _("Merge grids"),
        },
        "levels": {
            "province": _("Province"),
            "city": _("City"),
            "district": _("District"),
            "street": _("Street"),
            "community": _("Community"),
        },
        "deeds": {
            "territory.make_grid": _("Grid made"),
            "territory.retire_grid": _("Grid retired"),
            "territory.change_grid": _("Name or branch changed"),
            "accounts.assign_duty": _("Responsible person added"),
            "accounts.end_duty": _("Responsible person relieved"),
        },
    }


def told(error: PatrolError | None) -> list[dict[str, str]]:
    """Return every fault of an error as the form macros show them, each with the place it is at."""
    language = current_language()
    faults = error.faults if error else ()
    return [{"where": "", "message": f"{place(f.where)}{f.sentence(language)}"} for f in faults]


def place(where: str) -> str:
    """Say in the reader's language where in a file a fault is; nothing for the name of a field."""
    if not where.startswith("feature "):
        return ""
    return _("Feature %(number)s: ", number=where.removeprefix("feature "))
