"""The register's risk computed anew: by the button, bounded by the division, in words of both languages."""

import datetime as dt
import random

import pytest
from sqlalchemy import select

from patrol.core.clock import FixedClock, china_date
from patrol.core.errors import PatrolError
from patrol.enforcement.rescoring import judge_venues, keep_judgement
from patrol.findings.models import Finding
from patrol.infra import spatial
from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.infra.jobs import Job
from patrol.patrols.models import Visit
from patrol.venues import Venue
from tests.factories.patrols import create_place, sign_in
from tests.factories.venues import City, create_person

NOW = dt.datetime.now(dt.UTC)
CLOCK = FixedClock(NOW)
PLACES = 40


@pytest.fixture
def city(session):
    """Forty places a kilometre apart in pairs of rows, a lenient and a strict officer of the same district."""
    city = City(session)
    with unscoped(session, "a test's city"):
        city.places = [
            create_place(session, city.east, None, n, 114.30 + (n % 8) / 150, 30.58 + (n // 8) / 90)
            for n in range(PLACES)
        ]
        city.strict = create_person(session, city.east, "inspector")
        city.lenient = create_person(session, city.east, "inspector")
        session.commit()
    return city


def visit(city, place, days_ago, outcome, officer=None):
    row = Visit(scope_path=place.scope_path, venue_id=place.id, outcome=outcome, person_id=(officer or city.lenient).id,
                arrived_at=NOW - dt.timedelta(days=days_ago))  # fmt: skip
    city.session.add(row)
    city.session.flush()
    return row


DRAWN = random.Random(3)
CHANCE = {(n, k): DRAWN.random() for n in range(PLACES) for k in range(10)}


def worse_row(n, k):
    """Say that every eighth place has a finding in six visits of ten, the others in one of twenty."""
    return CHANCE[n, k] < (0.6 if n % 8 == 1 else 0.05)


def a_year(city, found, officer=lambda n, k: None):
    """Visit every place ten times in a year; ``found(n, k)`` says whether visit ``k`` of place ``n`` found something."""
    for n, place in enumerate(city.places):
        for k in range(10):
            outcome = "suspicious" if found(n, k) else "nothing_found"
            visit(city, place, 360 - 36 * k - n % 30, outcome, officer(n, k))
    city.session.commit()


def rescore(city, actor=None):
    steps = []
    judged = judge_venues(city.session, lambda *said: steps.append(said), clock=CLOCK)
    said = keep_judgement(
        city.session, actor or city.actor, judged, lambda *said: steps.append(said), clock=CLOCK
    )
    city.session.commit()
    return said, steps


def risk_of(city, n):
    return city.session.scalars(select(Venue.risk).where(Venue.id == city.places[n].id)).one()


def test_an_archive_is_judged_for_the_day_after_its_last_visit(city):
    """Twelve years later nothing of it has faded: imported inspections tell places apart as they did then."""
    a_year(city, worse_row)
    rescore(city)
    then = [risk_of(city, n) for n in range(PLACES)]
    for row in city.session.scalars(select(Visit)):
        row.arrived_at -= dt.timedelta(days=12 * 365)
    city.session.commit()
    said, steps = rescore(city)
    last = max(row.arrived_at for row in city.session.scalars(select(Visit)))
    assert said["as_of"] == (china_date(last) + dt.timedelta(days=1)).isoformat()
    assert any(said["as_of"] in words for step in steps for words in step if isinstance(words, str))
    now = [risk_of(city, n) for n in range(PLACES)]
    assert max(now) / min(now) > 0.5 * max(then) / min(then)


def test_findings_raise_the_risk_and_a_withdrawn_one_does_not(city):
    a_year(city, worse_row)
    rescore(city)
    before = risk_of(city, 6)
    assert risk_of(city, 1) > 2 * before
    place = city.places[6]
    rows = [
        Finding(scope_path=place.scope_path, venue_id=place.id, found_at=NOW - dt.timedelta(days=days),
                visit_id=visit(city, place, days, "suspicious").id, geom=spatial.point(114.34, 30.58))
        for days in (9, 6, 3)
    ]  # fmt: skip
    city.session.add_all(rows)
    city.session.commit()
    rescore(city)
    raised = risk_of(city, 6)
    assert raised > 1.3 * before
    for row in rows:
        row.withdrawn_at = NOW
    city.session.commit()
    rescore(city)
    assert risk_of(city, 6) < 1.1 * before


def test_a_strict_officer_does_not_make_a_place_risky(city):
    strict = {n for n in range(PLACES) if n % 2}
    a_year(
        city,
        lambda n, k: CHANCE[n, k] < (0.6 if n in strict else 0.1),
        lambda n, k: city.strict if n in strict else city.lenient,
    )
    rescore(city)
    ours = sum(risk_of(city, n) for n in strict) / len(strict)
    theirs = sum(risk_of(city, n) for n in range(PLACES) if n not in strict) / (PLACES - len(strict))
    assert ours < 1.5 * theirs  # the bare rates differ six-fold


def test_with_little_history_every_place_has_the_overall_rate(city):
    visit(city, city.places[0], 3, "suspicious")
    visit(city, city.places[1], 2, "nothing_found")
    city.session.commit()
    said, _ = rescore(city)
    assert not said["told_apart"]
    assert {risk_of(city, n) for n in range(PLACES)} == {0.5}


def test_without_a_visit_it_says_so_and_changes_nothing(city):
    with pytest.raises(PatrolError) as caught:
        rescore(city)
    assert caught.value.code == "enforcement.risk.no_visits"


def test_versions_and_other_divisions_stay_as_they_are(city):
    with unscoped(city.session, "a test's city"):
        far = create_place(city.session, city.west, None, 99, 114.26, 30.60, risk=0.77)
        city.session.commit()
    a_year(city, worse_row)
    before = {row.id: (row.version, row.updated_at) for row in city.session.scalars(select(Venue))}
    rescore(city, city.work_for(city.branch))
    with unscoped(city.session, "a test looks"):
        rows = city.session.scalars(select(Venue)).all()
    assert {row.id: (row.version, row.updated_at) for row in rows} == before
    assert next(row for row in rows if row.id == far.id).risk == 0.77


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "以往到访结果差于"), ("en", "earlier visits found more here")]
)
def test_the_button_starts_a_job_whose_reasons_stand_on_the_page(app, session, city, language, words):
    a_year(city, worse_row)
    uid = city.places[1].uid
    desk = sign_in(app, city.manager)
    listed = desk.get(f"/venues/?lang={language}").get_data(as_text=True)
    assert ("重新计算风险" if language == "zh" else "Compute risk anew") in listed
    token = listed.split('name="csrf_token" value="')[1].split('"')[0]
    answer = desk.post("/enforcement/risk", data={"csrf_token": token})
    assert answer.status_code == 200
    row = session.scalars(select(Job).where(Job.kind == "enforcement.rescore_venues")).one()
    assert (row.state, row.result["venues"], row.result["told_apart"]) == ("done", PLACES, True)
    status = desk.get(f"/jobs/{row.uid}.json").get_json()
    assert status["progress"] == status["total"] == 4
    shown = desk.get(f"/venues/{uid}?lang={language}").get_data(as_text=True)
    assert words in shown
    entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "venues.rescore")).one()
    assert entry.detail["weights_version"] >= 1
    assert entry.person_uid


def test_who_may_not_edit_venues_sees_no_button(app, city):
    a_year(city, lambda n, k: False)
    assert "重新计算风险" not in sign_in(app, city.strict).get("/venues/").get_data(as_text=True)
