"""A locked route stays exactly as it is when the plan is made again, whether there is room left in it or not."""

import pytest

from tests.factories.routes import Branch, make_plan, post, step


@pytest.fixture
def branch(session):
    return Branch(session, venues=20)


def names(session, plan, route):
    session.rollback()
    session.expire_all()
    return [stop.venue.name for each in plan.routes if each.uid == route.uid for stop in each.stops]


def act(desk, session, plan, what, **form):
    session.rollback()
    session.refresh(plan)
    answer = step(desk, plan, what, **form)
    assert answer.get_json()["ok"], answer.get_json()["said"]


def test_nothing_is_added_to_a_locked_route_that_has_room(desk, session):
    plan = make_plan(desk, session)
    route = max(plan.routes, key=lambda each: len(each.stops))
    for stop in [stop.uid for stop in route.stops[2:]]:
        act(desk, session, plan, "drop", stop=stop)
    act(desk, session, plan, "lock_route", route=route.uid)
    before = names(session, plan, route)
    post(desk, f"/plans/{plan.uid}/again", version=plan.version)
    assert names(session, plan, route) == before
    assert len(before) == 2
    assert plan.state == "planned"


def test_a_route_that_fills_its_whole_shift_may_be_locked(desk, session):
    """The planner leaves twenty minutes of each shift free; a manager may use them, and keep what came out."""
    plan = make_plan(desk, session)
    route = max(plan.routes, key=lambda each: len(each.stops))
    end_s = 13 * 3600
    for stop in route.stops[:1]:
        stop.venue.service_minutes += (end_s - 300 - route.figures["finish_s"]) // 60
    session.commit()
    act(desk, session, plan, "lock_route", route=route.uid)
    before = names(session, plan, route)
    post(desk, f"/plans/{plan.uid}/again", version=plan.version)
    assert names(session, plan, route) == before
    assert plan.state == "planned"
    assert end_s - 1200 < route.figures["finish_s"] <= end_s
    assert desk.get(f"/plans/{plan.uid}?lang=en").get_data(as_text=True).count("Every route works") == 1
