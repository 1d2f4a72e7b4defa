"""Three phones as a state machine: whatever people do with them, in whatever order, the promise holds after each step.

Phones record with clocks that are off by years, change hands, send and lose the answer, send twice, send in another
person's name, bring photos in pieces; divisions are taken from people and given back; the server is built anew.
"""

import datetime as dt
import hashlib
import json
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from patrol.accounts import Person
from patrol.infra.db import db, unscoped
from patrol.territory import Division
from tests.databases import build_app, let_go
from tests.factories import patrols as make
from tests.soak.checker import faults_in
from tests.soak.storm import Ledger
from tests.soak.world import SECRET, build_world

OFFICERS = ("inspector", "police")
devices = st.integers(0, 2)


@dataclass
class Device:
    """A phone: who holds it, how far its clock is off, and what it keeps for each of its people."""

    uid: str = field(default_factory=make.new_uid)
    person: str = "inspector"
    years: int = 0
    seq: int = 0
    waiting: dict = field(default_factory=lambda: {name: {} for name in OFFICERS})
    photos: dict = field(default_factory=lambda: {name: {} for name in OFFICERS})

    @property
    def now(self):
        return dt.datetime.now(dt.UTC) + dt.timedelta(days=365 * self.years)


class Phones(RuleBasedStateMachine):
    """The machine; ``database`` and ``folder`` are the test's."""

    def __init__(self, database, folder):
        super().__init__()
        self.world = build_world(database.another("machine"), Path(tempfile.mkdtemp(dir=folder)))
        self.ledger, self.rng = Ledger(), random.Random(7)
        self.devices = [Device() for _ in range(3)]
        self.revoked, self.built = set(), 0
        self.app = self.build()

    def build(self):
        self.built += 1
        settings = {"SECRET_KEY": SECRET, "RATE_LIMITS": "off", "MIN_FREE_DISK_PERCENT": "0"}
        return build_app(self.world.url, self.world.data_dir, **settings)

    def client(self, person):
        client = self.app.test_client()
        name, _, value = self.world.cookies[person].partition("=")
        client.set_cookie(name, value)
        return client

    @rule(number=devices, venue=st.integers(0, 2), visit=st.booleans(), photos=st.integers(0, 2))
    def record(self, number, venue, visit, photos):
        phone = self.devices[number]
        phone.seq += 1
        place = self.world.venues[venue]
        if visit:
            made = make.entry(
                "visit.record", make.visit_body(place, at=phone.now), at=phone.now, seq=phone.seq
            )
        else:
            bytes_ = [self.rng.randbytes(self.rng.randrange(40, 400)) for _ in range(photos)]
            body = make.finding_body(place, photos=[make.photo_of(each) for each in bytes_])
            made = make.entry("finding.record", body, at=phone.now, seq=phone.seq, schema=2)
            for each in bytes_:
                phone.photos[phone.person][hashlib.sha256(each).hexdigest()] = (made["id"], each)
        phone.waiting[phone.person][made["id"]] = made

    @rule(number=devices, person=st.sampled_from(OFFICERS))
    def change_hands(self, number, person):
        self.devices[number].person = person

    @rule(number=devices, years=st.integers(-30, 30))
    def clock_jumps(self, number, years):
        self.devices[number].years = years

    @rule(number=devices, fate=st.sampled_from(("heard", "lost", "twice")))
    def send(self, number, fate):
        phone = self.devices[number]
        entries = list(phone.waiting[phone.person].values())
        self.rng.shuffle(entries)
        answer = self.post(phone, phone.person, entries)
        if fate == "twice":
            answer = self.post(phone, phone.person, entries)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        if fate == "lost":
            return
        results = {each["id"]: each for each in answer.get_json()["results"]}
        assert results.keys() == {each["id"] for each in entries}
        for entry in entries:
            self.hear(phone, entry, results[entry["id"]])

    def hear(self, phone, entry, result):
        uid = entry["id"]
        if result["status"] in {"stored", "duplicate"}:
            assert result["sha256"] == entry["sha256"]
            assert not (result["status"] == "stored" and uid in self.ledger.promised), "it had been lost"
            self.ledger.promised[uid] = result["sha256"]
            del phone.waiting[phone.person][uid]
        else:  # parked: it stays on the phone, and its owner may try again
            assert (result["status"], phone.person in self.revoked) == ("rejected", True), result

    def post(self, phone, person, entries, owner=None):
        for entry in entries:
            self.ledger.entries.setdefault(entry["id"], {})[entry["sha256"]] = entry
        sent = make.batch(*entries, device_uid=phone.uid, sent_at=phone.now, schema=2, unsent=len(entries))
        headers = {**make.HEADERS, "X-Patrol-Person": owner or self.uid_of(person)}
        return self.client(person).post("/api/v1/sync", data=json.dumps(sent), headers=headers,
                                        content_type="application/json")  # fmt: skip

    def uid_of(self, person):
        with self.app.app_context(), unscoped(db.session, "a test looks"):
            return db.session.scalar(select(Person.uid).where(Person.username == person))

    @rule(number=devices)
    def send_what_belongs_to_another(self, number):
        phone = self.devices[number]
        other = OFFICERS[phone.person == OFFICERS[0]]
        if phone.waiting[other]:
            entries = list(phone.waiting[other].values())
            answer = self.post(phone, phone.person, entries, owner=self.uid_of(other))
            assert answer.status_code == 401

    @rule(number=devices, whole=st.booleans(), heard=st.booleans())
    def send_photos(self, number, whole, heard):
        phone = self.devices[number]
        for sha256, (uid, data) in list(phone.photos[phone.person].items()):
            if (
                uid not in phone.waiting[phone.person]
                and self.send_photo(phone.person, sha256, data, whole)
                and heard
            ):
                self.ledger.files_promised.add(sha256)
                del phone.photos[phone.person][sha256]

    def send_photo(self, person, sha256, data, whole):
        client, path = self.client(person), f"/api/v1/blobs/{sha256}"
        self.ledger.files[sha256] = data
        state = client.head(path)
        assert state.status_code == 200, "a promised entry's photo is unknown"
        offset = int(state.headers["Upload-Offset"])
        if state.headers["Upload-Complete"] == "?1":
            return True
        piece = data[offset:] if whole else data[offset : offset + 30]
        more = {"Upload-Offset": str(offset), "Upload-Length": str(len(data))}
        answer = client.put(path, data=piece, headers={**make.HEADERS, **more})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()["complete"]

    @rule(person=st.sampled_from(OFFICERS))
    def take_the_division(self, person):
        self.revoked.add(person)
        self.move(person, "420103")

    @rule(person=st.sampled_from(OFFICERS))
    def give_it_back(self, person):
        self.revoked.discard(person)
        self.move(person, "420102")

    def move(self, person, code):
        with self.app.app_context(), unscoped(db.session, "a test moves an officer"):
            row = db.session.scalars(select(Person).where(Person.username == person)).one()
            row.scope_path = db.session.scalars(
                select(Division.scope_path).where(Division.code == code)
            ).one()
            db.session.commit()

    @rule()
    def restart(self):
        if self.built < 3:  # building the program takes longer than everything else together
            let_go(self.app)
            self.app = self.build()

    @invariant()
    def the_promise_holds(self):
        with self.app.app_context(), unscoped(db.session, "the checker looks at everything"):
            assert faults_in(self.app, self.ledger) == []
            db.session.rollback()

    def teardown(self):
        """Everybody comes home: then everything is there, and nothing is left on any phone."""
        try:
            for person in OFFICERS:
                self.give_it_back(person)
                for number, phone in enumerate(self.devices):
                    phone.person = person
                    self.send(number, "heard")
                    self.send_photos(number, whole=True, heard=True)
                    assert (phone.waiting[person], phone.photos[person]) == ({}, {})
            self.the_promise_holds()
            assert self.ledger.promised.keys() == self.ledger.entries.keys()
        finally:
            let_go(self.app)
