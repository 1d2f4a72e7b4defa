"""A place where a team may not go without the police, or without its liaison: register, import, plan and every move."""

import pytest

from patrol.accounts.domain import Duty
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError
from patrol.infra.db import unscoped
from patrol.venues import Venue
from patrol.venues.domain import companion_of, read_facts
from patrol.venues.wording import companion_choices
from tests.factories.routes import make_plan, post

TYPED = {"name": "江城宾馆", "kind": "宾馆", "lon": "114.27", "lat": "30.6"}
NOBODY = "须同行人员</dt><dd>—</dd>"


def stops_of(plan):
    return {stop.venue.name: (route, stop) for route in plan.routes for stop in route.stops}


def ask_for_the_police(session, *names):
    with unscoped(session, "a test changes the register"):
        session.query(Venue).filter(Venue.name.in_(names)).update({"needs_duty": "police_liaison"})
        session.commit()


def test_only_a_team_with_the_police_is_sent_where_the_police_must_be_along(desk, branch, session):
    names = [f"店{number:02d}" for number in range(10)]
    ask_for_the_police(session, *names[::2])
    plan = make_plan(desk, session, sample="0")
    found = stops_of(plan)
    assert set(names[::2]) <= set(found)
    assert {found[name][0].team.name for name in names[::2]} == {"联合组"}


@pytest.mark.parametrize(
    ("language", "left", "sentence"),
    [
        ("zh", "没有具备所需职责的巡查组", "该组缺少检查“店04”所需的职责人员。"),
        ("en", "no team has the duties it needs", "The team lacks a duty that “店04” needs."),
    ],
)
def test_where_nobody_of_them_goes_the_place_is_left_out_and_added_by_hand_keeps_the_plan_from_publishing(
    desk, branch, session, language, left, sentence
):
    ask_for_the_police(session, "店04")
    plan = make_plan(desk, session, sample="0", team=[branch.teams[1].uid])
    assert "店04" not in stops_of(plan)
    text = desk.get(f"/plans/{plan.uid}?lang={language}").get_data(as_text=True)
    assert left in text
    with unscoped(session, "a test looks"):
        uid = session.query(Venue).filter_by(name="店04").one().uid
    answer = desk.post(
        f"/plans/{plan.uid}/change?lang={language}", data={"act": "add", "version": plan.version, "venue": uid},
        headers={"X-Patrol": "1"},
    )  # fmt: skip
    board = answer.get_json()["board"]
    assert sentence in board
    assert 'data-feasible="no"' in board
    session.rollback()
    session.refresh(plan)
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="1h")
    session.refresh(plan)
    assert plan.state == "planned"


def test_it_is_chosen_in_the_register_and_shown(desk, branch, session):
    venue = branch.venue("江城宾馆")
    uid = venue.uid
    given = {"name": "江城宾馆", "kind": "hotel", "lon": "114.31", "lat": "30.60", "datum": "wgs84"}
    assert NOBODY in shown(desk, uid)
    post(desk, f"/venues/{uid}/edit", version=1, needs_duty="police_liaison", **given)
    assert "须同行人员</dt><dd>派出所专管员</dd>" in shown(desk, uid)
    form = desk.get(f"/venues/{uid}/edit?lang=zh").get_data(as_text=True)
    assert '<option value="police_liaison" selected>派出所专管员</option>' in form
    post(desk, f"/venues/{uid}/edit", version=2, needs_duty="", **given)
    assert NOBODY in shown(desk, uid)


def shown(desk, uid):
    return desk.get(f"/venues/{uid}?lang=zh").get_data(as_text=True)


def test_registers_say_it_in_their_own_words_or_are_told():
    for nobody in ("", "不需要", "Not needed"):
        assert read_facts({**TYPED, "needs_duty": nobody}, Datum.WGS84).needs_duty == ""
    assert read_facts({**TYPED, "needs_duty": "须公安民警到场"}, Datum.WGS84).needs_duty == "police_liaison"
    assert (
        read_facts({**TYPED, "needs_duty": "Community liaison"}, Datum.WGS84).needs_duty
        == "community_liaison"
    )
    for denied in ("无需民警", "Police not needed", "不须专管员陪同"):
        with pytest.raises(PatrolError):
            read_facts({**TYPED, "needs_duty": denied}, Datum.WGS84)
    with pytest.raises(PatrolError) as caught:
        read_facts({**TYPED, "needs_duty": "律师"}, Datum.WGS84)
    assert "“律师”不是可要求同行的人员" in caught.value.sentence("zh")
    assert "is nobody who can be asked along" in caught.value.sentence("en")


def test_whom_the_register_can_ask_for_teams_can_bring(app):
    with app.test_request_context():
        offered = {duty for duty, _name in companion_choices()}
    assert offered < {duty.value for duty in Duty}
    assert all(companion_of(duty) == duty for duty in offered)
