"""Today's published plans of the demo city, made by the real planner; tomorrow is left for a manager to plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

from patrol.core.clock import CHINA, Clock
from patrol.demo.store import demo_uid
from patrol.infra.resources import resource
from patrol.routes import (
    Plan,
    PlanState,
    Team,
    Ways,
    aims_for,
    keep_result,
    plan_day,
    read_streets,
    save_network,
    situation_of,
    ways_of,
)

#: what a plan of the demo asks for, as the form's defaults do
WEIGHTS = {"compact": 20, "balance": 30, "sample": 10, "vary": 50}


def bring_streets(data_dir: Path) -> Ways:
    """Import the shipped streets, so that plans and phones follow them."""
    save_network(data_dir, read_streets(resource("geodata", "wuhan_streets.parquet")).renamed("武汉"))
    return ways_of(data_dir)


def store_plans(session: Any, city: Any, ways: Ways, clock: Clock, seed: int, random: Random) -> None:
    """Plan and publish today for every branch, by the greedy planner so that it takes no time."""
    today = clock.now().astimezone(CHINA).date()
    for agency_id in sorted({team.agency_id for team in city.teams}):
        teams = [team for team in city.teams if team.agency_id == agency_id]
        _store(session, city, teams, today, ways, clock, seed, random)


def _store(
    session: Any,
    city: Any,
    teams: list[Team],
    day: dt.date,
    ways: Ways,
    clock: Clock,
    seed: int,
    random: Random,
) -> None:
    manager = city.people["manager"].id
    plan = Plan(
        uid=demo_uid(random), agency_id=teams[0].agency_id, scope_path=teams[0].scope_path, day=day,
        state=PlanState.PLANNING, seed=seed, created_by_id=manager, created_at=clock.now(), routes=[], version=0,
        params={
            "shifts": [[team.uid, team.shift_start, team.shift_end] for team in teams],
            "weights": dict(WEIGHTS),
        },
        figures={},
    )  # fmt: skip
    session.add(plan)
    session.flush()
    given = situation_of(session, plan, ways, CHINA, aims=aims_for(session, plan.scope_path, day))
    given, made = given.settle(plan_day(given.problem, seconds=0, seed=seed))
    keep_result(session, None, plan, made, given, ways, zone=CHINA, clock=clock)
    for route in plan.routes:
        route.uid = demo_uid(random)
        for stop in route.stops:
            stop.uid = demo_uid(random)
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=CHINA)
    plan.state, plan.visible_from = PlanState.PUBLISHED, midnight - dt.timedelta(hours=12)
    plan.published_at, plan.published_by_id = clock.now(), manager
    session.flush()
