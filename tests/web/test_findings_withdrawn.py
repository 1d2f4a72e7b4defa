"""A withdrawn finding stays sealed and readable, and counts nowhere: reports, overview, hotspots, venue, day pack."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from patrol.core.clock import CHINA, SystemClock
from patrol.findings import Finding
from patrol.hotspots.models import PlaceDay
from patrol.infra.db import unscoped
from patrol.pwa.dashboard import overview
from patrol.reports.computing import value_of
from patrol.reports.domain import Period
from patrol.reports.registry import INDICATORS
from patrol.venues import Venue
from tests.factories import patrols as make

TEXT = "室内打地铺，墙上贴有课程表"


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def recorded(app, city, session):
    """Return the numbers of two findings of one venue, the first of them tied to a visit."""
    phone, venue = make.sign_in(app, city.inspector), city.venues[0]
    visit = make.visit_body(venue, outcome="suspicious")
    found = make.finding_body(venue, visit_uid=visit["visit_uid"], text=TEXT)
    other = make.finding_body(venue, text="另一处")
    entries = [
        make.entry("visit.record", visit),
        *(make.entry("finding.record", each) for each in (found, other)),
    ]
    results = make.send(phone, *entries).get_json()["results"]
    assert [each["status"] for each in results] == ["stored"] * 3, results
    return found["finding_uid"], other["finding_uid"]


def counted(app, city, session):
    """Return every figure and text that a finding reaches."""
    make.act_as(session, city.manager)
    today = SystemClock().now().astimezone(CHINA).date()
    indicator = next(each for each in INDICATORS if each.source == "findings")
    with unscoped(session, "a test looks"):
        session.expire_all()
        facts = session.scalar(select(func.coalesce(func.sum(PlaceDay.findings), 0)))
        venue = session.scalar(select(Venue.finding_count).where(Venue.uid == city.venues[0].uid))
    seen = overview(session)
    told = {
        "report": value_of(session, indicator, Period(today - dt.timedelta(days=2), today)),
        "overview": seen["figures"]["findings"],
        "latest": len(seen["findings"]),
        "hotspots": facts,
        "venue": venue,
    }
    session.rollback()
    return told


def pack_text(app, city):
    pack = str(make.sign_in(app, city.inspector).get("/api/v1/pack").get_json())
    return TEXT in pack


def withdraw(app, city, uid):
    desk = make.sign_in(app, city.manager)
    asked = {"data": {"reason": "误报"}, "headers": {"X-Patrol": "1"}}
    assert desk.post(f"/findings/{uid}/withdraw", **asked).status_code == 302


def test_a_withdrawn_finding_counts_nowhere(app, city, recorded, session):
    assert counted(app, city, session) == dict.fromkeys(
        ("report", "overview", "latest", "hotspots", "venue"), 2
    )
    assert pack_text(app, city)
    withdraw(app, city, recorded[0])
    assert counted(app, city, session) == dict.fromkeys(
        ("report", "overview", "latest", "hotspots", "venue"), 1
    )
    assert not pack_text(app, city)
    with unscoped(session, "a test looks"):
        kept = session.scalars(select(Finding.text).where(Finding.uid == recorded[0])).one()
    assert kept == TEXT
