"""Plans as a manager makes them: ordered, looked at, changed by hand, published, printed, withdrawn."""

import re

import pytest

from patrol.infra.db import unscoped
from patrol.infra.jobs import Job
from patrol.infra.policy import begin_writing
from patrol.routes import Plan, Stop
from tests.factories.routes import make_plan, post, step, token


@pytest.fixture
def plan(desk, session):
    return make_plan(desk, session)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def fresh(session, plan):
    session.rollback()
    session.expire_all()
    with unscoped(session, "a test looks"):
        found = session.query(Plan).filter_by(uid=plan.uid).one()
        orders(found)
    return found


def orders(plan):
    return {route.team.name: [stop.venue.name for stop in route.stops] for route in plan.routes}


def stops(plan):
    return [stop for route in plan.routes for stop in route.stops]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_a_plan_speak_both_languages(desk, plan, language):
    assert ("今天及以后" if language == "zh" else "Today and later") in page(desk, f"/plans/?lang={language}")
    assert ("值勤的巡查组" if language == "zh" else "Teams on duty") in page(
        desk, f"/plans/new?lang={language}"
    )
    text = page(desk, f"/plans/{plan.uid}?lang={language}")
    assert ("所有路线可行" if language == "zh" else "Every route works") in text
    assert ("从未到访" if language == "zh" else "never visited") in text


def test_a_plan_is_made_of_what_is_due_with_times_reasons_and_lines(plan, branch):
    assert plan.state == "planned"
    assert sum(map(len, orders(plan).values())) == 10
    for route in plan.routes:
        assert not route.figures["faults"]
        assert [stop.position for stop in route.stops] == list(range(1, len(route.stops) + 1))
        assert len(route.line) == (len(route.stops) + 1 if route.stops else 0)
        for before, after in zip(route.stops, route.stops[1:], strict=False):
            assert before.planned_leave <= after.planned_arrival
    assert all("never" in {reason["code"] for reason in stop.reasons} for stop in stops(plan))


def test_the_map_gets_the_lines_and_numbered_stops(desk, plan):
    routes = desk.get(f"/plans/{plan.uid}/routes.json").get_json()
    assert sum(len(route["stops"]) for route in routes) == 10
    longest = max(routes, key=lambda route: len(route["stops"]))
    assert len(longest["path"]) >= 2 * (len(longest["stops"]) + 1)


def test_a_stop_moves_by_every_way_there_is_and_keeps_its_number(desk, session, plan):
    joint, second = plan.routes
    moved = (joint.stops or second.stops)[0]
    target = second if moved in joint.stops else joint
    seen = plan.version
    answer = step(desk, plan, "place", stop=moved.uid, route=target.uid, position=1)
    body = answer.get_json()
    assert (answer.status_code, body["ok"], body["version"]) == (200, True, seen + 1)
    assert f'data-stop="{moved.uid}"' in body["board"]
    now = fresh(session, plan)
    kept = next(stop for stop in stops(now) if stop.uid == moved.uid)
    assert (kept.route.uid, kept.position) == (target.uid, 1)
    assert len(stops(now)) == 10
    step(desk, now, "down", stop=moved.uid)
    now = fresh(session, plan)
    assert next(stop for stop in stops(now) if stop.uid == moved.uid).position == min(
        2, len(kept.route.stops)
    )
    source = next(route for route in now.routes if route.uid != target.uid)
    step(desk, now, "move", stop=moved.uid, route=source.uid)
    now = fresh(session, plan)
    assert next(stop for stop in stops(now) if stop.uid == moved.uid).route.uid == source.uid


def test_a_stop_is_dropped_added_again_and_the_step_taken_back(desk, session, plan):
    gone = stops(plan)[0]
    uid, name, before = gone.venue.uid, gone.venue.name, orders(plan)
    assert step(desk, plan, "drop", stop=gone.uid).get_json()["ok"]
    now = fresh(session, plan)
    assert all(name not in names for names in orders(now).values())
    assert now.left_out[0] == [uid, "by_hand"]
    assert "由负责人移出" in page(desk, f"/plans/{plan.uid}")
    assert step(desk, now, "undo").get_json()["ok"]
    now = fresh(session, plan)
    assert orders(now) == before
    assert now.left_out == []
    assert step(desk, now, "undo").status_code == 409
    again = next(stop for stop in stops(now) if stop.venue.uid == uid)
    step(desk, now, "drop", stop=again.uid)
    assert step(desk, fresh(session, plan), "add", venue=uid).get_json()["ok"]
    now = fresh(session, plan)
    added = next(stop for stop in stops(now) if stop.venue.uid == uid)
    assert added.added_by_hand
    assert step(desk, now, "add", venue=uid).status_code == 409


def test_what_is_locked_stays_where_it_is_and_survives_another_planning(desk, session, plan):
    stop = stops(plan)[3]
    team = stop.route.team.name
    step(desk, plan, "lock", stop=stop.uid)
    now = fresh(session, plan)
    for act in ("up", "down", "drop"):
        assert "已锁定" in step(desk, now, act, stop=stop.uid).get_json()["said"]
    post(desk, f"/plans/{plan.uid}/again", version=now.version)
    now = fresh(session, plan)
    assert now.state == "planned"
    kept = next(each for each in stops(now) if each.uid == stop.uid)
    assert (kept.route.team.name, kept.locked) == (team, True)
    route = now.routes[0]
    step(desk, now, "lock_route", route=route.uid)
    now = fresh(session, plan)
    before = [each.venue.name for each in now.routes[0].stops]
    if before:
        assert step(desk, now, "drop", stop=now.routes[0].stops[0].uid).status_code == 409
    post(desk, f"/plans/{plan.uid}/again", version=now.version)
    assert [each.venue.name for each in fresh(session, plan).routes[0].stops] == before


def test_the_cost_of_a_move_is_told_before_it_is_made(desk, plan):
    stop = stops(plan)[0]
    places = desk.get(f"/plans/{plan.uid}/places.json?stop={stop.uid}").get_json()
    assert {place["route"] for place in places} == {route.uid for route in plan.routes}
    assert all(place["feasible"] and re.search(r"增加-?\d+分钟", place["text"]) for place in places)


def test_a_change_without_scripts_leads_back_to_the_plan(desk, session, plan):
    stop = stops(plan)[0]
    answer = post(desk, f"/plans/{plan.uid}/change", act="drop", stop=stop.uid, version=plan.version)
    assert answer.location.startswith(f"/plans/{plan.uid}#")
    assert "已移出" in page(desk, f"/plans/{plan.uid}")


def test_a_venue_is_searched_for_and_offered(desk, session, plan):
    stop = stops(plan)[0]
    step(desk, plan, "drop", stop=stop.uid)
    assert f'data-adds="{stop.venue.uid}"' in page(desk, f"/plans/{plan.uid}?q={stop.venue.name}")
    assert "没有符合条件的在巡场所" in page(desk, f"/plans/{plan.uid}?q=无此店")


def test_a_published_plan_is_in_the_pack_of_its_team_only(app, desk, session, branch, plan):
    from patrol.core.clock import SystemClock, china_date

    today = make_plan(desk, session, day=china_date(SystemClock().now()).isoformat())
    phone = branch.desk(app, branch.inspector)
    assert phone.get("/api/v1/pack").get_json()["task"] == []
    post(desk, f"/plans/{today.uid}/publish", version=today.version, lead="now")
    task = phone.get("/api/v1/pack").get_json()["task"]
    mine = next(route for route in fresh(session, today).routes if route.team.name == "联合组")
    assert [stop["venue_uid"] for stop in task[0]["stops"]] == [stop.venue.uid for stop in mine.stops]
    assert all("从未到访" in stop["reason"] for stop in task[0]["stops"])
    other = branch.desk(app, branch.second).get("/api/v1/pack").get_json()["task"]
    assert [route["team"]["name"] for route in other] == ["二组"]
    assert "已发布" in page(desk, f"/plans/{today.uid}")
    post(desk, f"/plans/{today.uid}/withdraw", version=fresh(session, today).version)
    assert phone.get("/api/v1/pack").get_json()["task"] == []


def routes_of(session, plan):
    return [route.uid for route in fresh(session, plan).routes]


def for_two_teams(session, plan):
    """Give half of the stops of the team that has them all to another."""
    full, empty = sorted(fresh(session, plan).routes, key=lambda route: -len(route.stops))
    begin_writing(session)
    with unscoped(session, "a test builds its world"):
        for stop in list(full.stops)[5:]:
            stop.route_id = empty.id
        session.commit()


def test_the_sheet_is_a_pdf(desk, plan, session):
    sheet = desk.get(f"/plans/{plan.uid}/sheet.pdf")
    assert (sheet.mimetype, sheet.data[:5]) == ("application/pdf", b"%PDF-")
    for_two_teams(session, plan)
    whole = desk.get(f"/plans/{plan.uid}/sheet.pdf").data
    assert whole[:5] == b"%PDF-"
    one, other = (
        desk.get(f"/plans/{plan.uid}/sheet.pdf?route={uid}").data for uid in routes_of(session, plan)
    )
    assert one != other
    assert len(whole) > max(len(one), len(other))
    page(desk, f"/plans/{plan.uid}/sheet.pdf?route={plan.uid}", status=404)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("/plans/{plan}/sheet.pdf?lang=zh", "磁盘已满。"), ("/plans/capacity?lang=en", "The disk is full.")],
)
def test_what_takes_long_is_made_by_one_job_and_says_why_it_failed(
    desk, plan, session, monkeypatch, path, sentence
):
    """While the worker is away the same job is waited for; what failed is said in the reader's language."""
    for_two_teams(session, plan)
    run = desk.application.extensions["patrol.run_job"]
    monkeypatch.setitem(desk.application.extensions, "patrol.run_job", lambda uid: None)
    path = path.format(plan=plan.uid)
    waiting = [re.search(r'data-job="([^"]+)"', page(desk, path))[1] for _ in range(2)]
    assert waiting[0] == waiting[1]
    begin_writing(session)
    job = session.query(Job).filter_by(uid=waiting[0]).one()
    job.state, job.error_zh, job.error_en = "failed", "磁盘已满。", "The disk is full."
    session.commit()
    assert sentence in page(desk, path)
    monkeypatch.setitem(desk.application.extensions, "patrol.run_job", run)
    again = re.search(r'href="([^"]*again=1[^"]*)"', page(desk, path))[1].replace("&amp;", "&")
    assert desk.get(again + path[path.index("?") :].replace("?", "&")).status_code == 200
    assert b"data-job" not in desk.get(path).data


def test_a_neighbour_finds_nothing_and_an_inspector_has_no_plans(app, branch, plan, session):
    neighbour = branch.desk(app, branch.other)
    for path in ("", "/routes.json", "/sheet.pdf", "/places.json"):
        page(neighbour, f"/plans/{plan.uid}{path}", status=404)
    for path in ("change", "publish", "withdraw", "again", "discard"):
        answer = neighbour.post(f"/plans/{plan.uid}/{path}", headers={"X-Patrol": "1"}, data={"act": "up"})
        assert answer.status_code == 404
    page(branch.desk(app, branch.inspector), "/plans/", status=403)
    assert len(session.query(Stop).all()) == 10


def test_a_draft_is_put_aside(desk, session, plan):
    post(desk, f"/plans/{plan.uid}/discard", version=plan.version)
    assert fresh(session, plan).state == "cancelled"
    assert plan.uid not in page(desk, "/plans/")


def test_teams_are_made_changed_and_put_to_rest(desk, branch, session):
    text = page(desk, "/teams/")
    assert "联合组" in text
    assert "联合" in text
    form = {
        "name": "三组", "mode": "car", "start_lon": "114.32", "start_lat": "30.61", "shift_start": "8:30",
        "shift_end": "17:30", "break_start": "12:00", "break_minutes": "60", "member": [branch.second.uid],
    }  # fmt: skip
    post(desk, "/teams/new", **form)
    assert "08:30–17:30" in page(desk, "/teams/")
    uid = re.search(r'href="/teams/([^"/]+)">三组', page(desk, "/teams/"))[1]
    assert 'value="60"' in page(desk, f"/teams/{uid}?lang=en")
    post(desk, f"/teams/{uid}", **form | {"name": "四组"}, version="1")
    answer = post(desk, f"/teams/{uid}", status=409, **form, version="1")
    assert "他人已修改该巡查组" in answer.get_data(as_text=True)
    post(desk, f"/teams/{uid}/active", active="0")
    assert "四组" not in page(desk, "/plans/new")
    assert token(desk)
