"""What goes wrong with plans, each with its sentence, and never half of it stored or published."""

import pytest
from shapely.affinity import scale, translate

from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.infra.jobs import Job
from tests.factories.routes import make_plan, plan_states, post, step


def refused(desk, session, status=422, **form):
    before = plan_states(session)
    answer = post(desk, "/plans/new", status=status, **{"day": "2099-01-05", "seconds": "2", **form})
    assert plan_states(session) == before
    return answer.get_data(as_text=True)


def team_uid(branch, number=0):
    return branch.teams[number].uid


def test_every_fault_of_an_order_is_told_at_once(desk, branch, session):
    uid, other = team_uid(branch), team_uid(branch, 1)
    assert "请至少选择一个当天值勤的巡查组" in refused(desk, session)
    text = refused(
        desk, session, day="2001-01-01", team=[uid, other], compact="1e9",
        **{f"start_{uid}": "13:00", f"end_{uid}": "09:00", f"start_{other}": "noon"},
    )  # fmt: skip
    for sentence in (
        "2001-01-01已经过去",
        "没有可巡查的时间",
        "“noon”不是有效的时间",
        "“1e9”不是0至100之间的数值",
    ):
        assert sentence in text
    assert "“soon”不是有效日期" in refused(desk, session, day="soon", team=uid)


def test_a_branch_without_venues_or_with_nothing_due_says_so(desk, branch, session):
    from patrol.core.clock import SystemClock, china_date
    from patrol.venues import Venue

    for venue in session.query(Venue).all():
        venue.last_visited_at = SystemClock().now()
    session.commit()
    plan = make_plan(desk, session, day=china_date(SystemClock().now()).isoformat(), sample="0")
    assert plan.state == "planning"
    text = desk.get(f"/plans/{plan.uid}").get_data(as_text=True)
    assert "没有需要巡查的场所" in text
    post(desk, f"/plans/{plan.uid}/discard", version=plan.version)
    for venue in session.query(Venue).all():
        venue.state = "closed"
    session.commit()
    assert "没有在巡场所" in refused(desk, session, team=team_uid(branch))


def test_a_venue_that_never_opens_in_a_shift_is_left_out_with_its_reason(desk, branch, session):
    from patrol.venues import Venue

    night = session.query(Venue).filter_by(name="店03").one()
    night.opening_hours = [["02:00", "03:00"]]
    session.commit()
    plan = make_plan(desk, session)
    assert [night.uid, "closed"] in [list(each) for each in plan.left_out]
    assert "班次内不营业" in desk.get(f"/plans/{plan.uid}").get_data(as_text=True)
    places = desk.get(f"/plans/{plan.uid}/places.json?venue={night.uid}").get_json()
    assert not any(place["feasible"] for place in places)
    step(desk, plan, "add", venue=night.uid)
    assert "已不在营业时间" in desk.get(f"/plans/{plan.uid}").get_data(as_text=True)


def test_streets_of_another_city_are_told_on_the_plan_and_a_venue_away_from_ours_is_named(
    app, desk, session, tmp_path
):
    from patrol.routes import read_streets, save_network
    from tests.unit.test_travel_network import LINES, write_streets

    folder = app.config["SETTINGS"].DATA_DIR
    away = [(translate(line, 5.0, -5.0), kind) for line, kind in LINES]
    save_network(folder, read_streets(write_streets(tmp_path / "away.parquet", away)).renamed("莆田"))
    text = desk.get(f"/plans/{make_plan(desk, session).uid}").get_data(as_text=True)
    assert "“莆田”的道路位于119.3" in text
    assert "是否误用了其他城市的文件" in text
    near = [(scale(line, 3, 3, origin=(114.3, 30.6)), kind) for line, kind in LINES]
    save_network(folder, read_streets(write_streets(tmp_path / "near.parquet", near)).renamed("江岸"))
    plan = make_plan(desk, session)
    assert plan.figures["streets"] == "江岸"
    assert plan.figures["strange_streets"] is None


def test_a_route_that_does_not_work_is_kept_as_a_draft_and_refused_when_published(desk, branch, session):
    from patrol.venues import Venue

    plan = make_plan(desk, session)
    for venue in session.query(Venue).all():
        venue.service_minutes = 90
    session.commit()
    stop = next(route.stops[0] for route in plan.routes if route.stops)
    step(desk, plan, "lock", stop=stop.uid)
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    text = desk.get(f"/plans/{plan.uid}").get_data(as_text=True)
    assert "返回时间超出班次" in text
    assert "未发布任何内容" in text
    assert set(plan_states(session).values()) == {"planned"}


def test_contradictory_pins_are_named_and_leave_the_draft_as_it_was(desk, branch, session):
    """More venues locked to a team than its shift has room for, and a locked route in which they do not fit."""
    from patrol.venues import Venue

    plan = make_plan(desk, session)
    route = max(plan.routes, key=lambda each: len(each.stops))
    step(desk, plan, "lock_route", route=route.uid)
    for venue in session.query(Venue).all():
        venue.service_minutes = 200
    session.commit()
    session.refresh(plan)
    before = [stop.uid for stop in route.stops]
    post(desk, f"/plans/{plan.uid}/again", version=plan.version)
    text = desk.get(f"/plans/{plan.uid}?lang=en").get_data(as_text=True)
    assert "do not fit into its shift" in text
    session.rollback()
    session.refresh(plan)
    post(desk, f"/plans/{plan.uid}/keep", version=plan.version)
    session.expire_all()
    assert plan_states(session)[plan.uid] == "planned"
    assert [stop.uid for stop in route.stops] == before


def test_of_two_managers_the_second_is_told_and_loses_nothing(app, branch, desk, session):
    plan = make_plan(desk, session)
    seen = plan.version
    first, second = [stop for route in plan.routes for stop in route.stops][:2]
    assert step(desk, plan, "drop", stop=first.uid, version=seen).status_code == 200
    late = step(branch.desk(app, branch.manager), plan, "drop", stop=second.uid, version=seen)
    assert late.status_code == 409
    assert "已被他人修改" in late.get_json()["said"]
    session.rollback()
    session.expire_all()
    left = {stop.uid for route in plan.routes for stop in route.stops}
    assert second.uid in left
    assert len(left) == 9
    for path in ("publish", "again", "discard"):
        answer = desk.post(
            f"/plans/{plan.uid}/{path}", headers={"X-Patrol": "1"}, data={"version": seen, "lead": "now"}
        )
        assert answer.status_code in {302, 409}
    assert plan_states(session) == {plan.uid: "planned"}


def test_one_plan_of_a_day_is_published_and_another_replaces_it_only_when_told(desk, session):
    one, two = make_plan(desk, session), make_plan(desk, session)
    post(desk, f"/plans/{one.uid}/publish", version=one.version, lead="1h")
    post(desk, f"/plans/{two.uid}/publish", version=two.version, lead="1h")
    assert "已有一份发布的计划" in desk.get(f"/plans/{two.uid}").get_data(as_text=True)
    assert plan_states(session) == {one.uid: "published", two.uid: "planned"}
    post(desk, f"/plans/{two.uid}/publish", version=two.version, lead="1h", replace="1")
    assert plan_states(session) == {one.uid: "planned", two.uid: "published"}


def test_a_published_plan_is_not_changed_by_hand_and_senseless_steps_are_refused(desk, session):
    plan = make_plan(desk, session)
    stop = next(route.stops[0] for route in plan.routes if route.stops)
    assert step(desk, plan, "fly", stop=stop.uid).status_code == 422
    assert step(desk, plan, "drop", stop="nothing").status_code == 409
    assert step(desk, plan, "place", stop=stop.uid, route="nowhere").status_code == 404
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="sometime")
    assert "可查看计划的时间" in desk.get(f"/plans/{plan.uid}").get_data(as_text=True)
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    session.refresh(plan)
    answer = step(desk, plan, "drop", stop=stop.uid)
    assert (answer.status_code, "请先撤回" in answer.get_json()["said"]) == (409, True)


def test_a_cancelled_job_leaves_no_plan_behind_and_says_what_to_do(desk, session, monkeypatch):
    monkeypatch.setattr("patrol.infra.jobs.queue.JobContext.cancelled", lambda self: True)
    plan = make_plan(desk, session)
    assert session.query(Job).filter_by(uid=plan.job_uid).one().state == "cancelled"
    text = desk.get(f"/plans/{plan.uid}").get_data(as_text=True)
    assert "计划未生成" in text
    assert not plan.routes


def test_a_route_is_seen_by_its_team_from_its_hour_on_and_every_look_is_logged(app, branch, desk, session):
    from patrol.core.clock import SystemClock, china_date

    plan = make_plan(desk, session, day=china_date(SystemClock().now()).isoformat())
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    phone = branch.desk(app, branch.inspector)
    pack = phone.get("/api/v1/pack")
    route = pack.get_json()["task"][0]["route_uid"]
    for page in ("", "/routes.json", "/sheet.pdf", "/urgent", "/compare"):
        assert desk.get(f"/plans/{plan.uid}{page}").status_code == 200
    unchanged = phone.get("/api/v1/pack", headers={"If-None-Match": pack.headers["ETag"]})
    assert unchanged.status_code == 304
    session.rollback()
    with unscoped(session, "a test looks"):
        looks = [
            (row.subject, row.person_uid, row.detail["how"])
            for row in session.query(AuditEntry).filter_by(verb="plans.read").order_by(AuditEntry.number)
        ]
    manager = branch.branch.uid
    assert looks == [
        (route, branch.inspector.uid, "phone"),
        *((plan.uid, manager, how) for how in ("page", "map", "print", "page", "page")),
    ]


@pytest.mark.parametrize("change", ["name", "member", "officer", "point", "break", "mode", "shift"])
def test_a_team_that_makes_no_sense_is_refused_with_its_reason(desk, branch, session, change):
    form = {
        "name": "三组", "mode": "car", "start_lon": "114.32", "start_lat": "30.61", "shift_start": "08:30",
        "shift_end": "17:30", "break_start": "12:00", "break_minutes": "60", "member": [branch.second.uid],
    }  # fmt: skip
    wrong = {
        "name": ({"name": "联合组"}, "已有名为“联合组”的巡查组"),
        "member": ({"member": []}, "请至少选择一名成员"),
        "officer": ({"member": [branch.police.uid]}, "至少需要一名巡查员"),
        "point": ({"start_lon": "东经", "start_lat": ""}, "不是有效位置"),
        "break": ({"break_start": "18:00"}, "休息时间须在班次"),
        "mode": ({"mode": "rocket"}, "请选择出行方式"),
        "shift": ({"shift_end": "08:00"}, "没有可巡查的时间"),
    }
    given, sentence = wrong[change]
    answer = post(desk, "/teams/new", status=422, **form | given)
    assert sentence in answer.get_data(as_text=True)
    assert session.query(type(branch.teams[0])).count() == 2
