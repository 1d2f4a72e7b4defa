"""A supervisor brings what a phone could not send: in its owner's name, once, with everything damaged named."""

import base64
import hashlib
import io
import json
import os
import struct

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from patrol.clues import Sighting
from patrol.findings import Finding
from patrol.infra.audit import AuditEntry
from patrol.infra.blobs import Blob
from patrol.infra.db import unscoped
from patrol.infra.jobs import Job
from patrol.patrols import Visit
from patrol.sync import Receipt
from tests.factories import patrols as make

BYTES = make.jpeg(300, 200)
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(scope="module")
def pem():
    """A key made once: making one takes a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def manager(app, city):
    return make.sign_in(app, city.manager)


@pytest.fixture
def bureau(app, city, pem):
    (app.config["SETTINGS"].DATA_DIR / "rescue.key").write_bytes(pem)
    return make.sign_in(app, city.inspector).get("/api/v1/rescue-key").get_json()


class Sealing:
    """A phone as it writes a rescue file: one data key for each person, wrapped for the bureau."""

    def __init__(self, bureau, *, spki=None):
        self.key_id = bureau["id"]
        self.public = serialization.load_der_public_key(spki or base64.b64decode(bureau["spki"]))
        self.keys, self.records, self.bytes = {}, [], b""

    def _add(self, owner, name, data, **facts):
        key, iv = self.keys.setdefault(owner, os.urandom(32)), os.urandom(12)
        sealed = AESGCM(key).encrypt(iv, data, name.encode())
        self.records.append(
            {"owner": owner, "iv": base64.b64encode(iv).decode(), "size": len(sealed), **facts}
        )
        self.bytes += sealed

    def entry(self, owner, one):
        content = {name: one[name] for name in ("kind", "schema", "captured_at", "sha256", "body")}
        data = json.dumps(content | {"label": "x", "blobs": []}).encode()
        self._add(owner, f"entry/{one['id']}", data, type="entry", id=one["id"], seq=one["device_seq"])
        return self

    def photo(self, owner, data):
        sha256 = hashlib.sha256(data).hexdigest()
        self._add(owner, f"{owner}/blob/{sha256}", data, type="blob", sha256=sha256)
        return self

    def whole(self):
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        people = [
            {"uid": uid, "escrow": base64.b64encode(self.public.encrypt(key, oaep)).decode()}
            for uid, key in self.keys.items()
        ]
        header = json.dumps({
            "key_id": self.key_id, "device_uid": make.DEVICE, "exported_at": "2026-11-24T09:00:00Z",
            "clock_offset_ms": 0, "part": 1, "parts": 1, "people": people, "records": self.records,
        }).encode()  # fmt: skip
        return b"PATROLRESCUE1\n" + struct.pack(">I", len(header)) + header + self.bytes


def bring(client, data, **form):
    """Upload a file and return the result of its job, or the page that refuses it."""
    sent = {"file": (io.BytesIO(data), "phone.rescue"), "vouched": "1", **form}
    answer = client.post("/rescue", data=sent, headers=make.HEADERS)
    return answer


def outcome(session):
    """Return the newest work on a rescue file."""
    brought = select(Job).where(Job.kind == "rescue.import").order_by(Job.id.desc())
    with unscoped(session, "a test looks"):
        return session.scalars(brought.execution_options(populate_existing=True)).first()


def rows(session, model):
    with unscoped(session, "a test looks"):
        return session.scalars(select(model).execution_options(populate_existing=True)).all()


@pytest.fixture
def finding(city):
    visit = make.entry("visit.record", make.visit_body(city.venues[0], outcome="suspicious"))
    body = make.finding_body(
        city.venues[0], visit_uid=visit["body"]["visit_uid"], photos=[make.photo_of(BYTES)]
    )
    return visit, make.entry("finding.record", body, seq=2)


def test_what_could_not_be_sent_is_taken_in_once_in_its_owner_s_name(city, manager, bureau, finding, session):
    who = city.inspector
    file = Sealing(bureau).entry(who.uid, finding[0]).entry(who.uid, finding[1]).photo(who.uid, BYTES).whole()
    assert bring(manager, file).status_code == 302
    job = outcome(session)
    assert (job.state, job.result["entries"], job.result["photos"]) == ("done", {"stored": 2}, {"stored": 1})
    assert [(row.sha256, row.person_id) for row in rows(session, Receipt)] == [
        (one["sha256"], who.id) for one in finding
    ]
    assert [visit.person_id for visit in rows(session, Visit)] == [who.id]
    assert len(rows(session, Finding)) == 1
    assert [blob.state for blob in rows(session, Blob) if blob.sha256 == SHA] == ["stored"]

    assert bring(manager, file).status_code == 302
    job = outcome(session)
    assert (job.result["entries"], job.result["photos"]) == ({"duplicate": 2}, {"duplicate": 1})
    assert len(rows(session, Visit)) == len(rows(session, Finding)) == 1

    told = [entry for entry in rows(session, AuditEntry) if entry.verb == "sync.rescue"]
    assert [(entry.person_uid, entry.subject) for entry in told] == [(city.manager.uid, make.DEVICE)] * 2
    page = manager.get(f"/rescue/{job.uid}").get_data(as_text=True)
    assert who.name in page
    assert "此前已收到" in page


def test_the_phone_itself_then_hears_that_all_is_there(app, city, manager, bureau, finding):
    who = city.inspector
    bring(manager, Sealing(bureau).entry(who.uid, finding[0]).entry(who.uid, finding[1]).whole())
    results = make.send(make.sign_in(app, who), *finding).get_json()["results"]
    assert [result["status"] for result in results] == ["duplicate", "duplicate"]


def test_photos_wait_for_the_first_part(city, manager, bureau, session):
    bring(manager, Sealing(bureau).photo(city.inspector.uid, BYTES).whole())
    assert outcome(session).result["photos"] == {"waiting": 1}
    assert rows(session, Blob) == []


def test_people_outside_the_division_are_left_alone(city, manager, bureau, session):
    one = make.entry("sighting.report", make.sighting_body())
    bring(manager, Sealing(bureau).entry(city.stranger.uid, one).photo(city.stranger.uid, BYTES).whole())
    result = outcome(session).result
    assert (result["entries"], result["photos"], result["names"]) == ({"outside": 1}, {"outside": 1}, [])
    assert rows(session, Sighting) == []


def test_a_damaged_file_gives_up_what_is_whole(city, manager, bureau, finding, session):
    who = city.inspector
    sealing = Sealing(bureau).entry(who.uid, finding[0]).entry(who.uid, finding[1]).photo(who.uid, BYTES)
    file = bytearray(sealing.whole())
    file[-len(sealing.bytes) + sealing.records[0]["size"] + 3] ^= 1
    bring(manager, bytes(file[:-5]))
    result = outcome(session).result
    assert (result["entries"], result["photos"]) == ({"stored": 1, "damaged": 1}, {"damaged": 1})


def test_a_record_moved_to_another_name_does_not_open(city, manager, bureau, finding, session):
    sealing = Sealing(bureau).entry(city.inspector.uid, finding[0])
    sealing.records[0]["id"] = make.new_uid()
    bring(manager, sealing.whole())
    assert outcome(session).result["entries"] == {"damaged": 1}
    assert rows(session, Visit) == []


def test_records_that_the_server_refuses_say_why(city, manager, bureau, session):
    one = make.entry("visit.record", make.visit_body(city.far))
    bring(manager, Sealing(bureau).entry(city.inspector.uid, one).whole())
    result = outcome(session).result
    assert result["entries"] == {"rejected": 1}
    assert result["reasons"][0]["zh"]
    assert result["reasons"][0]["id"] == one["id"]


@pytest.mark.parametrize(
    "data",
    [b"", b"PATROLRESCUE1\n", b"PATROLRESCUE1\n\xff\xff\xff\xff", b"PATROLRESCUE1\n\0\0\0\2[]", b"\x89PNG"],
)
def test_what_is_no_rescue_file_is_refused_in_a_sentence(manager, data, session):
    bring(manager, data)
    job = outcome(session)
    assert (job.state, job.error_zh[:6]) == ("failed", "这不是网格巡查"[:6])
    assert job.error_zh in manager.get(f"/rescue/{job.uid}").get_data(as_text=True)


def test_a_file_for_another_bureau_stays_closed(city, manager, bureau, session):
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    spki = foreign.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    sealing = Sealing({**bureau, "id": "0" * 16}, spki=spki).photo(city.inspector.uid, BYTES)
    bring(manager, sealing.whole())
    assert "另一台服务器" in outcome(session).error_zh
    sealing.key_id = bureau["id"]
    bring(manager, sealing.whole())
    assert outcome(session).state == "failed"


def test_the_page_asks_for_a_file_and_for_who_vouches(manager, session):
    assert "抢救文件" in manager.get("/rescue").get_data(as_text=True)
    answer = bring(manager, b"x", vouched="")
    assert answer.status_code == 422
    assert "请确认" in answer.get_data(as_text=True)
    answer = manager.post("/rescue", data={"vouched": "1"}, headers=make.HEADERS)
    assert answer.status_code == 422
    assert outcome(session) is None


def test_another_manager_does_not_see_the_file(app, city, manager, bureau, session):
    bring(manager, b"x")
    uid = outcome(session).uid
    assert make.sign_in(app, city.inspector).get(f"/rescue/{uid}").status_code == 403
    city_manager = make.sign_in(app, city.manager)
    assert city_manager.get(f"/rescue/{uid}").status_code == 200


def test_the_key_is_made_once_and_only_for_the_server(app, city):
    bureau = make.sign_in(app, city.inspector).get("/api/v1/rescue-key").get_json()
    again = make.sign_in(app, city.liaison).get("/api/v1/rescue-key").get_json()
    assert again == bureau
    kept = app.config["SETTINGS"].DATA_DIR / "rescue.key"
    assert kept.stat().st_mode & 0o077 == 0
