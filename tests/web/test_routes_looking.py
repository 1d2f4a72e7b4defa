"""The manager's further pages: shifts as bars, two plans side by side, an urgent clue, staff and intervals."""

import datetime as dt
import re

import pytest

from patrol.core.clock import SystemClock, china_date
from patrol.venues import Venue
from tests.factories.routes import Branch, make_plan, post, step


@pytest.fixture
def branch(session):
    return Branch(session)


@pytest.fixture
def desk(app, branch):
    return branch.desk(app)


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def test_the_shifts_are_drawn_with_every_visit_and_follow_a_change(desk, session):
    plan = make_plan(desk, session)
    text = page(desk, f"/plans/{plan.uid}")
    assert len(re.findall('class="gantt-visit"', text)) == 10
    stop = next(route.stops[0] for route in plan.routes if route.stops)
    board = step(desk, plan, "drop", stop=stop.uid).get_json()["board"]
    assert len(re.findall('class="gantt-visit"', board)) == 9


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_plans_stand_side_by_side_with_greedy_and_nothing(desk, session, language):
    one = make_plan(desk, session)
    alone = page(desk, f"/plans/{one.uid}/compare?lang={language}")
    assert ("两周内该分局没有其他计划" if language == "zh" else "no other plan of this branch") in alone
    two = make_plan(desk, session, sample="0")
    stop = next(route.stops[0] for route in two.routes if route.stops)
    name = stop.venue.name
    step(desk, two, "drop", stop=stop.uid)
    text = page(desk, f"/plans/{one.uid}/compare?lang={language}")
    only = text[text.index("仅在本计划" if language == "zh" else "Only in this plan") :]
    assert name in only[: only.index("</ul>")]
    assert ("不出勤的价值" if language == "zh" else "staying at home") in text


def test_some_stops_are_drawn_at_random_and_marked_and_none_without_a_share(desk, session):
    plan = make_plan(desk, session, sample="50")
    drawn = [stop for route in plan.routes for stop in route.stops if stop.sampled]
    assert drawn
    assert all(stop.reasons[0]["code"] == "drawn" for stop in drawn)
    assert max(stop.prize for stop in drawn) <= max(stop.prize for r in plan.routes for stop in r.stops)
    none = make_plan(desk, session, sample="0")
    assert not [stop for route in none.routes for stop in route.stops if stop.sampled]


def test_repeating_yesterday_is_told(desk, session):
    first = make_plan(desk, session, day="2099-01-05", sample="0")
    post(desk, f"/plans/{first.uid}/publish", version=first.version, lead="now")
    second = make_plan(desk, session, day="2099-01-06", sample="0")
    text = page(desk, f"/plans/{second.uid}?lang=en")
    shown = re.search(r"Legs repeated from the plan before</span><span[^>]*>(\d+) %", text)
    assert shown
    assert "Against the plan of 2099-01-05" in text


def test_an_urgent_clue_changes_one_route_only_and_keeps_what_is_done(app, desk, branch, session):
    plan = make_plan(desk, session, day=china_date(SystemClock().now() + dt.timedelta(days=1)).isoformat())
    before = {route.uid: [stop.uid for stop in route.stops] for route in plan.routes}
    branch.work_for(branch.manager)
    venue = branch.venue("急报点", lon=114.315, lat=30.603)
    uid = venue.uid
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    assert "急报点" in page(desk, f"/plans/{plan.uid}/urgent?q=急报")
    text = page(desk, f"/plans/{plan.uid}/urgent?venue={uid}&lang=en")
    assert "<ins>急报点</ins>" in text
    order = re.search(r'name="order" value="([^"]+)"', text)[1]
    session.rollback()
    session.refresh(plan)
    post(desk, f"/plans/{plan.uid}/urgent", venue=uid, order="something else", version=plan.version)
    assert "请查看新的调整建议" in page(desk, f"/plans/{plan.uid}/urgent?venue={uid}")
    post(desk, f"/plans/{plan.uid}/urgent", venue=uid, order=order, version=plan.version)
    session.rollback()
    session.expire_all()
    after = {route.uid: [stop.uid for stop in route.stops] for route in plan.routes}
    changed = [key for key in before if before[key] != after[key]]
    assert len(changed) == 1
    assert set(before[changed[0]]) <= set(after[changed[0]])
    assert plan.state == "published"
    assert not any(route.figures["faults"] for route in plan.routes)
    assert "已在本计划中" in page(desk, f"/plans/{plan.uid}/urgent?venue={uid}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_staff_and_intervals_say_the_sentence_and_draw_the_curve(desk, session, language):
    for venue in session.query(Venue).all():
        venue.revisit_interval_days = 1
    session.commit()
    text = page(desk, f"/plans/capacity?weeks=1&lang={language}")
    assert re.search(r"现有2个组" if language == "zh" else r"With 2 teams", text)
    assert text.count("<circle") >= 13
    assert page(desk, "/plans/capacity?weeks=nonsense")


def test_a_branch_without_venues_is_told(app, branch):
    assert "没有需要按期巡查的场所" in page(branch.desk(app, branch.other), "/plans/capacity")
