"""Text messages as a manager sends them: counted, sealed, sent once, and kept where a gateway refuses."""

import dataclasses
import json
import re

import pytest

from patrol.infra.crypto import keyring
from patrol.infra.db import unscoped
from patrol.prevention import TEXTS, TextMessage
from tests.factories import patrols as make
from tests.factories.ledgers import make_record

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
    shown = desk.get(answer.location + "?lang=zh").get_data(as_text=True)
    assert "第2行：“12345”不是大陆手机号码" in shown
    assert not (app.config["SETTINGS"].DATA_DIR / "messages.jsonl").exists()
    assert stored(session, row) == (0, 0, "")
    assert "没有可发送的号码" in desk.get(send(desk, row, " ").location).get_data(as_text=True)


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
