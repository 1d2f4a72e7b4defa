"""The manager's page, the same page for one's own grids, and the brief on one sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from flask import current_app, redirect, render_template, request, url_for

from patrol.hotspots import answers, queries
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.forecasting import outlook
from patrol.hotspots.labels import SWATCHES, class_names, layer_names, periods, unit_choices
from patrol.hotspots.layers import LEARNED
from patrol.hotspots.map_page import ground_of
from patrol.hotspots.rows import rows, totals
from patrol.hotspots.surfaces import Coverage
from patrol.hotspots.views.asked import answered, as_instants, blueprint, query_of, today
from patrol.hotspots.views.data import map_parts
from patrol.infra.db import db
from patrol.infra.i18n import current_language
from patrol.infra.policy import allow
from patrol.venues import kind_choices

#: rows of the table on the page; files hold all
TABLE_ROWS = 30
#: records of a period that are compared with each other for a page; `patrol hotspots verify` compares any number
MOST_COMPARED = 200_000


@blueprint.get("/")
@allow("hotspots.read_own")
def index() -> Any:
    """Show where findings gather, given where anybody looked."""
    if request.args.get("days") and (request.args.get("begin") or request.args.get("end")):
        kept: Any = {k: v for k, v in request.args.items() if k != "days" and v}
        return redirect(url_for("hotspots.index", **kept))
    who, given = answered()
    return render_template("hotspots/index.html", **page_facts(who, given), **choices(who, given))


def choices(who: Viewer, given: Answer) -> dict[str, Any]:
    """Return what the reader may choose."""
    compare = request.args.get("compare_with") == "before"
    ground = ground_of(current_app.config["SETTINGS"])
    layers = {n: words for n, words in layer_names().items() if who.small_counts or n not in LEARNED}
    return {
        "kinds": kind_choices(), "periods": periods(), "unit_choices": unit_choices(), "layers": layers,
        "days": str(given.question.days) if given.question.end == today() else "", "compare": compare,
        "parts": map_parts(given, given.box) if given.box else None,
        "before": given.question.before(), "ground": ground,
        "ground_fault": ground.fault.sentence(current_language()) if ground.fault else "",
    }  # fmt: skip


def page_facts(who: Viewer, given: Answer) -> dict[str, Any]:
    """Return the figures and rows of a page, whoever may see them."""
    told = rows(given, who)
    seen = answers.covered(db.session(), given)
    return {
        "question": given.question, "query": query_of(given.question), "rows": told[:TABLE_ROWS],
        "all_rows": len(told), "totals": totals(told), "names": class_names(), "swatches": SWATCHES,
        "tests": given.judged.tests, "no_answer": given.total("no_answer"), "version": given.version,
        "sampled": given.total("sampled_visits"), "corrected": given.judged.corrected, "future": given.future,
        "impossible": _impossible(given) if who.small_counts else [],
        "all_impossible": int(given.impossible.sum()), "twice": _twice(who, given),
        "own": who.grids is not None, **_last_look(given, seen),
        "small_counts": who.small_counts, "places": len(given.places), "box": given.box,
        "coverage": {
            "venues": int(seen.venues.sum()), "never": int(seen.never.sum()), "in_30": int(seen.in_30.sum()),
            "in_90": int(seen.in_90.sum()), "in_interval": int(seen.in_interval.sum()),
        },
    }  # fmt: skip


def _last_look(given: Answer, seen: Coverage) -> dict[str, Any]:
    """Return the day of the last visit up to the period's end, and the half year that ends with it."""
    known = seen.since[~np.isnan(seen.since)]
    if known.size == 0:
        return {"last_seen": None}
    day = given.question.end - dt.timedelta(days=int(known.min()))
    begin = day - dt.timedelta(days=179)
    return {"last_seen": day, "last_half_year": {"begin": begin.isoformat(), "end": day.isoformat()}}


def _impossible(given: Answer) -> list[Any]:
    """Return the venues that hold findings though no door opened there in the period."""
    return queries.venues_by_id(db.session(), given.places.id[given.impossible].tolist())


def _twice(who: Viewer, given: Answer) -> int:
    """Count records that stand twice, where the period holds few enough to look through them for a page."""
    if given.total("visits") + given.total("findings") > MOST_COMPARED or not who.small_counts:
        return 0
    asked = as_instants(given.question)
    counted: tuple[int, int] = answers.kept(
        ("twice", given.version), lambda: queries.records_twice(db.session(), *asked, who.grids)
    )
    return sum(counted)


@blueprint.get("/brief")
@allow("hotspots.read_own")
def brief() -> str:
    """Show the one-page brief, ready to print."""
    who, given = answered()
    return render_template("hotspots/brief.html", **brief_facts(who, given))


def brief_facts(who: Viewer, given: Answer) -> dict[str, Any]:
    """Return what stands in the brief: figures, the strongest units, and the change from the period before."""
    facts = page_facts(who, given)
    before = answers.answer(db.session(), who, given.question.before())
    made = outlook(db.session(), given)
    strongest = [row for row in facts["rows"] if row.name.startswith("hot")][:8]
    return facts | {
        "strongest": strongest, "before": totals(rows(before, who)), "before_question": before.question,
        "unknown_rows": [row for row in rows(given, who) if row.name == "unknown"][:8],
        "forecast": made, "next": _next(who, given, made),
    }  # fmt: skip


def _next(who: Viewer, given: Answer, made: Any) -> list[tuple[str, float, float, float]]:
    """Return the five units with the highest chance, with its interval."""
    if made is None or not who.small_counts:
        return []
    chance, (low, high) = made.chance(), made.interval()
    order = sorted(range(len(given.units)), key=lambda at: -chance[at])[:5]
    return [(given.units.names[at], float(chance[at]), float(low[at]), float(high[at])) for at in order]
