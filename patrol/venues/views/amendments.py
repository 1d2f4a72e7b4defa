"""Edits from phones that a person decides: two values side by side, and why they wait."""

from __future__ import annotations

import math
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts import names_of_people
from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow
from patrol.venues import amending
from patrol.venues.amending import moved_m
from patrol.venues.views.blueprint import blueprint
from patrol.venues.wording import kind_label, state_label

CLOCK = SystemClock()


def field_label(name: str) -> str:
    """Name a field of a venue as the form does."""
    return {
        "name": _("Name"),
        "kind": _("Kind"),
        "address": _("Address"),
        "owner_name": _("Owner"),
        "opening_hours": _("Opening hours"),
        "capacity": _("Capacity"),
        "note": _("Note"),
        "position": _("Place on the map"),
        "state": _("On patrol or not"),
    }.get(name, name)


def value_text(name: str, value: Any) -> str:
    """Say a value of a field in words; empty where there is none."""
    if value is None or value == "":
        return _("at any time") if name == "opening_hours" else ""
    if name == "kind":
        return kind_label(value)
    if name == "state":
        return {"closed": _("Closed down"), "vanished": _("Not there any more")}.get(
            value, state_label(value)
        )
    if name == "position":
        return f"{value['lon']:.6f}, {value['lat']:.6f}"
    return str(value)


def why_waiting(row: Any) -> str:
    """Say why a person has to look at this edit."""
    if row.kept != row.seen:
        return _(
            "Somebody else had changed this field meanwhile. The earlier change stands until you decide."
        )
    if row.field == "state":
        return _("Closing takes this place off every round. Its history stays, and it can be opened again.")
    return _("The pin moves far, and with it the grid that answers for it. Compare both before you decide.")


def move_text(row: Any) -> str:
    """Say how far and in which direction a pin would move, or nothing for other fields."""
    if row.field != "position":
        return ""
    metres = moved_m(row.kept, row.wanted)
    said = f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"
    return _("%(distance)s to the %(direction)s", distance=said, direction=_direction(row.kept, row.wanted))


def _direction(start: dict[str, float], end: dict[str, float]) -> str:
    names = (_("north"), _("north-east"), _("east"), _("south-east"),
             _("south"), _("south-west"), _("west"), _("north-west"))  # fmt: skip
    east = (end["lon"] - start["lon"]) * math.cos(math.radians(start["lat"]))
    degrees = math.degrees(math.atan2(east, end["lat"] - start["lat"]))
    return names[round(degrees / 45) % 8]


@blueprint.get("/venues/amendments/")
@allow("venues.edit")
def amendments() -> str:
    """List edits that wait for a person, or those already decided."""
    decided = request.args.get("state", "")
    state = decided if decided in {"taken", "kept"} else "open"
    page = page_of(db.session(), amending.amendments(state), asked_page(request.args.get("page")))
    return render_template(
        "venues/amendments.html",
        state=state,
        page=page,
        field_label=field_label,
        value_text=value_text,
        why_waiting=why_waiting,
        move_text=move_text,
        tabs=_tabs(state),
        names=names_of_people(
            db.session(),
            uids={row.kept_by_uid for row in page.rows},
            ids={key for row in page.rows for key in (row.person_id, row.decided_by_id) if key},
        ),
        page_url=lambda number: url_for("venues.amendments", state=state, page=number),
    )


def _tabs(state: str) -> list[dict[str, Any]]:
    labels = {"open": _("Open"), "taken": _("Taken"), "kept": _("Left as it was")}
    return [
        {"label": label, "url": url_for("venues.amendments", state=name), "active": name == state}
        for name, label in labels.items()
    ]


@blueprint.post("/venues/amendments/<amendment_uid>/<decision>")
@allow("venues.edit")
def decide_amendment(amendment_uid: str, decision: str) -> Any:
    """Take the late value, or keep what stands."""
    row = amending.amendment_by_uid(db.session(), amendment_uid)
    if decision == "take":
        amending.take_amendment(db.session(), g.principal, row, clock=CLOCK)
        flash(_("The value from the phone now stands in the register."))
    else:
        amending.keep_against(db.session(), g.principal, row, clock=CLOCK)
        flash(_("The register stays as it is."))
    db.session.commit()
    return redirect(url_for("venues.amendments"))
