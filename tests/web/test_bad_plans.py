"""What goes wrong with plans, each read in Chinese and in English on the page; nothing is stored or published by halves."""

from html import unescape

from patrol.infra import spatial
from patrol.infra.db import unscoped
from patrol.venues import Venue
from tests.factories.routes import make_plan, plan_states, post, step, token

LANGUAGES = ("zh", "en")


def read(desk, path):
    """Return what a page says in each language."""
    return {
        language: unescape(desk.get(f"{path}?lang={language}").get_data(as_text=True))
        for language in LANGUAGES
    }


def ordered(desk, session, **form):
    """Order a plan that is refused, in each language; return what is said, and see that nothing was stored."""
    before, said = plan_states(session), {}
    for language in LANGUAGES:
        data = {"csrf_token": token(desk), "day": "2099-01-05", "seconds": "2", **form}
        answer = desk.post(f"/plans/new?lang={language}", data=data)
        assert answer.status_code == 422
        said[language] = unescape(answer.get_data(as_text=True))
    assert plan_states(session) == before
    return said


def published(desk, plan, **form):
    """Press publish in each language where it is refused; return what the plan's page says then."""
    said = {}
    for language in LANGUAGES:
        post(desk, f"/plans/{plan.uid}/publish?lang={language}", version=plan.version, lead="now", **form)
        said[language] = unescape(desk.get(f"/plans/{plan.uid}?lang={language}").get_data(as_text=True))
    return said


def test_no_team_and_an_empty_shift(desk, branch, session):
    said = ordered(desk, session)
    assert "请至少选择一个当天值勤的巡查组" in said["zh"]
    assert "Choose at least one team that is on duty that day." in said["en"]
    uid = branch.teams[0].uid
    said = ordered(desk, session, team=uid, **{f"start_{uid}": "13:00", f"end_{uid}": "13:00"})
    assert "没有可巡查的时间" in said["zh"]
    assert "it holds no time for a patrol" in said["en"]
    assert 'value="13:00"' in said["en"]


def test_no_venue_and_none_with_a_point(desk, branch, session):
    for venue in session.query(Venue).all():
        venue.state = "closed"
    session.commit()
    said = ordered(desk, session, team=branch.teams[0].uid)
    assert "没有在巡场所" in said["zh"]
    assert "There is no open venue in this branch's area" in said["en"]
    form = {"name": "无位置旅馆", "kind": "hotel", "lon": "", "lat": ""}
    for language, sentence in (("zh", "缺少位置：经度和纬度均须填写。"), ("en", "The position is missing")):
        data = {"csrf_token": token(desk, "/venues/new"), **form}
        answer = desk.post(f"/venues/new?lang={language}", data=data)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
        assert form["name"] in answer.get_data(as_text=True)
    with unscoped(session, "a test looks"):
        assert not session.query(Venue).filter_by(name="无位置旅馆").count()


def test_windows_that_never_open_and_a_venue_far_away(desk, branch, session):
    night = session.query(Venue).filter_by(name="店03").one()
    night.opening_hours = [["02:00", "03:00"]]
    far = session.query(Venue).filter_by(name="店04").one()
    far.geom = spatial.point(114.399, 30.69)
    session.commit()
    plan = make_plan(desk, session, sample="0")
    left = {uid: why for uid, why in plan.left_out}
    assert left[night.uid] == "closed"
    said = read(desk, f"/plans/{plan.uid}")
    assert "班次内不营业" in said["zh"]
    assert "not open during the shifts" in said["en"]
    step(desk, plan, "add", venue=night.uid)
    session.refresh(plan)
    said = read(desk, f"/plans/{plan.uid}")
    assert "到达“店03”时已不在营业时间" in said["zh"]
    assert "“店03” is not open when the team arrives" in said["en"]
    said = published(desk, plan)
    assert "未发布任何内容" in said["zh"]
    assert "Nothing was published" in said["en"]
    assert plan_states(session) == {plan.uid: "planned"}


def test_contradictory_pins(desk, branch, session):
    plan = make_plan(desk, session, sample="0")
    route = max(plan.routes, key=lambda each: len(each.stops))
    step(desk, plan, "lock_route", route=route.uid)
    for venue in session.query(Venue).all():
        venue.service_minutes = 200
    session.commit()
    session.refresh(plan)
    before = [stop.uid for stop in route.stops]
    post(desk, f"/plans/{plan.uid}/again", version=plan.version)
    said = read(desk, f"/plans/{plan.uid}")
    name = next(
        f"“{stop.venue.name}”" for stop in route.stops[1:]
    )  # one visit of 200 minutes fits, two do not
    assert f"巡查组“{route.team.name}”锁定的点位按此顺序无法在班次内完成（在{name}处）。" in said["zh"]
    assert f"The locked stops of team {route.team.name} do not fit into its shift in this order" in said["en"]
    session.expire_all()
    assert [stop.uid for stop in route.stops] == before


def test_two_plans_published_at_once_and_one_plan_of_two_managers(app, branch, desk, session):
    one, two = make_plan(desk, session, sample="0"), make_plan(desk, session, sample="0")
    post(desk, f"/plans/{one.uid}/publish", version=one.version, lead="1h")
    said = published(desk, two)
    assert "已有一份发布的计划" in said["zh"]
    assert "is already published. Withdraw it first" in said["en"]
    assert plan_states(session) == {one.uid: "published", two.uid: "planned"}
    seen = two.version
    first, second = [stop for route in two.routes for stop in route.stops][:2]
    assert step(desk, two, "drop", stop=first.uid, version=seen).status_code == 200
    other = branch.desk(app, branch.manager)
    for language, sentence in (("zh", "已被他人修改"), ("en", "Somebody else has changed this plan")):
        data = {"act": "drop", "version": seen, "stop": second.uid}
        late = other.post(f"/plans/{two.uid}/change?lang={language}", data=data, headers={"X-Patrol": "1"})
        assert late.status_code == 409
        assert sentence in late.get_json()["said"]
    session.rollback()
    session.expire_all()
    assert second.uid in {stop.uid for route in two.routes for stop in route.stops}
