"""The pull feed: numbers in commit order, tombstones, what is revoked when a division shrinks, stale cursors."""

import datetime as dt
import threading

import pytest
from sqlalchemy import delete, select, text, update

from patrol.accounts import Person
from patrol.findings import Finding
from patrol.infra.db import db, unscoped
from patrol.sync.feed import begin_epoch
from patrol.sync.models import FeedEntry
from patrol.sync.sweeping import prune_feed
from patrol.venues import Venue
from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def phone(app, city):
    return make.sign_in(app, city.inspector)


def pull(client, cursor="", status=200):
    """Follow the feed to its end; return every change and the last cursor."""
    changes = []
    while True:
        answer = client.get("/api/v1/feed", query_string={"cursor": cursor} if cursor else {})
        assert answer.status_code == status, answer.get_data(as_text=True)
        if status != 200:
            return answer.get_json()["code"], cursor
        told = answer.get_json()
        assert told["receipt_of"] == "patrol"
        changes += told["changes"]
        cursor = told["cursor"]
        if not told["more"]:
            return changes, cursor


def held(changes, shelf=None):
    """Apply changes as a phone would; return what it then holds."""
    shelf = dict(shelf or {})
    for change in changes:
        key = (change["kind"], change["uid"])
        if change["change"] == "changed":
            shelf[key] = change["record"]
        elif change["kind"] == "scope":
            shelf = {k: r for k, r in shelf.items() if r["scope_path"].startswith(change["keep"])}
        else:
            shelf.pop(key, None)
    return shelf


def writing(session):
    """The last request may have left the shared session reading only."""
    session.rollback()
    session.info["readonly"] = False


def set_venue(session, venue, **values):
    writing(session)
    with unscoped(session, "a test changes the register"):
        session.execute(update(Venue).where(Venue.id == venue.id).values(version=Venue.version + 1, **values))
        session.commit()


def test_a_phone_copies_everything_and_then_hears_of_every_change(city, phone, session):
    changes, cursor = pull(phone)
    shelf = held(changes)
    assert {uid for kind, uid in shelf if kind == "venue"} == {venue.uid for venue in city.venues}
    assert ("venue", city.far.uid) not in shelf
    set_venue(session, city.venues[0], name="新名宾馆")
    set_venue(session, city.venues[1], state="closed")
    set_venue(session, city.far, name="别处")
    entry = make.entry("finding.record", make.finding_body(city.venues[2]))
    assert make.send(phone, entry).status_code == 200
    changes, cursor = pull(phone, cursor)
    assert [(c["kind"], c["change"], c.get("reason")) for c in changes] == [
        ("venue", "changed", None), ("venue", "removed", "closed"), ("finding", "changed", None)
    ]  # fmt: skip
    assert [c["number"] for c in changes] == sorted(c["number"] for c in changes)
    assert held(changes, shelf)["venue", city.venues[0].uid]["name"] == "新名宾馆"
    assert pull(phone, cursor)[0] == []


def test_what_moves_elsewhere_is_revoked_and_what_shrinks_says_what_to_keep(app, city, phone, session):
    shelf = held(pull(phone)[0])
    _, cursor = pull(phone)
    set_venue(session, city.venues[0], scope_path=city.west.scope_path)
    changes, cursor = pull(phone, cursor)
    assert [(c["uid"], c["change"]) for c in changes] == [(city.venues[0].uid, "revoked")]
    shelf = held(changes, shelf)
    below = city.east.scope_path + "420102001/"
    writing(session)
    with unscoped(session, "a test narrows a division"):
        session.execute(update(Venue).where(Venue.id == city.venues[1].id).values(scope_path=below))
        session.execute(update(Person).where(Person.id == city.inspector.id).values(scope_path=below))
        session.commit()
    changes, cursor = pull(phone, cursor)
    assert (changes[0]["kind"], changes[0]["change"], changes[0]["keep"]) == ("scope", "revoked", below)
    shelf = held(changes, shelf)
    assert {uid for kind, uid in shelf if kind == "venue"} == {city.venues[1].uid}
    writing(session)
    with unscoped(session, "a test moves a person"):
        session.execute(
            update(Person).where(Person.id == city.inspector.id).values(scope_path=city.west.scope_path)
        )
        session.commit()
    assert pull(phone, cursor, status=410)[0] == "sync.cursor_stale"


def test_stale_foreign_and_restored_cursors_ask_for_a_new_copy(city, phone, session):
    _, cursor = pull(phone)
    assert pull(phone, "made-up", status=410)[0] == "sync.cursor_stale"
    set_venue(session, city.venues[0], name="一")
    newer = pull(phone, cursor)[1]
    writing(session)
    with unscoped(session, "a test waits a year"):
        assert prune_feed(session, dt.datetime.now(dt.UTC) + dt.timedelta(days=1)) > 0
        session.commit()
    assert pull(phone, cursor, status=410)[0] == "sync.cursor_stale"
    assert pull(phone, newer)[0] == []
    writing(session)
    begin_epoch(session)
    session.commit()
    assert pull(phone, newer, status=410)[0] == "sync.cursor_stale"
    assert held(pull(phone)[0])


def test_a_liaison_hears_of_nothing_that_a_liaison_may_not_see(app, city, session):
    changes, cursor = pull(make.sign_in(app, city.liaison))
    assert changes == []
    set_venue(session, city.venues[0], name="二")
    assert pull(make.sign_in(app, city.liaison), cursor)[0] == []


def test_a_withdrawn_finding_is_a_tombstone_and_is_not_taken_in_again(app, city, phone, session):
    entry = make.entry("finding.record", make.finding_body(city.venues[0]))
    make.send(phone, entry)
    _, cursor = pull(phone)
    with unscoped(session, "a test looks"):
        uid = session.scalars(select(Finding.uid)).one()
    desk = make.sign_in(app, city.manager)
    asked = {"headers": {"X-Patrol": "1"}}
    assert desk.post(f"/findings/{uid}/withdraw", data={"reason": " "}, **asked).status_code == 422
    assert phone.post(f"/findings/{uid}/withdraw", data={"reason": "误"}, **asked).status_code == 403
    assert desk.post(f"/findings/{uid}/withdraw", data={"reason": "误报"}, **asked).status_code == 302
    changes, _ = pull(phone, cursor)
    assert [(c["uid"], c["change"], c["reason"]) for c in changes] == [(uid, "removed", "withdrawn")]
    (result,) = make.send(phone, entry).get_json()["results"]
    assert (result["status"], result["code"]) == ("conflict", "sync.withdrawn")
    page = desk.get(f"/findings/{uid}").get_data(as_text=True)
    assert "误报" in page
    assert uid not in desk.get("/findings/").get_data(as_text=True)


def test_numbers_become_visible_in_their_order(app, city, session):
    """A writer that has its number holds up every later one until it is seen: no reader passes a gap."""
    engine, (one, other_one) = db.engine, [(venue.id, venue.uid) for venue in city.venues[:2]]
    session.rollback()
    first = engine.connect()
    begun = first.begin()
    first.execute(text("UPDATE venue SET version = version + 1 WHERE id = :id"), {"id": one[0]})
    if engine.dialect.name == "postgresql":
        first.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    ended = threading.Event()

    def second_writer():
        with engine.begin() as second:
            second.execute(
                text("UPDATE venue SET version = version + 1 WHERE id = :id"), {"id": other_one[0]}
            )
        ended.set()

    other = threading.Thread(target=second_writer)
    other.start()
    assert not ended.wait(1.0)
    begun.commit()
    first.close()
    assert ended.wait(20)
    other.join()
    with unscoped(session, "a test looks"):
        last = session.scalars(select(FeedEntry).order_by(FeedEntry.number.desc()).limit(2)).all()
    assert [row.subject_uid for row in last] == [other_one[1], one[1]]


@pytest.mark.parametrize("table", ["audit_entry", "receipt", "chain_signature", "finding"])
def test_what_is_sealed_cannot_be_changed_or_deleted(city, phone, session, table):
    make.send(phone, make.entry("finding.record", make.finding_body(city.venues[0])))
    writing(session)
    if table == "chain_signature":
        values = (
            "(number, sha256, signed_at, key, signature, timestamp_token) VALUES (1, 'a', 'b', 'c', 'd', '')"
        )
        session.execute(text(f"INSERT INTO chain_signature {values}"))
        session.commit()
    column = {"audit_entry": "verb", "receipt": "sha256", "chain_signature": "signature", "finding": "text"}[
        table
    ]
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="append-only"):
            session.execute(text(statement))
        session.rollback()
    with unscoped(session, "a test deletes"), pytest.raises(Exception, match="append-only"):
        session.execute(delete(Finding))
    session.rollback()


def test_a_phone_goes_on_from_its_pack(app, city, session):
    phone = make.sign_in(app, city.inspector)
    cursor = phone.get("/api/v1/pack").get_json()["feed_cursor"]
    assert pull(phone, cursor)[0] == []
    set_venue(session, city.venues[0], name="新名宾馆")
    (told,) = pull(phone, cursor)[0]
    assert (told["uid"], told["record"]["name"]) == (city.venues[0].uid, "新名宾馆")
    assert told["record"]["kind_name"]
    later = phone.get("/api/v1/pack").get_json()["feed_cursor"]
    assert pull(phone, later)[0] == []


def test_the_feed_is_closed_to_the_records_of_another_person(app, city):
    phone = make.sign_in(app, city.inspector)
    assert phone.get("/api/v1/feed", headers={"X-Patrol-Person": city.stranger.uid}).status_code == 401
