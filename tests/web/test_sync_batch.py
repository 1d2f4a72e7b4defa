"""Batches over HTTP: each entry has its receipt, nothing is taken twice, nothing blocks the rest."""

import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from patrol.findings import Finding
from patrol.infra.audit import first_broken_link
from patrol.infra.db import unscoped
from patrol.patrols import Patrol, TrackPoint, Visit
from patrol.sync import Receipt
from patrol.venues import Venue
from tests.factories import patrols as make


@pytest.fixture
def city(session):
    found = make.create_city(session)
    yield found


@pytest.fixture
def phone(app, city, session):
    return make.sign_in(app, city.inspector)


def count(session, model):
    with unscoped(session, "a test counts"):
        return session.scalar(select(func.count()).select_from(model))


def results(answer):
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.get_json()
    assert body["receipt_of"] == "patrol"
    assert body["server_time"]
    return body["results"]


def statuses(answer):
    return [result["status"] for result in results(answer)]


def test_a_whole_shift_is_stored_once(city, phone, session):
    patrol_uid = make.new_uid()
    step = {
        "patrol_uid": patrol_uid,
        "route_uid": city.route.uid,
        "at": "2026-11-24T09:00:00+08:00",
        "position": None,
    }
    visit = make.visit_body(
        city.venues[0], outcome="suspicious", patrol_uid=patrol_uid, stop_uid=city.route.stops[0].uid
    )
    entries = [
        make.entry("patrol.start", step),
        make.entry("visit.record", visit),
        make.entry("finding.record", make.finding_body(city.venues[0], visit_uid=visit["visit_uid"])),
    ]
    assert statuses(make.send(phone, *entries)) == ["stored"] * 3
    assert statuses(make.send(phone, *entries)) == ["duplicate"] * 3
    assert (
        count(session, Visit),
        count(session, Finding),
        count(session, Patrol),
        count(session, Receipt),
    ) == (1, 1, 1, 3)
    with unscoped(session, "a test looks"):
        finding = session.scalars(select(Finding)).one()
        assert (finding.kind, finding.acts, finding.is_clue) == ("suspicious", ["entry_fee"], False)
        assert finding.visit_id == session.scalars(select(Visit.id)).one()
        assert session.scalars(select(Patrol)).one().team_id == city.team.id
        venue = session.get(Venue, city.venues[0].id, populate_existing=True)
        assert (venue.visit_count, venue.finding_count, venue.last_outcome) == (1, 1, "suspicious")
        assert first_broken_link(session) is None


def test_order_does_not_matter(city, phone, session):
    """The finding before its visit, the end before the start: the same records come out."""
    patrol_uid, now = make.new_uid(), dt.datetime.now(dt.UTC)
    visit = make.visit_body(city.venues[0], outcome="violation", patrol_uid=patrol_uid)
    start, end = now - dt.timedelta(hours=2), now - dt.timedelta(hours=1)
    step = {"patrol_uid": patrol_uid, "route_uid": city.route.uid, "position": None}
    finding = make.finding_body(city.venues[0], visit_uid=visit["visit_uid"])
    for one in (
        make.entry("patrol.end", {**step, "at": end.isoformat()}),
        make.entry("finding.record", finding),
        make.entry("visit.record", visit),
        make.entry("patrol.start", {**step, "at": start.isoformat()}),
    ):
        assert statuses(make.send(phone, one)) == ["stored"]
    with unscoped(session, "a test looks"):
        patrol = session.scalars(select(Patrol)).one()
        assert (patrol.state, patrol.started_at, patrol.ended_at) == ("ended", start, end)
        found = session.scalars(select(Finding)).one()
        assert (found.kind, found.visit_id) == ("violation", session.scalars(select(Visit.id)).one())


def test_one_bad_entry_never_blocks_the_rest(city, phone, session):
    good = make.entry("visit.record", make.visit_body(city.venues[0]))
    other = make.entry("visit.record", make.visit_body(city.venues[1]))
    bad = [
        "not an object",
        {},
        {"id": "x"},
        {"id": ["list"]},
        make.entry("visit.teleport", {}),
        make.entry("visit.record", {}),
        make.entry("visit.record", make.visit_body(city.venues[0]), schema=99),
        {**make.entry("visit.record", make.visit_body(city.venues[0])), "sha256": "0" * 64},
        make.entry("visit.record", make.visit_body(city.venues[0], surprise=1)),
        make.entry("visit.record", make.visit_body(city.venues[0], note="a\x00b")),
        make.entry("visit.record", make.visit_body(city.venues[0], outcome="teleported")),
        make.entry("visit.record", make.visit_body(city.far)),
        make.entry(
            "finding.record",
            make.finding_body(city.venues[0], checklist={"version": "99", "answers": {"a": 1}}),
        ),
        make.entry(
            "finding.record",
            make.finding_body(city.venues[0], checklist={"version": "1", "answers": {"a": 1}}),
        ),
    ]
    told = results(make.send(phone, good, *bad, other))
    assert [result["status"] for result in told] == ["stored", *["rejected"] * len(bad), "stored"]
    assert all(r["code"] and r["message_zh"] and r["message_en"] for r in told[1:-1])
    codes = [result["code"] for result in told[1:-1]]
    assert codes == [
        "sync.bad_id",
        "sync.bad_id",
        "sync.bad_id",
        "sync.bad_id",
        "sync.unknown_kind",
        "sync.bad_body",
        "sync.schema",
        "sync.hash_differs",
        "sync.bad_body",
        "sync.not_canonical",
        "sync.bad_body",
        "patrols.unknown_venue",
        "findings.unknown_checklist",
        "findings.unknown_answer",
    ]
    assert (count(session, Visit), count(session, Finding), count(session, Receipt)) == (2, 0, 2)
    assert statuses(make.send(phone, *bad)) == ["rejected"] * len(bad)


def test_the_same_number_with_other_content_is_a_conflict_with_both_hashes(city, phone, session):
    first = make.entry("visit.record", make.visit_body(city.venues[0]))
    other = make.entry("visit.record", make.visit_body(city.venues[0], note="别的"), uid=first["id"])
    make.send(phone, first)
    told = results(make.send(phone, other))[0]
    assert (told["status"], told["sha256"], told["stored_sha256"]) == (
        "conflict",
        other["sha256"],
        first["sha256"],
    )
    assert count(session, Visit) == 1


def test_the_same_record_under_another_entry_is_a_conflict(city, phone, session):
    body = make.visit_body(city.venues[0])
    told = results(make.send(phone, make.entry("visit.record", body), make.entry("visit.record", body)))
    assert [(r["status"], r.get("code")) for r in told] == [
        ("stored", None),
        ("conflict", "patrols.visit_twice"),
    ]


def test_a_finding_that_an_earlier_entry_brought_is_a_conflict_and_blocks_nothing_beside_it(
    city, phone, session
):
    """Nobody asks for the number beforehand: the table's unique key refuses it, and each entry is taken alone."""
    known, fresh, other = (make.finding_body(venue) for venue in (*city.venues[:2], city.venues[0]))
    assert statuses(make.send(phone, make.entry("finding.record", known))) == ["stored"]
    batch = [make.entry("finding.record", body) for body in (fresh, known, other)]
    told = results(make.send(phone, *batch))
    assert [(r["id"], r["status"], r.get("code")) for r in told] == [
        (batch[0]["id"], "stored", None),
        (batch[1]["id"], "conflict", "findings.twice"),
        (batch[2]["id"], "stored", None),
    ]
    assert (count(session, Finding), count(session, Receipt)) == (3, 3)
    assert session.scalar(select(func.sum(Venue.finding_count))) == 3
    assert first_broken_link(session) is None


def test_the_same_item_by_two_people_belongs_to_the_first(app, city, phone, session):
    one = make.entry("visit.record", make.visit_body(city.venues[0]))
    police = make.sign_in(app, city.police)
    assert statuses(make.send(phone, one)) == ["stored"]
    told = results(make.send(police, one))[0]
    assert (told["status"], told["stored_sha256"]) == ("conflict", "")
    assert count(session, Visit) == 1


def test_records_of_another_person_wait_for_that_person(city, phone, session):
    uid = city.police.uid
    one = make.entry("visit.record", make.visit_body(city.venues[0]))
    answer = make.send(phone, one, headers={"X-Patrol-Person": uid})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.get_json()["code"] == "sync.other_person"
    assert count(session, Visit) == 0


def test_a_session_that_ends_in_the_middle_loses_nothing(app, city, phone, session):
    one, two = (make.entry("visit.record", make.visit_body(v)) for v in city.venues[:2])
    stranger = make.browser(app)
    assert statuses(make.send(phone, one)) == ["stored"]
    answer = make.send(stranger, one, two)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "http.signed_out")
    assert statuses(make.send(phone, one, two)) == ["duplicate", "stored"]


def test_somebody_elses_patrol_is_not_walked(app, city, phone, session):
    uid = make.new_uid()
    step = {"patrol_uid": uid, "route_uid": None, "at": "2026-11-24T09:00:00+08:00", "position": None}
    police = make.sign_in(app, city.police)
    make.send(phone, make.entry("patrol.start", step))
    told = results(make.send(police, make.entry("patrol.end", step)))[0]
    assert (told["status"], told["code"]) == ("rejected", "patrols.not_yours")


@pytest.mark.parametrize("years", [-7, 9])
def test_a_clock_wrong_by_years_is_corrected_and_marked(city, phone, session, years):
    now = dt.datetime.now(dt.UTC)
    wrong = now.replace(year=now.year + years, month=3, day=3)
    body = make.visit_body(city.venues[0], at=wrong - dt.timedelta(hours=1))
    assert statuses(make.send(phone, make.entry("visit.record", body, at=wrong), sent_at=wrong)) == ["stored"]
    with unscoped(session, "a test looks"):
        visit = session.scalars(select(Visit)).one()
        assert abs((now - visit.arrived_at).total_seconds() - 3600) < 60
        assert visit.presence["clock"]["doubt"] == "corrected"
        assert visit.presence["clock"]["said"].startswith(str(wrong.year))


def test_a_clock_set_right_before_sending_leaves_an_implausible_time(city, phone, session):
    body = make.visit_body(city.venues[0], at=dt.datetime(2019, 1, 1, tzinfo=dt.UTC))
    assert statuses(make.send(phone, make.entry("visit.record", body))) == ["stored"]
    with unscoped(session, "a test looks"):
        visit = session.scalars(select(Visit)).one()
        assert visit.presence["clock"]["doubt"] == "implausible"
        assert (dt.datetime.now(dt.UTC) - visit.arrived_at).total_seconds() < 60


def test_a_coarse_position_is_taken_and_kept_as_coarse(city, phone, session):
    body = make.visit_body(city.venues[0], position=make.position(114.35, 30.63, accuracy_m=5000))
    assert statuses(make.send(phone, make.entry("visit.record", body))) == ["stored"]
    with unscoped(session, "a test looks"):
        visit = session.scalars(select(Visit)).one()
        assert (visit.accuracy_m, visit.presence["distance_m"] > 4000) == (5000, True)


def test_track_points_are_kept_once_and_gaps_with_their_reason(city, phone, session):
    uid, start = make.new_uid(), dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    points = [
        {
            "at": (start + dt.timedelta(seconds=15 * n)).isoformat(),
            "lon": 114.31,
            "lat": 30.6,
            "accuracy_m": 8,
            "source": "gps",
        }
        for n in range(25)
    ]
    gap = {"from": points[0]["at"], "to": points[9]["at"], "reason": "screen_off"}
    one = make.entry("track.points", {"patrol_uid": uid, "points": points, "gaps": [gap]})
    again = make.entry("track.points", {"patrol_uid": uid, "points": points[10:], "gaps": [gap]})
    assert statuses(make.send(phone, one, again)) == ["stored", "stored"]
    assert count(session, TrackPoint) == 25


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "sync.unreadable"),
        (b"\xff\xfe", 400, "sync.unreadable"),
        (b'{"entries": [NaN]}', 400, "sync.unreadable"),
        (b"[" * 100_000, 400, "sync.unreadable"),
        (b"[]", 422, "sync.bad_batch"),
        (b"{}", 422, "sync.bad_batch"),
        (b'{"device_uid": "x", "entries": []}', 422, "sync.bad_batch"),
    ],
)
def test_an_unreadable_batch_stores_nothing_and_says_why(phone, data, status, code):
    answer = phone.post("/api/v1/sync", data=data, headers=make.HEADERS, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_a_truncated_batch_stores_nothing(city, phone, session):
    data = json.dumps(make.batch(make.entry("visit.record", make.visit_body(city.venues[0])))).encode()
    answer = phone.post(
        "/api/v1/sync", data=data[:-40], headers=make.HEADERS, content_type="application/json"
    )
    assert answer.status_code == 400
    assert count(session, Visit) == 0


def test_a_batch_has_at_most_fifty_entries(phone):
    answer = make.send(phone, *[{}] * 51)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "sync.too_many")


def test_without_our_header_nothing_is_taken(phone):
    answer = phone.post("/api/v1/sync", json=make.batch())
    assert (answer.status_code, answer.get_json()["code"]) == (403, "http.foreign_origin")


def test_a_liaison_of_the_team_finds_clues_not_evidence(app, city, session):
    client = make.sign_in(app, city.liaison)
    one = make.entry("finding.record", make.finding_body(city.venues[0]))
    assert statuses(make.send(client, one)) == ["stored"]
    with unscoped(session, "a test looks"):
        assert session.scalars(select(Finding.is_clue)).one() is True


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        anything
        | st.fixed_dictionaries(
            {
                "id": st.uuids(version=4).map(str),
                "kind": st.sampled_from(
                    ["visit.record", "finding.record", "track.points", "patrol.start", "sighting.report"]
                ),
                "schema": anything,
                "device_seq": anything,
                "captured_at": anything,
                "sha256": anything,
                "body": anything,
            }
        ),
        max_size=4,
    )
)
def test_whatever_is_sent_every_entry_is_answered_and_none_stored(phone, entries):
    """Garbage in any shape gets its refusal, in order, and never a failure of ours."""
    told = results(phone.post("/api/v1/sync", json=make.batch(*entries), headers=make.HEADERS))
    assert [result["status"] for result in told] == ["rejected"] * len(entries)
