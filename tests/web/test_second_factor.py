"""The second factor: set up on the account page, six digits that count once, recovery codes, cleared by the right person."""

import datetime as dt
import re

import pytest
from flask import current_app
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from patrol.accounts import code_now, factor_of, principal_of_person
from patrol.accounts.models import RecoveryCode, SecondFactor
from patrol.accounts.second_factor import Outcome, check, matched
from patrol.core.clock import FixedClock
from patrol.infra.audit import AuditEntry
from patrol.infra.crypto import keyring
from patrol.infra.db import unscoped
from tests.factories import patrols as make
from tests.factories.second_factor import enrol
from tests.factories.venues import create_person

PASSWORD = "wild-geese-7-over-the-lake"
PAGE = "/account/second-factor"
#: RFC 6238, appendix B: SHA-1, the last six of its eight digits; the secret is "12345678901234567890"
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}


@pytest.fixture
def city(session):
    made = make.create_city(session)
    with unscoped(session, "a test gives passwords"):
        session.info["readonly"] = False
        made.guard = create_person(session, made.east, "security_administrator", username="guard")
        made.manager.password = hash_password(PASSWORD)
        session.commit()
    return made


def token(client, path=PAGE):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[1]


def post(client, path, page=PAGE, **data):
    return client.post(path, data={"csrf_token": token(client, page), **data})


def writing(session):
    make.free(session)
    session.rollback()
    session.info["readonly"] = False


def enrolled(session, person):
    writing(session)
    with unscoped(session, "a test sets a factor up"):
        phone = enrol(session, session.merge(person))
        session.commit()
    make.free(session)
    return phone


def verbs(session):
    with unscoped(session, "a test reads the audit"):
        return [entry.verb for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_the_codes_of_rfc_6238_count(second, code):
    now = dt.datetime.fromtimestamp(second, dt.UTC)
    assert code_now(RFC_SECRET, now) == code
    assert matched(RFC_SECRET, code, now, 0) == second // 30


@pytest.mark.parametrize(
    ("late_s", "counts"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_half_a_minute_before_and_after_counts_and_no_more(late_s, counts):
    at = dt.datetime(2026, 5, 1, 8, 0, 0, tzinfo=dt.UTC)
    code = code_now(RFC_SECRET, at)
    assert (matched(RFC_SECRET, code, at + dt.timedelta(seconds=late_s), 0) is not None) is counts


@pytest.mark.parametrize("typed", ["", "abcdef", "12345", "1234567", "١٢٣٤٥٦", "-12345"])
def test_what_is_no_code_is_wrong_and_breaks_nothing(typed):
    assert matched(RFC_SECRET, typed, dt.datetime(2026, 5, 1, tzinfo=dt.UTC), 0) is None


def test_it_is_set_up_with_password_and_code_and_the_recovery_codes_are_shown_once(app, session, city):
    desk = make.sign_in(app, city.manager)
    wrong = post(desk, f"{PAGE}/begin", password="wrong")
    assert (wrong.status_code, "密码不正确" in wrong.get_data(as_text=True)) == (422, True)
    begun = post(desk, f"{PAGE}/begin", password=PASSWORD)
    text = begun.get_data(as_text=True)
    secret = re.search(r'class="code wrap">([A-Z2-7 ]+)<', text)[1].replace(" ", "")
    assert "<svg" in text
    assert begun.headers["Cache-Control"] == "no-store"
    refused = post(desk, f"{PAGE}/confirm", code="000000")
    assert (refused.status_code, secret[:4] in refused.get_data(as_text=True)) == (422, True)
    with unscoped(session, "a test looks"):
        assert factor_of(session, city.manager.id) is None
        row = session.scalars(select(SecondFactor)).one()
        assert secret not in row.sealed_secret
    make.free(session)
    done = post(desk, f"{PAGE}/confirm", code=f" {code_now(secret, dt.datetime.now(dt.UTC))} ")
    codes = re.findall(r'<li class="code">([0-9A-Z-]{19})</li>', done.get_data(as_text=True))
    assert (done.status_code, len(set(codes))) == (200, 10)
    page = desk.get(PAGE).get_data(as_text=True)
    assert codes[0] not in page
    assert "更换手机" in page
    again = post(desk, f"{PAGE}/begin", password=PASSWORD)
    assert again.status_code == 409
    with unscoped(session, "a test looks"):
        kept = session.scalars(select(RecoveryCode.sha256)).all()
    assert len(kept) == 10
    assert not set(kept) & {code.replace("-", "") for code in codes}
    assert "accounts.second_factor_set" in verbs(session)


def judge(session, city, typed, at):
    with unscoped(session, "a test types a code"):
        writing(session)
        person = session.merge(city.manager)
        ring = keyring(current_app.config["SETTINGS"])
        found = check(session, principal_of_person(person), typed, ring, clock=FixedClock(at))
        session.commit()
    return found


def test_a_code_counts_once_and_no_earlier_one_after_it(app, session, city):
    phone, now = enrolled(session, city.manager), dt.datetime.now(dt.UTC)
    code = code_now(phone.secret, now)
    assert judge(session, city, code, now) is Outcome.RIGHT
    assert judge(session, city, code, now) is Outcome.WRONG
    earlier = code_now(phone.secret, now - dt.timedelta(seconds=30))
    assert judge(session, city, earlier, now) is Outcome.WRONG
    later = now + dt.timedelta(seconds=30)
    assert judge(session, city, code_now(phone.secret, later), later) is Outcome.RIGHT


def test_of_two_at_once_with_one_code_the_database_lets_one_through(app, session, city):
    """Both read the factor before either used the code up: the second still holds the counter of then."""
    phone, now = enrolled(session, city.manager), dt.datetime.now(dt.UTC)
    code = code_now(phone.secret, now)
    before = factor_of(session, city.manager.id).last_counter
    assert judge(session, city, code, now) is Outcome.RIGHT
    with unscoped(session, "a test is late"):
        writing(session)
        person = session.merge(city.manager)
        read = factor_of(session, person.id)
        set_committed_value(read, "last_counter", before)
        ring = keyring(current_app.config["SETTINGS"])
        late = check(session, principal_of_person(person), code, ring, clock=FixedClock(now))
    assert late is Outcome.WRONG


def test_a_recovery_code_counts_once_however_it_is_written(app, session, city):
    phone, now = enrolled(session, city.manager), dt.datetime.now(dt.UTC)
    spare = phone.spare()
    assert judge(session, city, spare.lower().replace("-", " "), now) is Outcome.RIGHT
    assert judge(session, city, spare, now) is Outcome.WRONG
    assert "accounts.recovery_code_used" in verbs(session)


def test_a_recovery_code_of_somebody_else_is_worth_nothing(app, session, city):
    theirs = enrolled(session, city.stranger).spare()
    enrolled(session, city.manager)
    assert judge(session, city, theirs, dt.datetime.now(dt.UTC)) is Outcome.WRONG


def test_five_wrong_codes_lock_and_the_right_one_waits(app, session, city):
    phone, now = enrolled(session, city.manager), dt.datetime.now(dt.UTC)
    assert [judge(session, city, "000000", now) for _ in range(5)] == [Outcome.WRONG] * 5
    assert judge(session, city, code_now(phone.secret, now), now) is Outcome.LOCKED
    later = now + dt.timedelta(minutes=16)
    assert judge(session, city, code_now(phone.secret, later), later) is Outcome.RIGHT


def test_without_one_no_code_is_right(app, session, city):
    assert judge(session, city, "123456", dt.datetime.now(dt.UTC)) is Outcome.NOT_SET_UP


def test_new_recovery_codes_end_the_old_ones_and_removing_needs_a_code(app, session, city):
    phone = enrolled(session, city.manager)
    old = phone.spare()
    desk = make.sign_in(app, city.manager)
    assert post(desk, f"{PAGE}/recovery-codes", code="123").status_code == 422
    renewed = post(desk, f"{PAGE}/recovery-codes", code=phone.spare())
    fresh = re.findall(r'<li class="code">([0-9A-Z-]{19})</li>', renewed.get_data(as_text=True))
    assert len(fresh) == 10
    assert post(desk, f"{PAGE}/remove", code=old).status_code == 422
    assert post(desk, f"{PAGE}/remove", code=fresh[0]).status_code == 302
    assert "再次输入密码" in desk.get(PAGE).get_data(as_text=True)


def test_only_the_security_administrator_clears_it_for_somebody_else(app, session, city):
    enrolled(session, city.manager)
    path = f"/people/{city.manager.uid}/second-factor/clear"
    manager = make.sign_in(app, city.manager)
    assert post(manager, path).status_code == 403
    guard = make.sign_in(app, city.guard)
    assert "第二因素" in guard.get("/people/").get_data(as_text=True)
    assert post(guard, path, page="/people/").status_code == 302
    with unscoped(session, "a test looks"):
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
    assert "accounts.second_factor_clear" in verbs(session)


def test_the_page_speaks_both_languages(app, session, city):
    desk = make.sign_in(app, city.manager)
    assert "Show the square code" in desk.get(f"{PAGE}?lang=en").get_data(as_text=True)
    enrolled(session, city.manager)
    assert "Make ten new codes" in desk.get(f"{PAGE}?lang=en").get_data(as_text=True)
