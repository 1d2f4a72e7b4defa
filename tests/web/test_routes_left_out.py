"""Every venue that a plan leaves out says why: those the planner was given, and those it never was; plans never made."""

import datetime as dt
import re

import pytest

from patrol.core.clock import SystemClock, china_date
from patrol.infra.db import unscoped
from patrol.infra.jobs import Job
from patrol.routes import Plan
from tests.factories.routes import make_plan


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def change(session, plan, **facts):
    """Change a stored plan as the planner would have left it."""
    with unscoped(session, "a test changes a plan"):
        found = session.query(Plan).filter_by(uid=plan.uid).one()
        for name, value in facts.items():
            setattr(found, name, value)
        session.commit()


def test_places_beyond_those_laid_before_the_planner_are_counted_and_found_with_their_reason(
    desk, branch, session
):
    plan = make_plan(desk, session)
    branch.work_for(branch.manager)
    fresh, later = branch.venue("刚看过的店"), branch.venue("还能等的店")
    out = branch.venue("没时间的店")
    with unscoped(session, "a test's visit"):
        fresh.last_visited_at = dt.datetime(2099, 1, 4, 3, tzinfo=dt.UTC)
        session.commit()
    change(
        session, plan, left_out=[[out.uid, "no_time"]], figures={**plan.figures, "due": 1250, "offered": 362}
    )
    page = text(desk, f"/plans/{plan.uid}?lang=zh")
    assert "另有888处场所值得到访" in page
    assert "888 more places are worth a visit" in text(desk, f"/plans/{plan.uid}?lang=en")
    for venue, zh, en in (
        (fresh, "刚到访过，复查周期未过半", "just seen: the first half of its interval is not over"),
        (later, "不如交给系统编排的场所紧迫", "less urgent than every place"),
        (out, "时间不足，其他场所更紧迫", "no time left: others are more urgent"),
    ):
        assert zh in found(text(desk, f"/plans/{plan.uid}?lang=zh&q={venue.name}"))
        assert en in found(text(desk, f"/plans/{plan.uid}?lang=en&q={venue.name}"))


def found(page):
    """Cut the places out that a search found."""
    return re.search(r"<ul[^>]*data-found>(.*?)</ul>", page, re.DOTALL)[1]


def test_the_first_sixty_left_out_are_listed_and_all_of_them_on_request(desk, branch, session):
    plan = make_plan(desk, session)
    branch.work_for(branch.manager)
    more = [branch.venue(f"外{number:02d}") for number in range(63)]
    change(session, plan, left_out=[[venue.uid, "no_time"] for venue in more])
    short, whole = text(desk, f"/plans/{plan.uid}"), text(desk, f"/plans/{plan.uid}?left=all")
    assert len(re.findall("data-left-out=", short)) == 60
    assert "data-all-left-out" in short
    assert "data-beyond" not in short
    assert len(re.findall("data-left-out=", whole)) == 63
    assert "data-all-left-out" not in whole


@pytest.mark.parametrize(
    ("state", "told"), [("running", "规划中"), ("cancelled", "未生成"), ("failed", "未生成")]
)
def test_a_plan_whose_making_ended_without_one_does_not_say_for_ever_that_it_is_being_made(
    desk, branch, session, state, told
):
    plan = make_plan(desk, session, day=china_date(SystemClock().now() + dt.timedelta(days=1)).isoformat())
    with unscoped(session, "a test ends a job"):
        session.query(Job).filter_by(uid=plan.job_uid).one().state = state
        session.commit()
    change(session, plan, state="planning")
    row = re.search(rf'<tr data-plan="{plan.uid}".*?</tr>', text(desk, "/plans/?lang=zh"), re.DOTALL)[0]
    assert told in row


def test_urgent_clues_that_wait_are_offered_before_anybody_searches(app, desk, branch, session):
    plan = make_plan(desk, session)
    branch.work_for(branch.manager)
    waiting = branch.venue("急报点")
    with unscoped(session, "a test's clue"):
        waiting.wanted_by, waiting.wanted_urgent = plan.day, True
        session.commit()
    page = text(desk, f"/plans/{plan.uid}/urgent?lang=en")
    assert "Urgent clues wait for a visit here" in page
    assert f"venue={waiting.uid}" in page
    assert "data-waiting" not in text(desk, f"/plans/{plan.uid}/urgent?q=店")
