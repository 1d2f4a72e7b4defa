"""The share of stops drawn at random holds in the plans that are published, or the page says why it does not."""

import pytest

from patrol.venues import Venue
from tests.factories.routes import Branch, make_plan, post


@pytest.fixture
def branch(session):
    return Branch(session, venues=25)


def counted(plan):
    stops = [stop for route in plan.routes for stop in route.stops]
    return sum(stop.sampled for stop in stops), len(stops)


@pytest.mark.parametrize("share", [10, 20, 50])
def test_a_published_plan_has_its_share_of_stops_drawn_and_marked(app, branch, session, share):
    desk = branch.desk(app)
    for number, minutes in enumerate((10, 25, 40)):  # so that a constant time for a stop would guess wrongly
        session.query(Venue).update({"service_minutes": minutes})
        session.commit()
        plan = make_plan(desk, session, day=f"2099-01-{number + 10}", sample=str(share))
        post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="1h")
        session.refresh(plan)
        drawn, stops = counted(plan)
        assert plan.state == "published"
        assert abs(drawn - share / 100 * stops) <= 1
        text = desk.get(f"/plans/{plan.uid}?lang=zh").get_data(as_text=True)
        assert f"{stops}个点位中{drawn}个，已标注（{100 * drawn / stops:.1f}%）" in text


def test_a_plan_with_fewer_drawn_stops_than_asked_says_why(app, branch, session):
    """The places looked at least are all closed during the shifts."""
    for number, venue in enumerate(session.query(Venue).order_by(Venue.id)):
        venue.visit_count = number
        venue.opening_hours = [["02:00", "03:00"]] if number < 16 else []
    session.commit()
    desk = branch.desk(app)
    plan = make_plan(desk, session, sample="20")
    drawn, stops = counted(plan)
    assert (drawn, stops) == (0, 9)
    zh, en = (desk.get(f"/plans/{plan.uid}?lang={each}").get_data(as_text=True) for each in ("zh", "en"))
    failed = plan.figures["sample"]["failed"]
    assert f"抽中的{failed}个场所班次内不营业或路途过远。" in zh
    assert f"{failed} places that were drawn are closed in the shifts or too far." in en
