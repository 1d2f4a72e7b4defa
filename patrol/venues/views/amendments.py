"""Late edits from phones that met a newer value: two values side by side, one decision."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from patrol.accounts import names_of_people
from patrol.core.clock import SystemClock
from patrol.infra.db import db
from patrol.infra.paging import asked_page, page_of
from patrol.infra.policy import allow
from patrol.venues import amending
from patrol.venues.views.blueprint import blueprint

CLOCK = SystemClock()


def field_label(name: str) -> str:
    """Name a field of a venue as the form does."""
    return {
        "name": _("Name"),
        "address": _("Address"),
        "owner_name": _("Owner"),
        "capacity": _("Capacity"),
        "note": _("Note"),
    }.get(name, name)


@blueprint.get("/venues/amendments/")
@allow("venues.edit")
def amendments() -> str:
    """List edits that lost against a newer value, open ones or those already decided."""
    decided = request.args.get("state", "")
    state = decided if decided in {"taken", "kept"} else "open"
    page = page_of(db.session(), amending.amendments(state), asked_page(request.args.get("page")))
    return render_template(
        "venues/amendments.html",
        state=state,
        page=page,
        field_label=field_label,
        tabs=_tabs(state),
        names=names_of_people(
            db.session(),
            uids={row.kept_by_uid for row in page.rows},
            ids={key for row in page.rows for key in (row.person_id, row.decided_by_id) if key},
        ),
        page_url=lambda number: url_for("venues.amendments", state=state, page=number),
    )


def _tabs(state: str) -> list[dict[str, Any]]:
    labels = {"open": _("Open"), "taken": _("Late value taken"), "kept": _("Left as it was")}
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
        flash(_("The late value now stands in the register."))
    else:
        amending.keep_against(db.session(), g.principal, row, clock=CLOCK)
        flash(_("The register stays as it is."))
    db.session.commit()
    return redirect(url_for("venues.amendments"))
