"""A client of another make, written from docs/sync.md alone, against the program: does the page tell the truth?"""

import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask_security import hash_password
from sqlalchemy import update

from patrol.accounts import Person
from patrol.infra.db import unscoped
from patrol.venues import Venue
from tests.factories import patrols as make
from tests.factories.other_client import Client, canonical, now, uuid7

PASSWORD = "another make 2026"
PIECE = 1 << 20
WHERE = {"lon": 114.31, "lat": 30.6, "accuracy_m": 8.0, "at": now(), "source": "gps", "datum": "WGS-84"}


@pytest.fixture
def city(session):
    made = make.create_city(session)
    with unscoped(session, "a test sets passwords"):
        for person in (made.inspector, made.police, made.liaison):
            session.get(Person, person.id).password = hash_password(PASSWORD)
        session.commit()
    return made


class Here(Client):
    """The same client with its requests handed to the program in this process; a browser test sends them by urllib."""

    def __init__(self, app):
        super().__init__("")
        self.browser = make.browser(app)

    def ask(self, method, path, body=None, **headers):
        """Ask once."""
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if method not in {"GET", "HEAD"}:
            named.setdefault("X-Patrol", "1")
        named.setdefault("Accept", "application/json")
        answer = self.browser.open(path, method=method, data=body, headers=named)
        told = answer.get_json(silent=True) or {}
        return SimpleNamespace(
            status=answer.status_code,
            headers=answer.headers,
            body=told,
            raw=answer.data,
            kind=answer.mimetype,
        )


@pytest.fixture
def client(app, city):
    return Here(app).sign_in("inspector", PASSWORD)


def finding(venue_uid, photos=(), **more):
    body = {"finding_uid": uuid7(), "visit_uid": None, "venue_uid": venue_uid, "text": "室内打地铺",
            "checklist": {"version": "1", "answers": {}}, "position": WHERE, "manual_pin": None, "photos": list(photos)}  # fmt: skip
    return body | more


def photo(data):
    return {"sha256_original": hashlib.sha256(data).hexdigest(), "size_original": len(data),
            "type_original": "image/jpeg", "sha256_display": None, "size_display": None,
            "taken_at": now(), "source": "camera"}  # fmt: skip


def noise(size, seed):
    return make.jpeg(seed=seed) + hashlib.shake_256(str(seed).encode()).digest(size)


def refused(answer, status, code):
    assert (answer.status, answer.kind, answer.body.get("code")) == (status, "application/problem+json", code)


def test_nothing_goes_before_somebody_signed_in_and_nothing_without_the_header(app, client, city):
    stranger = Here(app)
    refused(stranger.ask("GET", "/api/v1/me"), 401, "http.signed_out")
    refused(stranger.send(owner="x"), 401, "http.signed_out")
    assert client.person["uid"] == city.inspector.uid
    without = client.ask("POST", "/api/v1/sync", b"{}", X_Patrol="", Content_Type="application/json")
    assert without.status != 200
    refused(client.send(owner=city.police.uid), 401, "sync.other_person")
    told = client.ask("POST", "/logout")
    assert told.status != 500
    refused(client.ask("GET", "/api/v1/me"), 401, "http.signed_out")


def test_the_pack_is_what_the_page_says(client, city):
    pack = client.ask("GET", "/api/v1/pack").body
    page = Path("docs/sync.md").read_text()
    block = re.search(r"## `GET /api/v1/pack`.*?```\n(.*?)```", page, re.DOTALL)[1]
    for name in pack:
        assert re.search(rf"\b{name}\b", block), f"the page does not name {name}"
    for name in {name for venue in pack["venues"] for name in venue}:
        assert re.search(rf"\b{name}\b", block), f"the page does not name {name} of a venue"
    for name in {name for route in pack["task"] for stop in route["stops"] for name in stop}:
        assert re.search(rf"\b{name}\b", block), f"the page does not name {name} of a stop"
    assert {venue["uid"] for venue in pack["venues"]} == {venue.uid for venue in city.venues}


def test_a_photo_is_declared_sent_in_pieces_cut_off_and_resumed(client, city):
    data = noise(2 * PIECE + 5000, 1)
    sha256 = hashlib.sha256(data).hexdigest()
    assert client.stands(sha256)[0] == 404
    refused(client.piece(sha256, 0, data[:10], len(data)), 404, "sync.blob_unknown")
    entry = client.entry("finding.record", finding(city.venues[0].uid, [photo(data)]))
    answer = client.send(entry)
    assert (answer.status, answer.body["receipt_of"]) == (200, "patrol")
    (result,) = answer.body["results"]
    assert (result["status"], result["sha256"], result["needs_blobs"]) == (
        "stored",
        entry["sha256"],
        [sha256],
    )
    assert client.stands(sha256) == (200, 0, "?0")
    first = client.piece(sha256, 0, data[:PIECE], len(data)).body
    assert first == {"receipt_of": "patrol", "sha256": sha256, "offset": PIECE, "complete": False}
    refused(client.piece(sha256, 0, data[:PIECE], len(data)), 409, "sync.blob_moved")
    status, stands, _ = client.stands(sha256)
    assert (status, stands) == (200, PIECE)
    refused(client.piece(sha256, stands, data[stands:], len(data)), 413, "sync.chunk_too_large")
    client.piece(sha256, stands, data[stands : stands + PIECE], len(data))
    last = client.piece(sha256, 2 * PIECE, data[2 * PIECE :], len(data)).body
    assert (last["offset"], last["complete"]) == (len(data), True)
    assert client.stands(sha256) == (200, len(data), "?1")
    (again,) = client.send(entry).body["results"]
    assert (again["status"], again["needs_blobs"]) == ("duplicate", [])


def test_altered_bytes_are_asked_for_again_and_the_third_time_the_photo_is_called_damaged(client, city):
    data = noise(2000, 2)
    sha256 = hashlib.sha256(data).hexdigest()
    client.send(client.entry("finding.record", finding(city.venues[0].uid, [photo(data)])))
    for _ in range(2):
        refused(client.piece(sha256, 0, data[:-1] + b"?", len(data)), 409, "sync.blob_moved")
        assert client.stands(sha256) == (200, 0, "?0")
    refused(client.piece(sha256, 0, data[:-1] + b"?", len(data)), 422, "sync.blob_altered")
    assert client.piece(sha256, 0, data, len(data)).body["complete"]


def test_every_entry_is_judged_alone_and_says_why_in_both_languages(client, city):
    venue = city.venues[0].uid
    good = client.entry("finding.record", finding(venue))
    other = good | {"body": finding(venue, text="别的")}
    other["sha256"] = hashlib.sha256(canonical(other["body"]).encode()).hexdigest()
    batch = [
        client.entry("finding.record", finding(venue), sha256="0" * 64),
        client.entry("finding.record", finding(venue), schema=9),
        client.entry("finding.record", finding(venue), schema=1),
        client.entry("finding.taken", {}),
        client.entry("finding.record", finding(venue, number_plate="A")),
        client.entry("finding.record", finding(city.far.uid)),
        good,
        other,
        client.entry("venue.amend", {"venue_uid": venue, "changes": {"name": {"seen": city.venues[0].name, "wanted": "新名"}}}),
    ]  # fmt: skip
    results = client.send(*batch).body["results"]
    assert [result["id"] for result in results] == [entry["id"] for entry in batch]
    assert [result["status"] for result in results] == [
        "rejected", "rejected", "stored", "rejected", "rejected", "rejected", "stored", "conflict", "stored",
    ]  # fmt: skip
    codes = [result.get("code") for result in results]
    assert codes[:2] == ["sync.hash_differs", "sync.schema"]
    assert (codes[3], codes[4], codes[7]) == ("sync.unknown_kind", "sync.bad_body", "sync.conflict")
    assert results[4]["field"] == "number_plate"
    assert results[7]["stored_sha256"] == good["sha256"]
    assert results[8]["merged"] == {"taken": ["name"], "review": []}
    for result in results:
        if result["status"] != "stored":
            assert re.search(r"[一-龥]", result["message_zh"])
            assert re.search(r"[a-z]", result["message_en"])
    assert [each["status"] for each in client.send(good, batch[0]).body["results"]] == [
        "duplicate",
        "rejected",
    ]


def test_a_batch_that_is_none_is_refused_whole_with_a_code(client):
    kind = {"Content_Type": "application/json"}
    refused(client.ask("POST", "/api/v1/sync", b"{half", **kind), 400, "sync.unreadable")
    refused(client.ask("POST", "/api/v1/sync", b"{}", **kind), 422, "sync.bad_batch")
    many = [client.entry("finding.record", {}) for _ in range(51)]
    refused(client.send(*many), 413, "sync.too_many")
    large = json.dumps({"device_uid": client.device, "schema": 2, "entries": ["x" * 4_000_001]}).encode()
    refused(client.ask("POST", "/api/v1/sync", large, **kind), 413, "sync.batch_too_large")


def followed(client, cursor=""):
    """Ask on while there is more; what a client then holds, and its cursor."""
    held = {}
    while True:
        answer = client.feed(cursor)
        assert (answer.status, answer.body["receipt_of"]) == (200, "patrol")
        for change in answer.body["changes"]:
            key = change["kind"], change["uid"]
            if change["change"] == "changed":
                held[key] = change["record"]
            else:
                held[key] = change["change"], change["reason"]
        cursor = answer.body["cursor"]
        if not answer.body["more"]:
            return held, cursor


def change_at_a_desk(session, venue, **values):
    session.rollback()
    session.info["readonly"] = False
    with unscoped(session, "a test changes the register"):
        session.execute(update(Venue).where(Venue.id == venue.id).values(version=Venue.version + 1, **values))
        session.commit()
    make.free(session)


def test_the_feed_copies_everything_and_then_tells_changes_tombstones_and_what_was_taken_away(
    client, city, session
):
    pack = client.ask("GET", "/api/v1/pack").body
    copied, cursor = followed(client)
    assert {uid for kind, uid in copied if kind == "venue"} == {venue.uid for venue in city.venues}
    assert followed(client, cursor)[0] == {}
    one, two, three = city.venues
    client.amend(one.uid, note=("", "后门在巷内"))
    change_at_a_desk(session, two, state="closed")
    change_at_a_desk(session, three, scope_path=city.west.scope_path, division_id=city.west.id)
    for start in (cursor, pack["feed_cursor"]):
        told, _ = followed(client, start)
        assert told["venue", one.uid]["note"] == "后门在巷内"
        assert told["venue", two.uid] == ("removed", "closed")
        assert told["venue", three.uid] == ("revoked", "moved")
    refused(client.feed(cursor[:-3] + "abc"), 410, "sync.cursor_stale")
    refused(client.feed("nonsense"), 410, "sync.cursor_stale")


def test_a_liaison_hears_of_no_register_and_may_not_correct_it(app, client, city):
    liaison = Here(app).sign_in("liaison", PASSWORD)
    assert followed(liaison)[0] == {}
    (result,) = liaison.amend(city.venues[0].uid, note=("", "x")).body["results"]
    assert (result["status"], result["code"]) == ("rejected", "sync.not_allowed")
    data = noise(3000, 5)
    client.send(client.entry("finding.record", finding(city.venues[0].uid, [photo(data)])))
    assert liaison.stands(hashlib.sha256(data).hexdigest())[0] == 404  # another person's file
