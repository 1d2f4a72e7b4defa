"""What the server refuses before it costs anything: too many at once, too much in a day; what it clears away."""

import datetime as dt
import hashlib
import os
import threading

import pytest
from sqlalchemy import update

from patrol.core.clock import FixedClock
from patrol.core.errors import PatrolError
from patrol.infra.blobs import Blob
from patrol.infra.files import blob_store, scratch_file
from patrol.sync import api
from patrol.sync.pressure import Gate
from patrol.sync.sweeping import sweep
from tests.factories import patrols as make


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def phone(app, city):
    return make.sign_in(app, city.inspector)


def test_a_gate_lets_some_in_lets_one_wait_and_sends_the_rest_away():
    gate, inside, go = Gate(1, 1, 5.0), threading.Event(), threading.Event()
    passed = []

    def pass_through(name):
        with gate.passing():
            inside.set()
            assert go.wait(10)
            passed.append(name)

    holder = threading.Thread(target=pass_through, args=("holder",))
    holder.start()
    assert inside.wait(5)
    waiter = threading.Thread(target=pass_through, args=("waiter",))
    waiter.start()
    while gate._queue._value:
        pass
    with pytest.raises(PatrolError) as refused, gate.passing():
        pass
    assert (refused.value.code, refused.value.status) == ("sync.busy", 503)
    go.set()
    holder.join()
    waiter.join()
    assert passed == ["holder", "waiter"]
    with gate.passing():
        pass


def test_a_phone_that_is_sent_away_is_told_when_to_come_back(city, phone, monkeypatch):
    monkeypatch.setattr(api, "gate", Gate(0, 0, 0.0))
    entry = make.entry("visit.record", make.visit_body(city.venues[0]))
    answer = make.send(phone, entry)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "sync.busy")
    assert 2 <= int(answer.headers["Retry-After"]) <= 9
    monkeypatch.undo()
    assert make.send(phone, entry).get_json()["results"][0]["status"] == "stored"


def test_more_photos_than_a_day_holds_wait_until_tomorrow(app, city, phone, session):
    one, two = make.jpeg(seed=1), make.jpeg(seed=2)
    body = make.finding_body(city.venues[0], photos=[make.photo_of(one), make.photo_of(two)])
    make.send(phone, make.entry("finding.record", body))
    assert make.upload(phone, one).status_code == 200
    session.info["readonly"] = False
    session.execute(update(Blob).where(Blob.state == "stored").values(size=6_000_000_000))
    session.commit()
    answer = make.upload(phone, two)
    assert (answer.status_code, answer.get_json()["code"]) == (429, "sync.quota")
    assert answer.headers["Retry-After"] == "3600"
    session.execute(update(Blob).where(Blob.state == "stored").values(size=1))
    session.commit()
    assert make.upload(phone, two).status_code == 200


def test_a_recording_is_declared_sent_and_played_only_as_a_recording(app, city, phone):
    sound = b"OggS" + bytes(range(200))
    declared = {"sha256": hashlib.sha256(sound).hexdigest(), "size": len(sound), "type": "audio/ogg"}
    body = make.finding_body(city.venues[0], recordings=[declared])
    (old,) = make.send(phone, make.entry("finding.record", make.finding_body(city.venues[0]))).get_json()[
        "results"
    ]
    assert old["status"] == "stored"
    (told,) = make.send(phone, make.entry("finding.record", body, schema=2)).get_json()["results"]
    assert (told["status"], told["needs_blobs"]) == ("stored", [declared["sha256"]])
    assert make.upload(phone, sound).get_json()["complete"] is True
    page = phone.get(f"/findings/{body['finding_uid']}").get_data(as_text=True)
    uid = page.split("/api/v1/photos/")[1].split("/")[0]
    played = phone.get(f"/api/v1/photos/{uid}/sound")
    assert (played.data, played.mimetype) == (sound, "audio/ogg")
    assert phone.get(f"/api/v1/photos/{uid}").status_code == 404


def test_the_sweep_clears_what_nobody_continues_or_names_and_nothing_else(app, city, phone, session):
    settings, clock = app.config["SETTINGS"], FixedClock(dt.datetime.now(dt.UTC))
    photo, orphan = make.jpeg(seed=3), b"nobody names this"
    body = make.finding_body(city.venues[0], photos=[make.photo_of(photo)])
    make.send(phone, make.entry("finding.record", body))
    make.upload(phone, photo)
    store = blob_store(settings)
    scratch = scratch_file(settings)
    scratch.write_bytes(orphan)
    store.put(hashlib.sha256(orphan).hexdigest(), scratch)
    part = scratch_file(settings, ".part")
    part.write_bytes(b"half")
    young = scratch_file(settings, ".part")
    young.write_bytes(b"half")
    old = clock.now().timestamp() - 8 * 86_400
    named = set(store.names()) - {hashlib.sha256(orphan).hexdigest()}
    for path in (part, *(store.path(name) for name in store.names())):
        os.utime(path, (old, old))
    counts = sweep(session(), settings, clock=clock)
    session.commit()
    assert (counts["parts"], counts["orphans"]) == (1, 1)
    assert set(store.names()) == named
    assert (young.exists(), part.exists()) == (True, False)
    aside = list((settings.DATA_DIR / "orphans").iterdir())
    assert [path.read_bytes() for path in aside] == [orphan]
    for path in aside:
        os.utime(path, (clock.now().timestamp() - 40 * 86_400,) * 2)
    assert sweep(session(), settings, clock=clock)["removed"] == 1
