"""What is kept of each venue and day equals what the records say, whatever was done to them, on both engines."""

import datetime as dt

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from patrol.findings import Finding
from patrol.hotspots.models import PlaceDay
from patrol.hotspots.queries import stamp
from patrol.hotspots.services import differences, rebuild_facts
from patrol.infra import spatial
from patrol.infra.db import unscoped
from patrol.patrols import Visit
from tests.factories.patrols import act_as, create_city

NOON = dt.datetime(2026, 5, 4, 4, 0, tzinfo=dt.UTC)
DAY = (NOON.date() - dt.date(1970, 1, 1)).days


@pytest.fixture
def city(session):
    return create_city(session)


def visit(session, venue, *, outcome="nothing_found", at=NOON, sampled=False):
    row = Visit(
        venue_id=venue.id, scope_path=venue.scope_path, outcome=outcome, arrived_at=at, sampled=sampled
    )
    session.add(row)
    session.flush()
    return row


def finding(session, venue, *, at=NOON, of=None, corrects=None):
    row = Finding(
        venue_id=venue.id, scope_path=venue.scope_path, found_at=at, visit_id=of.id if of else None,
        supersedes_id=corrects.id if corrects else None, geom=spatial.to_geom(shapely.Point(114.31, 30.6)),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def facts(session, venue, day=DAY):
    session.expire_all()
    row = session.get(PlaceDay, (venue.id, day))
    return row and (row.visits, row.no_answer, row.sampled_visits, row.findings, row.sampled_findings)


def test_a_visit_and_its_finding_are_counted_in_the_same_transaction(session, city):
    with unscoped(session, "a test"):
        venue = city.venues[0]
        went = visit(session, venue, outcome="violation", sampled=True)
        finding(session, venue, of=went)
        visit(session, venue, outcome="no_answer", sampled=True)
        assert facts(session, venue) == (1, 1, 1, 1, 1)
        session.rollback()
        assert facts(session, city.venues[0]) is None


def test_a_correction_adds_nothing_and_an_attached_visit_moves_the_finding_into_the_sample(session, city):
    with unscoped(session, "a test"):
        venue = city.venues[0]
        first = finding(session, venue)
        finding(session, venue, corrects=first)
        assert facts(session, venue) == (0, 0, 0, 1, 0)
        first.visit_id = visit(session, venue, outcome="violation", sampled=True).id
        session.flush()
        assert facts(session, venue) == (1, 0, 1, 1, 1)
        first.withdrawn_at = NOON
        session.flush()
        assert facts(session, venue) == (1, 0, 1, 0, 0)


def test_the_day_is_that_of_chinas_clock(session, city):
    with unscoped(session, "a test"):
        venue = city.venues[0]
        visit(session, venue, at=dt.datetime(2026, 5, 4, 15, 59, 59, tzinfo=dt.UTC))
        visit(session, venue, at=dt.datetime(2026, 5, 4, 16, 0, tzinfo=dt.UTC))
        assert facts(session, venue)[0] == 1
        assert facts(session, venue, DAY + 1)[0] == 1


def test_many_rows_of_one_statement_are_counted_each(session, city):
    with unscoped(session, "a test"):
        venue, other = city.venues[:2]
        session.add_all(
            Visit(venue_id=v.id, scope_path=v.scope_path, outcome="nothing_found", arrived_at=NOON)
            for v in [venue] * 300 + [other] * 200
        )
        session.flush()
        assert facts(session, venue)[0] == 300
        assert facts(session, other)[0] == 200
        session.execute(text("UPDATE visit SET arrived_at = arrived_at, outcome = 'no_answer'"))
        assert facts(session, venue)[:2] == (0, 300)
        session.execute(text("DELETE FROM visit"))
        assert facts(session, venue)[:2] == (0, 0)
        assert differences(session) == []


def test_a_spoiled_row_is_found_and_a_rebuild_mends_it(session, city):
    with unscoped(session, "a test"):
        venue = city.venues[0]
        finding(session, venue, of=visit(session, venue, outcome="suspicious"))
        session.execute(text("UPDATE place_day SET findings = findings + 3"))
        wrong = differences(session)
        assert [(each.venue_id, each.kept[3], each.recorded[3]) for each in wrong] == [(venue.id, 4, 1)]
        assert rebuild_facts(session) == 1
        assert differences(session) == []


def test_every_commit_that_changes_a_fact_changes_the_stamp(session, city):
    act_as(session, city.manager)
    before = stamp(session)
    assert stamp(session) == before
    with unscoped(session, "a test"):
        visit(session, city.venues[0])
        session.commit()
    act_as(session, city.manager)
    after = stamp(session)
    assert after != before
    with unscoped(session, "a test"):
        session.query(Visit).update({"outcome": "refused"})
        session.commit()
    act_as(session, city.manager)
    assert stamp(session) not in (before, after)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["visit", "sampled", "no_answer", "finding", "correct", "withdraw", "attach", "move", "unvisit"]
        ),
        st.integers(0, 2),
        st.integers(-2, 2),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_whatever_happens_the_facts_equal_the_records(session, city, events):
    with unscoped(session, "a test"):
        for event, number, days in events:
            apply(session, city.venues[number], event, NOON + dt.timedelta(days=days))
        assert differences(session) == []
        session.rollback()


def apply(session, venue, event, at):
    findings = session.query(Finding).filter_by(venue_id=venue.id).order_by(Finding.id.desc()).all()
    visits = session.query(Visit).filter_by(venue_id=venue.id).order_by(Visit.id).all()
    unnamed = [each for each in visits if each.id not in {found.visit_id for found in findings}]
    if event in {"visit", "sampled", "no_answer"}:
        visit(
            session,
            venue,
            at=at,
            sampled=event == "sampled",
            outcome="no_answer" if event == "no_answer" else "refused",
        )
    elif event == "finding" or not findings:
        finding(session, venue, at=at, of=visits[0] if visits else None)
    elif event == "correct":
        finding(session, venue, at=at, corrects=findings[0])
    elif event == "withdraw":
        findings[0].withdrawn_at = at
    elif event == "attach" and visits:
        findings[0].visit_id = visits[-1].id
    elif event == "move" and visits:
        visits[0].arrived_at = at
    elif event == "unvisit" and unnamed:
        session.delete(unnamed[-1])
    session.flush()
