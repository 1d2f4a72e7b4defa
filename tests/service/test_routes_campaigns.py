"""A campaign's period, areas and targets raise its places in the plans, and the plan says so."""

import datetime as dt
from types import SimpleNamespace

import pytest

from patrol.core.clock import CHINA, SystemClock, china_date
from patrol.enforcement import CAMPAIGNS, CampaignTarget
from patrol.enforcement.aims import aims_of, areas_of, campaign_aims
from patrol.infra.db import unscoped
from patrol.ledgers import record_new
from patrol.routes import Aim
from patrol.routes.planning import DUE, Obligation, campaign_worth, plan_horizon
from patrol.routes.weighing import AIMS, paced, weigh
from patrol.venues import Venue
from tests.factories.routes import Branch, make_plan

DAY = dt.date(2026, 5, 4)


def aim(target=5, reached=0, left=20, begun=DAY, days=9, within="42/", **more):
    ended = begun + dt.timedelta(days=days)
    return Aim("c1", "ZX1", "百日行动", begun, ended, target, reached, left, within, **more)


def place(number, since=10, risk=0.1, scope="42/4201/", grid=1):
    seen = None if since is None else dt.datetime.combine(DAY, dt.time(10), CHINA) - dt.timedelta(days=since)
    return SimpleNamespace(
        id=number, uid=f"v{number:03d}", last_visited_at=seen, revisit_interval_days=30, risk=risk,
        risk_reasons=["known"], last_outcome="", wanted_by=None, wanted_urgent=False, wanted_why="",
        service_minutes=20, scope_path=scope, grid_id=grid,
    )  # fmt: skip


def weighed(places, day=DAY, **more):
    return {offer.venue.id: offer for offer in weigh(places, day, CHINA, **more).offers}


def test_places_of_a_campaign_are_worth_its_documented_points_more_and_say_so():
    inside, outside = place(1, 20), place(2, 20, scope="43/")
    plain, found = weighed([inside, outside]), weighed([inside, outside], aims=[aim()])
    assert found[1].prize - plain[1].prize == pytest.approx(campaign_worth(9), abs=2e-3)
    assert found[2] == plain[2]
    assert found[1].why[-1].zh == "专项行动“百日行动”（已查0家，目标5家）"
    assert found[1].why[-1].en == "part of campaign “百日行动” (0 of target 5)"


def test_a_place_seen_just_before_the_campaign_counts_and_one_seen_since_does_not():
    before, since = place(1, 3), place(2, 1)
    found = weighed([before, since], aims=[aim(begun=DAY - dt.timedelta(days=2))])
    assert found[1].prize > 0
    assert (found[2].prize, found[2].why) == (0.0, ())


@pytest.mark.parametrize(
    "over", [aim(reached=5), aim(begun=DAY + dt.timedelta(days=1)), aim(begun=DAY - dt.timedelta(days=10))]
)
def test_a_campaign_that_is_reached_or_does_not_run_weighs_nothing(over):
    places = [place(1, 20)]
    assert weighed(places, aims=[over]) == weighed(places)


def test_areas_bound_a_campaign_and_the_narrowest_target_speaks_first():
    wide, narrow = (
        aim(within="42/"),
        aim(within="42/4201/", target=7, scopes=("42/4201/01/",), grids=frozenset({9})),
    )
    places = [place(1, scope="42/4201/01/"), place(2, grid=9), place(3), place(4, scope="42/4202/")]
    found = weighed(places, aims=[narrow, wide])
    assert ["7" in found[number].why[-1].en for number in (1, 2, 3, 4)] == [True, True, False, False]


def test_a_target_is_kept_day_after_day_by_a_staff_that_can_and_everything_due_comes_before_it():
    """Forty places, ten days, target 25: each day only what is worth most is seen, three places a day."""
    places = [place(number, 5, risk=0.1 + number / 1000) for number in range(40)]
    late = [place(100 + number, 31 + number, scope="43/") for number in range(5)]
    reached, seen_late = 0, []
    for number in range(10):
        day = DAY + dt.timedelta(days=number)
        left = sum(each.last_visited_at.date() < DAY for each in places)
        found = weigh([*places, *late], day, CHINA, minutes=26 * 3, aims=[aim(25, reached, left)]).offers
        for offer in found[:3]:
            offer.venue.last_visited_at = dt.datetime.combine(day, dt.time(10), CHINA)
            seen_late += [number] if offer.venue.id >= 100 else []
        reached = sum(each.last_visited_at.date() >= DAY for each in places)
    assert reached == 25
    assert len(seen_late) >= 5
    assert seen_late[:3] == [0, 0, 0]


def test_a_target_is_spread_over_its_days_and_shared_among_branches():
    duties = [Obligation(f"v{number}", 30, 5, number / 100, 26, campaign_days=9) for number in range(20)]
    asked = paced(duties, [aim(target=20, left=40)] * 20, DAY)
    due = sorted(each.campaign_days for each in asked if each.campaign_days is not None)
    assert due == list(range(10))  # half of what is missing, for half of the places that are left
    assert {each.key for each in asked if each.campaign_days is not None} == {f"v{n}" for n in range(10, 20)}
    plan = plan_horizon(asked, days=10, minutes_a_day=26.0)
    assert sum(map(len, plan.days)) == 10
    assert not plan.late


@pytest.fixture
def branch(session):
    return Branch(session)


def campaign(session, division="420102", target=None, where="", **said):
    today = china_date(SystemClock().now())
    facts = {"title": "百日行动", "areas": "", "begun_on": str(today - dt.timedelta(days=5)),
             "ended_on": str(today + dt.timedelta(days=20)), **said}  # fmt: skip
    with unscoped(session, "the test's campaign"):
        row = record_new(session, None, CAMPAIGNS, {"division": division, **facts}, clock=SystemClock())
        if target:
            session.add(
                CampaignTarget(campaign_id=row.id, indicator="venues_seen", division_code=where, value=target)
            )
        session.commit()
    return row


def test_the_program_tells_the_planner_of_campaigns_of_its_own_and_of_upper_divisions(app, branch, session):
    assert app.extensions[AIMS] is campaign_aims
    session.query(Venue).filter(Venue.name.in_(["店00", "店01"])).update(
        {"last_visited_at": SystemClock().now()}
    )
    session.query(Venue).filter_by(name="店02").update({"state": "closed"})
    session.commit()
    campaign(session, "4201", target=8)
    campaign(session, "420103", target=3)
    campaign(session, "4201", target=2, where="420103")
    campaign(session, title="全部", ended_on=str(china_date(SystemClock().now())))
    over = campaign(session, target=9, title="撤销")
    over.withdrawn_at = SystemClock().now()
    session.commit()
    branch.work_for(branch.branch)  # of the district: the city's campaign is not his to read, but counts
    found = campaign_aims(session, branch.east.scope_path, china_date(SystemClock().now()))
    assert [(each.title, each.target, each.reached, each.left) for each in found] == [
        ("全部", 9, 2, 7), ("百日行动", 8, 2, 7),
    ]  # fmt: skip


def test_areas_are_names_or_codes_of_divisions_and_grids_and_unknown_ones_are_named(branch, session):
    branch.venue("网格外", lon=114.35)
    grid = campaign(session, areas="420102001、火星区", target=4)
    read = areas_of(session, grid)
    assert (read.scopes, read.grids, read.unknown) == ((), frozenset({branch.grid.id}), ("火星区",))
    inside = session.query(Venue).filter_by(grid_id=branch.grid.id).count()
    assert inside == 10
    assert [each.left for each in aims_of(session, grid)] == [inside]
    whole = campaign(session, "4201", areas="江岸区", target=4)
    assert areas_of(session, whole).scopes == (branch.east.scope_path,)


def test_the_plan_says_which_campaign_a_stop_is_part_of_and_what_that_weighs(app, branch, session):
    branch.venue("网格外", lon=114.332)
    row = campaign(session, target=6, areas="420102001、火星区")
    desk = branch.desk(app)
    plan = make_plan(desk, session, day=str(china_date(SystemClock().now())), sample="0")
    counted = [
        stop
        for route in plan.routes
        for stop in route.stops
        if any(w["code"] == "campaign" for w in stop.reasons)
    ]
    assert {stop.venue.name for route in plan.routes for stop in route.stops if stop not in counted} == {
        "网格外"
    }
    assert all(stop.venue.grid_id == branch.grid.id for stop in counted)
    zh, en = (desk.get(f"/plans/{plan.uid}?lang={each}").get_data(as_text=True) for each in ("zh", "en"))
    assert "专项行动“百日行动”（已查0家，目标6家）" in zh
    assert f"本计划安排{len(counted)}家" in zh
    assert "part of campaign “百日行动” (0 of target 6)" in en
    assert f"each is worth {campaign_worth(20):.2f} points more" in en
    page = desk.get(f"/campaigns/{row.uid}?lang=en").get_data(as_text=True)
    assert "0 of target 6 places seen" in page
    assert "火星区" in page
    assert "No division or grid here is called" in page


@pytest.mark.parametrize(("active", "then"), [(True, 10), (False, 0)])
def test_the_outlook_says_how_far_a_campaign_will_get_with_the_teams_of_today(
    app, branch, session, active, then
):
    campaign(session, target=6)
    branch.teams[0].active = branch.teams[1].active = active
    session.commit()
    desk = branch.desk(app)
    zh, en = (
        desk.get(f"/plans/capacity?weeks=4&lang={each}").get_data(as_text=True) for each in ("zh", "en")
    )
    assert f"{then} of target 6 by its end" in en
    assert f"按现有巡查组，结束时可查{then}家，目标6家" in zh


def test_a_place_wanted_today_for_a_campaign_gains_like_any_other_that_the_weeks_want(branch):
    places = [place(number, 5) for number in range(10)]
    found = weighed(places, minutes=26 * 2, aims=[aim(target=10, left=10, days=4)])
    best = max(offer.prize for offer in found.values())
    rest = min(offer.prize for offer in found.values())
    assert best - rest == pytest.approx(DUE, abs=0.01)
