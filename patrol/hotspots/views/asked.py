"""What every view of the room asks first: who looks at what; and how an answer is tagged by its version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, g, request, url_for
from flask_babel import get_locale

from patrol.hotspots.answers import CHINA, Answer, Viewer, answer, version_of, viewer_of
from patrol.hotspots.forecasting import place_priors
from patrol.hotspots.questions import Question, read_question
from patrol.infra.db import db, utc_now
from patrol.infra.squeezing import squeezed
from patrol.routes import offer_priors

blueprint = Blueprint("hotspots", __name__, url_prefix="/hotspots")
#: the planner, a lower room, may ask how likely a finding is where a venue's own history says nothing
blueprint.record_once(lambda state: offer_priors(state.app, place_priors))


def today() -> dt.date:
    """Return the day by China's clock."""
    return utc_now().astimezone(CHINA).date()


def viewer() -> Viewer:
    """Return who looks."""
    return viewer_of(db.session(), g.principal)


def question() -> Question:
    """Return what is asked; ``compare=before`` asks about the period before."""
    asked = read_question(request.args, today())
    return asked.before() if request.args.get("compare") == "before" else asked


def answered() -> tuple[Viewer, Answer]:
    """Return the viewer and the answer to the question of this request."""
    who = viewer()
    return who, answer(db.session(), who, question())


def tagged(make: Callable[[Viewer, Answer], Response], *more: str) -> Response:
    """Answer 304 where the reader holds the answer of this data version already; else make it and tag it."""
    who = viewer()
    told = (request.full_path, str(get_locale()), *more)
    version = version_of(db.session(), who, question(), *told)
    if request.if_none_match.contains(version):
        response = Response(status=304)
    else:
        response = squeezed(make(who, answer(db.session(), who, question())))
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def box_of(given: Answer) -> tuple[float, float, float, float] | None:
    """Return the box that is asked for, else the answer's own."""
    try:
        west, south, east, north = (float(side) for side in request.args.get("box", "").split(","))
    except ValueError:
        return given.box
    fits = -180 <= west < east <= 180 and -85 <= south < north <= 85
    return (west, south, east, north) if fits else given.box


def as_instants(asked: Question) -> tuple[dt.datetime, dt.datetime]:
    """Return the period as a half-open span of instants."""
    begin = dt.datetime.combine(asked.begin, dt.time(), CHINA)
    return begin, dt.datetime.combine(asked.end + dt.timedelta(days=1), dt.time(), CHINA)


def query_of(asked: Question, **more: Any) -> dict[str, Any]:
    """Return the question as arguments of an address."""
    return {**asked.as_query(), **more}


def plan_url(grid_uid: str) -> str:
    """Return where a patrol is planned: the planner where there is one, else the venues worth a visit."""
    asked: Any = {"grid": grid_uid} if grid_uid else {}
    for endpoint in ("plans.new", "plans.index", "routes.plans", "routes.index"):
        if endpoint in current_app.view_functions:
            return url_for(endpoint, **asked)
    return url_for("venues.index", sort="-risk", **asked)
