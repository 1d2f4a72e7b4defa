"""A plan says which campaigns it serves; a campaign's page says what its plans and patrols did, by district."""

import datetime as dt
from html import unescape

import pytest

from patrol.core.clock import SystemClock, china_date
from patrol.enforcement.models import Campaign
from patrol.enforcement.serving import work_for
from patrol.infra.db import unscoped
from patrol.patrols.models import Patrol, Visit
from patrol.routes import Plan
from tests.factories.ledgers import make_record
from tests.factories.patrols import browser, free, sign_in
from tests.factories.routes import Branch, make_plan, post
from tests.factories.venues import create_division

TODAY = china_date(SystemClock().now())
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def branch(session):
    return Branch(session)


@pytest.fixture
def desk(app, branch):
    return branch.desk(app)


def campaign(session, title="百日行动", division="420102", **said):
    given = {
        "begun_on": str(TODAY - dt.timedelta(days=5)),
        "ended_on": str(TODAY + dt.timedelta(days=20)),
        **said,
    }
    with unscoped(session, "the test's campaign"):
        session.info["readonly"] = False
        uid = make_record(session, "campaigns", division, title=title, **given).uid
        session.commit()
    free(session)
    return uid


def page(client, path, language="zh"):
    return unescape(client.get(f"{path}?lang={language}").get_data(as_text=True))


def planned(desk, session, day=TOMORROW):
    plan = make_plan(desk, session, day=str(day))
    free(session)
    return plan


def served(session, plan):
    with unscoped(session, "a test looks"):
        found = {each.title for each in session.query(Plan).filter_by(uid=plan.uid).one().serves}
    free(session)
    return found


def walk(session, branch, plan, count, outcome="no_answer"):
    """Publish a plan and let its team be at the first stops of one route."""
    with unscoped(session, "a test walks"):
        session.info["readonly"] = False
        row = session.query(Plan).filter_by(uid=plan.uid).one()
        row.state = "published"
        route = max(row.routes, key=lambda each: len(each.stops))
        now = SystemClock().now()
        patrol = Patrol(route_id=route.id, team_id=route.team_id, person_id=branch.inspector.id, started_at=now,
                        scope_path=row.scope_path)  # fmt: skip
        session.add(patrol)
        session.flush()
        for stop in route.stops[:count]:
            visit = Visit(venue_id=stop.venue_id, stop_id=stop.id, patrol_id=patrol.id, person_id=branch.inspector.id,
                          outcome=outcome, arrived_at=now, scope_path=row.scope_path)  # fmt: skip
            session.add(visit)
        total = sum(len(each.stops) for each in row.routes)
        session.commit()
        uid = patrol.uid
    free(session)
    return total, uid


def test_a_plan_serves_what_runs_on_its_day_and_has_places_in_its_area(branch, desk, session):
    campaign(session, "本区行动")
    campaign(session, "全市行动", "4201")
    campaign(session, "网格行动", areas="420102001")
    campaign(session, "西边行动", "4201", areas="江汉区")
    campaign(session, "邻区行动", "420103")
    campaign(session, "已结束", ended_on=str(TODAY))
    campaign(session, "未开始", begun_on=str(TOMORROW + dt.timedelta(days=1)))
    gone = campaign(session, "已撤销")
    with unscoped(session, "a test withdraws"):
        session.query(Campaign).filter_by(uid=gone).update({"withdrawn_at": SystemClock().now()})
        session.commit()
    free(session)
    plan = planned(desk, session)
    assert served(session, plan) == {"本区行动", "全市行动", "网格行动"}


def test_a_plan_made_again_serves_what_runs_by_then(branch, desk, session):
    first = campaign(session, "第一次")
    plan = planned(desk, session)
    assert served(session, plan) == {"第一次"}
    with unscoped(session, "a test withdraws"):
        session.query(Campaign).filter_by(uid=first).update({"withdrawn_at": SystemClock().now()})
        session.commit()
    free(session)
    campaign(session, "第二次")
    assert served(session, plan) == {"第一次"}
    post(desk, f"/plans/{plan.uid}/again", version=plan.version)
    assert served(session, plan) == {"第二次"}


@pytest.mark.parametrize(("language", "words"), [("zh", "服务于专项行动"), ("en", "Serves a campaign")])
def test_a_plan_leads_to_its_campaigns_also_one_whose_target_is_reached(
    branch, desk, session, language, words
):
    own = campaign(session, "本区行动")
    campaign(session, "全市行动", "4201", areas="不认识的地方")
    plan = planned(desk, session)
    text = page(desk, f"/plans/{plan.uid}", language)
    assert f'href="/campaigns/{own}"' in text
    assert "全市行动" in text
    assert text.count('href="/campaigns/"') >= 1  # of the city: shown on the list, not opened
    assert words in text


def test_a_campaigns_page_counts_stops_done_by_district(app, branch, desk, session):
    uid = campaign(session, "全市行动", "4201")
    plan = planned(desk, session)
    draft = planned(desk, session, TODAY + dt.timedelta(days=2))
    total, patrol = walk(session, branch, plan, 2)
    with unscoped(session, "a test counts"):
        work = work_for(session, session.query(Campaign).filter_by(uid=uid).one())
        found = {
            each.name: (len(each.plans), len(each.patrols), each.stops, each.done) for each in work.districts
        }
        assert found == {"江岸区": (1, 1, total, 2), "江汉区": (0, 0, 0, 0)}
        assert [(line.uid, line.state, line.stops > 0, line.done) for line in work.plans] == [
            (draft.uid, "planned", True, 0), (plan.uid, "published", True, 2),
        ]  # fmt: skip
        assert [each.uid for each in work.patrols] == [patrol]
    free(session)
    city = sign_in(app, branch.manager)
    for language, words in (("zh", "计划与巡查"), ("en", "Plans and patrols")):
        text = page(city, f"/campaigns/{uid}", language)
        assert words in text
        assert f'href="/plans/{plan.uid}"' in text
        assert f'href="/patrols/{patrol}"' in text
        assert f"2 / {total}" in text


def test_stops_beyond_the_areas_and_plans_put_aside_count_for_nothing(branch, desk, session):
    branch.work_for(branch.manager)
    branch.venue("网格外", lon=114.35)
    session.commit()
    free(session)
    uid = campaign(session, "网格行动", areas="420102001")
    plan, aside = planned(desk, session), planned(desk, session, TODAY + dt.timedelta(days=3))
    post(desk, f"/plans/{aside.uid}/discard", version=aside.version)
    total, _patrol = walk(session, branch, plan, 99)
    with unscoped(session, "a test counts"):
        work = work_for(session, session.query(Campaign).filter_by(uid=uid).one())
        assert [line.uid for line in work.plans] == [plan.uid]
        assert work.total.stops == total - 1 == 10


def test_whoever_may_not_read_plans_learns_nothing_of_them(app, branch, desk, session):
    uid = campaign(session, "本区行动")
    plan = planned(desk, session)
    walk(session, branch, plan, 1)
    text = page(sign_in(app, branch.inspector), f"/campaigns/{uid}")
    assert "本区行动" in text
    assert plan.uid not in text
    assert "计划与巡查" not in text
    assert browser(app).get(f"/campaigns/{uid}").status_code == 302


def test_a_district_sees_only_its_own_part_of_its_campaign(app, branch, desk, session):
    with unscoped(session, "a test builds a street"):
        session.info["readonly"] = False
        create_division(session, "420102002", "大智街道", "street", session.merge(branch.east))
        session.commit()
    free(session)
    uid = campaign(session, "本区行动")
    plan = planned(desk, session)
    text = page(desk, f"/campaigns/{uid}")
    assert "大智街道" in text  # by streets here; the places lie in the district itself
    assert f'href="/plans/{plan.uid}"' in text
    assert sign_in(app, branch.other).get(f"/campaigns/{uid}").status_code == 404
