"""Accounts and agencies as the system administrator keeps them, and how people get in: codes, lockout, signing out."""

import datetime as dt
import re

import pytest
from flask_security import hash_password
from sqlalchemy import select

from patrol.accounts import Agency, Person
from patrol.accounts.models import EndedSignIn, PasswordCode, SignInFailure
from patrol.infra.audit import AuditEntry
from tests.factories.patrols import browser, sign_in
from tests.factories.venues import City, create_person

GOOD = "三个词 river copper"


@pytest.fixture
def city(session):
    city = City(session)
    city.sysadmin = create_person(session, city.city, "system_administrator", username="keeper")
    city.walker = create_person(
        session, city.east, "inspector", username="walker", password=hash_password(GOOD)
    )
    session.commit()
    return city


@pytest.fixture
def admin(app, city):
    return sign_in(app, city.sysadmin)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:600]
    return answer.get_data(as_text=True)


def post(client, path, status=302, token_from="/agencies/", **data):
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client, token_from))[1]
    answer = client.post(path, data={"csrf_token": token, **data})
    assert status in (None, answer.status_code), answer.get_data(as_text=True)[:900]
    return answer


def log_in(client, username="walker", password=GOOD, status=302):
    return post(client, "/login", status, "/login", username=username, password=password)


def code_in(answer):
    return re.search(r"<code>([0-9A-Z-]+)</code>", answer.get_data(as_text=True))[1]


def choose(client, code, password=GOOD, again=None, username="walker", status=302, language="zh"):
    return post(
        client, f"/account/password?lang={language}", status, "/account/password", username=username, code=code,
        password=password, again=password if again is None else again,
    )  # fmt: skip


ACCOUNT = {"name": "李四", "username": "lisi", "roles": ["inspector"]}


def test_a_new_account_gets_a_code_and_chooses_its_own_password(app, admin, city, session):
    agency = city.walker.agency.uid
    shown = post(admin, "/people/new", 200, agency_uid=agency, **ACCOUNT)
    assert "李四" in shown.get_data(as_text=True)
    person = session.scalars(select(Person).where(Person.username == "lisi")).one()
    assert (person.password, person.scope_path) == (None, city.east.scope_path)
    code = code_in(shown)
    kept = session.scalars(select(PasswordCode)).one()
    assert len(code.replace("-", "")) == 24
    assert code.replace("-", "") not in kept.sha256, "only the hash is kept"
    anew = browser(app)
    choose(anew, code.lower().replace("-", " "), username="lisi")
    log_in(anew, "lisi")
    assert page(anew, "/account/password")
    assert "已使用" in choose(browser(app), code, username="lisi", status=403).get_data(as_text=True), (
        "used once"
    )


def test_a_reset_ends_the_old_password_and_every_session(app, admin, city, session):
    phone = browser(app)
    log_in(phone)
    assert phone.get("/findings/").status_code == 200
    code = code_in(post(admin, f"/people/{city.walker.uid}/password", 200))
    assert phone.get("/findings/").status_code == 302
    log_in(browser(app), status=200)
    choose(browser(app), code, "another four words")
    log_in(browser(app), password="another four words")


def test_a_code_is_good_for_fifteen_minutes(app, admin, city, session):
    code = code_in(post(admin, f"/people/{city.walker.uid}/password", 200))
    row = session.scalars(select(PasswordCode)).one()
    left = row.expires_at - dt.datetime.now(dt.UTC)
    assert dt.timedelta(minutes=14) < left <= dt.timedelta(minutes=15)
    row.expires_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    session.commit()
    for language, words in (("zh", "口令已超过15分钟"), ("en", "older than 15 minutes")):
        assert words in choose(browser(app), code, status=403, language=language).get_data(as_text=True)


@pytest.mark.parametrize(("password", "again", "zh"), [
    ("short", "short", "密码至少需要10个字符"), ("walker", "walker", "过于常见或与账号相同"),
    ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "过于常见"), (GOOD, "else", "两次输入的密码不一致"),
])  # fmt: skip
def test_a_weak_password_is_refused_and_the_code_stays_good(app, admin, city, password, again, zh):
    code = code_in(post(admin, f"/people/{city.walker.uid}/password", 200))
    assert zh in choose(browser(app), code, password, again, status=422).get_data(as_text=True)
    choose(browser(app), code)


@pytest.mark.parametrize("username", ["walker", "nobody-of-this-name"])
def test_five_failures_lock_a_name_whether_or_not_it_exists(app, city, session, username):
    for _ in range(4):
        assert "锁定" not in log_in(browser(app), username, "wrong", 200).get_data(as_text=True)
    assert "该账号已锁定15分钟" in log_in(browser(app), username.upper(), "wrong", 200).get_data(as_text=True)
    assert "该账号已锁定15分钟" in log_in(browser(app), username, GOOD, 200).get_data(as_text=True)
    assert "accounts.lock" in session.scalars(select(AuditEntry.verb)).all()
    assert username not in str(session.execute(select(SignInFailure.name_sha256)).all())
    session.query(SignInFailure).update({"locked_until": dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)})
    session.commit()
    log_in(browser(app), username, GOOD, 302 if username == "walker" else 200)


def test_a_good_sign_in_forgets_the_failures_before_it(app, city, session):
    for _ in range(2):
        for _ in range(3):
            log_in(browser(app), password="wrong", status=200)
        log_in(browser(app))
    assert not session.scalars(select(SignInFailure)).all()


def test_signing_in_begins_a_new_session_and_signing_out_ends_it_for_every_copy(app, city, session):
    client = browser(app)
    page(client, "/login")
    with client.session_transaction() as cookie:
        before = dict(cookie)
    log_in(client)
    with client.session_transaction() as cookie:
        first = dict(cookie)
    assert first["sign_in"]
    assert first.get("csrf_token") != before["csrf_token"], (
        "a token planted before signing in is worth nothing"
    )
    thief = browser(app)
    with thief.session_transaction() as cookie:
        cookie.update(first)
    assert thief.get("/findings/").status_code == 200
    post(client, "/logout", 302, "/account/password")
    assert thief.get("/findings/").status_code == 302, "a copy of the cookie ends with it"
    log_in(client)
    with client.session_transaction() as cookie:
        assert cookie["sign_in"] != first["sign_in"]
    assert session.scalars(select(EndedSignIn)).all()


def test_a_session_that_ends_in_the_middle_leads_back_to_the_same_page_and_says_so(app, admin, city, session):
    client = browser(app)
    log_in(client)
    assert client.get("/findings/?q=x").status_code == 200
    post(admin, f"/people/{city.walker.uid}/active", active="0")
    answer = client.get("/findings/?q=x")
    assert (answer.status_code, answer.location) == (302, "/login?next=/findings/?q%3Dx")
    program = client.post("/api/v1/sync", json={}, headers={"X-Patrol": "1"})
    assert (program.status_code, program.get_json()["message_zh"]) == (401, "请先登录。")


def test_a_person_at_rest_cannot_sign_in(app, admin, city):
    post(admin, f"/people/{city.walker.uid}/active", active="0")
    log_in(browser(app), status=200)
    post(admin, f"/people/{city.walker.uid}/active", active="1")
    log_in(browser(app))


def test_the_three_administrators_are_three_people(admin, city):
    twice = {**ACCOUNT, "roles": ["system_administrator", "auditor"], "agency_uid": city.walker.agency.uid}
    for language, words in (("zh", "不得由同一人兼任"), ("en", "must be three different people")):
        assert words in post(admin, f"/people/new?lang={language}", 422, **twice).get_data(as_text=True)


def test_nobody_changes_the_own_roles(admin, city):
    mine = {
        "name": "我",
        "agency_uid": city.sysadmin.agency.uid,
        "roles": ["system_administrator", "city_manager"],
    }
    assert "不得更改本人的岗位" in post(admin, f"/people/{city.sysadmin.uid}", 422, **mine).get_data(
        as_text=True
    )


def test_whoever_changes_division_sees_the_new_one_only_and_signs_in_anew(app, admin, city, session):
    client = browser(app)
    log_in(client)
    west = city.other.agency.uid
    post(admin, f"/people/{city.walker.uid}", name="张三", agency_uid=west, roles=["inspector"])
    assert client.get("/findings/").status_code == 302
    session.expire_all()
    assert session.get(Person, city.walker.id).scope_path == city.west.scope_path


def test_every_fault_of_an_account_is_told_at_once(admin, city):
    text = post(admin, "/people/new", 422, username="walker").get_data(as_text=True)
    for words in ("不能为空", "账号“walker”已被使用", "请至少选择一个岗位"):
        assert words in text


def test_agencies_are_a_tree_that_is_made_and_changed(admin, city, session):
    top = city.sysadmin.agency
    made = {"name": "江岸分局", "kind": "branch", "parent": top.uid, "division": city.east.uid}
    post(admin, "/agencies/new", **made)
    text = page(admin, "/agencies/")
    assert "江岸分局" in text
    assert "tree-1" in text
    row = session.scalars(select(Agency).where(Agency.name == "江岸分局")).one()
    assert (row.parent_id, row.scope_path) == (top.id, city.east.scope_path)
    circle = {"name": top.name, "kind": "bureau", "parent": row.uid, "division": city.city.uid}
    assert "不能隶属于自身或其下级" in post(admin, f"/agencies/{top.uid}", 422, **circle).get_data(
        as_text=True
    )
    above = {**made, "parent": row.uid, "division": city.city.uid, "name": "所"}
    assert "不在上级单位“江岸分局”的区划之内" in post(admin, "/agencies/new", 422, **above).get_data(
        as_text=True
    )
    assert "不能为空" in post(admin, "/agencies/new", 422).get_data(as_text=True)


def test_the_people_of_an_agency_move_with_it(admin, city, session):
    agency = city.walker.agency
    post(admin, f"/agencies/{agency.uid}", name="新址", kind="branch", division=city.west.uid)
    session.expire_all()
    assert session.get(Person, city.walker.id).scope_path == city.west.scope_path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_speak_both_languages(app, admin, city, language):
    for path in ("/people/", "/people/new", f"/people/{city.walker.uid}", "/agencies/", "/agencies/new",
                 f"/agencies/{city.walker.agency.uid}"):  # fmt: skip
        assert ("人员" in page(admin, f"{path}?lang={language}")) == (language == "zh")
    assert ("一次性口令" in page(browser(app), f"/account/password?lang={language}")) == (language == "zh")
