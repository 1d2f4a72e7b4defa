"""Text messages as a manager sends them: counted, sealed, sent once, and kept where a gateway refuses."""

import dataclasses
import json
import re

import pytest

from patrol.accounts import Person, principal_of_person
from patrol.core.errors import PatrolError
from patrol.infra.crypto import keyring
from patrol.infra.db import unscoped
from patrol.infra.jobs import CANCELLED
from patrol.prevention import TEXTS, TextMessage
from patrol.prevention.telling import put_in_queue, send_waiting
from tests.factories import patrols as make
from tests.factories.ledgers import CLOCK, make_record

NUMBERS = ("13800138000", "13900139000", "15012345678")


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


@pytest.fixture
def row(session, city):
    with unscoped(session, "a test writes a text"):
        made = make_record(session, TEXTS.code, "420102", text="谨防传销" * 20)
        session.commit()
    uid = made.uid
    make.free(session)
    return uid


def send(desk, uid, numbers):
    page = desk.get(f"/texts/{uid}").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return desk.post(f"/prevention/texts/{uid}/send", data={"csrf_token": token, "numbers": numbers})


def stored(session, uid):
    session.expire_all()
    with unscoped(session, "a test looks"):
        found = session.query(TextMessage).filter_by(uid=uid).one()
        kept = (found.delivered, found.failed, found.waiting)
    make.free(session)
    return kept


def test_a_text_reaches_every_telephone_once_and_no_number_is_kept(app, session, desk, row):
    page = desk.get(f"/texts/{row}").get_data(as_text=True)
    assert ">80<" in page
    assert ">2<" in page
    assert send(desk, row, f"{NUMBERS[0]}\n+86 {NUMBERS[1]}，{NUMBERS[2]}\n{NUMBERS[0]}").status_code == 200
    lines = (app.config["SETTINGS"].DATA_DIR / "messages.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["to"] for line in lines) == sorted(NUMBERS)
    assert stored(session, row) == (3, 0, "")


def test_numbers_that_are_none_are_named_and_nothing_is_sent(app, session, desk, row):
    answer = send(desk, row, f"{NUMBERS[0]}\n12345")
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert f"{NUMBERS[0]}\n12345</textarea>" in shown  # nothing of what was pasted is lost
    assert "第2行：“12345”不是大陆手机号码" in shown
    assert not (app.config["SETTINGS"].DATA_DIR / "messages.jsonl").exists()
    assert stored(session, row) == (0, 0, "")
    assert "没有可发送的号码" in send(desk, row, " ").get_data(as_text=True)


def test_what_a_gateway_refuses_waits_sealed_and_goes_out_later(app, session, desk, row, monkeypatch):
    settings = app.config["SETTINGS"]
    refusing = dataclasses.replace(settings, SMS_GATEWAY="http://127.0.0.1:9/send")
    monkeypatch.setitem(app.config, "SETTINGS", refusing)
    send(desk, row, "\n".join(NUMBERS))
    delivered, failed, waiting = stored(session, row)
    assert (delivered, failed) == (0, 3)
    assert not any(number in waiting for number in NUMBERS)
    opened = keyring(settings).unseal(waiting, f"text_message|waiting|{row}")
    assert sorted(opened.split("\n")) == sorted(NUMBERS)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    send(desk, row, "")
    assert stored(session, row) == (3, 0, "")
    page = desk.get(f"/texts/{row}/edit").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    data = {"csrf_token": token, "version": version, "title": "x", "division": "420102", "text": "另一条",
            "written_on": re.search(r'name="written_on"[^>]*value="([^"]+)"', page)[1]}  # fmt: skip
    assert desk.post(f"/texts/{row}/edit", data=data).status_code == 409


def test_a_sending_that_its_sender_stops_names_the_rest_and_serves_it_once_later(app, session, desk, row):
    settings = app.config["SETTINGS"]
    sent = settings.DATA_DIR / "messages.jsonl"
    asked = []

    def stop_after_one(done, total, _zh, _en):
        asked.append((done, total))
        if done == 1:
            raise PatrolError(CANCELLED)

    with unscoped(session, "a test sends without a worker"):
        session.info["readonly"] = False
        text = session.query(TextMessage).filter_by(uid=row).one()
        keys, actor = keyring(settings), principal_of_person(session.query(Person).first())
        put_in_queue(session, actor, text, "\n".join(NUMBERS), keys, clock=CLOCK)
        assert text.failed == 3
        assert send_waiting(session, text, settings, keys, stop_after_one, clock=CLOCK) == (1, 2)
    make.free(session)
    assert asked == [(0, 3), (1, 3)]
    assert stored(session, row)[:2] == (1, 2)
    assert "还有2个号码未送达" in desk.get(f"/texts/{row}").get_data(as_text=True)
    send(desk, row, "")
    assert stored(session, row) == (3, 0, "")
    assert sorted(json.loads(line)["to"] for line in sent.read_text().splitlines()) == sorted(NUMBERS)
