"""Two plans side by side, and how predictable a plan is."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request

from patrol.infra.db import db
from patrol.infra.i18n import local_zone
from patrol.infra.policy import allow
from patrol.routes import queries
from patrol.routes.comparing import differences, figures_for
from patrol.routes.models import Plan
from patrol.routes.views.blueprint import blueprint
from patrol.routes.views.plans import look


@blueprint.get("/plans/<plan_uid>/compare")
@allow("plans.read")
def compare(plan_uid: str) -> str:
    """Hold a plan against another of the same branch, against greedy, and against doing nothing."""
    session, zone = db.session(), local_zone()
    mine = queries.plan_by_uid(session, plan_uid)
    others = queries.plans_near(session, mine)
    asked = request.args.get("with", "") or next((each.uid for each in others), "")
    other = queries.plan_by_uid(session, asked) if asked else None
    page = render_template(
        "routes/compare.html",
        plan=mine,
        other=other,
        others=[(each.uid, _label(each)) for each in others],
        mine=figures_for(mine, zone),
        theirs=figures_for(other, zone) if other else None,
        diff=differences(mine, other) if other else None,
        branch=queries.agency_names(session, [mine.agency_id]).get(mine.agency_id, ""),
        may_edit=g.principal.may("plans.edit"),
    )
    look("page", mine, *([other] if other else []))
    return page


def _label(each: Plan) -> str:
    weights: dict[str, Any] = each.params.get("weights") or {}
    parts = "/".join(str(weights.get(name, "–")) for name in ("compact", "balance", "sample", "vary"))
    return f"{each.day.isoformat()} · {each.figures.get('stops', 0)} · {parts}"
