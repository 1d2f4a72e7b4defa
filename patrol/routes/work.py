"""Long work of the room: making a plan."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.config import Settings
from patrol.infra.db import db
from patrol.infra.jobs import CANCELLED, JobContext, job, keep_file
from patrol.routes import queries, services
from patrol.routes.capacity import capacity_of
from patrol.routes.planning import Edge, Varied, plan_day, vary_plan
from patrol.routes.planning import Plan as MadePlan
from patrol.routes.printing import sheet_pages, sheet_pdf
from patrol.routes.situation import Situation, situation_of, teams_of_plan
from patrol.routes.ways import ways_of
from patrol.routes.weighing import aims_for, priors_for
from patrol.routes.wording import with_names
from patrol.venues import actor_of, reading

CLOCK = SystemClock()


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def zone() -> dt.tzinfo:
    """Return the bureau's time zone."""
    return ZoneInfo(settings().TIMEZONE)


@job("routes.plan")
def make_plan(context: JobContext) -> dict[str, Any]:
    """Make the plan that was ordered; nothing of it is stored unless all of it is."""
    uid = context.params["plan_uid"]
    context.progress(0, 100, "正在读取场所和街道", "Reading venues and streets")
    ways = ways_of(settings().DATA_DIR)
    with reading() as session:
        plan = queries.plan_by_uid(session, uid)
        aims = aims_for(session, plan.scope_path, plan.day)
        given = situation_of(session, plan, ways, zone(), priors_for(session, plan.day), aims)
        names = {key: venue.name for key, venue in given.venues.items()}
        names |= {duty.team.uid: duty.team.name for duty in teams_of_plan(session, plan)}
        walked = queries.legs_walked(session, plan, given.problem.index)
        seconds, seed = float(plan.params.get("seconds", 5)), plan.seed
        vary = int((plan.params.get("weights") or {}).get("vary", 0))
    try:
        made, drawn = search(given, seconds, seed, context, walked if vary else frozenset(), vary / 100)
    except PatrolError as error:  # the planner knows venues and teams by their numbers only
        raise with_names(error, names) from error
    given, made = given.settle(made)
    context.progress(92, 100, "正在绘制路线", "Drawing the routes")
    session = db.session()
    plan = queries.plan_by_uid(session, uid)
    services.keep_result(
        session, actor_of(context), plan, made, given, ways, zone=zone(), clock=CLOCK, varied=told_of(drawn)
    )
    return {"result_url": f"/plans/{uid}"}


@job("routes.sheet")
def make_sheet(context: JobContext) -> dict[str, Any]:
    """Typeset the sheets of all teams of a plan, in the language and the name of who asked."""
    given = context.params
    g.language = given["language"]
    with reading() as session:
        plan = queries.plan_by_uid(session, given["plan_uid"])
        branch = queries.agency_names(session, [plan.agency_id]).get(plan.agency_id, "")
        pages = sheet_pages(plan, branch, printed_at=CLOCK.now(), printed_by=given["by"])

    def tell(done: int) -> None:
        context.progress(done, len(pages), f"已排版{done}个组", f"{done} teams set")

    keep_file(given["name"], sheet_pdf(pages, tell))
    return {"result_url": f"/plans/{given['plan_uid']}/sheet.pdf"}


@job("routes.capacity")
def make_capacity(context: JobContext) -> dict[str, Any]:
    """Work out what so many teams keep in time."""
    given = context.params

    def tell(done: int, total: int) -> None:
        context.progress(done, total, f"已计算{done}种组数", f"{done} numbers of teams tried")

    with reading() as session:
        branch = queries.branch_by_uid(session, given["branch"])
        made = capacity_of(session, branch, given["weeks"], CLOCK.now(), zone(), tell)
    keep_file(given["name"], json.dumps(made).encode())
    return {"result_url": f"/plans/capacity?branch={given['branch']}&weeks={given['weeks']}"}


def search(
    given: Situation, seconds: float, seed: int, context: JobContext, walked: frozenset[Edge], vary: float
) -> tuple[MadePlan, Varied | None]:
    """Run the planner, telling how good the best plan is so far; stops when the person cancels.

    ``walked``: legs of earlier plans, of which at most 1 − ``vary`` may come again; none = the best plan as it is.
    """
    parts = (0.6, 0.4) if walked else (1.0, 0.0)

    def tell(share: float, best: MadePlan, begin: float = 0.0, part: float = parts[0]) -> bool:
        if context.cancelled():
            return False
        stops = sum(len(route.stops) for route in best.routes)
        context.progress(
            5 + 85 * (begin + part * share),
            100,
            f"目前最好的方案：{stops}个点位",
            f"Best plan so far: {stops} stops",
        )
        return True

    made, drawn = plan_day(given.problem, seconds=seconds * parts[0], seed=seed, on_progress=tell), None
    if walked and not context.cancelled():
        context.progress(5 + 85 * parts[0], 100, "正在变换路线", "Making the routes hard to foresee")
        drawn = vary_plan(
            given.problem, made, walked, seconds=seconds * parts[1], seed=seed, most_overlap=1.0 - vary,
            on_progress=lambda share, best: tell(share, best, *parts),
        )  # fmt: skip
    if context.cancelled():
        raise PatrolError(CANCELLED)
    return (drawn.plan if drawn else made), drawn


def told_of(drawn: Varied | None) -> dict[str, float | bool] | None:
    """Return what making a plan hard to foresee came to: shares of legs repeated and of the worth given up."""
    if drawn is None:
        return None
    loss = round(max(drawn.loss, 0.0), 4)
    return {"overlap": round(drawn.overlap, 4), "loss": loss, "aim": drawn.most_overlap, "kept": drawn.kept}
