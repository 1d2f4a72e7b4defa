"""Long work of the room: making a plan."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.config import Settings
from patrol.infra.db import db
from patrol.infra.jobs import CANCELLED, JobContext, job
from patrol.routes import queries, services
from patrol.routes.planning import Plan as MadePlan
from patrol.routes.planning import plan_day
from patrol.routes.situation import Situation, situation_of
from patrol.routes.ways import ways_of
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
        given = situation_of(session, plan, ways, zone())
        seconds, seed = float(plan.params.get("seconds", 5)), plan.seed
    made = search(given, seconds, seed, context)
    context.progress(92, 100, "正在绘制路线", "Drawing the routes")
    session = db.session()
    plan = queries.plan_by_uid(session, uid)
    services.keep_result(session, actor_of(context), plan, made, given, ways, zone=zone(), clock=CLOCK)
    return {"result_url": f"/plans/{uid}"}


def search(given: Situation, seconds: float, seed: int, context: JobContext) -> MadePlan:
    """Run the planner, telling how good the best plan is so far; stops when the person cancels."""

    def tell(share: float, best: MadePlan) -> bool:
        if context.cancelled():
            return False
        stops = sum(len(route.stops) for route in best.routes)
        context.progress(
            5 + 85 * share, 100, f"目前最好的方案：{stops}个点位", f"Best plan so far: {stops} stops"
        )
        return True

    made = plan_day(given.problem, seconds=seconds, seed=seed, on_progress=tell)
    if context.cancelled():
        raise PatrolError(CANCELLED)
    return made
