"""The manager's further pages: shifts as bars, two plans side by side, an urgent clue, staff and intervals."""

import datetime as dt
import itertools
import re

import pytest

from patrol.core.clock import CHINA, SystemClock, china_date
from patrol.core.errors import PatrolError
from patrol.infra.db import unscoped
from patrol.routes.services import propose_visit
from patrol.routes.views.gantt import visit_span
from patrol.routes.ways import Ways
from patrol.venues import Venue
from tests.factories.routes import make_plan, post, step


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


def test_repeating_earlier_plans_is_told_and_a_plan_hard_to_foresee_repeats_less_and_names_its_price(
    desk, session, branch
):
    one = [branch.teams[0].uid]  # all ten in one row
    first = make_plan(desk, session, day="2099-01-05", sample="0", team=one, vary="0")
    post(desk, f"/plans/{first.uid}/publish", version=first.version, lead="now")
    same = make_plan(desk, session, day="2099-01-06", sample="0", team=one, vary="0")
    varied = make_plan(desk, session, day="2099-01-06", sample="0", team=one, vary="100")
    with unscoped(session, "a test looks"):
        before, *legs = (_legs(plan) for plan in (first, same, varied))
    repeated = [_repeated(desk, plan) for plan in (same, varied)]
    assert repeated == [round(100 * len(mine & before) / len(mine)) for mine in legs]
    assert repeated[1] <= repeated[0]
    assert same.figures["varied"] is None
    assert varied.figures["varied"]["loss"] <= 0.02
    text = page(desk, f"/plans/{varied.uid}?lang=en")
    assert re.search(r"Aim: at most 0 %\. Price: \d\.\d % of the worth", text)
    assert "Price:" not in page(desk, f"/plans/{same.uid}?lang=en")


def _legs(plan):
    keys = [stop.venue.uid for stop in plan.routes[0].stops]
    return {frozenset(pair) for pair in itertools.pairwise(keys)}


def _repeated(desk, plan):
    text = page(desk, f"/plans/{plan.uid}?lang=en")
    return int(re.search(r"Legs that plans of the last 90 days had</span><span[^>]*>(\d+)\xa0%", text)[1])


def test_the_page_says_what_the_sliders_came_to(desk, session):
    plan = make_plan(desk, session, sample="20", compact="40", balance="60")
    text = page(desk, f"/plans/{plan.uid}?lang=en")
    effect = text[text.index("What the sliders came to") :]
    for words in (
        "Teams stay in their own grids (40)", "Shifts of equal length (60)", "Share drawn at random (20)",
        "Hard to foresee (50)", "nothing to hide from yet",
    ):  # fmt: skip
        assert words in effect


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


def test_a_place_that_was_left_out_and_then_taken_for_an_urgent_clue_is_left_out_no_more(desk, session):
    plan = make_plan(desk, session, day=china_date(SystemClock().now() + dt.timedelta(days=1)).isoformat())
    gone = next(route.stops[0] for route in plan.routes if route.stops)
    uid = gone.venue.uid
    step(desk, plan, "drop", stop=gone.uid)
    session.refresh(plan)
    assert [uid, "by_hand"] in plan.left_out
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    order = re.search(r'name="order" value="([^"]+)"', page(desk, f"/plans/{plan.uid}/urgent?venue={uid}"))[1]
    session.rollback()
    session.refresh(plan)
    post(desk, f"/plans/{plan.uid}/urgent", venue=uid, order=order, version=plan.version)
    session.rollback()
    session.expire_all()
    assert uid in {stop.venue.uid for route in plan.routes for stop in route.stops}
    assert uid not in {key for key, _why in plan.left_out}


def test_a_stop_drawn_at_random_is_not_the_first_to_give_way_to_an_urgent_clue(session, branch, desk, app):
    plan = make_plan(desk, session, day=china_date(SystemClock().now() + dt.timedelta(days=1)).isoformat())
    with unscoped(session, "a test fills the shifts"):
        for route in plan.routes:
            for place, stop in enumerate(route.stops):
                stop.venue.service_minutes = 190 // len(route.stops)
                stop.sampled, stop.prize = place == 1, 0.0 if place == 1 else 5.0 if place else 4.0
        plan.state = "published"
        session.commit()
    branch.work_for(branch.manager)
    venue = branch.venue("急报点", lon=114.315, lat=30.603, service_minutes=30)
    made = propose_visit(session, plan, venue, ways=Ways(None), zone=CHINA, now=_morning(plan))
    route = next(each for each in plan.routes if each.uid == made.route)
    assert made.dropped
    assert made.dropped[0] == route.stops[0].venue.uid
    assert route.stops[1].venue.uid not in made.dropped


def test_whoever_rests_at_the_door_is_drawn_at_the_visit_afterwards(desk, session):
    plan = make_plan(desk, session)
    stop = next(route.stops[0] for route in plan.routes if route.stops)
    midnight = dt.datetime.combine(plan.day, dt.time(), CHINA)
    arrive, leave = (
        round((at - midnight).total_seconds()) for at in (stop.planned_arrival, stop.planned_leave)
    )
    assert visit_span(stop, [], midnight) == (arrive, leave)
    assert visit_span(stop, [[arrive, leave - 300]], midnight) == (leave - 300, leave)
    assert visit_span(stop, [[leave, leave + 300]], midnight) == (arrive, leave)


def test_a_team_that_is_through_early_takes_an_urgent_clue_from_now_on(session, branch, desk, app):
    """Its last stop lies behind it, so the clue begins now and not when that stop was left."""
    plan = make_plan(desk, session, day=china_date(SystemClock().now() + dt.timedelta(days=1)).isoformat())
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    branch.work_for(branch.manager)
    venue = branch.venue("急报点", lon=114.315, lat=30.603)
    session.rollback()
    session.refresh(plan)
    last = max(stop.planned_leave for route in plan.routes for stop in route.stops)
    now = last + dt.timedelta(minutes=2)
    made = propose_visit(session, plan, venue, ways=Ways(None), zone=CHINA, now=now)
    midnight = dt.datetime.combine(plan.day, dt.time(), CHINA)
    assert made.arrive_s >= (now - midnight).total_seconds()
    assert (made.dropped, made.order[-1]) == ((), venue.uid)
    with pytest.raises(PatrolError, match="no_team_in_time"):
        propose_visit(
            session, plan, venue, ways=Ways(None), zone=CHINA, now=midnight + dt.timedelta(hours=13)
        )


def test_a_locked_stop_does_not_give_way_to_an_urgent_clue_and_a_locked_route_stays(
    session, branch, desk, app
):
    plan = make_plan(desk, session, day=china_date(SystemClock().now() + dt.timedelta(days=1)).isoformat())
    with unscoped(session, "a test fills the shifts"):
        locked, full = sorted(plan.routes, key=lambda route: len(route.stops))
        locked.locked = True
        for stop in full.stops:
            stop.venue.service_minutes = 200 // len(full.stops)
        for stop in full.stops[1:]:
            stop.locked = True
        plan.state = "published"
        free = full.stops[0].venue.uid
        session.commit()
    branch.work_for(branch.manager)
    venue = branch.venue("急报点", lon=114.315, lat=30.603, service_minutes=200)
    with pytest.raises(PatrolError, match="no_team_in_time"):
        propose_visit(session, plan, venue, ways=Ways(None), zone=CHINA, now=_morning(plan))
    venue.service_minutes = 12
    session.commit()
    made = propose_visit(session, plan, venue, ways=Ways(None), zone=CHINA, now=_morning(plan))
    assert made.route == full.uid
    assert set(made.dropped) <= {free}


def _morning(plan):
    return dt.datetime.combine(plan.day, dt.time(6), CHINA)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_staff_and_intervals_say_the_sentence_and_draw_the_curve(desk, session, language):
    for venue in session.query(Venue).all():
        venue.revisit_interval_days = 1
    session.commit()
    text = page(desk, f"/plans/capacity?weeks=1&lang={language}")
    assert re.search(r"现有2个组" if language == "zh" else r"With 2 teams", text)
    assert text.count("<circle") >= 13
    assert ("到期" if language == "zh" else "visits fall due") in text
    assert page(desk, "/plans/capacity?weeks=nonsense")


def test_a_branch_without_venues_is_told(app, branch):
    assert "没有需要按期巡查的场所" in page(branch.desk(app, branch.other), "/plans/capacity")
