"""Messages of the clue room go out once, and only when what they tell of is on record."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from patrol.clues.models import Clue
from patrol.clues.services import telling
from patrol.core.errors import PatrolError
from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.infra.db.scope import PatrolSession
from patrol.infra.messages import NOT_SENT
from tests.factories.desk import Desk
from tests.factories.venues import create_person

CLUE = {"channel": "telephone", "kind": "lecture", "address": "一元路3号", "text": "楼上有人听课"}
HANDLED = (("verify", {"verdict": "true", "reason": "现场二十人听课"}), ("handle", {"reason": "已驱散"}))


@pytest.fixture
def desk(app, session):
    return Desk(app, session, "zh")


def taken(desk, **more):
    """Take a clue by the operator's form; the address of its page."""
    desk.post("/clues/new", division_uid=desk.city.east.uid, **CLUE, **more)
    with unscoped(desk.session, "a test looks"):
        uid = desk.session.scalars(select(Clue.uid)).one()
    desk.session.rollback()
    return f"/clues/{uid}"


def handled(desk):
    """Bring a clue with a reporter's telephone so far that only the feedback is left; its page."""
    path, inspector = taken(desk, reporter_contact="13812345678", reporter_way="sms"), desk.city.inspector
    desk.moved(path, ("accept", {}), ("triage", {"agency": inspector.agency.uid}),
               ("assign", {"person": inspector.uid}), *HANDLED)  # fmt: skip
    return path


def sent(app):
    """The telephones that the file of messages names, in order."""
    file = app.config["SETTINGS"].DATA_DIR / "messages.jsonl"
    return [json.loads(line)["to"] for line in file.read_text().splitlines()] if file.exists() else []


def supervised(desk):
    """Give the manager a superior with a telephone, and one without."""
    desk.made(
        lambda: [create_person(desk.session, desk.city.east, phone=phone) for phone in ("13900001111", " ")]
    )


@contextmanager
def no_commit():
    """Let every commit fail, as a full disk would."""

    def fail(_session):
        raise RuntimeError("the disk is full")

    event.listen(PatrolSession, "before_commit", fail)
    try:
        yield
    finally:
        event.remove(PatrolSession, "before_commit", fail)


@pytest.mark.parametrize("move", ["escalate", "feed_back"])
def test_what_is_rolled_back_sends_nothing_and_what_is_committed_sends_once(desk, app, move):
    supervised(desk)
    path, given = handled(desk), {"reason": "情况紧急"} if move == "escalate" else {"answer": "已依法处理。"}
    with no_commit():
        assert desk.step(path, move, **given)[0] == 500
    assert sent(app) == []
    form = desk.read(path)
    assert "已升级" not in form
    status, page = desk.step(path, move, **given)
    assert status == 302
    assert "已登记" in page
    assert sent(app) == (["13900001111"] if move == "escalate" else ["13812345678"])
    stale = desk.post(path, f"{path}/move", move=move, version=1, **given)
    assert stale[0] == 409
    assert len(sent(app)) == 1
    with unscoped(desk.session, "a test looks"):
        noted = desk.session.scalars(
            select(AuditEntry).where(AuditEntry.verb.startswith("clues.tell_"))
        ).one()
    assert noted.detail == {"told": 1, "missed": 1 if move == "escalate" else 0}


def test_a_word_that_a_gateway_refuses_stays_on_the_page_until_it_goes_out_once(desk, app, monkeypatch):
    path = handled(desk)

    def refuse(*_args, **_kwargs):
        raise PatrolError(NOT_SENT, why="busy")

    with monkeypatch.context() as patched:
        patched.setattr(telling, "send_message", refuse)
        status, page = desk.step(path, "feed_back", answer="情况属实，已依法处理。")
    assert status == 302
    assert "未能通知举报人" in page
    assert "情况属实，已依法处理。" in page
    assert sent(app) == []
    assert "举报人尚未收到本次反馈的通知" in desk.read(path)
    assert desk.post(path, f"{path}/tell")[0] == 302
    assert sent(app) == ["13812345678"]
    page = desk.read(path)
    assert "举报人尚未收到" not in page
    assert "已通知举报人有新进展" in page
    assert desk.post(path, f"{path}/tell")[0] == 409
    assert len(sent(app)) == 1


def test_a_reporter_who_chose_no_way_is_sent_nothing_and_nothing_waits(desk, app):
    path, inspector = taken(desk), desk.city.inspector
    desk.moved(path, ("accept", {}), ("triage", {"agency": inspector.agency.uid}),
               ("assign", {"person": inspector.uid}), *HANDLED)  # fmt: skip
    assert desk.step(path, "feed_back", answer="已依法处理。")[0] == 302
    assert sent(app) == []
    assert "举报人尚未收到" not in desk.read(path)
    status, page = desk.post(path, f"{path}/tell")
    assert status == 409
    assert "没有待发给举报人的消息" in page
