"""The resident's pages: no account, no cookie, no script, no trace of who asked."""

import hashlib
import io
import re

import pytest
from sqlalchemy import select, text

from patrol.clues import Sighting, SightingPhoto, SightingReporter, State
from patrol.clues.services import Move, move_sighting
from patrol.core.clock import SystemClock
from patrol.infra.db import db, unscoped
from patrol.infra.files import blob_store
from tests.factories import patrols as make

ADDRESS, AGENT = "203.0.113.77", "CanaryBrowser/9.9"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){3}-[0-9A-HJKMNP-TV-Z]{6}")


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def resident(app, city):
    return make.browser(app)


def ask(client, path, **more):
    return client.get(path, environ_overrides={"REMOTE_ADDR": ADDRESS}, headers={"User-Agent": AGENT}, **more)


def token_of(page):
    return re.search(r'name="token" value="([^"]+)"', page.get_data(as_text=True))[1]


def report(client, city, files=(), **changes):
    data = {
        "token": token_of(ask(client, "/report")),
        "kind": "lecture",
        "division": city.east.uid,
        "address": "一元路10号3楼",
        "text": "每天早上很多人上课",
        "seen_on": "今天上午",
        "website": "",
        **changes,
    }
    data["photos"] = [(io.BytesIO(body), name) for name, body in files]
    return client.post(
        "/report",
        data=data,
        environ_overrides={"REMOTE_ADDR": ADDRESS},
        headers={"User-Agent": AGENT},
        content_type="multipart/form-data",
    )


def sightings(session):
    with unscoped(session, "a test looks"):
        return list(session.scalars(select(Sighting).execution_options(populate_existing=True)))


def test_a_report_gives_a_code_of_which_only_the_hash_is_kept(city, resident, session):
    answer = report(resident, city)
    assert answer.status_code == 200
    code = CODE.search(answer.get_data(as_text=True))[0].replace("-", "")
    stored = sightings(session)[0]
    assert stored.follow_sha256 == hashlib.sha256(code.encode()).hexdigest()
    assert (stored.channel, stored.scope_path, stored.state) == ("resident", city.east.scope_path, "received")
    assert answer.headers["Cache-Control"] == "no-store"
    with unscoped(session, "a test looks"):
        assert session.scalars(select(SightingReporter)).all() == []


def test_no_cookie_is_set_and_nothing_of_the_asker_is_kept(app, city, resident, session, caplog):
    caplog.set_level("DEBUG")
    pages = [ask(resident, "/report"), report(resident, city), ask(resident, "/report/follow")]
    pages.append(
        resident.post("/report/follow", data={"code": "0" * 26}, environ_overrides={"REMOTE_ADDR": ADDRESS})
    )
    for page in pages:
        assert "Set-Cookie" not in page.headers
        assert "<script" not in page.get_data(as_text=True)
    assert ADDRESS not in caplog.text
    assert AGENT not in caplog.text
    with unscoped(session, "a canary is looked for everywhere"):
        for table in db.metadata.sorted_tables:
            rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()
            assert ADDRESS not in repr(rows), table.name
            assert AGENT not in repr(rows), table.name
    for path in app.config["SETTINGS"].DATA_DIR.rglob("*"):
        if path.is_file():
            assert ADDRESS.encode() not in path.read_bytes()
            assert AGENT.encode() not in path.read_bytes()


def test_photos_are_drawn_anew_and_the_file_sent_is_gone(app, city, resident, session):
    original = make.jpeg(400, 300)
    assert b"SecretCamera" in original
    assert report(resident, city, files=[("a.jpg", original)]).status_code == 200
    with unscoped(session, "a test looks"):
        photo = session.scalars(select(SightingPhoto)).one()
    assert photo.sha256_copy != hashlib.sha256(original).hexdigest()
    store = blob_store(app.config["SETTINGS"])
    assert list(store.names()) == [photo.sha256_copy]
    assert b"SecretCamera" not in store.read(photo.sha256_copy)


def test_a_file_that_is_no_picture_is_named_and_the_words_stay(city, resident, session):
    answer = report(resident, city, files=[("<b>x.jpg", b"not a picture"), ("b.jpg", make.jpeg())])
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "每天早上很多人上课" in page
    assert "&lt;b&gt;x.jpg" in page
    assert sightings(session) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": ""}, "请选择您看到的情况"),
        ({"division": ""}, "请选择所在的区或街道"),
        ({"address": " "}, "请简单写明"),
        ({"text": ""}, "请简单写明"),
        ({"text": "长" * 2001}, "2000"),
        ({"website": "x"}, "请清空"),
        ({"token": "forged"}, "表单已超过一天"),
        ({"token": ""}, "表单已超过一天"),
    ],
)
def test_what_is_missing_is_said_in_words(city, resident, session, change, sentence):
    answer = report(resident, city, **change)
    assert answer.status_code in {400, 422}
    assert sentence in answer.get_data(as_text=True)
    assert sightings(session) == []


def test_the_same_page_sent_twice_is_one_report(city, resident, session):
    token = token_of(ask(resident, "/report"))
    assert report(resident, city, token=token).status_code == 200
    again = report(resident, city, token=token)
    assert again.status_code == 409
    assert "已经收到" in again.get_data(as_text=True)
    assert len(sightings(session)) == 1


def test_four_photos_are_one_too_many(city, resident, session):
    answer = report(resident, city, files=[(f"{n}.jpg", make.jpeg(seed=n)) for n in range(4)])
    assert answer.status_code == 422
    assert sightings(session) == []


def test_whoever_has_the_code_sees_progress_and_nothing_of_the_report(city, resident, session):
    page = report(resident, city).get_data(as_text=True)
    code = CODE.search(page)[0]
    sighting = sightings(session)[0]
    with unscoped(session, "a manager works"):
        actor = make.act_as(session, city.manager)
        for state, note in (("accepted", ""), ("assigned", ""), ("closed", "感谢您的举报")):
            reason = "unfounded" if state == "closed" else ""
            move_sighting(
                session, actor, sighting, Move(State(state), note, "内部备注", reason), clock=SystemClock()
            )
        session.commit()
    messy = f"  {code.lower().replace('0', 'o').replace('1', 'l')}  "
    answer = resident.post("/report/follow", data={"code": messy}).get_data(as_text=True)
    assert "感谢您的举报" in answer
    assert "经核查未发现问题" in answer
    assert "内部备注" not in answer
    assert "每天早上" not in answer
    assert "张" not in answer


def test_a_wrong_code_is_not_found(city, resident):
    for code in ("", "ABC", "0" * 26, "U" * 26, "零" * 26):
        answer = resident.post("/report/follow", data={"code": code})
        assert answer.status_code == 404
        assert "没有与此查询码对应的举报" in answer.get_data(as_text=True)


def test_the_pages_speak_both_languages(city, resident):
    assert "What is protected, and what is not" in ask(resident, "/report?lang=en").get_data(as_text=True)
    assert "哪些受到保护" in ask(resident, "/report?lang=zh").get_data(as_text=True)
